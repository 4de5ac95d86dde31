import { usageFields } from '../shared/model';
import type { ExportCall, Millis, SessionDetail, SessionRow, Totals, Usage } from '../shared/model';
import { usd, usdOrNull } from './amount';
import type { ExportRecord } from './exporter';

/** What a day and model cost, in the zone of the question. */
export interface DayRow extends Totals {
  /** YYYY-MM-DD; null for calls without a known time. */
  readonly day: string | null;
  readonly provider: string | null;
  readonly model: string | null;
}

/** A session with its note and what its sources tell of it beside its calls. */
export type NotedSessionRow = SessionRow &
  Pick<SessionDetail, 'functionCalls' | 'durationMs' | 'labels'> & { readonly note: string | null };

const totalColumns = [
  'costUsd',
  'recordedUsd',
  'computedUsd',
  'calls',
  'unpricedCalls',
  'inexactCalls',
  'includedCalls',
  'includedUsd',
  'excludedCalls',
  'untimedCalls',
  'errors',
  ...usageFields,
] as const;

export const callColumns: readonly string[] = [
  'id',
  'source',
  'experiment',
  'session',
  'tag',
  'at',
  'provider',
  'model',
  ...usageFields,
  'costUsd',
  'recordedUsd',
  'computedUsd',
  'costState',
  'exact',
  'latencyMs',
  'error',
  'user',
  'note',
  'project',
  'branch',
  'agent',
  'priceNote',
  'calls',
];

export const sessionColumns: readonly string[] = [
  'id',
  'importer',
  'experiment',
  'tag',
  'user',
  'startedAt',
  'lastAt',
  'models',
  ...totalColumns,
  'note',
  'functionCalls',
  'durationMs',
  'labels',
  'project',
  'branch',
  'agents',
];

export const dayColumns: readonly string[] = ['day', 'provider', 'model', 'sessions', ...totalColumns];

/**
 * A call as CONTRACT.md names its fields, with what the user wrote on the price of its model. A failed call without a text
 * has the error `error`. Written out: exports are of many.
 */
export const callRecord = (call: ExportCall, priceNote: string | null): ExportRecord => ({
  id: call.id === '' ? null : call.id,
  source: call.source,
  experiment: call.experiment,
  session: call.session,
  tag: call.tag,
  at: iso(call.at),
  provider: call.provider,
  model: call.model,
  inputTokens: call.usage.inputTokens,
  cacheReadTokens: call.usage.cacheReadTokens,
  cacheWriteTokens: call.usage.cacheWriteTokens,
  outputTokens: call.usage.outputTokens,
  reasoningTokens: call.usage.reasoningTokens,
  audioInputTokens: call.usage.audioInputTokens,
  audioCachedTokens: call.usage.audioCachedTokens,
  audioOutputTokens: call.usage.audioOutputTokens,
  cacheWrite1hTokens: call.usage.cacheWrite1hTokens,
  audioInputSeconds: call.usage.audioInputSeconds,
  audioOutputSeconds: call.usage.audioOutputSeconds,
  images: call.usage.images,
  costUsd: usdOrNull(call.cost),
  recordedUsd: usdOrNull(call.recorded),
  computedUsd: usdOrNull(call.computed),
  costState: call.state,
  exact: call.exact,
  latencyMs: call.latencyMs,
  error: call.failed ? (call.error ?? 'error') : call.error,
  user: call.user,
  note: call.note,
  project: call.project,
  branch: call.branch,
  agent: call.agent,
  priceNote,
  calls: call.calls,
});

export const sessionRecord = (row: NotedSessionRow): ExportRecord => ({
  id: row.id,
  importer: row.importer,
  experiment: row.experimentName,
  tag: row.tag,
  user: row.user,
  startedAt: iso(row.at),
  lastAt: iso(row.lastAt),
  models: row.models.join(' '),
  ...totalsFigures(row),
  note: row.note,
  functionCalls: row.functionCalls,
  durationMs: row.durationMs,
  labels: row.labels.length === 0 ? null : row.labels.join(', '),
  project: row.project,
  branch: row.branch,
  agents: row.agents,
});

export const dayRecord = (row: DayRow): ExportRecord => ({
  day: row.day,
  provider: row.provider,
  model: row.model,
  sessions: row.sessions,
  ...totalsFigures(row),
});

/** The figures of docs/CONTRACT.md: amounts in USD, and what each total is made of. */
export const totalsFigures = (totals: Totals): ExportRecord => ({
  costUsd: usd(totals.cost),
  recordedUsd: usd(totals.recorded),
  computedUsd: usd(totals.computed),
  calls: totals.calls,
  unpricedCalls: totals.unpricedCalls,
  inexactCalls: totals.inexactCalls,
  includedCalls: totals.includedCalls,
  includedUsd: usd(totals.included),
  excludedCalls: totals.excludedCalls,
  untimedCalls: totals.untimedCalls,
  errors: totals.errors,
  ...usageOf(totals),
});

const usageOf = (usage: Usage): Readonly<Record<string, number>> =>
  Object.fromEntries(usageFields.map((field) => [field, usage[field]]));

const iso = (at: Millis | null | undefined): string | null =>
  at === null || at === undefined ? null : new Date(at).toISOString();
