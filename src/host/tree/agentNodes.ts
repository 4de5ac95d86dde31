import type { AgentNode } from './nodes';
import type { AgentRow, SessionRow } from '../../shared/model';

/** The agents that a session started itself, each with those that it started. Whose parent is not there stands at the top. */
export function agentNodes(session: SessionRow, rows: readonly AgentRow[]): AgentNode[] {
  const ids = new Set(rows.map(({ id }) => id));
  const below = new Map<string | null, AgentRow[]>();
  for (const row of rows) {
    const parent = row.parent !== null && ids.has(row.parent) && row.parent !== row.id ? row.parent : null;
    below.set(parent, [...(below.get(parent) ?? []), row]);
  }
  const placed = new Set<string>();
  const nodeOf = (row: AgentRow): AgentNode => {
    placed.add(row.id);
    const agents = (below.get(row.id) ?? []).filter(({ id }) => !placed.has(id)).map(nodeOf);
    return { kind: 'agent', row, session, agents };
  };
  const top = (below.get(null) ?? []).map(nodeOf);
  // Files may say that two agents started each other: they are shown all the same.
  return [...top, ...rows.flatMap((row) => (placed.has(row.id) ? [] : [nodeOf(row)]))];
}
