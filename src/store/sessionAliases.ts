import type { AgentFact, ImportBatch } from '../shared/facts';
import type { Connection } from '../sqlite/connection';

type Merge = NonNullable<ImportBatch['merges']>[number];

/** What a name of a session stands for: it may have turned out to be another one, or an agent of another one. */
export interface Place {
  readonly ownId: string;
  readonly agent?: AgentFact;
}

/** Session `part` becomes part of `whole`, or its `agent`. */
export interface Joined {
  readonly part: string;
  readonly whole: string;
  readonly agent: AgentFact | undefined;
}

/** SQL: the name ?2 of a session in scope ?1, and all that it went by before it was part of another. */
export const namesOf = 'SELECT ?2 UNION SELECT own_id FROM session_alias WHERE scope = ?1 AND into_id = ?2';

export function placeOf(db: Connection, scope: number, ownId: string): Place {
  const [row] = db.rows(
    'SELECT into_id, agent, agent_name, agent_parent FROM session_alias WHERE scope = ? AND own_id = ?',
    [scope, ownId],
  );
  if (!row) return { ownId };
  const [into, id, name, parent] = row as [string, string | null, string | null, string | null];
  if (id === null) return { ownId: into };
  return {
    ownId: into,
    agent: { id, ...(name === null ? {} : { name }), ...(parent === null ? {} : { parent }) },
  };
}

/**
 * What a merge makes of the names as they stand; undefined if it says nothing new. A trace or agent has one session: the
 * first word stands, so that a later one does not join two conversations.
 */
export function joinedBy(db: Connection, scope: number, merge: Merge): Joined | undefined {
  const [part, whole] = [placeOf(db, scope, merge.from), placeOf(db, scope, merge.into)];
  if (part.ownId === whole.ownId) return undefined;
  if (part.agent) {
    // An agent's trace is that of another session as well: then the session is the agent, as if that had come first.
    if (merge.agent || whole.agent) return undefined;
    return { part: whole.ownId, whole: part.ownId, agent: part.agent };
  }
  if (!merge.agent && part.ownId !== merge.from) return undefined;
  if (!merge.agent) return { part: part.ownId, whole: whole.ownId, agent: whole.agent };
  const { name } = merge.agent;
  const parent = whole.agent?.id;
  const agent = {
    id: merge.from,
    ...(name === undefined ? {} : { name }),
    ...(parent === undefined ? {} : { parent }),
  };
  return { part: part.ownId, whole: whole.ownId, agent };
}

/** Inside a write: the session `part`, and what goes by its name already, is `whole` from now on. */
export function rename(db: Connection, scope: number, { part, whole, agent }: Joined): void {
  const names = [agent?.id ?? null, agent?.name ?? null, agent?.parent ?? null];
  db.run(
    `UPDATE session_alias SET into_id = ?,
       agent_parent = CASE WHEN agent IS NULL THEN ? ELSE coalesce(agent_parent, ?) END,
       agent_name = CASE WHEN agent IS NULL THEN ? ELSE agent_name END, agent = coalesce(agent, ?)
      WHERE scope = ? AND into_id = ?`,
    [whole, names[2]!, names[0]!, names[1]!, names[0]!, scope, part],
  );
  db.run(
    'INSERT INTO session_alias (scope, own_id, into_id, agent, agent_name, agent_parent) VALUES (?, ?, ?, ?, ?, ?)',
    [scope, part, whole, ...names],
  );
}
