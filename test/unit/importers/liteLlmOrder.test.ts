import assert from 'node:assert/strict';
import { parted, sameLedger, sums } from '../../support/arrangements';
import { ledgerOf } from '../../support/ledgerOf';
import { random } from '../../support/randomWorld';
import { seeds } from '../../support/seeds';
import { copied, fixture, jsonLines, sourceFile } from '../../support/sourceFiles';
import type { Dice } from '../../support/arrangements';

type Row = Readonly<Record<string, unknown>>;

interface Figures {
  readonly input: number;
  readonly cacheRead: number;
  readonly output: number;
  readonly recorded: number;
  readonly errors: number;
}

const failure: Figures = { input: 0, cacheRead: 0, output: 0, recorded: 0, errors: 1 };
const answer = ({ below }: Dice, free: boolean): Figures => ({
  ...{ input: 1 + below(900), cacheRead: below(2) * below(900), output: 1 + below(300) },
  ...{ recorded: free ? 0 : 1 + below(1e6), errors: 0 },
});

/** One request as the table and as a logger tell it, and the figures that it stands for. */
function request(i: number, dice: Dice) {
  const start = Date.UTC(2026, 2, 2, 9, 0, i);
  const hit = dice.chance(0.2);
  const figures = dice.chance(0.2) && !hit ? failure : answer(dice, hit);
  const sums = { prompt_tokens: figures.input + figures.cacheRead, completion_tokens: figures.output };
  const usage_object = { ...sums, prompt_tokens_details: { cached_tokens: figures.cacheRead } };
  const core = {
    ...{ ...sums, call_type: 'acompletion', model: 'gpt-4o-mini', custom_llm_provider: 'openai' },
    ...{ end_user: `u${i % 4}`, metadata: { usage_object } },
    ...(figures === failure ? { status: 'failure', error_str: 'litellm.Timeout: x' } : { status: 'success' }),
  };
  const [id, session, cost] = [`chatcmpl-${i}`, `s${i % 4}`, figures.recorded / 1e9];
  const row: Row = {
    ...{ request_id: hit ? `${id}_cache_hit${start / 1000 + 0.25}` : id, spend: cost, session_id: session },
    ...{ cache_hit: hit ? 'True' : 'False', startTime: new Date(start).toISOString(), ...core },
    endTime: new Date(start + 1500).toISOString(),
  };
  const payload: Row = {
    ...{ id: hit ? `${id}_cache_hit${start / 1000 + 0.2507}` : id, response_cost: cost, trace_id: session },
    ...{ cache_hit: hit, startTime: start / 1000, endTime: start / 1000 + 1.5, ...core },
  };
  return { row, payload, figures };
}

const cell = (value: unknown): string =>
  `"${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('"', '""')}"`;
const csv = (rows: readonly Row[]): string => {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return [names.join(','), ...rows.map((row) => names.map((name) => cell(row[name] ?? '')).join(','))].join(
    '\n',
  );
};
const files: readonly ((rows: readonly Row[]) => string)[] = [
  (rows) => sourceFile(JSON.stringify(rows), 'spend.json'),
  (rows) => sourceFile(jsonLines(rows), 'x.jsonl'),
  (rows) => sourceFile({ data: rows, total: rows.length }, 'page.json'),
];
const tables = [...files, (rows: readonly Row[]) => sourceFile(csv(rows), 'table.csv')];

describe('LiteLLM: the same requests in any order, split, repeated, and in both shapes', () => {
  for (const seed of seeds(3, 6)) {
    it(`are the same ledger, seed ${seed}`, async () => {
      const chance = random(seed);
      const requests = Array.from({ length: 25 }, (_, i) => request(i, chance));
      const ledger = await sameLedger(seed, 4, (dice) => [
        ...parted(
          requests.map(({ row }) => row),
          dice,
        ).map((part) => dice.of(tables)(part)),
        ...parted(
          requests.map(({ payload }) => payload),
          dice,
        ).map((part) => dice.of(files)(part)),
      ]);
      const sum = (name: 'input' | 'cacheRead' | 'output' | 'recorded' | 'errors') =>
        requests.reduce((total, { figures }) => total + figures[name], 0);
      assert.deepEqual(sums(ledger), {
        ...{
          calls: 25,
          input: sum('input'),
          cacheRead: sum('cacheRead'),
          cacheWrite: 0,
          output: sum('output'),
        },
        ...{ recorded: sum('recorded'), errors: sum('errors') },
      });
    });
  }

  it('are one ledger in the samples, copied and moved or not', async () => {
    const samples = [
      fixture('litellm', 'spend_logs.json'),
      fixture('litellm', 'standard_logging_payload.jsonl'),
    ];
    const once = await ledgerOf(...samples);
    // samples/expected.json
    assert.deepEqual(sums(once), {
      ...{ calls: 2, input: 300, cacheRead: 1000, cacheWrite: 0, output: 220, recorded: 252_000, errors: 1 },
    });
    const twice = await ledgerOf(...samples.map((path) => copied(path, 'other.name')), ...samples);
    assert.deepEqual(sums(twice), sums(once));
  });
});
