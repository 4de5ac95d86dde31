import { parseTag, tagHex, tagOf, tagPrefix } from '../tags/sessionTag';
import type { Store } from './store';
import type { Connection } from '../sqlite/connection';
import type { Sha256 } from '../tags/sessionTag';

/** So many tags are given in one transaction, so that nobody waits long. */
const stepSize = 1000;

/** A session that is to get a tag. */
interface Untagged {
  readonly id: number;
  readonly scope: number;
  readonly own_id: string;
  readonly person: number;
  readonly user: string;
  readonly model_id: string | null;
  readonly model: string;
  /** The one that it had before its source was removed. */
  readonly former: string | null;
}

const firstModel = (
  id: string,
  condition: string,
): string => `(SELECT m.name FROM call c JOIN model m ON m.id = ${id}
  WHERE c.session = s.id AND m.name <> '' AND c.at ${condition} ORDER BY c.at, c.key LIMIT 1)`;

// What was summed up came before what is left.
const firstModelBy = (id: string): string =>
  `coalesce((SELECT name FROM model WHERE model.id = s.first_model),
     ${firstModel(id, 'IS NOT NULL')}, ${firstModel(id, 'IS NULL')})`;

/** SQL: the model of the first call of session `s` that has one, or NULL. */
export const firstModelOfSession = firstModelBy('c.model');

// What another window is reading just now gets its tags when it is done: its first call may not have come yet.
const untagged = `SELECT s.id, s.scope, s.own_id, s.person, coalesce(p.name, '') AS user, s.model_id, g.tag AS former,
    coalesce(${firstModelBy('coalesce(c.told_model, c.model)')}, '') AS model
  FROM session s JOIN source ON source.id = s.source LEFT JOIN person p ON p.id = s.person
    LEFT JOIN given_tag g ON g.scope = s.scope AND g.own_id = s.own_id
  WHERE s.tag IS NULL AND (source.fingerprint <> '' OR source.path IN (SELECT value FROM json_each(?)))
    AND (s.first_model IS NOT NULL OR EXISTS (SELECT 1 FROM call c WHERE c.session = s.id))
    AND (s.model_id IS NOT NULL OR EXISTS (
      SELECT 1 FROM usage_slot u JOIN model m ON m.id = u.model WHERE u.session = s.id AND m.name <> ''))
  ORDER BY coalesce(s.first_at, s.created_at, 9e15), s.own_id, s.scope`;

/** Imported tags that another session of the same user was given here. */
const displaced = `SELECT s.id FROM session s WHERE s.tag IS NOT NULL AND s.tag_given IS NULL AND EXISTS (
  SELECT 1 FROM given_tag g JOIN session o ON o.scope = g.scope AND o.own_id = g.own_id
   WHERE g.tag = s.tag AND o.person = s.person AND o.id <> s.id AND (o.tag IS NULL OR o.tag_given = 1 AND o.tag = g.tag))`;

/**
 * Gives a tag to each session that has calls, a model and no tag, in the order of their first calls; `paths` are the
 * files that were just read. A step at a time: whoever runs it may let others in between.
 */
export function* giveTags(store: Store, paths: readonly string[], sha256: Sha256): Generator<void, void> {
  const { db } = store;
  if (db.read(() => db.rows(`${displaced} LIMIT 1`)).length > 0)
    store.write(() => db.run(`UPDATE session SET tag = NULL WHERE id IN (${displaced})`));
  const sessions = db.read(() => db.all<Untagged>(untagged, [JSON.stringify(paths)]));
  for (let from = 0; from < sessions.length; from += stepSize) {
    store.write(() => {
      const counters = new Counters(db);
      for (const session of sessions.slice(from, from + stepSize)) giveTag(db, session, counters, sha256);
      counters.save();
    });
    yield;
  }
}

