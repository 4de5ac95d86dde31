import { measureColumns, measuresOf, usageColumns } from '../measures';
import { noSlot, slotMillis, slotOf } from '../slots';
import { dayNumber, noDay, startOfDay } from '../zones';
import type { StoredCall } from '../measures';
import type { Store } from '../store';
import type { Zone } from '../zones';
import type { Filter, Question } from '../../shared/model';
import type { Connection, SqlValue } from '../../sqlite/connection';

/**
 * Rows of sums to ask: a table expression `f` with `bucket` (a day number in the zone, or a quarter hour), `model`,
 * `source`, `experiment`, `person`, every measure, and `session` when `bySession`.
 */
export interface Facts {
  /** `FROM ... WHERE ...`: every condition of the filter is in it. */
  readonly from: string;
  readonly params: readonly SqlValue[];
  /** `session`: one row a session; `part`: several where a period cuts it. */
  readonly bucket: 'day' | 'slot' | 'session' | 'part';
  /** Day number of a value of `f.bucket`, in the question's zone. */
  dayOf(bucket: number): number;
}

export interface Need {
  /** Sessions must be told apart. */
  readonly session?: boolean;
  /** Quarter hours must be told apart. */
  readonly slot?: boolean;
  /** Time must be told apart at all. */
  readonly time?: boolean;
  /** Models and sources must be told apart. */
  readonly call?: boolean;
}

const columns = measureColumns.join(', ');
const integerMeasures = measureColumns.map((name) => `${name} INTEGER`).join(', ');

/** Chooses the smallest rollup that answers the question exactly. Call it inside `db.read`. */
export function factsOf(store: Store, question: Question, need: Need): Facts {
  const { filter, zone } = question;
  if (need.session || filter.sessions) {
    if (!isWholeSessions(filter, need)) return slotFacts(store.db, question);
    return isTimed(filter) ? sessionFactsIn(store.db, filter) : sessionFacts(store.db, filter);
  }
  const days = !need.slot && isDayAligned(filter, zone) ? store.zone(zone) : undefined;
  return days ? dayFacts(store.db, question, days) : slotFacts(store.db, question);
}

/** Whether sums by session will do: nothing that splits a session, no time asked for. */
const isWholeSessions = ({ models, providers, sources }: Filter, need: Need): boolean =>
  [models, providers, sources].every((part) => part === undefined) &&
  ![need.time, need.slot, need.call].includes(true);

const isTimed = ({ since, until }: Filter): boolean => since !== undefined || until !== undefined;

const isDayAligned = ({ since, until }: Filter, zone: string): boolean =>
  [since, until].every((at) => at === undefined || startOfDay(dayNumber(at, zone), zone) === at);

function dayFacts(db: Connection, { filter, zone: name }: Question, zone: Zone): Facts {
  const where = new Where();
  where.add('f.zone = ?', zone.id);
  if (filter.since !== undefined) where.add('f.day >= ?', dayNumber(filter.since, name));
  if (filter.until !== undefined) where.add('f.day < ?', dayNumber(filter.until, name));
  if (filter.since === undefined && filter.until !== undefined) where.add('f.day > ?', noDay);
  where.addFilter(db, filter, { experiment: 'f.experiment', person: 'f.person' });
  const from = `FROM (SELECT *, day AS bucket FROM usage_day) f ${where.sql}`;
  return { from, params: where.params, bucket: 'day', dayOf: (day) => day };
}

function sessionFacts(db: Connection, filter: Filter): Facts {
  const where = new Where();
  where.addFilter(db, filter, { experiment: 's.experiment', person: 's.person' });
  const from = `FROM (SELECT *, 0 AS bucket FROM usage_session) f JOIN session s ON s.id = f.session ${where.sql}`;
  return { from, params: where.params, bucket: 'session', dayOf: () => noDay };
}

/**
 * Sums by session in a period. Nearly all sessions lie in it or outside it as a whole; only those that it cuts are
 * summed up from their quarter hours.
 */
