import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ccusageClaude, differences, none, ours, without } from '../support/ccusageClaude';
import { hasCcusage } from '../support/ccusageCodex';
import { assistantLine, claudeSample, claudeTraps, sessionId, transcript } from '../support/claudeCode';
import { isLong } from '../support/seeds';
import { newPlace } from '../support/sourceFiles';

/** ccusage has no program for some machines; on Linux x64 it must be there. */
const isThere = (process.platform === 'linux' && process.arch === 'x64') || hasCcusage;

interface Shown {
  readonly type?: string;
  readonly requestId?: string;
  readonly message?: { readonly id?: string; readonly usage?: { readonly output_tokens?: number } };
  readonly data?: { readonly message?: Shown };
}

/** A corpus of transcripts by a generator that knows their totals, and all that happens to them in real ones. */
function corpus(seed: number): string {
  const folder = newPlace();
  const generator = resolve(__dirname, '../support/make_claude_corpus.py');
  execFileSync('python3', [generator, '--out', folder, '--size-mib', '8', '--seed', String(seed)], {
    stdio: 'ignore',
  });
  return folder;
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.jsonl'))
    .map(({ parentPath, name }) => join(parentPath, name));

/** Leaves out lines of all files. */
function strip(folder: string, isOut: (line: Shown) => boolean): string {
  for (const path of filesOf(folder)) {
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, lines.filter((line) => !isOut(shown(line))).join('\n'));
  }
  return folder;
}

function shown(line: string): Shown {
  try {
    return JSON.parse(line) as Shown;
  } catch {
    return {};
  }
}

const keyOf = ({ message, requestId }: Shown): string => `${message?.id} ${requestId}`;

/** Calls that a progress line shows and a sub-agent's own file tells in full. */
function toldTwice(folder: string): Map<string, { placeholder: number; full: number }> {
  const lines = filesOf(folder).flatMap((path) => readFileSync(path, 'utf8').split('\n').map(shown));
  const outputOf = ({ message }: Shown): number => message?.usage?.output_tokens ?? 0;
  const full = new Map<string, number>();
  for (const line of lines)
    if (line.type === 'assistant')
      full.set(keyOf(line), Math.max(outputOf(line), full.get(keyOf(line)) ?? 0));
  const pairs = lines.flatMap((line) => (line.data?.message?.message ? [line.data.message] : []));
  return new Map(
    pairs
      .filter((line) => full.has(keyOf(line)))
      .map((line) => [keyOf(line), { placeholder: outputOf(line), full: full.get(keyOf(line))! }]),
  );
}

