import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { call, noon } from '../../support/facts';
import { all, globalIds, importInto } from '../../support/store';
import { testEngine } from '../../support/engine';
import { temporaryFolder } from '../../support/synthDb';
import { Journal } from '../../../src/journal/journal';
import { parseUserPrices } from '../../../src/pricing/parseUserPrices';
import { createPriceBook } from '../../../src/pricing/prices';
import type { callRecord } from '../../../src/exporters/records';
import { Store } from '../../../src/store/store';
import { explain, whatIf } from '../../../src/worker/costs';
import { exportRows } from '../../../src/worker/exportRows';
import { journalKinds } from '../../../src/worker/journalKinds/index';
import { modelPrices } from '../../../src/worker/modelPrices';
import { Notebook } from '../../../src/worker/notebook';
import { savePriceNote } from '../../../src/worker/priceNotes';
import { usd } from '../../../src/shared/money';
import { explanationText } from '../../../src/shared/explanationText';
import { alternativeDetail } from '../../../src/shared/whatIfText';
import type { CallFact } from '../../../src/shared/facts';
import type { ModelPrice } from '../../../src/shared/modelPrices';

const job = { cancelled: false, pause: () => Promise.resolve() };
const folder = temporaryFolder();
let journals = 0;

/** USD a million tokens, as the vendors publish them: input and output. */
const published: Readonly<Record<string, readonly [number, number]>> = {
  'gpt-4o': [2.5, 10],
  'gpt-4o-mini': [0.15, 0.6],
  'claude-sonnet-4-5': [3, 15],
};