function sessionFactsIn(db: Connection, filter: Filter): Facts {
  const span = [filter.since ?? -1e15, filter.until ?? 1e15];
  const isWhole = `w.first_at >= ? AND w.last_at < ? AND w.id NOT IN (SELECT session FROM usage_slot WHERE slot = ${noSlot})`;
  fillParts(db, filter, isWhole, span);
  const where = new Where();
  where.addFilter(db, filter, { experiment: 's.experiment', person: 's.person' });
  const from = `FROM (SELECT u.session, 0 AS bucket, ${columns} FROM session w JOIN usage_session u ON u.session = w.id
                       WHERE ${isWhole} UNION ALL SELECT session, 0, ${columns} FROM temp.usage_part) f
                JOIN session s ON s.id = f.session ${where.sql}`;
  return { from, params: [...span, ...where.params], bucket: 'part', dayOf: () => noDay };
}

function fillParts(db: Connection, filter: Filter, isWhole: string, span: readonly number[]): void {
  const cut = fillEdges(db, filter);
  const cutSessions = `SELECT w.id FROM session w WHERE w.last_at >= ? AND w.first_at < ? AND NOT (${isWhole})`;
  const [slots, params] = wholeSlots(filter);
  db.script(
    `CREATE TEMP TABLE IF NOT EXISTS usage_part (session INTEGER, ${integerMeasures}); DELETE FROM temp.usage_part`,
  );
  db.run(
    `INSERT INTO temp.usage_part SELECT session, ${columns} FROM usage_slot
      WHERE ${slots.join(' AND ')} AND session IN (${cutSessions})`,
    [...params, ...span, ...span],
  );
  if (!cut) return;
  db.run(
    `INSERT INTO temp.usage_part SELECT session, ${columns} FROM temp.usage_edge WHERE session IN (${cutSessions})`,
    [...span, ...span],
  );
}

/** Conditions for the quarter hours that lie wholly in the period. */
function wholeSlots({ since, until }: Filter): [conditions: string[], params: number[]] {
  const first = since === undefined ? noSlot + 1 : Math.ceil(since / slotMillis);
  return until === undefined
    ? [['slot >= ?'], [first]]
    : [
        ['slot >= ?', 'slot < ?'],
        [first, Math.floor(until / slotMillis)],
      ];
}

/** Whole quarter hours from the rollup, and what lies in the cut ones at both ends from the calls themselves. */
function slotFacts(db: Connection, { filter, zone }: Question): Facts {
  const whole = new Where();
  if (isTimed(filter)) {
    const [conditions, params] = wholeSlots(filter);
    whole.add(conditions.join(' AND '), ...params);
  }
  const union = fillEdges(db, filter)
    ? `UNION ALL SELECT session, slot, model, source, ${columns} FROM temp.usage_edge`
    : '';
  const where = new Where();
  where.addFilter(db, filter, { experiment: 's.experiment', person: 's.person' });
  const from = `FROM (SELECT session, slot AS bucket, model, source, ${columns} FROM usage_slot ${whole.sql} ${union}) f
                JOIN session s ON s.id = f.session ${where.sql}`;
  return {
    from,
    params: [...whole.params, ...where.params],
    bucket: 'slot',
    dayOf: (slot) => (slot === noSlot ? noDay : dayNumber(slot * slotMillis, zone)),
  };
}

/** Sums the calls of cut quarter hours into a table of this connection. @returns whether there are any. */
function fillEdges(db: Connection, { since, until }: Filter): boolean {
  const cut = new Set<number>();
  if (since !== undefined && since % slotMillis !== 0) cut.add(slotOf(since));
  if (until !== undefined && until % slotMillis !== 0) cut.add(slotOf(until));
  if (cut.size === 0) return false;
  db.script(`CREATE TEMP TABLE IF NOT EXISTS usage_edge (session INTEGER, slot INTEGER, model INTEGER, source INTEGER,
    ${integerMeasures}); DELETE FROM temp.usage_edge`);
  for (const slot of cut) {
    const from = Math.max(slot * slotMillis, since ?? 0);
    const to = Math.min((slot + 1) * slotMillis, until ?? Infinity);
    for (const row of callsBetween(db, slot, from, to)) insertEdge(db, slot, row);
  }
  return true;
}

