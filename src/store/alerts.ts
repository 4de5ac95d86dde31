import type { Alert, AlertRow } from '../shared/alerts';
import type { Millis } from '../shared/model';
import type { Connection, SqlValue } from '../sqlite/connection';

/** An alert that was told, as the journal has it. */
export interface AlertRecord extends Alert {
  readonly kind: 'alert';
  /** When it was told. */
  readonly at: Millis;
}

/** Nothing is told from `at` until `until`. */
export interface SnoozeRecord {
  readonly kind: 'snooze';
  readonly at: Millis;
  readonly until: Millis;
}

/** Inside a write: an alert that goes to the log: to be told when its time comes, or silent for a reason. */
export const noteAlert = (db: Connection, alert: Alert, seenAt: Millis, why: string | undefined): void =>
  db.run('INSERT OR IGNORE INTO alert (crossing, seen_at, why, fields) VALUES (?, ?, ?, ?)', [
    alert.crossing,
    seenAt,
    why ?? null,
    JSON.stringify(alert),
  ]);

/** Without what makes it a line of the journal. */
export function alertIn(record: AlertRecord): Alert {
  const fields: Partial<{ -readonly [K in keyof AlertRecord]: AlertRecord[K] }> = { ...record };
  delete fields.kind;
  delete fields.at;
  return fields as Alert;
}

/** Inside a write: takes a journal line in. */
export function recordAlert(db: Connection, record: AlertRecord): void {
  const alert = alertIn(record);
  noteAlert(db, alert, record.at, undefined);
  db.run('UPDATE alert SET told_at = ?, why = NULL, fields = ? WHERE crossing = ?', [
    record.at,
    JSON.stringify(alert),
    alert.crossing,
  ]);
}

const alertOf = (fields: SqlValue | undefined): Alert => JSON.parse(fields as string) as Alert;

/** Every alert that was told as journal lines have them, oldest first. */
export const allAlerts = (db: Connection): AlertRecord[] =>
  db
    .rows('SELECT fields, told_at FROM alert WHERE told_at IS NOT NULL ORDER BY told_at, id')
    .map(([fields, at]) => ({ kind: 'alert', at: at as number, ...alertOf(fields) }));

/** Inside a write: as if none had been told. What was silent stays in the log. */
export const forgetAlerts = (db: Connection): void => db.run('DELETE FROM alert WHERE told_at IS NOT NULL');

/** Which of these limits were reached before. */
export const knownCrossings = (db: Connection, crossings: readonly string[]): ReadonlySet<string> =>
  new Set(
    db
      .rows('SELECT crossing FROM alert WHERE crossing IN (SELECT value FROM json_each(?))', [
        JSON.stringify(crossings),
      ])
      .map(([crossing]) => crossing as string),
  );

/** Those that wait to be told, oldest first. */
export const waitingAlerts = (db: Connection): Alert[] =>
  db
    .rows('SELECT fields FROM alert WHERE told_at IS NULL AND why IS NULL ORDER BY id')
    .map(([fields]) => alertOf(fields));

/** Inside a write: one that waited is not told after all. */
export const silence = (db: Connection, crossing: string, why: string): void =>
  db.run('UPDATE alert SET why = ? WHERE crossing = ?', [why, crossing]);

export const lastToldAt = (db: Connection): Millis =>
  (db.rows('SELECT max(told_at) FROM alert WHERE told_at IS NOT NULL')[0]?.[0] as number | null) ?? 0;

export const toldAt = (db: Connection, crossing: string): Millis | undefined =>
  (db.rows('SELECT told_at FROM alert WHERE crossing = ?', [crossing])[0]?.[0] as number | null) ?? undefined;

/** When that rule noticed the subject last: at all, or so that it was told or is about to be. */
export const lastCallAt = (
  db: Connection,
  { rule, subject, silent }: Pick<Alert, 'rule' | 'subject'> & { readonly silent: boolean },
): Millis =>
  (db.rows(
    `SELECT max(call_at) FROM alert WHERE subject = ? AND rule = ? ${silent ? '' : 'AND why IS NULL'}`,
    [subject, rule],
  )[0]?.[0] as number | null) ?? 0;

/** Newest first. */
export const alertLog = (db: Connection, limit: number): AlertRow[] =>
  db
    .rows('SELECT fields, seen_at, told_at, why FROM alert ORDER BY call_at DESC, id DESC LIMIT ?', [limit])
    .map(([fields, seenAt, toldAt, why]) => ({
      ...alertOf(fields),
      seenAt: seenAt as number,
      ...(toldAt === null ? {} : { toldAt: toldAt as number }),
      ...(why === null ? {} : { why: why as string }),
    }));

/** Inside a write: takes a journal line in. The last one counts. */
export const recordSnooze = (db: Connection, { at, until }: SnoozeRecord): void =>
  db.run('INSERT INTO snooze (at, until) VALUES (?, ?)', [at, until]);

export const allSnoozes = (db: Connection): SnoozeRecord[] =>
  db
    .rows('SELECT at, until FROM snooze ORDER BY id')
    .map(([at, until]) => ({ kind: 'snooze', at: at as number, until: until as number }));

export const forgetSnoozes = (db: Connection): void => db.run('DELETE FROM snooze');

/** Undefined if nobody ever did. */
export const snoozedUntil = (db: Connection): Millis | undefined =>
  db.rows('SELECT until FROM snooze ORDER BY id DESC LIMIT 1')[0]?.[0] as number | undefined;
