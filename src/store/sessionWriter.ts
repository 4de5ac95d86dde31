import { attachNotes } from './notes';
import type { Dictionary } from './dictionary';
import type { Membership } from './rollups';
import type { ExperimentFact, SessionFact } from '../shared/facts';
import type { Connection, SqlValue } from '../sqlite/connection';

/** Where facts go: whose ids they carry, and the file they came from. */
export interface Target {
  readonly importer: string;
  readonly scope: number;
  readonly source: number;
}

interface KnownSession extends Membership {
  readonly id: number;
}

type Moved = (session: number, from: Membership, to: Membership) => void;

const columns =
  'id, experiment, person, tag, created_at, steps, messages, events, reward, source_note, source_strategy, source_rationale';

/** Writes experiments and sessions: facts are merged, a fact that a source no longer tells is kept. */
export class SessionWriter {
  private readonly sessions = new Map<string, KnownSession>();
  private readonly byId = new Map<number, Membership>();
  private readonly experiments = new Map<string, number>();

  constructor(
    private readonly db: Connection,
    private readonly persons: Dictionary,
    private readonly moved: Moved,
  ) {}

  /** Another window may have written, or a transaction was rolled back. */
  forget(): void {
    this.sessions.clear();
    this.byId.clear();
    this.experiments.clear();
  }

  membershipOf(session: number): Membership {
    const known = this.byId.get(session);
    if (known) return known;
    const [row] = this.db.rows('SELECT experiment, person FROM session WHERE id = ?', [session]);
    const membership = { experiment: row![0] as number, person: row![1] as number };
    this.byId.set(session, membership);
    return membership;
  }

  /** The store's id of a session that a call names; made if it is not there yet. */
  sessionId(target: Target, ownId: string): number {
    return (this.sessions.get(`${target.scope} ${ownId}`) ?? this.upsertSession(target, { id: ownId })).id;
  }

  upsertExperiment(target: Target, fact: ExperimentFact): number {
    const id = this.experimentId(target, fact.id);
    this.db.run(
      `UPDATE experiment SET name = coalesce(?, name), description = coalesce(?, description),
         created_at = coalesce(?, created_at) WHERE id = ?`,
      [fact.name ?? null, fact.description ?? null, fact.createdAt ?? null, id],
    );
    return id;
  }

  upsertSession(target: Target, fact: SessionFact): KnownSession {
    const [row] = this.db.rows(`SELECT ${columns} FROM session WHERE scope = ? AND own_id = ?`, [
      target.scope,
      fact.id,
    ]);
    const session = row ? this.update(target, fact, row) : this.insert(target, fact);
    this.sessions.set(`${target.scope} ${fact.id}`, session);
    this.byId.set(session.id, session);
    return session;
  }

  private insert(target: Target, fact: SessionFact): KnownSession {
    const experiment = fact.experiment === undefined ? 0 : this.experimentId(target, fact.experiment);
    const person = fact.user === undefined ? 0 : this.persons.id(fact.user);
    this.db.run(
      `INSERT INTO session (scope, own_id, source, experiment, person, tag, created_at, steps, messages, events, reward,
         source_note, source_strategy, source_rationale) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [target.scope, fact.id, target.source, experiment, person, ...details(fact)],
    );
    const id = this.db.rows('SELECT last_insert_rowid()')[0]![0] as number;
    attachNotes(this.db, { id, importer: target.importer, scope: target.scope, ownId: fact.id });
    return { id, experiment, person };
  }

  private update(target: Target, fact: SessionFact, row: readonly SqlValue[]): KnownSession {
    const [id, experiment, person, ...old] = row as [number, number, number, ...SqlValue[]];
    const before = { experiment, person };
    const after = {
      experiment: fact.experiment === undefined ? experiment : this.experimentId(target, fact.experiment),
      person: fact.user === undefined ? person : this.persons.id(fact.user),
    };
    const merged = merge(old, details(fact));
    const moved = before.experiment !== after.experiment || before.person !== after.person;
    if (moved || merged.some((value, i) => value !== old[i])) {
      this.db.run(
        `UPDATE session SET experiment = ?, person = ?, tag = ?, created_at = ?, steps = ?, messages = ?, events = ?,
           reward = ?, source_note = ?, source_strategy = ?, source_rationale = ? WHERE id = ?`,
        [after.experiment, after.person, ...merged, id],
      );
    }
    if (moved) this.moved(id, before, after);
    return { id, ...after };
  }

  private experimentId(target: Target, ownId: string): number {
    const key = `${target.scope} ${ownId}`;
    let id = this.experiments.get(key);
    if (id === undefined) {
      const find = () =>
        this.db.rows('SELECT id FROM experiment WHERE scope = ? AND own_id = ?', [
          target.scope,
          ownId,
        ])[0]?.[0];
      if (find() === undefined) {
        this.db.run('INSERT INTO experiment (scope, own_id, source) VALUES (?, ?, ?)', [
          target.scope,
          ownId,
          target.source,
        ]);
      }
      this.experiments.set(key, (id = find() as number));
    }
    return id;
  }
}

/** tag, created_at, steps, messages, events, reward, note, strategy, rationale */
const details = (fact: SessionFact): SqlValue[] =>
  [
    fact.tag,
    fact.createdAt,
    fact.steps,
    fact.messages,
    fact.events,
    fact.reward,
    fact.note?.text,
    fact.note?.strategy,
    fact.note?.rationale,
  ].map((value) => value ?? null);

const counters = new Set([2, 3, 4]);

/** A count never shrinks, since rows that a source prunes stay in the ledger; anything else is as told last. */
const merge = (old: readonly SqlValue[], fresh: readonly SqlValue[]): SqlValue[] =>
  fresh.map((value, i) => {
    if (value === null) return old[i]!;
    if (counters.has(i) && typeof old[i] === 'number') return Math.max(value as number, old[i]);
    return value;
  });
