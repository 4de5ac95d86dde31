import { count, label, number } from '../json';
import { nested } from './fields';
import type { Json } from '../json';
import type { Usage } from '../../shared/model';

type Side = 'input' | 'output' | 'cacheRead' | 'cacheWrite';

interface Bucket {
  readonly side: Side;
  readonly name: string;
  readonly tokens: number;
}

/** Whether the usage says what was read from a cache, or only how much went in and came out. */
export interface KnownUsage {
  readonly usage: Partial<Usage>;
  readonly detailed: boolean;
}

/** What an observation used: by its buckets, else by the sums of input and output; undefined if it says nothing. */
export function usageOf(observation: Json): KnownUsage | undefined {
  for (const field of ['usageDetails', 'providedUsageDetails']) {
    const usage = fromBuckets(nested(observation[field]) ?? {});
    if (usage) return { usage, detailed: true };
  }
  const usage = fromSums(observation);
  return usage && { usage, detailed: false };
}

/** Names of the whole input or output; all other names are details of one of them. */
const whole = /^(?:input|prompt|output|completion|candidates|response)(?:_?tokens?)?(?:_?count)?$/;
const sides: readonly (readonly [RegExp, Side])[] = [
  [/cache_?(?:creation|write)|ephemeral/, 'cacheWrite'],
  [/cache/, 'cacheRead'],
  [/output|completion|candidates|response|reason|thought|thinking/, 'output'],
  [/input|prompt/, 'input'],
];
const noTokens = /^total|second|character|request|images$|cost|price/;
const reasoning = /reason|thought|thinking/;

function fromBuckets(details: Json): Partial<Usage> | undefined {
  const buckets = withoutSums(bucketsIn(details));
  const total = count(details.total ?? details.total_tokens ?? details.totalTokens);
  const beside = besideTokens(details);
  if (buckets.length > 0) return { ...usageFrom(disjoint(buckets, total)), ...beside };
  if (total) return { inputTokens: total, ...beside };
  return Object.keys(beside).length > 0 ? beside : undefined;
}

function bucketsIn(details: Json): Bucket[] {
  return Object.entries(details).flatMap(([key, value]) => {
    const name = key.toLowerCase();
    const tokens = count(value);
    const side = noTokens.test(name) ? undefined : sides.find(([pattern]) => pattern.test(name))?.[1];
    return side !== undefined && tokens ? [{ side, name, tokens }] : [];
  });
}

/** Buckets without those that only repeat others: a second name of the whole, a cache write beside its 5m and 1h. */
function withoutSums(buckets: readonly Bucket[]): Bucket[] {
  const largest = new Map<Side, Bucket>();
  for (const bucket of buckets) {
    const known = largest.get(bucket.side);
    if (whole.test(bucket.name) && bucket.tokens > (known?.tokens ?? 0)) largest.set(bucket.side, bucket);
  }
  const [short, long] = ['5m', '1h'].map((time) =>
    buckets.find(({ side, name }) => side === 'cacheWrite' && name.includes(time)),
  );
  const both = short && long ? short.tokens + long.tokens : undefined;
  return buckets.filter((bucket) => {
    if (bucket.side === 'cacheWrite') return bucket === short || bucket === long || bucket.tokens !== both;
    return !whole.test(bucket.name) || largest.get(bucket.side) === bucket;
  });
}

/**
 * Langfuse takes details out of the whole when it is given OpenAI's shape, and stores what an SDK names itself as it
 * comes. The total tells the two apart: details by which the sum exceeds it stand inside the whole.
 */
function disjoint(buckets: readonly Bucket[], total: number | undefined): readonly Bucket[] {
  const excess = total ? sumOf(buckets) - total : 0;
  if (excess <= 0) return buckets;
  const details = buckets.filter(({ name }) => !whole.test(name));
  const out = details.filter(({ side }) => side === 'output');
  const cached = details.filter(({ side }) => side !== 'output' && side !== 'input');
  const input = details.filter(({ side }) => side !== 'output');
  const inside = [cached, input, out, [...cached, ...out], [...input, ...out]].find(
    (found) => sumOf(found) === excess && fits(buckets, found),
  );
  return inside ? buckets.map((bucket) => lowered(bucket, inside)) : buckets;
}

