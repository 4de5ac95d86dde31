import { chooseCost } from '../pricing/cost';
import type { CallFigures, Cost, PricedCall } from '../pricing/cost';
import type { CostMode, Totals, Usage } from '../shared/model';

/** The twelve usage columns of `call`, in the order of `usageFields`. */
export const usageColumns = [
  'input',
  'cache_read',
  'cache_write',
  'output',
  'reasoning',
  'audio_input',
  'audio_cached',
  'audio_output',
  'cache_write_1h',
  'audio_input_us',
  'audio_output_us',
  'images',
] as const;

/** What is summed in every rollup. Three sets of cost figures, one a cost mode, so that a change of mode costs nothing. */
export const measureColumns = [
  'calls',
  'errors',
  ...usageColumns,
  'recorded',
  'computed',
  'cost_auto',
  'unpriced_auto',
  'unpriced_recorded',
  'unpriced_computed',
  'inexact_auto',
  'inexact_recorded',
  'inexact_computed',
  'included_calls',
  'included',
] as const;

export type Measures = number[];

export const noMeasures = (): Measures => new Array<number>(measureColumns.length).fill(0);

/**
 * Bits of `call.flags`. `included` is what came out, `toldIncluded` what the source says of it; `inclusionKnown` and
 * `failureKnown` that it says anything.
 */
export const flag = {
  recordedExact: 1,
  computedExact: 2,
  included: 4,
  failed: 8,
  toldIncluded: 16,
  inclusionKnown: 32,
  failureKnown: 64,
  /** The provider is as recorded, not inferred from the model's name. */
  providerKnown: 128,
  /** A failure that was never a call: it is one of the errors and counts for nothing else. */
  noCall: 256,
  /** It does not say which call of its account it is. */
  joins: 512,
  /** `duplicate_of` is a call of another format. */
  acrossFormats: 1024,
  /** Cached tokens were taken out of the input; with the second, its model counts them beside it and they are back in. */
  cachedInside: 2048,
  cachedPutBack: 4096,
} as const;

/** SQL: call `c` is one, and is not told elsewhere already. What is not counted is listed nowhere among calls either. */
export const isCounted = `c.duplicate_of IS NULL AND c.flags & ${flag.noCall} = 0`;

/** A call as its row in `call` has it; undefined = NULL. */
export interface StoredCall {
  /** In the order of `usageColumns`; seconds as microseconds. */
  readonly usage: readonly number[];
  readonly recorded: number | undefined;
  readonly recordedElsewhere: number | undefined;
  readonly computed: number | undefined;
  readonly flags: number;
}

const micros = (seconds: number | undefined): number => Math.round((seconds ?? 0) * 1e6);

/** In the order of `usageColumns`. Written out, since every imported call passes here. */
export const usageNumbers = (usage: Partial<Usage>): number[] => [
  usage.inputTokens ?? 0,
  usage.cacheReadTokens ?? 0,
  usage.cacheWriteTokens ?? 0,
  usage.outputTokens ?? 0,
  usage.reasoningTokens ?? 0,
  usage.audioInputTokens ?? 0,
  usage.audioCachedTokens ?? 0,
  usage.audioOutputTokens ?? 0,
  usage.cacheWrite1hTokens ?? 0,
  micros(usage.audioInputSeconds),
  micros(usage.audioOutputSeconds),
  usage.images ?? 0,
];

/** The reverse of `usageNumbers`. */
export const usageFrom = (numbers: readonly number[]): Usage => ({
  inputTokens: numbers[0]!,
  cacheReadTokens: numbers[1]!,
  cacheWriteTokens: numbers[2]!,
  outputTokens: numbers[3]!,
  reasoningTokens: numbers[4]!,
  audioInputTokens: numbers[5]!,
  audioCachedTokens: numbers[6]!,
  audioOutputTokens: numbers[7]!,
  cacheWrite1hTokens: numbers[8]!,
  audioInputSeconds: numbers[9]! / 1e6,
  audioOutputSeconds: numbers[10]! / 1e6,
  images: numbers[11]!,
});

