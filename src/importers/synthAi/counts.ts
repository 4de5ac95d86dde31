import type { RowCounts } from './sessions';
import type { Schema } from './schema';
import type { ForeignDb } from '../importer';

/** Tables whose rows belong to a session, and what their number is called. */
export const countedTables = { steps: 'session_timesteps', messages: 'messages', events: 'events' } as const;
export type Counted = keyof typeof countedTables;
/** The highest id of each table. */
export type Heads = Readonly<Record<Counted, number>>;
/** Where a file ended at one moment: what is added after that belongs to the next import. */
export type FileEnd = Heads & { readonly sessions: number };

const kinds = Object.keys(countedTables) as Counted[];

export async function headsOf(db: ForeignDb, schema: Schema): Promise<FileEnd> {
  const head = (kind: Counted) =>
    schema.has(countedTables[kind], 'id') ? `(SELECT max(id) FROM ${countedTables[kind]})` : '0';
  const [row] = await db.all(`SELECT ${kinds.map(head).join(', ')}, (SELECT max(rowid) FROM session_traces)`);
  const [steps, messages, events, sessions] = (row ?? []).map((id) => Number(id ?? 0));
  return { steps: steps ?? 0, messages: messages ?? 0, events: events ?? 0, sessions: sessions ?? 0 };
}

/**
 * Counts the rows of sessions up to `heads`: of all sessions if `since` is absent, else of those that have rows above
 * it. The counters stored in the file are not used, since each writer keeps them differently.
 */
export async function rowCounts(
  db: ForeignDb,
  schema: Schema,
  heads: Heads,
  since?: Heads,
): Promise<RowCounts> {
  const there = kinds.filter((kind) => schema.has(countedTables[kind], 'id'));
  const grown = since && (await sessionsSince(db, there, heads, since));
  const counters = new Map<Counted, Counter>();
  for (const kind of there) counters.set(kind, await counterOf(db, countedTables[kind], heads[kind]));
  return async (ids) => {
    const asked = grown ? ids.filter((id) => grown.has(id)) : ids;
    const counted = new Set(asked);
    const found = new Map<Counted, ReadonlyMap<string, number>>();
    if (asked.length > 0) for (const [kind, counter] of counters) found.set(kind, await counter(asked));
    const of = (kind: Counted, id: string) => (found.has(kind) ? (found.get(kind)?.get(id) ?? 0) : undefined);
    return (id) =>
      counted.has(id)
        ? { steps: of('steps', id), messages: of('messages', id), events: of('events', id) }
        : {};
  };
}

async function sessionsSince(
  db: ForeignDb,
  there: readonly Counted[],
  heads: Heads,
  since: Heads,
): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const kind of there) {
    // A head below the watermark: rows were deleted, and ids may have been given again.
    const from = heads[kind] < since[kind] ? 0 : since[kind];
    const rows = await db.all(
      `SELECT DISTINCT session_id FROM ${countedTables[kind]} WHERE id > ? AND id <= ?`,
      [from, heads[kind]],
    );
    for (const [id] of rows) ids.add(String(id));
  }
  return ids;
}

type Counter = (ids: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** By index where there is one, which almost every writer makes; else by one pass over the table. */
async function counterOf(db: ForeignDb, table: string, head: number): Promise<Counter> {
  const indexed = await db.all(
    `SELECT 1 FROM pragma_index_list('${table}') l, pragma_index_info(l.name) i
       WHERE i.seqno = 0 AND lower(i.name) = 'session_id' LIMIT 1`,
  );
  const count = async (where: string, ids: readonly string[]) => {
    const sql = `SELECT session_id, count(*) FROM ${table} WHERE ${where} id <= ? GROUP BY session_id`;
    return new Map((await db.all(sql, [...ids, head])).map(([id, rows]) => [String(id), rows as number]));
  };
  if (indexed.length > 0) return (ids) => count(`session_id IN (${ids.map(() => '?').join(', ')}) AND`, ids);
  let all: Promise<ReadonlyMap<string, number>> | undefined;
  return () => (all ??= count('', []));
}