const sumOf = (buckets: readonly Bucket[]): number => buckets.reduce((sum, { tokens }) => sum + tokens, 0);

const partsOf = ({ side, name }: Bucket, inside: readonly Bucket[]): number =>
  whole.test(name) ? sumOf(inside.filter((part) => (part.side === 'output') === (side === 'output'))) : 0;

const lowered = (bucket: Bucket, inside: readonly Bucket[]): Bucket => ({
  ...bucket,
  tokens: bucket.tokens - partsOf(bucket, inside),
});

const fits = (buckets: readonly Bucket[], inside: readonly Bucket[]): boolean => {
  const wholes = buckets.filter(({ name }) => whole.test(name));
  const lowers = wholes.reduce((sum, bucket) => sum + partsOf(bucket, inside), 0);
  return lowers === sumOf(inside) && wholes.every((bucket) => lowered(bucket, inside).tokens >= 0);
};

function usageFrom(buckets: readonly Bucket[]): Partial<Usage> {
  const of = (side: readonly Side[], name = /^/) =>
    sumOf(buckets.filter((bucket) => side.includes(bucket.side) && name.test(bucket.name)));
  return {
    inputTokens: of(['input']),
    cacheReadTokens: of(['cacheRead']),
    cacheWriteTokens: of(['cacheWrite']),
    outputTokens: of(['output']),
    reasoningTokens: of(['output'], reasoning),
    audioInputTokens: of(['input', 'cacheRead', 'cacheWrite'], /audio/),
    audioCachedTokens: of(['cacheRead'], /audio/),
    audioOutputTokens: of(['output'], /audio/),
    cacheWrite1hTokens: of(['cacheWrite'], /1h/),
  };
}

/** Seconds of audio and images, which some write among the tokens. */
function besideTokens(details: Json): Partial<Usage> {
  const sum = (name: RegExp, not: RegExp): number =>
    Object.entries(details).reduce(
      (total, [key, value]) => total + (name.test(key) && !not.test(key) ? positive(value) : 0),
      0,
    );
  const found = {
    audioInputSeconds: sum(/seconds?$/i, /output|^total/i),
    audioOutputSeconds: sum(/output.*seconds?$/i, /^total/i),
    images: Math.trunc(sum(/images$/i, /^total/i)),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value > 0));
}

const positive = (value: unknown): number => {
  const read = number(value) ?? 0;
  return count(read) === undefined ? 0 : read;
};

/** Older spellings: sums of everything that went in, everything that came out, and both. */
const spellings: readonly (readonly [string, string, string])[] = [
  ['input', 'output', 'total'],
  ['inputUsage', 'outputUsage', 'totalUsage'],
  ['promptTokens', 'completionTokens', 'totalTokens'],
  ['inputTokens', 'outputTokens', 'totalTokens'],
];

function fromSums(observation: Json): Partial<Usage> | undefined {
  const usage = nested(observation.usage) ?? {};
  const unit = label(usage.unit ?? observation.unit)?.toUpperCase() ?? 'TOKENS';
  const sums =
    spellings.map((names) => sumsIn(usage, names)).find((found) => found) ??
    spellings
      .slice(1)
      .map((names) => sumsIn(observation, names))
      .find((found) => found);
  return sums && inUnit(unit, ...sums);
}

/** Input and output. Of input, output and total one may be missing; a total alone is taken as input. */
function sumsIn(source: Json, names: readonly string[]): [number, number] | undefined {
  const [input, output, total = 0] = names.map((name) => count(source[name]));
  if (!input && !output) return total > 0 ? [total, 0] : undefined;
  const rest = Math.max(0, total - (input ?? output ?? 0));
  return [input ?? rest, output ?? rest];
}

function inUnit(unit: string, input: number, output: number): Partial<Usage> | undefined {
  if (unit === 'TOKENS') return { inputTokens: input, outputTokens: output };
  if (unit === 'IMAGES') return { images: input + output };
  const perSecond = { SECONDS: 1, MILLISECONDS: 1000 }[unit];
  return perSecond
    ? { audioInputSeconds: input / perSecond, audioOutputSeconds: output / perSecond }
    : undefined;
}