(isThere ? describe : describe.skip)('ccusage 20.0.24, offline, in mode calculate', () => {
  for (const seed of isLong ? [2, 3] : [2]) {
    describe(`on a generated corpus, seed ${seed}`, () => {
      it('`claude daily`: the same tokens and costs by day and model, where lines have a request id and no progress line stands before a file', async () => {
        const folder = corpus(seed);
        const twice = toldTwice(folder);
        strip(
          folder,
          ({ type, data }) => type === 'progress' && !!data?.message && twice.has(keyOf(data.message)),
        );
        const [we, they] = [await ours('day', folder), ccusageClaude('daily', folder)];
        assert.ok(twice.size > 0 && we.size > 30);
        assert.deepEqual(differences(without(we, /glm/), without(they, /glm/)), {});
      });

      it('`claude session`: the same tokens by model of assistant lines alone, also without request id, and the same costs', async () => {
        const folder = strip(corpus(seed), ({ type }) => type === 'progress');
        const [we, they] = [await ours('model', folder), ccusageClaude('session', folder)];
        const { 'glm-5': glm, ...rest } = differences(we, they);
        assert.deepEqual(rest, {});
        // A model without a price here: unpriced, and no tokens more or less.
        assert.ok(glm === undefined || JSON.stringify({ ...glm, usd: 0 }) === JSON.stringify(none));
      });
    });
  }

  it('`claude daily` keeps the placeholder of a progress line before the full line of the sub-agent, so that its output is too low by that', async () => {
    const folder = corpus(2);
    const short = [...toldTwice(folder).values()].reduce(
      (sum, { placeholder, full }) => sum + full - placeholder,
      0,
    );
    const found = differences(
      without(await ours('day', folder), /glm/),
      without(ccusageClaude('daily', folder), /glm/),
    );
    const more = Object.values(found);
    assert.ok(short > 100);
    assert.equal(
      more.reduce((sum, { output }) => sum + output, 0),
      short,
    );
    assert.ok(more.every(({ input, cacheRead, cacheWrite }) => input + cacheRead + cacheWrite === 0));
  });

  describe('on the sample', () => {
    it('`claude daily`: the same, but for the web search of one call, which it does not price', async () =>
      assert.deepEqual(differences(await ours('day', claudeSample), ccusageClaude('daily', claudeSample)), {
        // 10 USD a thousand searches.
        '2026-03-02 claude-opus-4-6': { ...none, usd: 0.01 },
      }));

    it('`claude session` counts the replay in a side conversation again, which `daily` does not', async () => {
      const found = differences(ccusageClaude('session', claudeSample), await ours('model', claudeSample));
      const { usd, ...tokens } = found['claude-sonnet-4-5-20250929']!;
      assert.deepEqual(
        [Object.keys(found).sort(), tokens],
        [
          ['claude-opus-4-6', 'claude-sonnet-4-5-20250929'],
          { input: 10, cacheRead: 50_000, cacheWrite: 0, output: 350 },
        ],
      );
      // 10 x 3 + 50,000 x 0.3 + 350 x 15 USD a million.
      assert.equal(usd, 0.02028);
      assert.deepEqual(found['claude-opus-4-6'], { ...none, usd: -0.01 }, 'the web search');
    });
  });

  describe('on the traps', () => {
    it('`claude daily` does not see usage with a space after it (6, 60), and counts a call without request id twice (7, 70)', async () => {
      const found = differences(ccusageClaude('daily', claudeTraps), await ours('day', claudeTraps));
      const tokens = Object.entries(found).map(([key, { input, output }]) => [key, input, output]);
      assert.deepEqual(tokens, [
        // Web searches.
        ['2026-03-05 claude-opus-4-6', 0, 0],
        ['2026-03-05 claude-sonnet-4-5-20250929', -6, -60],
        ['2026-03-05 glm-5', 7, 70],
      ]);
    });

    it('`claude session` does not see it either, and counts the larger replay beside the call (9, 9,000)', async () => {
      const found = differences(ccusageClaude('session', claudeTraps), await ours('model', claudeTraps));
      const { input, output } = found['claude-sonnet-4-5-20250929']!;
      assert.deepEqual([input, output], [9 - 6, 9000 - 60]);
    });
  });

  describe('on single lines', () => {
    /** What ccusage says more than we do, in calls of one input and one output token each, by day or model. */
    const more = async (
      report: 'daily' | 'session',
      ...files: readonly (readonly object[])[]
    ): Promise<object> => {
      const place = newPlace();
      for (const [i, rows] of files.entries())
        transcript(rows, `projects/p/${sessionId(i + 1)}.jsonl`, place);
      const we = await ours(report === 'daily' ? 'day' : 'model', place);
      const found = Object.entries(differences(ccusageClaude(report, place), we));
      return Object.fromEntries(found.map(([key, { output }]) => [key.split(' ')[0]!, output]));
    };

    it('`claude session` counts a line without request id again in the session that resumes it', async () => {
      const files = [1, 2].map((n) => [
        assistantLine({ session: sessionId(n), more: { requestId: undefined } }),
      ]);
      assert.deepEqual(await more('session', ...files), { 'claude-sonnet-4-5-20250929': 1 });
      const named = [1, 2].map((n) => [assistantLine({ session: sessionId(n) })]);
      assert.deepEqual(await more('session', ...named), {});
    });

    it('both leave out lines with a null id or a version that is none', async () => {
      const rows = [
        assistantLine({ id: 'a' }),
        assistantLine({ id: null }),
        assistantLine({ id: 'b', more: { version: 'dev' } }),
      ];
      assert.deepEqual(await more('daily', rows), { '2026-03-02': -2 });
      assert.deepEqual(await more('session', rows), { 'claude-sonnet-4-5-20250929': -2 });
    });

    it('`claude daily` counts a call over midnight on the day of its fullest line', async () => {
      const rows = [
        assistantLine({ output: 1, second: 15 * 3600 - 1 }),
        assistantLine({ output: 7, second: 15 * 3600 + 1 }),
      ];
      assert.deepEqual(await more('daily', rows), { '2026-03-02': -7, '2026-03-03': 7 });
    });
  });

  describe('on costs', () => {
    const usage = {
      ...{ input_tokens: 1000, output_tokens: 2000, cache_read_input_tokens: 30_000 },
      cache_creation: { ephemeral_5m_input_tokens: 4000, ephemeral_1h_input_tokens: 5000 },
    };
    // Input and output in USD a million tokens; a write is 1.25 times the input, one for an hour 2, a read 0.1.
    const models: readonly (readonly [name: string, input: number, output: number])[] = [
      ['claude-opus-4-5-20251101', 5, 25],
      ['claude-opus-4-6', 5, 25],
      ['claude-sonnet-4-5-20250929', 3, 15],
      ['claude-sonnet-4-20250514', 3, 15],
      ['claude-haiku-4-5-20251001', 1, 5],
      ['claude-opus-4-20250514', 15, 75],
      ['claude-3-5-haiku-20241022', 0.8, 4],
    ];
    const costs = async (
      rows: readonly object[],
    ): Promise<(readonly [string, we: number, they: number])[]> => {
      const place = newPlace();
      transcript(rows, `projects/p/${sessionId(1)}.jsonl`, place);
      const [we, they] = [await ours('model', place), ccusageClaude('session', place)];
      return [...we].map(([model, { usd }]) => [model, usd, rounded(they.get(model)!.usd)] as const);
    };
    const rounded = (usd: number): number => Math.round(usd * 1e9) / 1e9;

    it('prices each model the same, caches for 5 minutes and an hour included', async () => {
      const found = await costs(models.map(([model]) => assistantLine({ id: model, model, usage })));
      const expected = models.map(([model, input, output]) => {
        const millionths = input * (1000 + 1.25 * 4000 + 2 * 5000 + 0.1 * 30_000) + output * 2000;
        return [model, rounded(millionths / 1e6), rounded(millionths / 1e6)] as const;
      });
      assert.deepEqual(found.sort(), expected.sort());
    });

    // Six times the price of these two, twice that of the third: input 5, output 25.
    it('prices fast mode the same', async () => {
      const fast = { ...usage, speed: 'fast' };
      const factors = [
        ['claude-opus-4-6', 6],
        ['claude-opus-4-7', 6],
        ['claude-opus-4-8', 2],
      ] as const;
      const found = await costs(factors.map(([model]) => assistantLine({ id: model, model, usage: fast })));
      const normal = (5 * (1000 + 1.25 * 4000 + 2 * 5000 + 0.1 * 30_000) + 25 * 2000) / 1e6;
      assert.deepEqual(
        found.sort(),
        factors.map(([model, factor]) => [model, rounded(factor * normal), rounded(factor * normal)]),
      );
    });

    // Anthropic bills the whole request at the higher rates once its input is over 200,000 tokens: 6, 0.6, 22.5.
    it('charges long input at the higher rates as a whole; ccusage only what each kind of token has above 200,000', async () => {
      const long = { input_tokens: 3, output_tokens: 100, cache_read_input_tokens: 201_000 };
      const whole = (3 * 6 + 201_000 * 0.6 + 100 * 22.5) / 1e6;
      const parts = (3 * 3 + 200_000 * 0.3 + 1000 * 0.6 + 100 * 15) / 1e6;
      const model = 'claude-sonnet-4-5-20250929';
      assert.deepEqual(await costs([assistantLine({ model, usage: long })]), [
        [model, rounded(whole), rounded(parts)],
      ]);
    });
  });
});
