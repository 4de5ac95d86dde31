import { asOneCall, compactedColumns, compactedFrom, isOfCalls } from '../compaction/compactedRow';
import { costOf, flag, usageFrom } from '../measures';
import { effectiveNote, noteColumns } from '../notes';
import { slotMillis } from '../slots';
import type { CompactedRow } from '../compaction/compactedRow';
import type { Store } from '../store';
import type { CostMode, ExportCall, Filter } from '../../shared/model';

const ofSession = (sum: string): string =>
  `(SELECT ${sum} FROM compacted k WHERE k.session = s.id AND k.${isOfCalls})`;

/** SQL: how many calls of session `s` are kept as sums, and when the last of them was; NULL where there are none. */
export const summedUpColumns = `${ofSession('sum(k.calls)')}, ${ofSession('max(k.last_at)')}`;

/** What a compacted row belongs to, by name. */
export interface CompactedPart {
  readonly row: CompactedRow;
  readonly provider: string;
  readonly model: string;
  readonly path: string;
  readonly importer: string;
}

const startsIn = `(?2 IS NULL OR k.slot * ${slotMillis} >= ?2) AND (?3 IS NULL OR k.slot * ${slotMillis} < ?3)`;
const columns = compactedColumns.map((name) => `k.${name}`).join(', ');

/** Inside a read: sums of calls of a session, those whose quarter hour begins in the period. `condition`: on row `k`. */
export function compactedParts(
  { db }: Store,
  session: number,
  { since, until }: Filter,
  condition = '',
): CompactedPart[] {
  return db
    .rows(
      `SELECT m.provider, m.name, source.path, scope.importer, ${columns}
         FROM compacted k JOIN model m ON m.id = k.model JOIN session s ON s.id = k.session JOIN scope ON scope.id = s.scope
         LEFT JOIN source ON source.id = k.source
        WHERE k.session = ?1 AND k.${isOfCalls} AND ${startsIn} ${condition} ORDER BY k.slot`,
      [session, since ?? null, until ?? null],
    )
    .map(([provider, model, path, importer, ...row]) => ({
      row: compactedFrom(row),
      ...{ provider: provider as string, model: model as string, importer: importer as string },
      path: (path as string | null) ?? '',
    }));
}

/** Inside a read: the same as rows of an export of calls, each a quarter hour's or a day's calls that are alike. */
export function sumsToExport(
  store: Store,
  session: number,
  filter: Filter,
  mode: CostMode,
  condition: string,
  names: SessionNames,
): ExportCall[] {
  const parts = compactedParts(store, session, filter, condition);
  if (parts.length === 0) return [];
  const agents = new Map(
    store.db.rows('SELECT id, own_id FROM agent WHERE session = ?', [session]) as [number, string][],
  );
  return parts.map((part) => ({
    ...exportedSum(part, mode),
    ...names,
    agent: agents.get(part.row.agent) ?? null,
  }));
}

/** What an exported call has from its session. */
export type SessionNames = Pick<
  ExportCall,
  'experiment' | 'session' | 'tag' | 'user' | 'project' | 'branch' | 'note'
>;

function exportedSum(
  { row, provider, model, path }: CompactedPart,
  mode: CostMode,
): Omit<ExportCall, keyof SessionNames> {
  const call = asOneCall(row);
  const cost = costOf(call, mode);
  const failed = (call.flags & flag.failed) !== 0;
  return {
    id: '',
    at: row.slot * slotMillis,
    provider: provider || null,
    model: model || null,
    usage: usageFrom(call.usage),
    cost: cost.usd ?? null,
    recorded: call.recorded ?? null,
    computed: call.computed ?? null,
    state: cost.state,
    exact: cost.exact,
    latencyMs: null,
    failed,
    error: failed ? row.error : null,
    source: path,
    agent: null,
    calls: row.calls,
  };
}

/** Inside a read. */
export function sessionNames({ db }: Store, session: number): SessionNames {
  const [row] = db.rows(
    `SELECT e.own_id, s.own_id, s.tag, p.name, pr.name, s.branch, ${noteColumns} FROM session s
       LEFT JOIN experiment e ON e.id = s.experiment LEFT JOIN person p ON p.id = s.person
       LEFT JOIN project pr ON pr.id = s.project LEFT JOIN note n ON n.id = s.note WHERE s.id = ?`,
    [session],
  );
  const [experiment, id, tag, user, project, branch, ...note] = row as (string | null)[];
  return {
    ...{ experiment: experiment!, session: id!, tag: tag!, user: user!, project: project!, branch: branch! },
    note: effectiveNote(note)?.text ?? null,
  };
}
