import { priceCall } from './cost';
import type { CallFigures, Cost } from './cost';
import type { PriceExplanation } from './explain';
import type { PriceBook } from './prices';
import type { CostMode, NanoUsd } from '../shared/model';

/** Why this amount counts in the cost mode: one sentence. `chosen` is what `chooseCost` gave. */
export function whyChosen(mode: CostMode, call: CallFigures, chosen: Cost, unpriced = ''): string {
  if (chosen.state === 'included')
    return 'A subscription pays for it, so it counts 0; the computed cost is what it would have cost through an API.';
  return `${reasons[mode](call, chosen)} ${chosen.state === 'recorded' && chosen.exact ? '' : unpriced}`.trim();
}

const reasons: Readonly<Record<CostMode, (call: CallFigures, chosen: Cost) => string>> = {
  computed: () => 'The cost mode "computed" counts tokens times prices, whatever was recorded.',
  recorded: (_, { state }) =>
    state === 'unpriced'
      ? 'The cost mode "recorded" counts what the source recorded, and it recorded none.'
      : 'The cost mode "recorded" counts what the source recorded.',
  auto: (call, { state, exact, usd }) => {
    if (state === 'unpriced') return 'Its source recorded no cost.';
    if (state === 'computed') return whyComputed(call);
    if (!exact) return 'Its source recorded a cost that is not exact, and there is no computed one.';
    return usd === call.recorded
      ? 'Its source recorded an exact cost, which goes before a computed one.'
      : 'An exact cost stands in the source beside its cost field, and goes before a computed one.';
  },
};

const whyComputed = ({ recorded }: CallFigures): string =>
  recorded === undefined
    ? 'Its source recorded no cost, so tokens times prices count.'
    : 'The recorded cost is not exact, so tokens times prices go before it.';

/**
 * Why the recorded and the computed cost of a call differ: what is known of both, and those ways of reckoning that give
 * exactly the recorded figure. Empty where they agree or one is missing.
 */
export function differences(call: CallFigures, priced: PriceExplanation, book: PriceBook): readonly string[] {
  const recorded = call.recorded ?? call.recordedElsewhere;
  const { computed, doubts } = priced;
  if (recorded === undefined || computed === undefined || recorded === computed) return [];
  const found = [
    ...roundings.flatMap(([text, round]) => (round(computed) === recorded ? [text] : [])).slice(0, 1),
    ...reckonings.flatMap(([text, told]) => {
      const other = told(call);
      return other && priceCall(other, book).computed === recorded ? [text] : [];
    }),
  ];
  const inexact =
    call.recorded !== undefined && call.recordedExact !== true
      ? ['The recorded cost is not exact: its source rounds, cuts or estimates it.']
      : [];
  const known = [...found, ...inexact, ...doubts.map((doubt) => `The computed cost is not exact. ${doubt}`)];
  return found.length > 0 ? known : [...known, ratio(recorded, computed)];
}

const cut = (step: number) => (nano: NanoUsd) => Math.floor(nano / step) * step;
const rounded = (step: number) => (nano: NanoUsd) => Math.round(nano / step) * step;

const roundings: readonly (readonly [text: string, round: (nano: NanoUsd) => NanoUsd])[] = [
  ['The recorded cost is the computed one, cut to whole cents.', cut(10_000_000)],
  ['The recorded cost is the computed one, rounded to six decimals.', rounded(1000)],
  ['The recorded cost is the computed one, rounded to four decimals.', rounded(100_000)],
  ['The recorded cost is the computed one, rounded to cents.', rounded(10_000_000)],
];

const reckonings: readonly (readonly [text: string, told: (call: CallFigures) => CallFigures | undefined])[] =
  [
    [
      'The recorded cost charges tokens read from the cache as plain input.',
      (call) =>
        call.cacheReadTokens
          ? { ...call, inputTokens: (call.inputTokens ?? 0) + call.cacheReadTokens, cacheReadTokens: 0 }
          : undefined,
    ],
    [
      'The recorded cost leaves tokens read from the cache out.',
      (call) => (call.cacheReadTokens ? { ...call, cacheReadTokens: 0 } : undefined),
    ],
    [
      'The recorded cost leaves tokens written to the cache out.',
      (call) => (call.cacheWriteTokens ? { ...call, cacheWriteTokens: 0, cacheWrite1hTokens: 0 } : undefined),
    ],
    [
      'The recorded cost charges cache writes for an hour at the price of those for five minutes.',
      (call) => (call.cacheWrite1hTokens ? { ...call, cacheWrite1hTokens: 0 } : undefined),
    ],
    [
      'The recorded cost counts the reasoning tokens a second time.',
      (call) =>
        call.reasoningTokens
          ? { ...call, outputTokens: (call.outputTokens ?? 0) + call.reasoningTokens }
          : undefined,
    ],
    ['The recorded cost is at the standard rates of another service tier.', withoutTier],
  ];

function withoutTier({ tier, ...call }: CallFigures): CallFigures | undefined {
  return tier === undefined ? undefined : call;
}

function ratio(recorded: NanoUsd, computed: NanoUsd): string {
  const because = 'its source used other prices, or charged what its tokens do not tell';
  if (computed === 0 || recorded === 0) return `Nothing known explains it: ${because}.`;
  return `The recorded cost is ${Number((recorded / computed).toPrecision(3))} times the computed one: ${because}.`;
}
