import { count, object } from '../json';
import type { Json } from '../json';
import type { CallFact } from '../../shared/facts';

/** Tokens as Codex counts them: input with what was cached of it, output with its reasoning. */
export type Counts = readonly [
  input: number,
  cached: number,
  output: number,
  reasoning: number,
  total: number,
  cacheWrite: number,
];

/** Rollouts have the first of each; streams of `codex exec --json` and what passes them on the others too. */
const names = [
  ['input_tokens', 'prompt_tokens'],
  ['cached_input_tokens', 'cached_tokens', 'cache_read_input_tokens'],
  ['output_tokens', 'completion_tokens'],
  ['reasoning_output_tokens', 'reasoning_tokens'],
  ['total_tokens'],
  ['cache_write_input_tokens', 'cache_creation_input_tokens'],
] as const;

export const nothing: Counts = [0, 0, 0, 0, 0, 0];

/** Undefined where there are none. Names of fields that are there and are no counts go to `unreadable`. */
export function countsIn(value: unknown, unreadable: string[]): Counts | undefined {
  const given = object(value);
  return given && (names.map((some) => countIn(given, some, unreadable)) as unknown as Counts);
}

function countIn(given: Json, some: readonly string[], unreadable: string[]): number {
  const name = some.find((one) => given[one] !== undefined && given[one] !== null);
  if (name === undefined) return 0;
  const read = count(given[name]);
  if (read === undefined && !unreadable.includes(name)) unreadable.push(name);
  return read ?? 0;
}

/** What a later sum has more than an earlier one; all of it where it has less: counting began anew. */
export const since = (sum: Counts, before: Counts): Counts =>
  sum.some((tokens, i) => tokens < before[i]!) ? sum : combined(sum, before, (a, b) => a - b);

export const added = (a: Counts, b: Counts): Counts => combined(a, b, (one, other) => one + other);

const combined = (a: Counts, b: Counts, by: (a: number, b: number) => number): Counts =>
  a.map((tokens, i) => by(tokens, b[i]!)) as unknown as Counts;

export const same = (a: Counts | undefined, b: Counts | undefined): boolean =>
  a !== undefined && b !== undefined && a.every((tokens, i) => tokens === b[i]);

/** A sum that only says how full the context is, or nothing, is of no call. */
export const isOfCall = ([input, cached, output, reasoning]: Counts): boolean =>
  input + cached + output + reasoning > 0;

/** As part of a key: the same for equal counts, however they were written. */
export const written = (counts: Counts): string => (counts[5] === 0 ? counts.slice(0, 5) : counts).join('.');

/** Parts that are larger than their whole are as large as that. */
export function usageOf([input, cached, output, reasoning, , write]: Counts): Partial<CallFact> {
  const cacheRead = Math.min(cached, input);
  const cacheWrite = Math.min(write, input - cacheRead);
  return {
    inputTokens: input - cacheRead - cacheWrite,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    outputTokens: output,
    reasoningTokens: Math.min(reasoning, output),
  };
}
