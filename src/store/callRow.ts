import { usageColumns } from './measures';
import type { StoredCall } from './measures';
import type { SqlValue } from '../sqlite/connection';

/** Columns of `call` without its id, scope and key. */
export const callRowColumns = [
  'session',
  'at',
  'model',
  'source',
  ...usageColumns,
  'recorded',
  'recorded_elsewhere',
  'computed',
  'flags',
  'latency_ms',
  'error',
  'command',
  'version',
  'ttft_ms',
  'agent',
  'response',
  'account',
  'rank',
  'tier',
  'web_searches',
  'duplicate_of',
  'told_model',
  'priced_by',
] as const;

/** A row of `call`, without its id, scope and key. */
export interface PlacedCall extends StoredCall {
  readonly session: number;
  readonly at: number | undefined;
  readonly model: number;
  readonly source: number;
  readonly latencyMs: number | undefined;
  readonly error: string | undefined;
  readonly command: string | undefined;
  readonly version: number | undefined;
  readonly ttftMs: number | undefined;
  /** Id in `agent`; undefined for the session itself. */
  readonly agent: number | undefined;
  readonly responseId: string | undefined;
  /** See `Account` in shared/facts.ts. */
  readonly account: string | undefined;
  readonly rank: number | undefined;
  readonly tier: string | undefined;
  readonly webSearches: number | undefined;
  /** Id of the call that counts in its stead: this one is in no sum. */
  readonly duplicateOf: number | undefined;
  /** The model as told, by id; undefined if it was told by name. */
  readonly toldModel: number | undefined;
  /** Id in `price_version`: by which prices `computed` came about; undefined for those of before versions were kept. */
  readonly pricedBy: number | undefined;
}

const optional = [
  'recorded',
  'recordedElsewhere',
  'computed',
  'flags',
  'latencyMs',
  'error',
  'command',
  'version',
  'ttftMs',
  'agent',
  'responseId',
  'account',
  'rank',
  'tier',
  'webSearches',
  'duplicateOf',
  'toldModel',
  'pricedBy',
] as const satisfies readonly (keyof PlacedCall)[];

export const rowOf = (call: PlacedCall): SqlValue[] => [
  call.session,
  call.at ?? null,
  call.model,
  call.source,
  ...call.usage,
  ...optional.map((name) => call[name] ?? null),
];

export function callFrom(row: readonly SqlValue[]): PlacedCall {
  const [session, at, model, source, ...rest] = row;
  const others = rest.slice(usageColumns.length);
  return {
    session: session as number,
    at: (at as number | null) ?? undefined,
    model: model as number,
    source: source as number,
    usage: rest.slice(0, usageColumns.length) as number[],
    ...(Object.fromEntries(optional.map((name, i) => [name, others[i] ?? undefined])) as Pick<
      PlacedCall,
      (typeof optional)[number]
    >),
  };
}
