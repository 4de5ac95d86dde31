import { firstLine } from '../shared/format';
import { namesOf } from './sessionAliases';
import { anchorsOf, sameScope, sessionNamed } from './sessionNames';
import type { SessionName } from './sessionNames';
import type { Millis, Note } from '../shared/model';
import type { Connection, SqlValue } from '../sqlite/connection';

/** One saved version of a session's note. */
export interface NoteRecord extends SessionName {
  readonly kind: 'note';
  /** When it was saved. */
  readonly at: Millis;
  /** Markdown; blank means that the note was removed. */
  readonly text: string;
  readonly strategy?: string;
  readonly rationale?: string;
}

/** A session as far as notes care: what a journal line names it by. */
interface NotedSession {
  readonly id: number;
  readonly importer: string;
  readonly scope: number;
  readonly ownId: string;
}

export const noteLineLength = 120;

/**
 * Inside a write: takes a journal line into the store. Lines come in the order of the journal; the last one counts.
 * `session`: the one that it is known to be of; else it is looked for.
 */
export function recordNote(
  db: Connection,
  record: Omit<NoteRecord, 'kind'>,
  session = sessionNamed(db, record),
): void {
  db.run(
    `INSERT INTO note (importer, own_id, anchors, session, at, text, strategy, rationale) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      record.importer,
      record.session,
      JSON.stringify(record.scope),
      session ?? null,
      record.at,
      record.text,
      record.strategy ?? null,
      record.rationale ?? null,
    ],
  );
  if (session !== undefined) pointToNewest(db, session);
}

/** Every version of every note as journal lines have them, oldest first. */
export const allNotes = (db: Connection): NoteRecord[] =>
  db
    .rows('SELECT importer, own_id, anchors, at, text, strategy, rationale FROM note ORDER BY id')
    .map(([importer, session, anchors, at, text, strategy, rationale]) => ({
      kind: 'note',
      importer: importer as string,
      session: session as string,
      scope: JSON.parse(anchors as string) as string[],
      at: at as number,
      text: text as string,
      ...(strategy === null ? {} : { strategy: strategy as string }),
      ...(rationale === null ? {} : { rationale: rationale as string }),
    }));

/** Inside a write: as if the journal had never been read. */
export function forgetNotes(db: Connection): void {
  db.run('UPDATE session SET note = NULL WHERE note IS NOT NULL');
  db.run('DELETE FROM note');
}

/** What a journal line on this session carries besides its text; undefined when there is no such session. */
export function noteTarget(db: Connection, session: number): SessionName {
  const [row] = db.rows(
    'SELECT scope.importer, s.own_id, s.scope FROM session s JOIN scope ON scope.id = s.scope WHERE s.id = ?',
    [session],
  );
  const [importer, ownId, scope] = row as [string, string, number];
  return { importer, session: ownId, scope: anchorsOf(db, scope) };
}

/** Gives a session that has just come in the notes that were written on it before, under whatever name. */
export function attachNotes(db: Connection, session: NotedSession): void {
  const waiting = db.rows(
    `SELECT id, anchors FROM note WHERE session IS NULL AND importer = ?3 AND own_id IN (${namesOf})`,
    [session.scope, session.ownId, session.importer],
  );
  if (waiting.length === 0) return;
  const anchors = anchorsOf(db, session.scope);
  for (const [id, json] of waiting) {
    if (!sameScope(JSON.parse(json as string) as string[], anchors)) continue;
    db.run('UPDATE note SET session = ? WHERE id = ?', [session.id, id!]);
  }
  pointToNewest(db, session.id);
}

/** Notes of a session that became part of another. */
export function passNotes(db: Connection, from: number, into: number): void {
  db.run('UPDATE note SET session = ? WHERE session = ?', [into, from]);
  pointToNewest(db, into);
}

const pointToNewest = (db: Connection, session: number): void =>
  db.run('UPDATE session SET note = (SELECT max(id) FROM note WHERE session = ?) WHERE id = ?', [
    session,
    session,
  ]);

/** Columns from which `effectiveNote` reads, with `session s LEFT JOIN note n ON n.id = s.note`. */
export const noteColumns =
  'n.text, n.strategy, n.rationale, n.at, s.source_note, s.source_strategy, s.source_rationale, s.created_at';

/** The user's note if one was ever written (a blank one hides the source's), else the one in the trace data. */
export function effectiveNote(row: readonly SqlValue[]): Note | undefined {
  const [text, strategy, rationale, at, sourceText, sourceStrategy, sourceRationale, createdAt] = row;
  if (typeof text === 'string') {
    return text === '' ? undefined : noteOf(text, strategy, rationale, at as number, 'user');
  }
  if (sourceText ?? sourceStrategy ?? sourceRationale) {
    return noteOf(
      (sourceText as string) ?? '',
      sourceStrategy,
      sourceRationale,
      (createdAt as number) ?? 0,
      'source',
    );
  }
  return undefined;
}

const noteOf = (
  text: string,
  strategy: SqlValue | undefined,
  rationale: SqlValue | undefined,
  at: number,
  origin: Note['origin'],
): Note => ({
  text,
  ...(typeof strategy === 'string' ? { strategy } : {}),
  ...(typeof rationale === 'string' ? { rationale } : {}),
  at,
  origin,
});

/** What stands in a row of a list: the text's first line, or what the source says instead of one. */
export const noteLineOf = (note: Note | undefined): string | null =>
  note ? firstLine(note.text || note.rationale || note.strategy || '', noteLineLength) || null : null;

/** Every version, newest first, with the source's own at the end. */
export function noteHistory(db: Connection, session: number): Note[] {
  const written = db
    .rows('SELECT text, strategy, rationale, at FROM note WHERE session = ? ORDER BY id DESC LIMIT 100', [
      session,
    ])
    .map(([text, strategy, rationale, at]) =>
      noteOf(text as string, strategy, rationale, at as number, 'user'),
    );
  const [row] = db.rows(
    'SELECT source_note, source_strategy, source_rationale, created_at FROM session WHERE id = ?',
    [session],
  );
  const source = row && effectiveNote([null, null, null, null, ...row]);
  return source ? [...written, source] : written;
}
