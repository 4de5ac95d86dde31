import { excludedBefore } from './exclusions';
import { attachNotes, passNotes } from './notes';
import { joinedBy, placeOf, rename } from './sessionAliases';
import {
  detailColumns,
  isTagGiven,
  mergeDetails,
  projectPathIn,
  tagIn,
  toldOf,
  untagged,
} from './sessionDetails';
import { projectId } from './sessionProjects';
import { isTagTaken, passTag, spendTag } from './sessionTags';
import type { Dictionary } from './dictionary';
import type { Membership } from './rollups';
import type { AgentFact, ExperimentFact, ImportBatch, SessionFact } from '../shared/facts';
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

interface StoredSession extends KnownSession {
  /** In the order of `detailColumns`. */
  readonly details: readonly SqlValue[];
}

type SessionValues = Pick<StoredSession, 'experiment' | 'person' | 'details'>;

type Merge = NonNullable<ImportBatch['merges']>[number];

/** Brings the calls of a session over to another. */
type Move = (from: number, into: number, agent: AgentFact | undefined) => void;

type Moved = (session: number, from: Membership, to: Membership) => void;

/** Writes experiments and sessions: facts are merged, a fact that a source no longer tells is kept. */
export class SessionWriter {
  private readonly sessions = new Map<string, { session: number; agent?: AgentFact }>();
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
    const [row] = this.db.rows('SELECT experiment, person, excluded FROM session WHERE id = ?', [session]);
    const [experiment, person, excluded] = row as [number, number, number];
    const membership = { experiment, person, excluded: excluded === 1 };
    this.byId.set(session, membership);
    return membership;
  }

  /** Where a call goes that names this session; the session is made if it is not there yet. */
  place(target: Target, ownId: string): { readonly session: number; readonly agent?: AgentFact } {
    const known = this.sessions.get(`${target.scope} ${ownId}`);
    if (known) return known;
    this.upsertSession(target, { id: ownId });
    return this.sessions.get(`${target.scope} ${ownId}`)!;
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
    const { ownId, agent } = placeOf(this.db, target.scope, fact.id);
    const stored = this.find(target.scope, ownId);
    const told = {
      experiment: fact.experiment === undefined ? 0 : this.experimentId(target, fact.experiment),
      person: fact.user === undefined ? 0 : this.persons.id(fact.user),
      details: toldOf(fact, stored?.details),
    };
    const session = stored ? this.retell(stored, told) : this.insert(target, ownId, told);
    this.sessions.set(`${target.scope} ${fact.id}`, { session: session.id, ...(agent ? { agent } : {}) });
    this.byId.set(session.id, session);
    return session;
  }

  /** Includes a session in analytics or excludes it. */
  setExcluded(session: number, excluded: boolean): void {
    const before = this.membershipOf(session);
    if (before.excluded === excluded) return;
    this.db.run('UPDATE session SET excluded = ? WHERE id = ?', [excluded ? 1 : 0, session]);
    this.moved(session, before, { ...before, excluded });
    this.forget();
  }

  /**
   * Session `from` turned out to be part of `into`, or an agent of it: it goes by that name from now on, in whatever
   * order the two come. `move` brings its calls over.
   */
  mergeSessions(target: Target, merge: Merge, move: Move): void {
    const { scope } = target;
    const joined = joinedBy(this.db, scope, merge);
    if (!joined) return;
    const { part, whole, agent } = joined;
    rename(this.db, scope, joined);
    this.sessions.clear();
    const stored = this.find(scope, part);
    const goal = this.find(scope, whole);
    if (stored) this.absorb(target, whole, stored, goal, (id) => move(stored.id, id, agent));
    // What was said of any of its names before it came holds for it now.
    if (goal) this.hear(target, goal.id, whole);
  }

  private absorb(
    target: Target,
    whole: string,
    part: StoredSession,
    goal: StoredSession | undefined,
    move: (into: number) => void,
  ): void {
    // What the whole knows goes before what its part knew.
    const { id } = goal ? this.update(goal, overlaid(part, goal), part) : this.insert(target, whole, part);
    move(id);
    passNotes(this.db, part.id, id);
    const [name] = this.db.rows('SELECT own_id FROM session WHERE id = ?', [part.id])[0]!;
    passTag(this.db, target.scope, name as string, whole);
    this.spend(part);
    this.db.run('DELETE FROM session WHERE id = ?', [part.id]);
    this.forget();
  }

  private hear({ importer, scope }: Target, id: number, ownId: string): void {
    attachNotes(this.db, { id, importer, scope, ownId });
    const excluded = excludedBefore(this.db, importer, scope, ownId);
    if (excluded !== undefined) this.setExcluded(id, excluded);
  }

  private find(scope: number, ownId: string): StoredSession | undefined {
    const [row] = this.db.rows(
      `SELECT id, experiment, person, excluded, ${detailColumns.join(', ')} FROM session WHERE scope = ? AND own_id = ?`,
      [scope, ownId],
    );
    if (!row) return undefined;
    const [id, experiment, person, excluded, ...details] = row;
    return {
      id: id as number,
      experiment: experiment as number,
      person: person as number,
      excluded: excluded === 1,
      details,
    };
  }

  private insert(
    target: Target,
    ownId: string,
    { experiment, person, details }: SessionValues,
  ): KnownSession {
    const marks = detailColumns.map(() => '?').join(', ');
    const excluded = excludedBefore(this.db, target.importer, target.scope, ownId) ?? false;
    this.db.run(
      `INSERT INTO session (scope, own_id, source, experiment, person, excluded, project, ${detailColumns.join(', ')})
       VALUES (?, ?, ?, ?, ?, ?, ?, ${marks})`,
      [
        target.scope,
        ownId,
        target.source,
        experiment,
        person,
        excluded ? 1 : 0,
        this.projectIn(details),
        ...details,
      ],
    );
    const id = this.db.rows('SELECT last_insert_rowid()')[0]![0] as number;
    attachNotes(this.db, { id, importer: target.importer, scope: target.scope, ownId });
    return { id, experiment, person, excluded };
  }

  private retell(stored: StoredSession, told: SessionValues): KnownSession {
    const after = overlaid(stored, told);
    // Of two imported tags one is lost, but known.
    if (tagIn(told.details) !== tagIn(after.details)) this.spend({ ...told, person: after.person });
    return this.update(stored, after);
  }

  private update(stored: StoredSession, wanted: SessionValues, part = stored): KnownSession {
    const { id } = stored;
    const { experiment, person, details } = this.withTagOfItsOwn(stored, wanted, part);
    const moved = experiment !== stored.experiment || person !== stored.person;
    if (moved || details.some((value, i) => value !== stored.details[i])) {
      if (tagIn(details) !== tagIn(stored.details)) this.spend(stored);
      if (person !== stored.person) this.spend({ experiment, person, details });
      const columns = ['experiment', 'person', 'project', ...detailColumns];
      const set = columns.map((column) => `${column} = ?`).join(', ');
      const project = this.projectIn(details);
      this.db.run(`UPDATE session SET ${set} WHERE id = ?`, [experiment, person, project, ...details, id]);
    }
    const { excluded } = stored;
    if (moved) this.moved(id, stored, { experiment, person, excluded });
    return { id, experiment, person, excluded };
  }

  /** Of what is told of a session, the project that it belongs to. 0 = none. */
  private projectIn(details: readonly SqlValue[]): number {
    const path = projectPathIn(details);
    return path === null ? 0 : projectId(this.db, path);
  }

  /**
   * A user's tags that were given here are all different: a session whose tag another one of the user has stays with
   * the user that it had, and does not take such a tag from its part.
   */
  private withTagOfItsOwn(stored: StoredSession, wanted: SessionValues, part: StoredSession): SessionValues {
    const tag = tagIn(wanted.details);
    if (tag === null || !isTagGiven(wanted.details)) return wanted;
    const isNew = tag !== tagIn(stored.details);
    if (!isNew && wanted.person === stored.person) return wanted;
    if (!isTagTaken(this.db, wanted.person, tag, [stored.id, part.id])) return wanted;
    return isNew ? { ...wanted, details: untagged(wanted.details) } : { ...wanted, person: stored.person };
  }

  private spend({ person, details }: SessionValues): void {
    const tag = tagIn(details);
    if (tag !== null) spendTag(this.db, person, tag);
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

/** What `told` knows, and for the rest what was known before. */
const overlaid = (before: SessionValues, told: SessionValues): SessionValues => ({
  experiment: told.experiment || before.experiment,
  person: told.person || before.person,
  details: mergeDetails(before.details, told.details),
});