const figuresOf = (call: StoredCall): CallFigures =>
  Object.assign(usageFrom(call.usage), {
    recorded: call.recorded,
    recordedElsewhere: call.recordedElsewhere,
    recordedExact: (call.flags & flag.recordedExact) !== 0,
    included: (call.flags & flag.included) !== 0,
    failed: (call.flags & flag.failed) !== 0,
  });

/** What its price came to when it was priced last. */
export const pricedOf = (call: StoredCall): PricedCall => ({
  computed: call.computed,
  computedExact: (call.flags & flag.computedExact) !== 0,
  included: (call.flags & flag.included) !== 0,
});

/** The cost of a stored call in one mode. */
export const costOf = (call: StoredCall, mode: CostMode): Cost =>
  chooseCost(mode, figuresOf(call), pricedOf(call));

const bit = (condition: boolean): number => (condition ? 1 : 0);
/** An amount that counts but is not exact; an unpriced call has none. */
const isInexact = (cost: Cost): number => bit(cost.usd !== undefined && !cost.exact);

const errorAlone: readonly number[] = measureColumns.map((name) => (name === 'errors' ? 1 : 0));

/** What one call adds to every rollup. */
export function measuresOf(call: StoredCall): Measures {
  if ((call.flags & flag.noCall) !== 0) return [...errorAlone];
  const figures = figuresOf(call);
  const priced = pricedOf(call);
  const auto = chooseCost('auto', figures, priced);
  const recorded = chooseCost('recorded', figures, priced);
  const computed = chooseCost('computed', figures, priced);
  const included = auto.state === 'included';
  return [
    1,
    bit((call.flags & flag.failed) !== 0),
    ...call.usage,
    call.recorded ?? 0,
    call.computed ?? 0,
    auto.usd ?? 0,
    bit(auto.state === 'unpriced'),
    bit(recorded.state === 'unpriced'),
    bit(computed.state === 'unpriced'),
    isInexact(auto),
    isInexact(recorded),
    isInexact(computed),
    bit(included),
    included ? (call.computed ?? 0) : 0,
  ];
}

const at = Object.fromEntries(measureColumns.map((name, i) => [name, i])) as Record<
  (typeof measureColumns)[number],
  number
>;

/** Calls that match a question but are in none of its sums. */
export type LeftOut = Pick<Totals, 'excludedCalls' | 'untimedCalls'>;

/** Summed measures as the totals of one cost mode. */
export function sumsOf(
  sum: readonly number[],
  mode: CostMode,
  leftOut: LeftOut = { excludedCalls: 0, untimedCalls: 0 },
): Omit<Totals, 'sessions'> {
  const of = (name: (typeof measureColumns)[number]): number => sum[at[name]] ?? 0;
  const included = mode !== 'computed';
  // Written out: lists have many of them.
  return {
    cost: mode === 'auto' ? of('cost_auto') : of(mode),
    recorded: of('recorded'),
    computed: of('computed'),
    calls: of('calls'),
    unpricedCalls: of(`unpriced_${mode}`),
    inexactCalls: of(`inexact_${mode}`),
    includedCalls: included ? of('included_calls') : 0,
    included: included ? of('included') : 0,
    excludedCalls: leftOut.excludedCalls,
    untimedCalls: leftOut.untimedCalls,
    errors: of('errors'),
    inputTokens: of('input'),
    cacheReadTokens: of('cache_read'),
    cacheWriteTokens: of('cache_write'),
    outputTokens: of('output'),
    reasoningTokens: of('reasoning'),
    audioInputTokens: of('audio_input'),
    audioCachedTokens: of('audio_cached'),
    audioOutputTokens: of('audio_output'),
    cacheWrite1hTokens: of('cache_write_1h'),
    audioInputSeconds: of('audio_input_us') / 1e6,
    audioOutputSeconds: of('audio_output_us') / 1e6,
    images: of('images'),
  };
}

export const totalsOf = (
  sum: readonly number[],
  mode: CostMode,
  sessions: number,
  leftOut?: LeftOut,
): Totals => Object.assign(sumsOf(sum, mode, leftOut), { sessions });

/** `sum(a), sum(b), ...` over every measure, in order. */
export const sumOfMeasures = (alias: string): string =>
  measureColumns.map((name) => `sum(${alias}.${name})`).join(', ');
