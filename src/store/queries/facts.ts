import { fillEdges, fillOnce, integerMeasures } from './edges';
import { Where } from './where';
import { exclusions } from '../exclusions';
import { measureColumns } from '../measures';
import { noSlot, slotMillis } from '../slots';
import { dayNumber, dayOfSlots, noDay, startOfDay } from '../zones';
import type { Exclusions } from '../exclusions';
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

/** SQL: the `from` of facts with one condition more. It may be part of the last join's: that comes to the same. */
export const fromWith = ({ from }: Pick<Facts, 'from'>, condition: string): string =>
  `${from} ${from.includes('WHERE') ? 'AND' : 'WHERE'} ${condition}`;

export interface Need {
  /** Sessions must be told apart. */
  readonly session?: boolean;
  /** Quarter hours must be told apart. */
  readonly slot?: boolean;
  /** Time must be told apart at all. */
  readonly time?: boolean;
  /** Models and sources must be told apart. */
  readonly call?: boolean;
  /**
   * Of what is excluded from analytics, counts sessions, or sessions, models and sources, all the same; or counts nothing
   * but that: excluded sessions, or models and sources in the others.
   */
  readonly excluded?: 'sessions' | 'everything' | 'onlySessions' | 'onlyCalls';
}

const columns = measureColumns.join(', ');

/** Chooses the smallest rollup that answers the question exactly. Call it inside `db.read`. */
export function factsOf(store: Store, question: Question, need: Need): Facts {
  const { db } = store;
  const { filter, zone } = question;
  const all = exclusions(db);
  const without = withoutExcluded(all, need);
  if (need.session || need.excluded === 'onlySessions' || asksOfSessions(filter)) {
    if (!isWholeSessions(filter, need) || without.splitsSessions) return slotFacts(db, question, without);
    return isTimed(filter) ? sessionFactsIn(db, filter, without) : sessionFacts(db, filter, without);
  }
  const needsSlots = need.slot || !isInDays(all, need) || !isDayAligned(filter, zone);
  const days = needsSlots ? undefined : store.zone(zone);
  return days ? dayFacts(db, question, days, without) : slotFacts(db, question, without);
}

const asksOfSessions = ({ sessions, projects, branches }: Filter): boolean =>
  [sessions, projects, branches].some((part) => part !== undefined);

/** Sums by day are without excluded sessions. */
const isInDays = ({ sessions }: Exclusions, { excluded }: Need): boolean =>
  !sessions || excluded === undefined || excluded === 'onlyCalls';

/** Conditions that leave out what is excluded from analytics. */
interface Without {
  readonly splitsSessions: boolean;
  readonly ofCalls: readonly string[];
  readonly ofSessions: readonly string[];
}

function withoutExcluded({ sessions, models, sources }: Exclusions, { excluded }: Need): Without {
  const hidden = Object.entries({ 'f.model': models, 'f.source': sources }).filter(
    ([, ids]) => ids.length > 0,
  );
  const among = hidden.map(([column, ids]) => `${column} IN (${ids.join(', ')})`);
  const included = sessions ? ['s.excluded = 0'] : [];
  switch (excluded) {
    case 'onlySessions':
      return { splitsSessions: false, ofCalls: [], ofSessions: ['s.excluded = 1'] };
    case 'onlyCalls':
      return { splitsSessions: true, ofCalls: [`(${among.join(' OR ')})`], ofSessions: included };
    case 'everything':
      return { splitsSessions: false, ofCalls: [], ofSessions: [] };
    case 'sessions':
    case undefined:
      return {
        splitsSessions: among.length > 0,
        ofCalls: among.map((condition) => `NOT ${condition}`),
        ofSessions: excluded === 'sessions' ? [] : included,
      };
  }
}

/** Whether sums by session will do: nothing that splits a session, no time asked for. */
const isWholeSessions = ({ models, providers, sources }: Filter, need: Need): boolean =>
  [models, providers, sources].every((part) => part === undefined) &&
  ![need.time, need.slot, need.call].includes(true);

const isTimed = ({ since, until }: Filter): boolean => since !== undefined || until !== undefined;

const isDayAligned = ({ since, until }: Filter, zone: string): boolean =>
  [since, until].every((at) => at === undefined || startOfDay(dayNumber(at, zone), zone) === at);

function dayFacts(
  db: Connection,
  { filter, zone: name }: Question,
  zone: Zone,
  without: Without,
  table = 'usage_day',
): Facts {
  const where = new Where(without.ofCalls);
  where.add('f.zone = ?', zone.id);
  if (filter.since !== undefined) where.add('f.day >= ?', dayNumber(filter.since, name));
  if (filter.until !== undefined) where.add('f.day < ?', dayNumber(filter.until, name));
  if (filter.since === undefined && filter.until !== undefined) where.add('f.day > ?', noDay);
  where.addFilter(db, filter, { experiment: 'f.experiment', person: 'f.person' });
  const from = `FROM (SELECT *, day AS bucket FROM ${table}) f ${where.sql}`;
  return { from, params: where.params, bucket: 'day', dayOf: (day) => day };
}

