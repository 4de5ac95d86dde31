import { costOf, flag, isCounted, usageColumns, usageFrom } from '../measures';
import { exclusions } from '../exclusions';
import { factsOf } from './facts';
import { sessionNames, sumsToExport } from './compacted';
import { storedCall } from './storedCall';
import { idsOfKey } from './where';
import type { SessionNames } from './compacted';
import type { Need } from './facts';
import type { PageOf } from './sessions';
import type { Store } from '../store';
import type { CallRow, CostMode, ExportCall, Page, Question } from '../../shared/model';
import type { SqlValue } from '../../sqlite/connection';

const columns = `c.id, c.at, m.provider, m.name, c.key, c.latency_ms, c.error,
  ${usageColumns.map((name) => `c.${name}`).join(', ')}, c.recorded, c.recorded_elsewhere, c.computed, c.flags`;
const columnCount = 7 + usageColumns.length + 4;

/** The calls of a session, or of one agent of it (null: of none), oldest first. */
export function calls(
  store: Store,
  session: string,
  mode: CostMode,
  page: PageOf & { readonly agent?: string | null },
): Page<CallRow> {
  return store.db.read(() => {
    const [id] = idsOfKey(store.db, 'session', session);
    if (id === undefined) return { rows: [] };
    const [ofAgent, params] = agentIs(id, page.agent);
    const after = page.after === undefined ? [-1e15, 0] : (JSON.parse(page.after) as number[]);
    const rows = store.db.rows(
      `SELECT ${columns} FROM call c JOIN model m ON m.id = c.model
        WHERE c.session = ? AND ${isCounted} AND ${ofAgent} AND (coalesce(c.at, -1), c.id) > (?, ?)
        ORDER BY coalesce(c.at, -1), c.id LIMIT ?`,
      [id, ...params, ...after, page.limit + 1],
    );
    const shown = rows.slice(0, page.limit);
    const last = shown.at(-1);
    const next = rows.length > page.limit && last ? { next: JSON.stringify([last[1] ?? -1, last[0]]) } : {};
    return { rows: shown.map((row) => callRow(row, mode)), ...next };
  });
}

function agentIs(session: number, agent: string | null | undefined): [sql: string, params: SqlValue[]] {
  if (agent === undefined) return ['1', []];
  if (agent === null) return ['c.agent IS NULL', []];
  return ['c.agent = (SELECT id FROM agent WHERE session = ? AND own_id = ?)', [session, agent]];
}

type Written<T> = { -readonly [K in keyof T]: T[K] };

function callRow(row: readonly SqlValue[], mode: CostMode): CallRow {
  const [, at, provider, model, key, latencyMs, error, ...rest] = row;
  const call = storedCall(rest);
  const cost = costOf(call, mode);
  const failed = (call.flags & flag.failed) !== 0;
  const shown: Written<CallRow> = {
    id: String(key),
    provider: (provider as string) || null,
    model: (model as string) || null,
    usage: usageFrom(call.usage),
    cost: cost.usd ?? null,
    recorded: call.recorded ?? null,
    computed: call.computed ?? null,
    state: cost.state,
    exact: cost.exact,
    latencyMs: latencyMs as number | null,
    failed,
    error: (error as string | null) ?? (failed ? 'error' : null),
  };
  if (at !== null) shown.at = at as number;
  return shown;
}

/**
 * All calls that match, for an export: session by session (newest first), each oldest first. One page is a whole
 * number of sessions, so that memory is bounded by the largest session. `withExcluded`: whatever is excluded from analytics, too.
 */
export function* exportCalls(
  store: Store,
  question: Question,
  sessionsAPage: number,
  withExcluded = false,
): Generator<ExportCall[]> {
  const ids = sessionsIn(store, question, withExcluded ? { excluded: 'everything' } : {});
  for (let at = 0; at < ids.length; at += sessionsAPage) {
    const page = ids.slice(at, at + sessionsAPage);
    yield store.db.read(() =>
      page.flatMap((session) => callsToExport(store, session, question, withExcluded)),
    );
  }
}

/** Ids of the sessions with calls that match, newest first. */
export const sessionsIn = (
  store: Store,
  question: Question,
  { excluded }: Pick<Need, 'excluded'> = {},
): readonly number[] =>
  store.db.read(() => {
    const facts = factsOf(store, question, {
      ...{ session: true, time: true },
      ...(excluded === undefined ? {} : { excluded }),
    });
    return store.db
      .rows(
        `SELECT DISTINCT f.session, s.sort_at ${facts.from} ORDER BY s.sort_at DESC, f.session DESC`,
        facts.params,
      )
      .map(([id]) => id as number);
  });

function callsToExport(
  store: Store,
  session: number,
  { filter, mode }: Question,
  withExcluded: boolean,
): ExportCall[] {
  const without = (alias: string): string => (withExcluded ? '' : withoutExcludedCalls(store, alias));
  const wanted = (row: ExportCall): boolean =>
    (!filter.models || filter.models.includes(row.model)) &&
    (!filter.providers || filter.providers.includes(row.provider)) &&
    (!filter.sources || filter.sources.includes(row.source));
  const rows = store.db.rows(
    `SELECT ${columns}, source.path, a.own_id FROM call c JOIN model m ON m.id = c.model
       LEFT JOIN source ON source.id = c.source LEFT JOIN agent a ON a.id = c.agent
      WHERE c.session = ?1 AND ${isCounted} ${without('c')} AND (?2 IS NULL OR c.at >= ?2) AND (?3 IS NULL OR c.at < ?3) ORDER BY c.at, c.id`,
    [session, filter.since ?? null, filter.until ?? null],
  );
  const names = sessionNames(store, session);
  const sums = sumsToExport(store, session, filter, mode, without('k'), names);
  return [...sums, ...rows.map((row) => exportCall(row, mode, names))].filter(wanted);
}

/** SQL: call `c` is not of a model or source that is excluded from analytics. */
export function withoutExcludedCalls({ db }: Store, alias = 'c'): string {
  const { models, sources } = exclusions(db);
  return `AND ${alias}.model NOT IN (${models.join(', ')}) AND ${alias}.source NOT IN (${sources.join(', ')})`;
}

/** Written out, since every exported call passes here: spreads take several times as long. */
function exportCall(row: readonly SqlValue[], mode: CostMode, names: SessionNames): ExportCall {
  const call = callRow(row, mode);
  return {
    id: call.id,
    at: call.at ?? null,
    provider: call.provider,
    model: call.model,
    usage: call.usage,
    cost: call.cost,
    recorded: call.recorded,
    computed: call.computed,
    state: call.state,
    exact: call.exact,
    latencyMs: call.latencyMs,
    failed: call.failed,
    error: call.error,
    source: (row[columnCount] as string | null) ?? '',
    experiment: names.experiment,
    session: names.session,
    tag: names.tag,
    user: names.user,
    note: names.note,
    project: names.project,
    branch: names.branch,
    agent: row[columnCount + 1] as string | null,
    calls: 1,
  };
}
