import type { AgentFact } from '../shared/facts';
import type { Connection, SqlValue } from '../sqlite/connection';

interface Agent {
  readonly id: number;
  readonly name: string | null;
  readonly parent: string | null;
}

/** Sub-agents and sidechains of sessions: what they are told to be is merged, known before unknown. */
export class Agents {
  private readonly known = new Map<string, Agent>();

  constructor(private readonly db: Connection) {}

  /** Another window may have written, or a transaction was rolled back. */
  forget(): void {
    this.known.clear();
  }

  /** Inside a write: the store's id of an agent. */
  id(session: number, { id: ownId, name = null, parent = null }: AgentNames): number {
    const key = `${session} ${ownId}`;
    const known = this.known.get(key) ?? this.find(session, ownId);
    const agent = known ? this.filled(known, name, parent) : this.insert([session, ownId, name, parent]);
    this.known.set(key, agent);
    return agent.id;
  }

  /**
   * Inside a write: the agents of one session become those of another; `parent` is whose they are there unless they have
   * a parent of their own. @returns the new id of each.
   */
  move(from: number, into: number, parent: string | undefined): Map<number, number> {
    const ids = new Map<number, number>();
    const rows = this.db.rows('SELECT id, own_id, name, parent FROM agent WHERE session = ?', [from]);
    for (const [id, ownId, name, own] of rows) {
      const names = { id: ownId as string, name: name as string | null, parent: (own as string) ?? parent };
      ids.set(id as number, this.id(into, names));
    }
    this.db.run('DELETE FROM agent WHERE session = ?', [from]);
    this.forget();
    return ids;
  }

  private filled(known: Agent, name: string | null, parent: string | null): Agent {
    const filled = { id: known.id, name: known.name ?? name, parent: known.parent ?? parent };
    if (filled.name !== known.name || filled.parent !== known.parent)
      this.db.run('UPDATE agent SET name = ?, parent = ? WHERE id = ?', [
        filled.name,
        filled.parent,
        known.id,
      ]);
    return filled;
  }

  private find(session: number, ownId: string): Agent | undefined {
    return this.db.all<Agent & Record<string, SqlValue>>(
      'SELECT id, name, parent FROM agent WHERE session = ? AND own_id = ?',
      [session, ownId],
    )[0];
  }

  private insert(values: [number, string, string | null, string | null]): Agent {
    this.db.run('INSERT INTO agent (session, own_id, name, parent) VALUES (?, ?, ?, ?)', values);
    return this.find(values[0], values[1])!;
  }
}

type AgentNames = Pick<AgentFact, 'id'> & { readonly name?: string | null; readonly parent?: string | null };