function sessionFacts(db: Connection, filter: Filter, without: Without): Facts {
  const where = new Where(without.ofSessions);
  where.addFilter(db, filter, { experiment: 's.experiment', person: 's.person' });
  const from = `FROM (SELECT *, 0 AS bucket FROM usage_session) f JOIN session s ON s.id = f.session ${where.sql}`;
  return { from, params: where.params, bucket: 'session', dayOf: () => noDay };
}

/**
 * Sums by session in a period. Nearly all sessions lie in it or outside it as a whole; only those that it cuts are
 * summed up from their quarter hours.
 */
function sessionFactsIn(db: Connection, filter: Filter, without: Without): Facts {
  // What is kept as sums is where its quarter hour begins, which the first call of a session may come after.
  const span = [wholeSlot(filter.since) ?? -1e15, filter.until ?? 1e15];
  const isWhole = `w.first_at >= ? AND w.last_at < ? AND w.id NOT IN (SELECT session FROM usage_slot WHERE slot = ${noSlot})`;
  fillOnce(db, 'usage_part', filter, () => fillParts(db, filter, isWhole, span));
  const where = new Where(without.ofSessions);
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
  const touched = [filter.since ?? -1e15, wholeSlot(filter.until) ?? 1e15, ...span];
  db.script(
    `CREATE TEMP TABLE IF NOT EXISTS usage_part (session INTEGER, ${integerMeasures}); DELETE FROM temp.usage_part`,
  );
  db.run(
    `INSERT INTO temp.usage_part SELECT session, ${columns} FROM usage_slot
      WHERE ${slots.join(' AND ')} AND session IN (${cutSessions})`,
    [...params, ...touched],
  );
  if (!cut) return;
  db.run(
    `INSERT INTO temp.usage_part SELECT session, ${columns} FROM temp.usage_edge WHERE session IN (${cutSessions})`,
    touched,
  );
}

/** The start of the next quarter hour, or `at` where one begins. */
const wholeSlot = (at: number | undefined): number | undefined =>
  at === undefined ? undefined : Math.ceil(at / slotMillis) * slotMillis;

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

/** A rollup by quarter hour, session, model and source. */
export interface SlotTable {
  readonly name: string;
  /** The same by the keys of `usage_day`. */
  readonly days?: string;
  /** Which of its rows. */
  readonly condition?: string;
  /** What it has beside its keys. */
  readonly columns: string;
  /** Puts the calls of cut quarter hours into a table like it. @returns the name of that; undefined if there are none. */
  readonly edge: (db: Connection, filter: Filter) => string | undefined;
}

const usageSlots: SlotTable = {
  name: 'usage_slot',
  columns,
  edge: (db, filter) => (fillEdges(db, filter) ? 'temp.usage_edge' : undefined),
};

/** Rows of such a table without what is excluded from analytics, from its days if these will do. Call it inside `db.read`. */
export function factsIn(store: Store, question: Question, table: SlotTable): Facts {
  const { filter, zone } = question;
  const without = withoutExcluded(exclusions(store.db), {});
  const inDays = table.days !== undefined && !asksOfSessions(filter) && isDayAligned(filter, zone);
  const days = inDays ? store.zone(zone) : undefined;
  return days
    ? dayFacts(store.db, question, days, without, table.days)
    : slotFacts(store.db, question, without, table);
}

/** Whole quarter hours from the rollup, and what lies in the cut ones at both ends from the calls themselves. */
function slotFacts(
  db: Connection,
  { filter, zone }: Question,
  without: Without,
  table: SlotTable = usageSlots,
): Facts {
  const whole = new Where(table.condition === undefined ? [] : [table.condition]);
  if (isTimed(filter)) {
    const [conditions, params] = wholeSlots(filter);
    whole.add(conditions.join(' AND '), ...params);
  }
  const edge = table.edge(db, filter);
  const union = edge ? `UNION ALL SELECT session, slot, model, source, ${table.columns} FROM ${edge}` : '';
  const where = new Where([...without.ofSessions, ...without.ofCalls]);
  where.addFilter(db, filter, { experiment: 's.experiment', person: 's.person' });
  const from = `FROM (SELECT session, slot AS bucket, model, source, ${table.columns} FROM ${table.name} ${whole.sql} ${union}) f
                JOIN session s ON s.id = f.session ${where.sql}`;
  const dayOf = dayOfSlots(zone);
  return {
    from,
    params: [...whole.params, ...where.params],
    bucket: 'slot',
    dayOf: (slot) => (slot === noSlot ? noDay : dayOf(slot)),
  };
}
