import type { PlacedCall } from './callRow';
import type { Connection, Statement } from '../sqlite/connection';

/** Gathers when the calls of sessions were, and writes the first and the last of each in one go. */
export class Spans {
  private readonly touched = new Map<number, { first: number; last: number }>();
  private readonly shrunk = new Set<number>();
  private readonly update: Statement;

  constructor(private readonly db: Connection) {
    this.update = db.prepare(
      `UPDATE session SET first_at = min(coalesce(first_at, ?1), ?1), last_at = max(coalesce(last_at, ?2), ?2) WHERE id = ?3`,
    );
  }

  widen({ session, at }: Pick<PlacedCall, 'session' | 'at'>): void {
    if (at === undefined) return;
    const span = this.touched.get(session);
    if (!span) this.touched.set(session, { first: at, last: at });
    else if (at < span.first) span.first = at;
    else if (at > span.last) span.last = at;
  }

  /** A call went from the session. */
  shrink(session: number): void {
    this.shrunk.add(session);
  }

  /** Inside the write of the calls, after them. */
  save(): void {
    for (const [session, { first, last }] of this.touched) this.update.run([first, last, session]);
    for (const session of this.shrunk) measureSpan(this.db, session);
    this.forget();
  }

  forget(): void {
    this.touched.clear();
    this.shrunk.clear();
  }

  dispose(): void {
    this.update.free();
  }
}

/** Inside a write: the first and the last call of a session, looked up; those that were summed up, too. */
export const measureSpan = (db: Connection, session: number): void =>
  db.run(
    `UPDATE session SET (first_at, last_at) = (SELECT min(first), max(last) FROM (
       SELECT min(at) AS first, max(at) AS last FROM call WHERE session = ?1
       UNION ALL SELECT min(first_at), max(last_at) FROM compacted WHERE session = ?1)) WHERE id = ?1`,
    [session],
  );
