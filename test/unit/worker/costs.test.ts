import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { globalIds, importInto, openTestStore } from '../../support/store';
import { createPriceBook } from '../../../src/pricing/prices';
import { explain, whatIf } from '../../../src/worker/costs';
import { keysOfSession } from '../../../src/store/queries/sessions';
import { report } from '../../../src/store/queries/report';
import { calls as listCalls } from '../../../src/store/queries/calls';
import type { Charge, CostSubject, Explanation } from '../../../src/shared/explanation';
import type { CallFact } from '../../../src/shared/facts';
import type { CostMode } from '../../../src/shared/model';
import type { Store } from '../../../src/store/store';

const job = { cancelled: false, pause: () => Promise.resolve() };
const book = createPriceBook();

/** The part, how much of it, the rate a million, and what it comes to. */
const line = ({ part, quantity, rate, amount }: Charge) => [part, quantity, rate, amount];
const charges = ({ models }: Explanation) => models.flatMap((model) => model.charges);

describe('where a cost comes from', () => {
  let store: Store;
  beforeEach(async () => void (store = await openTestStore()));
  afterEach(() => store.close());

  const put = (...calls: CallFact[]) => importInto(store, '/calls.jsonl', globalIds, { calls });
  const key = (id = 'session-1') => keysOfSession(store, id)[0]!;
  const about = async (
    subject: Partial<CostSubject> & { readonly call?: string } = {},
    mode: CostMode = 'auto',
  ) => {
    const explained = await explain({ store, book }, { session: key(), ...subject }, mode, job);
    assert.ok(explained);
    return explained;
  };
  const single = async (mode: CostMode = 'auto', id = 'one') => {
    const explained = await about({ call: id }, mode);
    assert.ok(explained.call);
    return { ...explained, call: explained.call };
  };

  it('is each part of a call times its rate: gpt-4o at 2.50, cached 1.25, out 10 a million', async () => {
    put(call({ id: 'one', inputTokens: 1000, cacheReadTokens: 4000, outputTokens: 500 }));
    const explained = await single();
    assert.deepEqual(charges(explained).map(line), [
      ['input', 1000, 2.5, '0.0025'],
      ['cacheRead', 4000, 1.25, '0.005'],
      ['output', 500, 10, '0.005'],
    ]);
    assert.equal(explained.cost, 12_500_000);
    assert.equal(explained.call.computed, 12_500_000);
    assert.match(explained.call.why, /recorded no cost/);
  });

  it('names the price library with its version, and as what it knows the model', async () => {
    put(call({ id: 'one', provider: 'aws', model: 'us.anthropic.claude-haiku-4-5-20251001-v1:0' }));
    const { source } = charges(await single())[0]!;
    assert.equal(source?.kind, 'library');
    assert.match(source.where, /^genai-prices \d/);
    assert.match(source.listedAs ?? '', /claude-haiku-4-5/);
  });

  it('names what of ours completes a price of the library, and nothing that does not', async () => {
    put(
      call({ id: 'tiered', model: 'gpt-5.4', at: Date.UTC(2026, 8, 1) }),
      call({ id: 'plain', model: 'gpt-4.1-mini' }),
    );
    const amended = async (id: string) => charges(await single('auto', id))[0]?.source?.amended;
    assert.match((await amended('tiered'))?.[0]?.where ?? '', /more than 272K input tokens/);
    assert.equal(await amended('plain'), undefined);
  });

  it('says since when a price is in force: o3 before and after its cut of 2025-06-10', async () => {
    const at = (time: string) => Date.parse(time);
    put(
      call({ id: 'before', model: 'o3', at: at('2025-06-09T12:00:00Z'), outputTokens: 1000, inputTokens: 0 }),
      call({ id: 'after', model: 'o3', at: at('2025-06-11T12:00:00Z'), outputTokens: 1000, inputTokens: 0 }),
    );
    assert.deepEqual(
      charges(await about()).map((charge) => [...line(charge), charge.source?.from?.slice(0, 10)]),
      [
        ['output', 1000, 40, '0.04', undefined],
        ['output', 1000, 8, '0.008', '2025-06-10'],
      ],
    );
  });

  it('names the correction of a price with its pages and its day: deepseek-chat in October 2025', async () => {
    put(call({ id: 'one', provider: 'deepseek', model: 'deepseek-chat', at: Date.UTC(2025, 9, 15) }));
    const [charge] = charges(await single());
    assert.deepEqual(line(charge!), ['input', 1000, 0.28, '0.00028']);
    assert.equal(charge!.source?.kind, 'correction');
    assert.match(charge!.source.where, /^https:\/\/api-docs\.deepseek\.com/);
    assert.match(charge!.source.checked ?? '', /^\d{4}-\d\d-\d\d$/);
    assert.equal(charge!.source.from, '2025-09-29T00:00:00Z');
  });

  it('names stand-ins and tiers: a write for an hour, a cache without a price, one token over 200,000', async () => {
    put(
      call({
        ...{ id: 'hour', provider: 'anthropic', model: 'claude-sonnet-4-5', inputTokens: 199_000 },
        ...{ cacheWriteTokens: 1001, cacheWrite1hTokens: 1000 },
      }),
      call({
        id: 'groq',
        provider: 'groq',
        model: 'llama-3.3-70b-versatile',
        inputTokens: 0,
        cacheReadTokens: 1000,
      }),
    );
    const [sonnet, groq] = [await single('auto', 'hour'), await single('auto', 'groq')];
    // Above 200,000 tokens: 6 in, 7.5 written, 12 for an hour.
    assert.deepEqual(
      charges(sonnet).map((charge) => [...line(charge), charge.over]),
      [
        ['input', 199_000, 6, '1.194', 200_000],
        ['cacheWrite', 1, 7.5, '0.0000075', 200_000],
        ['cacheWrite1h', 1000, 12, '0.012', 200_000],
      ],
    );
    assert.deepEqual(
      charges(groq).map((charge) => [...line(charge), charge.pricedAs]),
      [['cacheRead', 1000, 0.59, '0.00059', 'input']],
    );
  });

  it('sums a session by model and by rate, and comes to what the session costs', async () => {
    put(
      call({ id: 'a', inputTokens: 1001 }),
      call({ id: 'b', inputTokens: 999, outputTokens: 10 }),
      call({ id: 'c', model: 'gpt-4o-mini', inputTokens: 7, outputTokens: 3 }),
    );
    const explained = await about();
    assert.deepEqual(
      explained.models.map(({ model, calls, cost }) => [model, calls, cost]),
      [
        ['gpt-4o', 2, 5_100_000],
        ['gpt-4o-mini', 1, 2850],
      ],
    );
    assert.deepEqual(charges(explained).map(line), [
      ['input', 2000, 2.5, '0.005'],
      ['output', 10, 10, '0.0001'],
      ['input', 7, 0.15, '0.00000105'],
      ['output', 3, 0.6, '0.0000018'],
    ]);
    assert.equal(explained.cost, report(store, { filter: {}, mode: 'auto', zone: 'UTC' }, null).total.cost);
    assert.equal(explained.call, undefined);
    assert.equal(explained.repriced, 0);
  });

  it('names calls that are unpriced or inexact, and why', async () => {
    put(
      call({ id: 'own', provider: 'azure', model: 'my-deployment' }),
      call({ id: 'local', provider: 'ollama', model: 'llama3.1:8b' }),
      call({ id: 'silent', inputTokens: 0 }),
      call({ id: 'heard', audioInputTokens: 10 }),
      call({ id: 'failed', inputTokens: 0, failed: true }),
    );
    const { models } = await about();
    const reasons = models.flatMap(({ unpriced, inexact }) => [...unpriced, ...inexact]);
    assert.deepEqual(reasons.map(({ text, ids }) => [ids.join(), text.split(/[;,.]/)[0]]).sort(), [
      ['heard', 'Its model has no price for audio tokens'],
      ['local', 'Its model runs on a machine of one’s own'],
      ['own', 'No price is known for its model'],
      ['silent', 'Its source tells neither tokens nor seconds of it'],
    ]);
  });

  for (const [name, recorded, text] of [
    ['cut to cents', 10_000_000, /cut to whole cents/],
    ['cached as input', 17_500_000, /charges tokens read from the cache as plain input/],
    ['without the cached', 7_500_000, /leaves tokens read from the cache out/],
    ['half of it', 6_250_000, /is 0\.5 times the computed one/],
  ] as const)
    it(`tells why the recorded cost differs: ${name}`, async () => {
      // Computed: 12,500,000, as above.
      const used = { inputTokens: 1000, cacheReadTokens: 4000, outputTokens: 500 };
      put(call({ id: 'one', ...used, recorded, recordedExact: true }));
      const { call: told, cost } = await single();
      assert.equal(cost, recorded);
      assert.match(told.why, /exact cost, which goes before/);
      assert.match(told.differences.join(' '), text);
      assert.equal((await single('computed')).cost, 12_500_000);
    });

  it('says which cost counts, and agrees with the list of calls in every mode', async () => {
    put(
      call({ id: 'one', recorded: 2_000_000 }),
      call({ id: 'included', provider: 'copilot' }),
      call({ id: 'odd', provider: 'azure', model: 'mine', recorded: 5 }),
    );
    for (const mode of ['auto', 'recorded', 'computed'] as const)
      for (const { id, cost, state, exact } of listCalls(store, key(), mode, { limit: 9 }).rows) {
        const { call: told } = await single(mode, id);
        assert.deepEqual([told.usd, told.state, told.exact], [cost, state, exact], `${mode} ${id}`);
        assert.ok(told.why.endsWith('.'));
      }
    assert.match((await single('auto', 'one')).call.why, /not exact, so tokens times prices/);
    assert.match((await single('auto', 'included')).call.why, /subscription/);
    assert.match((await single('auto', 'odd')).call.why, /not exact, and there is no computed one/);
  });

  it('is that of an agent with those that it started, and of what a filter lets through', async () => {
    put(
      call({ id: 'own' }),
      call({ id: 'agent', agent: { id: 'a' } }),
      call({ id: 'below', agent: { id: 'b', parent: 'a' } }),
      call({ id: 'other', agent: { id: 'c' }, at: noon + 1 }),
    );
    assert.equal((await about({ agent: 'a' })).calls, 2);
    const filtered = await explain({ store, book }, { filter: { since: noon + 1 } }, 'auto', job);
    assert.equal(filtered?.calls, 1);
    assert.equal(await explain({ store, book }, { session: 'x:y' }, 'auto', job), undefined);
    assert.equal(await explain({ store, book }, { session: key(), call: 'x' }, 'auto', job), undefined);
  });

  it('tells when the ledger was priced otherwise than today', async () => {
    put(call({ id: 'one' }));
    store.write(() => store.db.run('UPDATE call SET computed = 1'));
    const explained = await single();
    assert.equal(explained.repriced, 1);
    assert.deepEqual([explained.call.stored, explained.call.computed], [1, 2_500_000]);
  });
});

