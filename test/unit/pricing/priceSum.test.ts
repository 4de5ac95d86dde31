import assert from 'node:assert/strict';
import { random } from '../../support/randomWorld';
import { isUsed, priceCall } from '../../../src/pricing/cost';
import { parseUserPrices } from '../../../src/pricing/parseUserPrices';
import { priceSum } from '../../../src/pricing/priceSum';
import { createPriceBook } from '../../../src/pricing/prices';
import type { CallFigures, PricedCall } from '../../../src/pricing/cost';
import type { SummedCalls } from '../../../src/pricing/priceSum';

const noon = Date.parse('2026-05-01T12:00:00Z');
const second = 1000;
const model = 'our-model';

function bookOf(...entries: readonly object[]) {
  const { prices, problems } = parseUserPrices(entries.map((entry) => ({ model, ...entry })));
  assert.deepEqual(problems, []);
  const book = createPriceBook(noon);
  book.choose({ own: prices });
  return book;
}
type Book = ReturnType<typeof bookOf>;

const amounts = [
  ...(['inputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'cacheWrite1hTokens', 'outputTokens'] as const),
  ...(['reasoningTokens', 'audioInputTokens', 'images', 'webSearches'] as const),
];
type Call = CallFigures & { readonly at: number };

const totalInput = (call: CallFigures): number =>
  (call.inputTokens ?? 0) + (call.cacheReadTokens ?? 0) + (call.cacheWriteTokens ?? 0);
const isOdd = (call: CallFigures): boolean =>
  (call.reasoningTokens ?? 0) > (call.outputTokens ?? 0) ||
  (call.cacheWrite1hTokens ?? 0) > (call.cacheWriteTokens ?? 0);

/** The calls as their sum alone. */
function summed(calls: readonly Call[]): [CallFigures, SummedCalls] {
  const [first] = calls;
  const sums = amounts.map((name) => [name, calls.reduce((sum, call) => sum + (call[name] ?? 0), 0)]);
  const times = calls.map(({ at }) => at);
  const inputs = calls.map(totalInput);
  return [
    { ...first!, ...(Object.fromEntries(sums) as Partial<CallFigures>) },
    {
      calls: calls.length,
      ...{ firstAt: Math.min(...times), lastAt: Math.max(...times) },
      ...{ leastInput: Math.min(...inputs), mostInput: Math.max(...inputs) },
      isOdd: calls.some(isOdd),
    },
  ];
}
const priceOf = (book: Book, ...calls: Call[]): PricedCall | undefined =>
  priceSum(...summed(calls), book, 'test');
const oneByOne = (book: Book, ...calls: Call[]): PricedCall[] =>
  calls.map((call) => priceCall(call, book, 'test'));
const call = (fields: Partial<Call> = {}): Call => ({ at: noon, model, inputTokens: 1000, ...fields });

type Dice = ReturnType<typeof random>;
const some = <T extends object>(dice: Dice, share: number, fields: T): Partial<T> =>
  dice.chance(share) ? fields : {};

function anyPrices(dice: Dice): object[] {
  const price = () => dice.of([0, 0.0005, 0.001, 0.075, 1.25, 3, 15]);
  const prices = {
    ...{ input: price(), output: price() },
    ...some(dice, 0.5, { cacheRead: price(), cacheWrite: price() }),
    ...some(dice, 0.3, { reasoning: price() }),
  };
  const rest = {
    ...some(dice, 0.3, { tiers: [{ above: 1500, prices: { input: price() } }] }),
    ...some(dice, 0.2, { perRequest: price() }),
    ...some(dice, 0.2, { perWebSearch: 0.01 }),
    ...some(dice, 0.2, { perImage: 0.01 }),
    factors: { batch: 0.5 },
  };
  if (dice.chance(0.7)) return [{ prices, ...rest }];
  const from = new Date(noon + dice.below(10) * second).toISOString();
  return [
    { prices: { input: 7 }, until: from },
    { prices, ...rest, from },
  ];
}

/** As they may be in one sum: they used something, at one service tier. */
function anyCalls(dice: Dice): Call[] {
  const most = amounts.map((name) => [name, dice.chance(0.35) ? dice.below(900) : 0] as const);
  const tier = some(dice, 0.2, { tier: dice.of(['batch', 'other']) });
  return Array.from({ length: 1 + dice.below(4) }, () =>
    call({
      ...Object.fromEntries(most.map(([name, limit]) => [name, dice.below(limit + 1)])),
      ...{ inputTokens: dice.chance(0.8) ? dice.below(2000) : 0, at: noon + dice.below(10) * second },
      ...tier,
    }),
  ).filter(isUsed);
}

function assertIsSum(priced: PricedCall, each: readonly PricedCall[], message: string): void {
  const isKnown = each.every(({ computed }) => computed !== undefined);
  const sum = isKnown ? each.reduce((all, { computed }) => all + computed!, 0) : undefined;
  assert.equal(priced.computed, sum, message);
  for (const { computed, computedExact, included } of each)
    assert.deepEqual(
      [computed === undefined, computedExact, included],
      [priced.computed === undefined, priced.computedExact, priced.included],
      message,
    );
}

describe('the price of a sum of calls', () => {
  it('is what they cost one by one, to the nano-dollar', () => {
    const book = bookOf({
      prices: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
      perRequest: 0.01,
    });
    const priced = priceOf(
      book,
      call({ outputTokens: 7 }),
      call({ inputTokens: 1, cacheReadTokens: 11, at: noon + second }),
      call({ cacheWriteTokens: 13, cacheWrite1hTokens: 3 }),
    );
    // Nano-dollars a token: 3,000, 15,000, 300, 3,750; for an hour twice the input; three fees.
    const tokens = 2001 * 3000 + 7 * 15_000 + 11 * 300 + 10 * 3750 + 3 * 6000;
    assert.deepEqual(priced, { computed: tokens + 30_000_000, computedExact: true, included: false });
  });

  it('does not follow where amounts were rounded one by one, but of one call it does', () => {
    // Half a nano-dollar a token: 1.5 is rounded to 2, twice.
    const book = bookOf({ prices: { input: 0.0005 } });
    assert.equal(priceOf(book, call({ inputTokens: 3 }), call({ inputTokens: 3 })), undefined);
    assert.equal(priceOf(book, call({ inputTokens: 3 }))?.computed, 2);
  });

  it('does not follow where a step of the price lies between them, but on one side of it it does', () => {
    const tiers = [{ above: 200_000, prices: { input: 6 } }];
    const book = bookOf({ prices: { input: 3, output: 15 }, tiers });
    const of = (...inputs: number[]) => priceOf(book, ...inputs.map((inputTokens) => call({ inputTokens })));
    assert.equal(of(200_000, 200_001), undefined);
    assert.equal(of(1, 200_000)?.computed, 200_001 * 3000);
    assert.equal(of(200_001, 300_000)?.computed, 500_001 * 6000);
  });

  it('does not follow where another price begins between them, at whatever moment and however briefly', () => {
    const at = (text: string) => `2026-05-01T${text}Z`;
    const one = { prices: { input: 1 } };
    const two = { prices: { input: 2 } };
    const book = bookOf(
      { ...one, until: at('12:03:00') },
      { ...two, from: at('12:03:00'), until: at('12:03:01') },
      {
        ...one,
        from: at('12:03:01'),
      },
    );
    const between = (...minutes: number[]) =>
      priceOf(book, ...minutes.map((minute) => call({ at: noon + minute * 60 * second })))?.computed;
    assert.equal(between(0, 6), undefined);
    assert.equal(between(0, 2.999), 2_000_000);
    assert.equal(between(3, 3.001), 4_000_000);
    assert.equal(between(4, 6), 2_000_000);
  });

  it('does not follow where prices of the day and of the night are both in it', () => {
    // DeepSeek's prices of 2025: half of them from 16:30 to 00:30 UTC.
    const book = createPriceBook(noon);
    const of = (...times: string[]) =>
      priceOf(
        book,
        ...times.map((time) =>
          call({
            ...{ provider: 'deepseek', model: 'deepseek-chat', inputTokens: 1000 },
            at: Date.parse(`2025-06-01T${time}Z`),
          }),
        ),
      )?.computed;
    assert.equal(of('16:29:00', '16:31:00'), undefined);
    const [day, night] = [of('16:20:00', '16:29:00')!, of('16:31:00', '16:40:00')!];
    assert.ok(day > night && night > 0, `${day} and ${night}`);
  });

  it('does not follow from what is charged in another way than by its sum', () => {
    const book = bookOf({ prices: { input: 3, output: 15, reasoning: 20 }, perWebSearch: 0.01 });
    const plain = call({ outputTokens: 10 });
    assert.equal(priceOf(book, plain, call({ audioInputTokens: 1 })), undefined);
    assert.equal(priceOf(book, plain, call({ images: 1 })), undefined);
    assert.equal(priceOf(book, plain, call({ reasoningTokens: 5 })), undefined, 'more than its output');
    // Two fees, and 2,000 and 10 tokens of which 5 are reasoning.
    assert.equal(
      priceOf(book, plain, call({ outputTokens: 5, reasoningTokens: 5, webSearches: 2 }))?.computed,
      20_000_000 + 2000 * 3000 + 10 * 15_000 + 5 * 20_000,
    );
    const noFee = bookOf({ prices: { input: 3, output: 15 } });
    assert.equal(priceOf(noFee, plain, call({ webSearches: 1 })), undefined, 'only one of them is inexact');
    // Of one of them everything has a price.
    const half = bookOf({ prices: { input: 3 } });
    assert.equal(priceOf(half, plain, call()), undefined);
  });

  it('is nothing where each of them has none, and 0 where each of them is free', () => {
    const none = { computed: undefined, computedExact: false, included: false };
    assert.deepEqual(priceOf(createPriceBook(noon), call(), call()), none);
    const failed = call({ inputTokens: 0, failed: true });
    assert.deepEqual(priceOf(bookOf({ prices: { input: 3 } }), failed, failed), {
      ...none,
      ...{ computed: 0, computedExact: true },
    });
    const free = call({ provider: 'openrouter', model: 'meta-llama/llama-3.3-70b-instruct:free' });
    assert.equal(priceOf(createPriceBook(noon), free, free)?.computed, 0);
  });

  it('is never another one than of the calls, whatever they are', () => {
    let exact = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const dice = random(seed);
      const book = bookOf(...anyPrices(dice));
      const calls = anyCalls(dice);
      if (calls.length === 0) continue;
      const priced = priceOf(book, ...calls);
      if (!priced) continue;
      exact++;
      assertIsSum(priced, oneByOne(book, ...calls), `seed ${seed}`);
    }
    assert.ok(exact > 50, `${exact} sums`);
  });
});
