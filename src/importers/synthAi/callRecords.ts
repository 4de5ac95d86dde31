import { count, label, list, number, object, parseJson, provider, text, usd } from '../json';
import type { Json } from '../json';
import type { NanoUsd } from '../../shared/model';

/** What the `call_records` of one event add up to. Prompts and completions in them are never kept. */
export interface CallRecords {
  readonly provider: string | undefined;
  readonly model: string | undefined;
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
  /** Known only if each record that has usage says what it cost. */
  readonly cost: NanoUsd | undefined;
  readonly latencyMs: number | undefined;
  /** Class of the failure, if no record succeeded. */
  readonly failure: string | undefined;
}

/** Undefined if the text is no JSON array. */
export function readCallRecords(json: string): CallRecords | undefined {
  const parsed = parseJson(json);
  if (!Array.isArray(parsed)) return parsed === null ? sumOf([]) : undefined;
  return sumOf(objectsIn(list(parsed)));
}

const objectsIn = (values: readonly unknown[]): Json[] =>
  values.map(object).filter((value) => value !== undefined);

function sumOf(records: readonly Json[]): CallRecords {
  const usages = objectsIn(records.map((record) => record.usage));
  const sum = (field: string) => total(usages.map((usage) => count(usage[field])));
  return {
    provider: first(records, (record) => provider(record.provider)),
    model: first(records, (record) => text(record.model_name)),
    input: sum('input_tokens'),
    output: sum('output_tokens'),
    cacheRead: sum('cache_read_tokens') ?? 0,
    cacheWrite: sum('cache_write_tokens') ?? 0,
    reasoning: sum('reasoning_tokens') ?? sum('reasoning_output_tokens') ?? 0,
    cost: costOf(usages),
    latencyMs: total(records.map((record) => count(record.latency_ms))),
    failure: failureOf(records),
  };
}

const first = <T>(records: readonly Json[], read: (record: Json) => T | undefined): T | undefined => {
  for (const record of records) {
    const found = read(record);
    if (found !== undefined) return found;
  }
  return undefined;
};

const total = (values: readonly (number | undefined)[]): number | undefined =>
  values.reduce((sum, value) => (value === undefined ? sum : (sum ?? 0) + value), undefined);

/** A 0 beside tokens only means that the vendor named no price. */
function costOf(usages: readonly Json[]): NanoUsd | undefined {
  let sum = 0;
  for (const usage of usages) {
    if (!Object.values(usage).some((value) => number(value) !== undefined)) continue;
    const cost = usd(usage.cost_usd);
    if (cost === undefined) return undefined;
    sum += cost;
  }
  return sum > 0 ? sum : undefined;
}

const failures = new Set(['error', 'timeout', 'cancelled', 'canceled']);

function failureOf(records: readonly Json[]): string | undefined {
  const failed = records.filter((record) => failures.has(outcomeOf(record)));
  if (failed.length === 0 || failed.length < records.length) return undefined;
  const last = failed.at(-1)!;
  const error = object(last.error);
  return label(error?.type) ?? label(error?.code) ?? outcomeOf(last);
}

const outcomeOf = (record: Json): string => text(record.outcome)?.toLowerCase() ?? '';
