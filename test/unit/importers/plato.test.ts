import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importerFor } from '../../../src/importers/index';
import { importFile } from '../../support/imported';
import { temporaryFolder } from '../../support/synthDb';
import type { CallFact } from '../../../src/shared/facts';

const samples = join(__dirname, '../../fixtures/plato');
const month = '.plato/analytics/2025-09.json';
const exported = '.plato/exports/analytics-export-2025-09-08T10-00-00-000Z.json';

const totals = (calls: readonly CallFact[]) => ({
  calls: calls.length,
  input: calls.reduce((n, call) => n + (call.inputTokens ?? 0), 0),
  output: calls.reduce((n, call) => n + (call.outputTokens ?? 0), 0),
  recorded: calls.reduce((n, call) => n + (call.recorded ?? 0), 0),
});

/** Worked out by hand from the samples: 1,000 + 800 input, 500 + 200 output, 0.006 USD. */
const correct = { calls: 2, input: 1800, output: 700, recorded: 6_000_000 };

describe('Plato', () => {
  for (const name of [month, exported, 'export-manager.json', 'export.csv']) {
    it(`reads ${name}`, async () => {
      const found = await importFile(join(samples, name));
      assert.equal(found.importer, 'plato');
      assert.deepEqual(totals([...found.calls.values()]), correct);
      assert.deepEqual(found.issues, []);
      assert.deepEqual([...found.sessions.keys()], ['session-1757318300000']);
    });
  }

  it('knows a call again in the other shapes', async () => {
    const all = new Map<string | number, CallFact>();
    for (const name of [month, exported, 'export-manager.json', 'export.csv']) {
      for (const [id, call] of (await importFile(join(samples, name))).calls) all.set(id, call);
    }
    assert.deepEqual(totals([...all.values()]), correct);
  });

  it('takes the cost of Copilot as exact, and a 0 of Claude as not recorded', async () => {
    const calls = [...(await importFile(join(samples, month))).calls.values()];
    assert.deepEqual(
      calls.map(({ provider, model, recorded, recordedExact, command, latencyMs, at }) => [
        ...[provider, model, recorded, recordedExact, command, latencyMs, at],
      ]),
      [
        ['copilot', 'gpt-4o', 6_000_000, true, '/analyze', 2500, 1757318400000],
        ['anthropic', 'claude-3-5-sonnet', undefined, undefined, undefined, 1800, 1757322000000],
      ],
    );
  });

  for (const name of ['analytics-index.json', 'config.json']) {
    it(`passes over ${name}`, async () => {
      const found = await importFile(join(samples, '.plato/analytics', name));
      assert.equal(found.importer, undefined);
      assert.deepEqual(found.issues, []);
    });
  }

  it('leaves the JSON of others alone', () => {
    for (const head of [
      '{"metrics": [1, 2]}',
      '[{"sessionId": "x"}]',
      '{}',
      '[]',
      'timestamp,cost\n1,2',
      '',
    ]) {
      assert.equal(importerFor({ path: 'x.json', head }), undefined, head);
    }
  });

  describe('with bad input', () => {
    const folder = temporaryFolder();
    after(() => folder.remove());
    const write = (name: string, content: string): string => {
      writeFileSync(folder.file(name), content);
      return folder.file(name);
    };
    const metric =
      '{"timestamp": 1757318400000, "sessionId": "a", "model": "m", "inputTokens": 5, "outputTokens": 7, "cost": 0.5, "provider": "copilot"}';

    it('reads what stands before the cut', async () => {
      const text = `{"version": "1.0.0", "month": "2025-09", "metrics": [${metric}, ${metric.slice(0, 60)}`;
      const found = await importFile(write('cut.json', text));
      assert.equal(found.calls.size, 1);
      assert.equal(found.issues.length, 1);
      assert.match(found.issues[0]!.place!, /^byte \d+$/);
      assert.match(found.issues[0]!.message, /cut off/);
    });

    it('names the metrics that it leaves out', async () => {
      const broken = [
        metric.replace('1757318400000', '"soon"'),
        metric.replace('"a"', 'null'),
        '17',
        metric.replace('0.5', 'NaN'),
        metric.replace('5,', '"6",').replace('1757318400000', '"2025-09-08 08:00:01"'),
      ];
      const text = `{"version": "1.0.0", "month": "2025-09", "metrics": [${broken.join(', ')}], "metadata": {"totalCost": -Infinity}}`;
      const found = await importFile(write('rows.json', text));
      assert.deepEqual(
        found.issues.map(({ place }) => place),
        ['metrics.0', 'metrics.1', 'metrics.2'],
      );
      const calls = [...found.calls.values()];
      assert.deepEqual(
        calls.map(({ at, inputTokens, included, recorded }) => [at, inputTokens, included, recorded]),
        [
          [1757318400000, 5, true, undefined],
          [1757318401000, 6, undefined, 500_000_000],
        ],
      );
    });

    it('names the lines of a CSV that it leaves out', async () => {
      const header =
        'timestamp,provider,model,inputTokens,outputTokens,totalTokens,cost,sessionId,duration,command';
      const good =
        '2025-09-08T08:00:00.000Z,openai,"gpt, ""4""",1,2,3,0.000000,"s\n1 🧪",10,"/ask my secret"';
      const text = `\uFEFF${header}\r\n${good}\r\nnever,openai,m,1,2,3,0,s,1,\r\n2025-09-08T09:00:00.000Z,openai,m,1`;
      const found = await importFile(write('x.csv', text));
      assert.deepEqual(
        found.issues.map(({ place }) => place),
        ['line 4', 'line 5'],
      );
      const [call] = [...found.calls.values()];
      assert.deepEqual(
        [call!.session, call!.model, call!.provider, call!.recorded, call!.command],
        ['s\n1 🧪', 'gpt, "4"', 'openai', undefined, '/ask'],
      );
    });
  });
});
