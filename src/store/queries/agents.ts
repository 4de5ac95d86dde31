import { storedCall } from './storedCall';
import { idsOfKey } from './where';
import { isOfCalls, measuresOfRow } from '../compaction/compactedRow';
import { compactedRows } from '../compaction/compactedTable';
import { isCounted, measuresOf, noMeasures, totalsOf, usageColumns } from '../measures';
import type { Measures } from '../measures';
import type { Store } from '../store';
import type { AgentRow, CostMode, SessionAgents } from '../../shared/model';

interface Sums {
  readonly measures: Measures;
  first: number;
  last: number;
}

/** What a session did itself and what each of its agents did, summed up from its calls; undefined without such a session. */
export function sessionAgents(store: Store, key: string, mode: CostMode): SessionAgents | undefined {
  return store.db.read(() => {
    const [session] = idsOfKey(store.db, 'session', key);
    if (session === undefined) return undefined;
    const sums = sumsByAgent(store, session);
    const rows = withoutCircles(
      store.db
        .rows('SELECT id, own_id, name, parent FROM agent WHERE session = ? ORDER BY own_id', [session])
        .map(([id, ownId, name, parent]) => ({
          sums: sums.get(id as number) ?? noSums(),
          id: ownId as string,
          name: name as string | null,
          parent: parent as string | null,
        })),
    );
    const below = childrenOf(rows);
    const agents = rows
      .map(({ sums: own, ...row }): AgentRow => ({
        ...row,
        own: totalsOf(own.measures, mode, 1),
        total: totalsOf(totalOf(row.id, below), mode, 1),
        ...(Number.isFinite(own.first) ? { at: own.first, lastAt: own.last } : {}),
      }))
      .sort((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity) || (a.id < b.id ? -1 : 1));
    return { own: totalsOf((sums.get(0) ?? noSums()).measures, mode, 1), agents };
  });
}

const noSums = (): Sums => ({ measures: noMeasures(), first: Infinity, last: -Infinity });

/** 0 = the session itself. */
function sumsByAgent(store: Store, session: number): Map<number, Sums> {
  const sums = new Map<number, Sums>();
  const rows = store.db.rows(
    `SELECT coalesce(c.agent, 0), c.at, ${usageColumns.map((name) => `c.${name}`).join(', ')},
       c.recorded, c.recorded_elsewhere, c.computed, c.flags
      FROM call c WHERE c.session = ? AND ${isCounted}`,
    [session],
  );
  for (const [agent, at, ...rest] of rows) {
    const sum = sums.get(agent as number) ?? noSums();
    sums.set(agent as number, sum);
    measuresOf(storedCall(rest)).forEach((value, i) => (sum.measures[i]! += value));
    if (at === null) continue;
    sum.first = Math.min(sum.first, at as number);
    sum.last = Math.max(sum.last, at as number);
  }
  addCompacted(store, session, sums);
  return sums;
}

/** Calls of which only sums are kept. */
function addCompacted({ db }: Store, session: number, sums: Map<number, Sums>): void {
  for (const row of compactedRows(db, `k.session = ? AND k.${isOfCalls}`, [session])) {
    const sum = sums.get(row.agent) ?? noSums();
    sums.set(row.agent, sum);
    measuresOfRow(row).forEach((value, i) => (sum.measures[i]! += value));
    sum.first = Math.min(sum.first, row.firstAt);
    sum.last = Math.max(sum.last, row.lastAt);
  }
}

interface Node {
  readonly id: string;
  readonly parent: string | null;
  readonly sums: Sums;
}

const childrenOf = (rows: readonly Node[]): ReadonlyMap<string, { own: Sums; children: string[] }> => {
  const nodes = new Map(rows.map(({ id, sums }) => [id, { own: sums, children: [] as string[] }]));
  for (const { id, parent } of rows) if (parent !== null) nodes.get(parent)?.children.push(id);
  return nodes;
};

/** Files may say that two agents started each other: the first of such a circle is one that nobody started. */
function withoutCircles<T extends Node>(rows: readonly T[]): T[] {
  const parents = new Map(rows.map(({ id, parent }) => [id, parent]));
  return rows.map((row) => {
    const seen = new Set<string>();
    for (let up = row.parent; up !== null && !seen.has(up); up = parents.get(up) ?? null) {
      seen.add(up);
      if (up !== row.id) continue;
      parents.set(row.id, null);
      return { ...row, parent: null };
    }
    return row;
  });
}

function totalOf(id: string, nodes: ReadonlyMap<string, { own: Sums; children: string[] }>): Measures {
  const total = noMeasures();
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const node = nodes.get(next);
    if (!node) continue;
    node.own.measures.forEach((value, i) => (total[i]! += value));
    waiting.push(...node.children);
  }
  return total;
}