const callColumns = `c.session, c.model, c.source, ${usageColumns.map((name) => `c.${name}`).join(', ')},
  c.recorded, c.recorded_elsewhere, c.computed, c.flags`;

const callsBetween = (db: Connection, slot: number, from: number, to: number): SqlValue[][] =>
  db.rows(
    `SELECT ${callColumns} FROM call c WHERE c.session IN (SELECT session FROM usage_slot WHERE slot = ?)
       AND c.at >= ? AND c.at < ?`,
    [slot, from, to],
  );

function insertEdge(db: Connection, slot: number, row: readonly SqlValue[]): void {
  const [session, model, source, ...rest] = row as number[];
  const values = [session!, slot, model!, source!, ...measuresOf(storedCall(rest))];
  db.run(`INSERT INTO temp.usage_edge VALUES (${values.map(() => '?').join(', ')})`, values);
}

/** From usage columns followed by recorded, recorded_elsewhere, computed, flags. */
export function storedCall(row: readonly SqlValue[]): StoredCall {
  const [recorded, recordedElsewhere, computed, flags] = row.slice(usageColumns.length) as (number | null)[];
  return {
    usage: row.slice(0, usageColumns.length) as number[],
    recorded: recorded ?? undefined,
    recordedElsewhere: recordedElsewhere ?? undefined,
    computed: computed ?? undefined,
    flags: flags!,
  };
}

/** Conditions joined by AND, with their parameters. */
export class Where {
  private readonly conditions: string[] = [];
  readonly params: SqlValue[] = [];

  get sql(): string {
    return this.conditions.length === 0 ? '' : `WHERE ${this.conditions.join(' AND ')}`;
  }

  add(condition: string, ...params: SqlValue[]): void {
    this.conditions.push(condition);
    this.params.push(...params);
  }

  addIn(column: string, ids: readonly number[]): void {
    this.add(`${column} IN (${ids.map(() => '?').join(', ')})`, ...ids);
  }

  /** All of a filter but its period. Names that nobody knows match nothing. */
  addFilter(
    db: Connection,
    filter: Filter,
    column: { readonly experiment: string; readonly person: string },
  ): void {
    if (filter.models) this.addIn('f.model', idsOf(db, 'model', 'name', filter.models));
    if (filter.providers) this.addIn('f.model', idsOf(db, 'model', 'provider', filter.providers));
    if (filter.sources) this.addIn('f.source', idsOf(db, 'source', 'path', filter.sources));
    if (filter.users)
      this.addIn(column.person, [...idsOf(db, 'person', 'name', filter.users), ...none(filter.users)]);
    if (filter.experiments) {
      const ids = filter.experiments.flatMap((key) => (key === null ? [] : idsOfKey(db, 'experiment', key)));
      this.addIn(column.experiment, [...ids, ...none(filter.experiments)]);
    }
    if (filter.sessions)
      this.addIn(
        'f.session',
        filter.sessions.flatMap((key) => idsOfKey(db, 'session', key)),
      );
  }
}

const none = (values: readonly (string | null)[]): number[] => (values.includes(null) ? [0] : []);

const idsOf = (db: Connection, table: string, column: string, names: readonly (string | null)[]): number[] =>
  names.flatMap((name) =>
    db.rows(`SELECT id FROM ${table} WHERE ${column} = ?`, [name ?? '']).map(([id]) => id as number),
  );

/** The durable key of an experiment or session, `<scope>:<own id>`, as ids of this store. */
export function idsOfKey(db: Connection, table: 'experiment' | 'session', key: string): number[] {
  const colon = key.indexOf(':');
  return db
    .rows(
      `SELECT t.id FROM ${table} t JOIN scope ON scope.id = t.scope WHERE scope.uid = ? AND t.own_id = ?`,
      [key.slice(0, colon), key.slice(colon + 1)],
    )
    .map(([id]) => id as number);
}
