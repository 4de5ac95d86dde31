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

// Every call comes through these two, some of them a million times: names that are written out are several times as fast
// as a list of them.

/** In the order of `callRowColumns`. */
export const rowOf = (call: PlacedCall): SqlValue[] => [
  call.session,
  orNull(call.at),
  call.model,
  call.source,
  ...call.usage,
  orNull(call.recorded),
  orNull(call.recordedElsewhere),
  orNull(call.computed),
  call.flags,
  orNull(call.latencyMs),
  orNull(call.error),
  orNull(call.command),
  orNull(call.version),
  orNull(call.ttftMs),
  orNull(call.agent),
  orNull(call.responseId),
  orNull(call.account),
  orNull(call.rank),
  orNull(call.tier),
  orNull(call.webSearches),
  orNull(call.duplicateOf),
  orNull(call.toldModel),
  orNull(call.pricedBy),
];

const orNull = <T extends SqlValue>(value: T | undefined): T | null => (value === undefined ? null : value);

const toldFrom = 4 + usageColumns.length;

export function callFrom(row: readonly SqlValue[]): PlacedCall {
  const told = <T>(at: number): T | undefined => (row[toldFrom + at] ?? undefined) as T | undefined;
  return {
    session: row[0] as number,
    at: (row[1] ?? undefined) as number | undefined,
    model: row[2] as number,
    source: row[3] as number,
    usage: row.slice(4, toldFrom) as number[],
    recorded: told(0),
    recordedElsewhere: told(1),
    computed: told(2),
    flags: row[toldFrom + 3] as number,
    latencyMs: told(4),
    error: told(5),
    command: told(6),
    version: told(7),
    ttftMs: told(8),
    agent: told(9),
    responseId: told(10),
    account: told(11),
    rank: told(12),
    tier: told(13),
    webSearches: told(14),
    duplicateOf: told(15),
    toldModel: told(16),
    pricedBy: told(17),
  };
}
