import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { globalIds, importInto, openTestStore } from '../../support/store';
import { sessionText } from '../../../src/cli/sessionText';
import { usd } from '../../../src/shared/money';
import { sessionDetail } from '../../../src/store/queries/sessionDetail';
import { keysOfSession } from '../../../src/store/queries/sessions';
import type { Store } from '../../../src/store/store';

describe('what a source tells of a session beside its calls', () => {
  let store: Store;
  const detailOf = (id: string) => sessionDetail(store, keysOfSession(store, id)[0]!, 'auto')!;
  before(async () => {
    store = await openTestStore();
    importInto(store, '/voice.jsonl', globalIds, {
      sessions: [
        { id: 'voice', functionCalls: 12, durationMs: 95_000, modelId: 'a1b2', labels: ['prod', 'v2'] },
      ],
      calls: [
        call({ session: 'voice', audioInputSeconds: 12.5, audioOutputSeconds: 0.25, ttftMs: 300 }),
        call({ session: 'voice', audioInputTokens: 400, audioCachedTokens: 100, images: 2, ttftMs: 100 }),
        call({ session: 'voice', audioOutputTokens: 0, ttftMs: 200 }),
        call({ session: 'plain' }),
      ],
    });
  });

  it('stands in its detail', () => {
    const { functionCalls, durationMs, modelId, labels, firstToken, latency } = detailOf('voice');
    assert.deepEqual([functionCalls, durationMs, modelId, labels], [12, 95_000, 'a1b2', ['prod', 'v2']]);
    assert.deepEqual(firstToken, { calls: 3, p50: 200, p95: 300, p99: 300, max: 300 });
    assert.equal(latency, null);
  });

  it('is null where nothing is known', () => {
    const { functionCalls, durationMs, modelId, labels, firstToken } = detailOf('plain');
    assert.deepEqual([functionCalls, durationMs, modelId, labels, firstToken], [null, null, null, [], null]);
  });

  it('is told by the command line, only where it is known', () => {
    const lines = sessionText(detailOf('voice'), 'UTC', usd).split('\n');
    const valueOf = (name: string) =>
      lines
        .find((line) => line.startsWith(`${name}  `))
        ?.slice(name.length)
        .trim();
    assert.deepEqual(
      [
        'Audio in, out',
        'Audio tokens in, out',
        'Images',
        'Function calls',
        'Duration',
        'Labels',
        'First token p50, p95, p99, max',
      ].map(valueOf),
      ['12.5 s, 0.25 s', '400, 0', '2', '12', '1 min 35 s', 'prod, v2', '200 ms, 300 ms, 300 ms, 300 ms'],
    );
    assert.doesNotMatch(
      sessionText(detailOf('plain'), 'UTC', usd),
      /Audio|Images|Function|Duration|Labels|First token/,
    );
  });

  it('has every failure with its class and cost, those of calls of which only sums are kept as well', () => {
    const failed = { session: 'failing', failed: true, error: 'timeout' };
    const minute = 60_000;
    importInto(store, '/failing', globalIds, {
      calls: [
        ...[0, 1, 20, 2000].map((at) => call({ ...failed, at: noon + at * minute })),
        ...[2, 3, 40, 2001, 2002].map((at) => call({ session: 'failing', at: noon + at * minute })),
        call({ ...failed, at: noon, error: '429', model: 'nobody-knows', inputTokens: 7 }),
        call({ ...failed, at: noon + 4 * minute, noCall: true, inputTokens: 0, model: undefined }),
        call({ ...failed, at: noon, session: 'another' }),
      ],
    });
    // Four with 1,000 tokens at 2.50 USD a million, and one without a price.
    const expected = {
      ...{ errors: 6, attempts: 11, cost: 10_000_000, unpricedCalls: 1 },
      kinds: [
        { kind: 'timeout', count: 5 },
        { kind: 'rate limit', count: 1 },
      ],
    };
    assert.deepEqual(detailOf('failing').failures, expected);
    for (const before of [noon + 15 * minute, noon + 5000 * minute]) {
      for (let step = store.compact(before); step; step = store.compact(before, step));
      assert.deepEqual(detailOf('failing').failures, expected);
    }
    while (store.compactDays(noon + 5000 * minute));
    assert.deepEqual(detailOf('failing').failures, expected);
    assert.equal(store.db.rows("SELECT 1 FROM call WHERE error = 'timeout'").length, 0);
  });
});