describe('what the same tokens would have cost on other models', () => {
  let store: Store;
  beforeEach(async () => void (store = await openTestStore()));
  afterEach(() => store.close());

  const put = (...calls: CallFact[]) => importInto(store, '/calls.jsonl', globalIds, { calls });
  const ask = () => whatIf({ store, book }, { filter: {} }, 'auto', job);

  it('is worked out at the prices of those models, ranked, caches at their rates or else as input', async () => {
    put(call({ inputTokens: 100_000, cacheReadTokens: 400_000, outputTokens: 50_000 }));
    const { alternatives, baseline, used } = await ask();
    // 0.1 x 2.5 + 0.4 x 1.25 + 0.05 x 10
    assert.deepEqual([used, baseline], [['gpt-4o'], 1_250_000_000]);
    const costs = Object.fromEntries(alternatives.map(({ model, cost }) => [model, cost]));
    // 0.1 x 0.15 + 0.4 x 0.075 + 0.05 x 0.6
    assert.equal(costs['gpt-4o-mini'], 75_000_000);
    assert.equal(costs['gpt-4o'], baseline);
    // 0.1 x 0.25 + 0.4 x 0.025 + 0.05 x 2
    assert.equal(costs['gpt-5-mini'], 135_000_000);
    // No cache: 0.5 x 0.59 + 0.05 x 0.79
    const groq = alternatives.find(({ model }) => model === 'llama-3.3-70b-versatile');
    assert.deepEqual([groq?.cost, groq?.readsAsInput], [334_500_000, true]);
    assert.equal(alternatives.find(({ model }) => model === 'gpt-4o-mini')?.readsAsInput, false);
    assert.deepEqual(
      alternatives.map(({ cost }) => cost),
      alternatives.map(({ cost }) => cost).sort((a, b) => a - b),
    );
    assert.deepEqual(
      alternatives.filter(({ isUsed }) => isUsed).map(({ model }) => model),
      ['gpt-4o'],
    );
  });

  it('compares only what has a cost, and says what it left out', async () => {
    put(
      call({ inputTokens: 1_000_000 }),
      call({ provider: 'ollama', model: 'llama3.1:8b', inputTokens: 1_000_000 }),
      call({ inputTokens: 0, recorded: 7, recordedExact: true }),
      call({ provider: 'copilot', inputTokens: 1_000_000 }),
      call({ inputTokens: 0, failed: true }),
    );
    const answer = await ask();
    const { baseline, calls, unpricedCalls, unknownCalls, unknownCost, includedCalls } = answer;
    assert.deepEqual(
      { baseline, calls, unpricedCalls, unknownCalls, unknownCost, includedCalls },
      {
        baseline: 5_000_000_000,
        ...{ calls: 3, unpricedCalls: 1, unknownCalls: 1, unknownCost: 7, includedCalls: 1 },
      },
    );
    const mini = answer.alternatives.find(({ model }) => model === 'gpt-4o-mini');
    assert.deepEqual([mini?.cost, mini?.compared], [450_000_000, 300_000_000]);
    assert.ok(!answer.alternatives.some(({ model }) => model === 'llama3.1:8b'));
  });

  it('leaves out models that have no price for something that was used', async () => {
    put(
      call({ outputTokens: 10 }),
      call({ provider: 'openai', model: 'text-embedding-3-small', inputTokens: 10, session: 'other' }),
    );
    assert.deepEqual((await ask()).leftOut, ['text-embedding-3-small']);
  });

  it('prices each request by its own size and time', async () => {
    // Sonnet 4.5 at 3 a million up to 200,000 tokens and 6 above; o3 at 10, from 2025-06-10 at 2.
    put(
      call({ model: 'o3', inputTokens: 150_000, at: Date.UTC(2025, 5, 9) }),
      call({ provider: 'anthropic', model: 'claude-sonnet-4-5', inputTokens: 250_000 }),
    );
    const { alternatives, baseline } = await ask();
    const costOf = (wanted: string) => alternatives.find(({ model }) => model === wanted)?.cost;
    assert.equal(baseline, 1_500_000_000 + 1_500_000_000);
    assert.equal(costOf('o3'), 1_500_000_000 + 500_000_000);
    assert.equal(costOf('claude-sonnet-4-5'), 450_000_000 + 1_500_000_000);
  });

  it('has nothing to compare where no tokens are known', async () => {
    const { alternatives, calls } = await ask();
    assert.deepEqual([alternatives, calls], [[], 0]);
  });
});
