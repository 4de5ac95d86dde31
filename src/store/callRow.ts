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
}

export const rowOf = (call: PlacedCall): SqlValue[] => [
  call.session,
  call.at ?? null,
  call.model,
  call.source,
  ...call.usage,
  call.recorded ?? null,
  call.recordedElsewhere ?? null,
  call.computed ?? null,
  call.flags,
  call.latencyMs ?? null,
  call.error ?? null,
  call.command ?? null,
  call.version ?? null,
  call.ttftMs ?? null,
];

export function callFrom(row: readonly SqlValue[]): PlacedCall {
  const [session, at, model, source, ...rest] = row;
  const [recorded, recordedElsewhere, computed, flags, latencyMs, error, command, version, ttftMs] =
    rest.slice(usageColumns.length);
  return {
    session: session as number,
    at: (at as number | null) ?? undefined,
    model: model as number,
    source: source as number,
    usage: rest.slice(0, usageColumns.length) as number[],
    recorded: (recorded as number | null) ?? undefined,
    recordedElsewhere: (recordedElsewhere as number | null) ?? undefined,
    computed: (computed as number | null) ?? undefined,
    flags: flags as number,
    latencyMs: (latencyMs as number | null) ?? undefined,
    error: (error as string | null) ?? undefined,
    command: (command as string | null) ?? undefined,
    version: (version as number | null) ?? undefined,
    ttftMs: (ttftMs as number | null) ?? undefined,
  };
}