describe('models met and their prices', () => {
  after(() => folder.remove());

  const book = createPriceBook();
  let store: Store;
  let path: string;
  let notebook: Notebook;
  beforeEach(async () => {
    book.choose({});
    path = folder.file(`${++journals}.jsonl`);
    store = new Store((await testEngine()).openMemory(), book);
    notebook = new Notebook(store, Journal.open(path, journalKinds));
  });
  afterEach(() => store.close());

  const put = (...calls: CallFact[]) => importInto(store, '/calls.jsonl', globalIds, { calls });
  const rows = (mode: 'auto' | 'recorded' = 'auto') => modelPrices({ store, book }, { ...all, mode });
  const rowOf = (label: string): ModelPrice => rows().find((row) => row.label === label)!;
  const rates = ({ price }: ModelPrice) => price?.rates.map(({ part, usd }) => [part, usd]);

  it('has the sums of every model, unpriced ones first, against all calls added up', () => {
    // A generator of its own, so that the figures are not the code's.
    let seed = 7;
    const dice = (sides: number) => (seed = (seed * 48271) % 2147483647) % sides;
    const names = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'our-own', 'mystery'];
    const calls = Array.from({ length: 400 }, (_, i) => {
      const model = names[dice(names.length)]!;
      const fact = call({
        ...{ id: `c${i}`, session: `s${dice(30)}`, at: noon + dice(90) * 86_400_000, model },
        ...{ inputTokens: dice(5000) + 1, outputTokens: dice(900) },
      });
      const { provider, ...bare } = fact;
      return provider && model in published && !model.startsWith('claude') ? fact : bare;
    });
    put(...calls);
    const expected = new Map<string, { calls: number; cost: number; unpriced: number }>();
    for (const { model = '', inputTokens = 0, outputTokens = 0 } of calls) {
      const sum = expected.get(model) ?? { calls: 0, cost: 0, unpriced: 0 };
      const price = published[model];
      sum.calls++;
      // Nano-dollars: USD a million tokens are a thousand of them a token.
      if (price) sum.cost += Math.round((inputTokens * price[0] + outputTokens * price[1]) * 1000);
      else sum.unpriced++;
      expected.set(model, sum);
    }
    const got = rows();
    assert.deepEqual(
      new Map(
        got.map((row) => [row.label, { calls: row.calls, cost: row.cost, unpriced: row.unpricedCalls }]),
      ),
      expected,
    );
    const costs = got.map(({ unpricedCalls, cost }) => (unpricedCalls > 0 ? Infinity : cost));
    assert.deepEqual(
      costs,
      [...costs].sort((a, b) => (a === b ? 0 : b - a)),
    );
    assert.deepEqual(
      got.slice(0, 2).map(({ price }) => price),
      [null, null],
    );
  });

  it('counts nothing that is excluded from analytics', () => {
    put(
      call({ id: 1, session: 'a' }),
      call({ id: 2, session: 'b' }),
      call({ id: 3, session: 'b', model: 'gpt-4o-mini' }),
    );
    notebook.setExcluded('session', 'test:a', true);
    assert.deepEqual(
      rows().map(({ label, calls }) => [label, calls]),
      [
        ['gpt-4o', 1],
        ['gpt-4o-mini', 1],
      ],
    );
    notebook.setExcluded('model', 'gpt-4o', true);
    assert.deepEqual(
      rows().map(({ label }) => label),
      ['gpt-4o-mini'],
    );
  });

  it('has one row for all spellings of a model at one provider', () => {
    const { provider, ...bare } = call({ id: 1, model: 'claude-sonnet-4-5' });
    assert.equal(provider, 'openai');
    put(
      bare,
      call({ id: 2, provider: 'anthropic', model: 'anthropic/claude-sonnet-4-5' }),
      call({ id: 3, provider: 'anthropic', model: 'anthropic/claude-sonnet-4-5' }),
      call({ id: 4, provider: 'openrouter', model: 'anthropic/claude-sonnet-4-5' }),
    );
    const [one] = rows().filter(({ name }) => name.provider === 'anthropic');
    assert.deepEqual(
      [one?.calls, one?.label, one?.name.model],
      [3, 'anthropic/claude-sonnet-4-5', 'claude-sonnet-4-5'],
    );
    assert.deepEqual(
      one?.met.map(({ model, calls }) => [model, calls]),
      [
        ['anthropic/claude-sonnet-4-5', 2],
        ['claude-sonnet-4-5', 1],
      ],
    );
    assert.equal(one?.toldByName, true);
    assert.equal(rows().find(({ name }) => name.provider === 'openrouter')?.toldByName, false);
  });

  it('tells each rate, where it is from, and when another was in force', () => {
    put(
      call({ id: 1, model: 'o3' }),
      call({ id: 2, model: 'mine', provider: 'azure' }),
      call({ id: 3, model: 'llama3:8b', provider: 'ollama' }),
    );
    const o3 = rowOf('o3');
    assert.deepEqual(rates(o3)?.slice(0, 1), [['input', 2]]);
    assert.deepEqual(
      o3.others.map((price) => [price.rates[0]?.usd, price.until]),
      [[10, Date.parse('2025-06-10')]],
    );
    assert.equal(o3.why, null);
    assert.match(rowOf('mine').why ?? '', /No price is known/);
    assert.match(rowOf('llama3:8b').why ?? '', /machine of one’s own/);
    const { prices, problems } = parseUserPrices([{ provider: 'azure', model: 'mine', sameAs: 'openai/o3' }]);
    assert.deepEqual(problems, []);
    book.choose({ own: prices });
    const mine = rowOf('mine');
    assert.deepEqual(rates(mine)?.slice(0, 1), [['input', 2]]);
    assert.equal(mine.price?.source?.kind, 'user');
    assert.equal(mine.price?.source?.takenFrom?.listedAs, 'openai/o3');
    assert.equal(mine.others.length, 1);
  });

  it('puts calls that name no model in a row of their own', () => {
    const { model, ...bare } = call({ id: 1 });
    put(bare, call({ id: 2, model: model! }));
    assert.deepEqual(
      rows().map(({ label, unpricedCalls, why }) => [label, unpricedCalls, why]),
      [
        [null, 1, 'Its source does not tell its model.'],
        ['gpt-4o', 0, null],
      ],
    );
  });

  describe('notes on prices', () => {
    const save = (provider: string, model: string, text: string) =>
      savePriceNote(notebook, store.db, { provider, model }, text);
    const note = (label: string) => rowOf(label).note?.text;

    it('hold for every spelling of the model, and for no other provider', () => {
      put(
        call({ id: 1, provider: 'anthropic', model: 'claude-sonnet-4-5' }),
        call({ id: 2, provider: 'openrouter', model: 'anthropic/claude-sonnet-4-5' }),
      );
      assert.equal(save('', 'anthropic/claude-sonnet-4-5', '20 % off')?.text, '20 % off');
      assert.equal(note('claude-sonnet-4-5'), '20 % off');
      assert.equal(note('anthropic/claude-sonnet-4-5'), undefined);
      save('anthropic', 'Claude-Sonnet-4-5', '25 % off\nuntil March');
      assert.equal(note('claude-sonnet-4-5'), '25 % off\nuntil March');
      assert.equal(save('', 'claude-sonnet-4-5', '  \n'), undefined);
      assert.equal(note('claude-sonnet-4-5'), undefined);
    });

    it('come back after the store was lost, and after the journal was', async () => {
      put(call({ id: 1 }));
      save('openai', 'gpt-4o', 'first');
      save('openai', 'gpt-4o', 'second');
      const fresh = new Store((await testEngine()).openMemory(), book);
      const again = new Notebook(fresh, Journal.open(path, journalKinds));
      again.catchUp();
      importInto(fresh, '/calls.jsonl', globalIds, { calls: [call({ id: 1 })] });
      assert.equal(modelPrices({ store: fresh, book }, all)[0]?.note?.text, 'second');
      fresh.close();
      truncateSync(path, 0);
      notebook.catchUp();
      assert.equal(note('gpt-4o'), 'second');
    });

    it('write no line where nothing changed, and none that could not be kept', () => {
      save('openai', 'gpt-4o', 'same');
      const { size } = { size: Journal.open(path, journalKinds).size() };
      save('', 'openai/gpt-4o', 'same');
      assert.equal(Journal.open(path, journalKinds).size(), size);
      assert.throws(() => save('openai', 'gpt-4o', 'x'.repeat(1_000_000)), /at most/);
      assert.throws(() => save('openai', ' ', 'x'), /Choose a model/);
      assert.equal(Journal.open(path, journalKinds).size(), size);
    });

    it('are told wherever the price is: explanation, comparison, export', async () => {
      put(call({ id: 1 }), call({ id: 2, model: 'gpt-4o-mini' }));
      save('openai', 'gpt-4o', '20 % off, *really*\nuntil March');
      const explained = (await explain({ store, book }, { filter: {} }, 'auto', job))!;
      const text = explanationText(explained, {
        title: 't',
        zone: 'UTC',
        money: usd,
        escape: (raw) => raw.replace(/\*/g, '\\*'),
      });
      assert.match(text, /Price note: 20 % off, \\\*really\\\*/);
      assert.deepEqual(
        explained.models.map(({ model, priceNote }) => [model, priceNote]),
        [
          ['gpt-4o', '20 % off, *really*\nuntil March'],
          ['gpt-4o-mini', undefined],
        ],
      );
      const answer = await whatIf({ store, book }, { filter: {} }, 'auto', job);
      const other = answer.alternatives.find(({ model }) => model === 'gpt-4o')!;
      assert.match(alternativeDetail(other, answer, usd), /20 % off, \*really\*$/);
      let json = '';
      await exportRows(
        store,
        { question: all, format: 'json', level: 'call' },
        (part) => void (json += part),
        () => undefined,
        job,
      );
      const exported = JSON.parse(json) as readonly ReturnType<typeof callRecord>[];
      assert.deepEqual(
        exported.map(({ model, priceNote }) => [model, priceNote]),
        [
          ['gpt-4o', '20 % off, *really*\nuntil March'],
          ['gpt-4o-mini', null],
        ],
      );
    });
  });
});
