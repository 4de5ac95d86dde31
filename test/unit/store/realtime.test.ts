import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { all, globalIds, openTestStore } from '../../support/store';
import { panel } from '../../../src/store/queries/panel';
import type { ImportBatch } from '../../../src/shared/facts';
import type { Filter } from '../../../src/shared/model';
import type { Store } from '../../../src/store/store';

const hour = 3_600_000;
const nothing = { inputTokens: 0, outputTokens: 0 };

describe('what sessions with voice used', () => {
  let store: Store;
  const add = (importer: string, batch: ImportBatch) =>
    store.apply(store.openSource(`/${importer}`, importer, globalIds), batch);
  const usage = (filter: Filter = {}) => panel(store, { ...all, filter }, 'day').realtime;

  beforeEach(async () => {
    store = await openTestStore();
    store.prepareZone('UTC');
    add('synth-ai', { calls: [call({ session: 'text only', outputTokens: 500 })] });
  });

  it('is nothing where nobody spoke', () => assert.equal(usage(), undefined));

  describe('with a log of estimates and one of events', () => {
    beforeEach(() => {
      add('nevil', {
        sessions: [{ id: 'robot', functionCalls: 12, events: 3, durationMs: 0 }],
        calls: [
          // At gpt-4o's 2.50 and 10 USD a million: 4,000 x 2.50 + 1,000 x 10 = 0.02 USD.
          call({
            session: 'robot',
            at: noon,
            inputTokens: 4000,
            outputTokens: 1000,
            audioInputSeconds: 300.25,
            audioOutputSeconds: 100,
            recorded: 5_000_000,
          }),
        ],
      });
      add('openai-realtime', {
        sessions: [{ id: 'sess_1', functionCalls: 3, durationMs: 90_000 }],
        calls: [
          // 700 + 200 cached + 100 written in, of them 400 audio; 60 out, of them 50 audio.
          call({
            session: 'sess_1',
            at: noon + hour,
            inputTokens: 700,
            cacheReadTokens: 200,
            cacheWriteTokens: 100,
            audioInputTokens: 400,
            audioCachedTokens: 150,
            outputTokens: 60,
            audioOutputTokens: 50,
            model: 'nobody-knows',
          }),
          call({ ...nothing, session: 'sess_1', at: noon + 30 * hour, audioInputSeconds: 2.5, model: 'x' }),
        ],
      });
    });

    it('adds up both, and no session without voice', () =>
      assert.deepEqual(usage(), {
        audioInputSeconds: 302.75,
        audioOutputSeconds: 100,
        audioInputTokens: 400,
        audioOutputTokens: 50,
        textInputTokens: 4000 + 1000 - 400,
        textOutputTokens: 1000 + 60 - 50,
        functionCalls: 15,
        // Three runs that the robot's tracker added up, and one log of events.
        sessions: 4,
        durationMs: 90_000,
        computed: 20_000_000,
        unpricedCalls: 2,
        estimate: { recorded: 5_000_000, computed: 20_000_000 },
      }));

    it('counts calls of the period, and sessions that have one in it with all their functions', () => {
      const { audioInputSeconds, textInputTokens, sessions, functionCalls, durationMs, estimate } = usage({
        since: noon + 24 * hour,
      })!;
      assert.deepEqual(
        [audioInputSeconds, textInputTokens, sessions, functionCalls, durationMs, estimate],
        [2.5, 0, 1, 3, 90_000, undefined],
      );
      const cut = usage({ since: noon + 1, until: noon + 2 * hour })!;
      assert.deepEqual([cut.audioInputSeconds, cut.audioInputTokens, cut.sessions], [0, 400, 1]);
      assert.equal(usage({ since: noon + 100 * hour }), undefined);
    });

    it('keeps to every other filter', () => {
      assert.equal(usage({ models: ['gpt-4o'] })?.audioOutputSeconds, 100);
      assert.equal(usage({ models: ['x'] })?.audioInputSeconds, 2.5);
      assert.equal(usage({ sources: ['/openai-realtime'] })?.functionCalls, 3);
      assert.equal(usage({ sources: ['/synth-ai'] }), undefined);
      assert.equal(usage({ models: ['nothing'] }), undefined);
    });
  });

  it('leaves out a log of steps, which tells of no usage', () => {
    add('nevil', {
      sessions: [{ id: '20250101_120000_ab', steps: 4, durationMs: 9000 }],
      calls: [call({ ...nothing, session: '20250101_120000_ab', model: 'whisper-1' })],
    });
    assert.equal(usage(), undefined);
  });

  it('knows voice by the audio of a call, whatever the format, and does not know what nobody told', () => {
    add('langfuse', {
      calls: [
        call({ session: 'mixed', audioInputTokens: 600 }),
        call({ session: 'mixed', recorded: 1_000_000, recordedExact: true }),
        call({ session: 'another', inputTokens: 70 }),
      ],
    });
    const { textInputTokens, audioInputTokens, sessions, functionCalls, durationMs, estimate } = usage()!;
    assert.deepEqual([textInputTokens, audioInputTokens, sessions], [1400, 600, 1]);
    assert.deepEqual([functionCalls, durationMs, estimate], [null, null, undefined]);
  });

  it('sets no estimate against a sum that lacks a price', () => {
    const spoken = { ...nothing, session: 'robot', audioInputSeconds: 60, model: 'nobody-knows' };
    add('nevil', { calls: [call({ ...spoken, recorded: 700 })] });
    assert.deepEqual(usage()!.estimate, { recorded: 700, computed: null });
  });
});
