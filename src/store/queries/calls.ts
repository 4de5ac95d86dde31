import { costOf, flag, isCounted, usageColumns, usageFrom } from '../measures';
import { exclusions } from '../exclusions';
import { effectiveNote, noteColumns } from '../notes';
import { factsOf } from './facts';
import { sumsToExport } from './compacted';
import { storedCall } from './storedCall';
import { idsOfKey } from './where';
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

function callRow(row: readonly SqlValue[], mode: CostMode): CallRow {
  const [, at, provider, model, key, latencyMs, error, ...rest] = row;
  const call = storedCall(rest);
  const cost = costOf(call, mode);
  const failed = (call.flags & flag.failed) !== 0;
  return {
    id: String(key),
    ...(at === null ? {} : { at: at as number }),
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
}

/**
 * All calls that match, for an export: session by session (newest first), each oldest first. One page is a whole
 * number of sessions, so that memory is bounded by the largest session.
 */
export function* exportCalls(
  store: Store,
  question: Question,
  sessionsAPage: number,
): Generator<ExportCall[]> {
  const ids = sessionsIn(store, question);
  for (let at = 0; at < ids.length; at += sessionsAPage) {
    const page = ids.slice(at, at + sessionsAPage);
    yield store.db.read(() => page.flatMap((session) => callsToExport(store, session, question)));
  }
}

/** Ids of the sessions with calls that match, newest first. */
export const sessionsIn = (store: Store, question: Question): readonly number[] =>
  store.db.read(() => {
    const facts = factsOf(store, question, { session: true, time: true });
    return store.db
      .rows(
        `SELECT DISTINCT f.session, s.sort_at ${facts.from} ORDER BY s.sort_at DESC, f.session DESC`,
        facts.params,
      )
      .map(([id]) => id as number);
  });

function callsToExport(store: Store, session: number, { filter, mode }: Question): ExportCall[] {
  const wanted = (row: ExportCall): boolean =>
    (!filter.models || filter.models.includes(row.model)) &&
    (!filter.providers || filter.providers.includes(row.provider)) &&
    (!filter.sources || filter.sources.includes(row.source));
  const rows = store.db.rows(
    `SELECT ${columns}, source.path, e.own_id, s.own_id, s.tag, p.name, pr.name, s.branch, a.own_id, ${noteColumns}
       FROM call c JOIN model m ON m.id = c.model JOIN session s ON s.id = c.session
       LEFT JOIN source ON source.id = c.source LEFT JOIN experiment e ON e.id = s.experiment
       LEFT JOIN person p ON p.id = s.person LEFT JOIN project pr ON pr.id = s.project
       LEFT JOIN agent a ON a.id = c.agent LEFT JOIN note n ON n.id = s.note
      WHERE c.session = ?1 AND ${isCounted} ${withoutExcludedCalls(store)} AND (?2 IS NULL OR c.at >= ?2) AND (?3 IS NULL OR c.at < ?3) ORDER BY c.at, c.id`,
    [session, filter.since ?? null, filter.until ?? null],
  );
  const sums = sumsToExport(store, session, filter, mode, withoutExcludedCalls(store, 'k'));
  return [...sums, ...rows.map((row) => exportCall(row, mode))].filter(wanted);
}

/** SQL: call `c` is not of a model or source that is excluded from analytics. */
export function withoutExcludedCalls({ db }: Store, alias = 'c'): string {
  const { models, sources } = exclusions(db);
  return `AND ${alias}.model NOT IN (${models.join(', ')}) AND ${alias}.source NOT IN (${sources.join(', ')})`;
}

function exportCall(row: readonly SqlValue[], mode: CostMode): ExportCall {
  const [source, experiment, session, tag, user, project, branch, agent, ...note] = row.slice(columnCount);
  return {
    ...callRow(row.slice(0, columnCount), mode),
    source: (source as string | null) ?? '',
    experiment: experiment as string | null,
    session: session as string,
    tag: tag as string | null,
    user: user as string | null,
    note: effectiveNote(note)?.text ?? null,
    project: project as string | null,
    branch: branch as string | null,
    agent: agent as string | null,
    calls: 1,
  };
}
