import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { answered, canary, checkpoint, eventsFile, shutDown, started } from '../../support/copilotCli';
import { toldCalls } from '../../support/countedCalls';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { allOf, copied, fixture, jsonLines, sourceFile } from '../../support/sourceFiles';
import { damaged, isSound } from '../../support/wrongValues';
import type { Ledger } from '../../support/ledgerOf';

const session = 'cccc3333-0000-4000-8000-000000000000';
const model = 'claude-sonnet-4.5';
const sample = fixture('copilot-cli', 'session-state', session, 'events.jsonl');
const used = ({ total }: Ledger) => [total.calls, total.inputTokens, total.outputTokens, total.recorded];

describe('Copilot CLI: logs of sessions', () => {
  it('have the figures of the sample: input without what was cached, credits and no multiplier', async () => {
    const { total } = await ledgerOf(sample);
    // The naive input is 18,000; the naive cost the multiplier 1, or 5,250,000,000.
    assert.deepEqual(
      [total.calls, total.inputTokens, total.cacheReadTokens, total.cacheWriteTokens, total.outputTokens],
      [1, 5500, 12_000, 500, 400],
    );
    assert.deepEqual([total.recorded, total.cost, total.sessions], [52_500_000, 52_500_000, 1]);
  });

  it('are of their session, folder and branch, wherever they lie', async () => {
    const [here, there] = [await importFile(sample), await importFile(copied(sample, 'moved.jsonl'))];
    assert.deepEqual([here.importer, here.identity, here.issues], ['copilot-cli', { kind: 'global' }, []]);
    assert.deepEqual(
      [...here.sessions.values()],
      [
        {
          ...{ id: session, createdAt: 1782896400000, project: '/home/ana/shop-api' },
          branch: { name: 'main', at: 1782896400000 },
        },
      ],
    );
    assert.deepEqual([...there.calls], [...here.calls]);
  });

  it('count answers where there is no shutdown, and only there', async () => {
    const open = [started('s'), answered(10), answered(20, 2, { model: 'gpt-5.4' }), answered(undefined, 3)];
    assert.deepEqual(used(await ledgerOf(eventsFile(open))), [3, 0, 30, 0]);
    const closed = [...open, shutDown({ [model]: { input: 1000, output: 40 } })];
    assert.deepEqual(used(await ledgerOf(eventsFile(closed))), [1, 1000, 40, 0]);
  });

  describe('with several shutdowns', () => {
    const first = { [model]: { count: 2, input: 1000, output: 100, read: 400, nano: 1e9 } };
    const later = { [model]: { count: 5, input: 5000, output: 300, read: 2400, nano: 4e9 } };
    const two = (...between: object[]) =>
      eventsFile([
        started('s'),
        answered(100),
        checkpoint(1e9),
        shutDown(first),
        started('s', 10),
        ...between,
        shutDown(later, 20),
      ]);

    it('take the difference where the counters went on: a naive sum counts the beginning twice', async () => {
      const ledger = await ledgerOf(two(answered(200, 11), checkpoint(4e9, 12)));
      assert.deepEqual(used(ledger), [2, 600 + 2000, 300, 40_000_000]);
      assert.equal(ledger.total.cacheReadTokens, 2400);
    });

    it('add them up where they began again: the naive last one loses the beginning', async () => {
      const ledger = await ledgerOf(two(answered(300, 11), checkpoint(5e9, 12)));
      assert.deepEqual(used(ledger), [2, 600 + 2600, 400, 50_000_000]);
    });

    it('go by the answers where there is no running total', async () => {
      const lines = (spoken: number) => [
        ...[started('s'), answered(100), shutDown({ [model]: { input: 1000, output: 100 } })],
        ...[started('s', 10), answered(spoken, 11), shutDown({ [model]: { input: 5000, output: 300 } }, 20)],
      ];
      assert.deepEqual(used(await ledgerOf(eventsFile(lines(200)))).slice(0, 3), [2, 5000, 300]);
      assert.deepEqual(used(await ledgerOf(eventsFile(lines(300)))).slice(0, 3), [2, 6000, 400]);
    });

    it('add up where anything shrank, or nothing tells', async () => {
      const of = (output: number, input: number) =>
        eventsFile([
          ...[started('s'), shutDown({ [model]: { input: 1000, output: 100 } })],
          ...[started('s', 10), shutDown({ [model]: { input, output } }, 20)],
        ]);
      assert.deepEqual(used(await ledgerOf(of(50, 5000))).slice(0, 3), [2, 6000, 150]);
      assert.deepEqual(used(await ledgerOf(of(300, 5000))).slice(0, 3), [2, 6000, 400]);
    });

    it('tell each at the time when its part began', async () => {
      const { calls } = await importFile(two(answered(200, 11), checkpoint(4e9, 12)));
      const times = [...calls.values()].filter(({ account }) => account?.rank === 4).map(({ at }) => at);
      assert.deepEqual(times, [Date.UTC(2026, 6, 1, 9), Date.UTC(2026, 6, 1, 9, 10)]);
    });

    it('are the same when the file was read in between', async () => {
      const whole = [
        ...[started('s'), answered(100), checkpoint(1e9), shutDown(first), started('s', 10)],
        ...[answered(200, 11), checkpoint(4e9, 12), shutDown(later, 20)],
      ];
      const { calls } = await importFile(eventsFile(whole));
      for (let cut = 1; cut < whole.length; cut++) {
        const path = eventsFile(whole.slice(0, cut));
        const before = await importFile(path);
        appendFileSync(path, jsonLines(whole.slice(cut)));
        const rest = await importFile(path, before.cursor);
        assert.deepEqual([...before.calls, ...rest.calls], [...calls], `after ${cut} lines`);
      }
    });
  });

  describe('with several models', () => {
    const models = { [model]: { input: 1000, output: 1 }, 'gpt-5.4': { input: 2000, output: 2 } };
    const recorded = async (metrics: typeof models, data: object) => {
      const { calls } = await importFile(eventsFile([started('s'), shutDown(metrics, 3, data)]));
      return [...calls.values()].map((call) => [call.model, call.recorded]);
    };

    it('give each its own credits', async () => {
      const own = {
        [model]: { ...models[model], nano: 1e9 },
        'gpt-5.4': { ...models['gpt-5.4'], nano: 2e9 },
      };
      assert.deepEqual(await recorded(own as typeof models, { totalNanoAiu: 3e9 }), [
        [model, 10_000_000],
        ['gpt-5.4', 20_000_000],
      ]);
    });

    it('give the one in use what no model names', async () => {
      assert.deepEqual(await recorded(models, { totalNanoAiu: 3e9, currentModel: 'gpt-5.4' }), [
        [model, undefined],
        ['gpt-5.4', 30_000_000],
      ]);
    });
  });

  it('count as included before credits were billed', async () => {
    const resumed = started('s', 0, { startTime: '2026-05-01T00:00:00Z' });
    const of = (at: string) =>
      eventsFile([{ ...resumed, timestamp: at }, shutDown({ [model]: { input: 10, output: 1, nano: 1e9 } })]);
    const { total } = await ledgerOf(of('2026-05-31T23:00:00Z'));
    assert.deepEqual([total.recorded, total.includedCalls], [0, 1]);
    assert.equal((await ledgerOf(of('2026-06-01T00:00:00Z'))).total.recorded, 10_000_000);
  });

  it('name the sub-agent of an answer', async () => {
    const agent = { type: 'subagent.started', data: { toolCallId: 'call_1', agentName: 'task' }, id: 'x' };
    const { calls } = await importFile(
      eventsFile([started('s'), agent, answered(5, 2, { parentToolCallId: 'call_1' })]),
    );
    assert.deepEqual([...calls.values()][0]!.agent, { id: 'call_1', name: 'task' });
  });

  it('are known by their folder or name if they do not name themselves', async () => {
    const lines = [started('s'), answered(1)].map((line, i) =>
      i > 0 ? line : { ...line, data: { copilotVersion: '1' } },
    );
    for (const name of [`${session}/events.jsonl`, `${session}.jsonl`]) {
      const { calls } = await importFile(eventsFile(lines, name));
      assert.equal([...calls.values()][0]!.session, session);
    }
  });

  describe('bad input', () => {
    it('goes on after lines that are none', async () => {
      const good = [started('s'), shutDown({ [model]: { input: 10, output: 1 } })].map(
        (line) => `${JSON.stringify(line)}\n`,
      );
      const bytes = [
        Buffer.from(good[0]!),
        Buffer.from([0xff, 0, 0x0a]),
        Buffer.from(`{"data":{}}\n[]\n${good[1]}`),
      ];
      const found = await importFile(sourceFile(Buffer.concat(bytes), 'events.jsonl'));
      assert.equal(found.calls.size, 1);
      assert.deepEqual(
        found.issues.map(({ place }) => place),
        ['line 2', 'line 3', 'line 4'],
      );
    });

    it('reads a last line when it is complete', async () => {
      const line = JSON.stringify(shutDown({ [model]: { input: 10, output: 1 } }));
      const path = eventsFile([started('s')]);
      appendFileSync(path, line.slice(0, 50));
      const cut = await importFile(path);
      assert.deepEqual([cut.told, cut.issues.length], [0, 1]);
      appendFileSync(path, `${line.slice(50)}\n`);
      const whole = await importFile(path, cut.cursor);
      assert.deepEqual([whole.told, whole.issues.length], [1, 0]);
    });

    it('survives a wrong value in every field', async () => {
      const events = [
        ...[started('s'), answered(5), checkpoint(1e9)],
        shutDown({ [model]: { input: 10, output: 1, nano: 5 } }, 3, { totalNanoAiu: 5 }),
      ];
      const lines = events.flatMap((event) => [...damaged(event)]) as object[];
      const found = await importFile(eventsFile([started('s'), ...lines]));
      assert.ok(found.told > 50);
      assert.ok(toldCalls(found.batches).every(isSound));
      assert.ok(!allOf(found).includes('CANARY'));
    });
  });

  it('keep the words of every text field to themselves', async () => {
    const found = await importFile(
      eventsFile([started('s'), answered(5), shutDown({ [model]: { input: 1, output: 1 } })]),
    );
    assert.equal(found.told, 2);
    assert.ok(!allOf(found).includes(canary));
  });
});