function giveTag(db: Connection, session: Untagged, counters: Counters, sha256: Sha256): void {
  const { former } = session;
  if (former !== null && !isTagTaken(db, session.person, former, [session.id]))
    return void setTag(db, session, former);
  const hex = tagHex({ ...session, modelId: session.model_id }, sha256);
  if (hex === undefined) return;
  const { person, scope, own_id } = session;
  const counter = counters.next(person, hex);
  const tag = tagOf({ hex, counter });
  if (!setTag(db, session, tag)) return;
  db.run('INSERT OR REPLACE INTO given_tag VALUES (?, ?, ?, ?)', [person, tag, scope, own_id]);
  counters.take(person, hex, counter);
}

/** @returns whether it is still the session that it was, and without a tag. */
function setTag(db: Connection, { id, scope, own_id, person }: Untagged, tag: string): boolean {
  db.run(
    `UPDATE session SET tag = ?, tag_given = 1
      WHERE id = ? AND scope = ? AND own_id = ? AND person = ? AND tag IS NULL`,
    [tag, id, scope, own_id, person],
  );
  return db.changes() > 0;
}

/** The highest counters known, by user and model; for one transaction. */
class Counters {
  private readonly known = new Map<string, { person: number; hex: string; counter: number }>();

  constructor(private readonly db: Connection) {}

  next(person: number, hex: string): number {
    const key = `${person} ${hex}`;
    let known = this.known.get(key);
    if (!known) this.known.set(key, (known = { person, hex, counter: highestCounter(this.db, person, hex) }));
    return known.counter + 1;
  }

  take(person: number, hex: string, counter: number): void {
    this.known.set(`${person} ${hex}`, { person, hex, counter });
  }

  save(): void {
    for (const { person, hex, counter } of this.known.values()) raiseCounter(this.db, person, hex, counter);
  }
}

/** A session without a user may turn out to be anybody's: its tag is nobody's else, and nobody's tag is its own. */
function highestCounter(db: Connection, person: number, hex: string): number {
  const [whose, users] = person === 0 ? ['', []] : ['person IN (0, ?) AND', [person]];
  const [spent] = db.rows(`SELECT max(counter) FROM tag_counter WHERE ${whose} hex = ?`, [...users, hex]);
  // A colon comes right after the digits.
  const imported = db.rows(
    `SELECT tag FROM session WHERE ${whose} tag IS NOT NULL AND tag_given IS NULL AND tag >= ? AND tag < ?`,
    [...users, tagPrefix(hex), `${tagPrefix(hex)}:`],
  );
  return imported.reduce(
    (highest, [tag]) => Math.max(highest, parseTag(tag as string)?.counter ?? 0),
    (spent?.[0] as number | null | undefined) ?? 0,
  );
}

/** Whether a session of the user, other than these, has that tag and was given it here. */
export const isTagTaken = (db: Connection, person: number, tag: string, but: readonly number[]): boolean =>
  db
    .rows(
      `SELECT o.id FROM given_tag g JOIN session o ON o.scope = g.scope AND o.own_id = g.own_id
        WHERE g.tag = ?1 AND o.tag = ?1 AND o.tag_given = 1 AND o.person = ?2`,
      [tag, person],
    )
    .some(([id]) => !but.includes(id as number));

const raiseCounter = (db: Connection, person: number, hex: string, counter: number): void =>
  db.run(
    `INSERT INTO tag_counter VALUES (?, ?, ?)
     ON CONFLICT (person, hex) DO UPDATE SET counter = max(counter, excluded.counter)`,
    [person, hex, counter],
  );

/** Inside a write: a tag goes from the ledger and is given to nobody else. */
export function spendTag(db: Connection, person: number, tag: string): void {
  const parsed = parseTag(tag);
  if (parsed) raiseCounter(db, person, parsed.hex, parsed.counter);
}

/** Inside a write: the session `from` is part of `into` now, which has its tag if it had none. */
export const passTag = (db: Connection, scope: number, from: string, into: string): void =>
  db.run(
    `UPDATE OR IGNORE given_tag SET own_id = ?3 WHERE scope = ?1 AND own_id = ?2
       AND tag = (SELECT tag FROM session WHERE scope = ?1 AND own_id = ?3)`,
    [scope, from, into],
  );
