import assert from 'node:assert/strict';
import { importFile } from '../../support/imported';
import { ledgerWith } from '../../support/ledgerOf';
import { sums } from '../../support/arrangements';
import { withMapping } from '../../support/mapped';
import { copied, jsonLines, sourceFile } from '../../support/sourceFiles';

const csv = (...lines: readonly string[]) => `${lines.join('\n')}\n`;

describe('mapped text files', () => {
  const fields = {
    ...{ time: 'ts', model: 'llm.name', inputTokens: 'in', outputTokens: 'out', cost: 'usd', error: 'err' },
  };
  const lines = withMapping({ files: { format: 'jsonLines', columns: ['ts', 'llm.name'] }, fields });
  const line = (i: number) => ({
    ...{ ts: `2026-01-02T03:04:${String(10 + i)}Z`, llm: { name: 'gpt-4o' }, in: 10 + i, out: 1, usd: 0.001 },
    text: `CANARY ${i}`,
  });
  const all = Array.from({ length: 20 }, (_, i) => line(i));

  it('are JSON lines, of which only new ones are read', async () => {
    const path = sourceFile(jsonLines(all.slice(0, 8)), 'log.jsonl');
    const before = await importFile(path, undefined, lines);
    sourceFile(
      jsonLines(all.slice(0, 12)) + JSON.stringify(all[12]).slice(0, 30),
      'log.jsonl',
      path.slice(0, -10),
    );
    const after = await importFile(path, before.cursor, lines);
    assert.deepEqual([before.told, after.told, after.issues.length], [8, 4, 1]);
    assert.match(after.issues[0]!.message, /not complete/);
    sourceFile(jsonLines(all), 'log.jsonl', path.slice(0, -10));
    assert.equal((await importFile(path, after.cursor, lines)).told, 8);
    // 10 + 11 + ... + 29, and a tenth of a cent each.
    const expected = {
      calls: 20,
      input: 390,
      cacheRead: 0,
      cacheWrite: 0,
      output: 20,
      recorded: 20_000_000,
      errors: 0,
    };
    const ledger = await ledgerWith(lines, () => [path, copied(path, 'copy.jsonl')]);
    assert.deepEqual(sums(ledger), expected);
    assert.ok(!JSON.stringify(ledger).includes('CANARY'));
  });

  it('name no session, so that a day is one', async () => {
    const { sessions } = await importFile(sourceFile(jsonLines(all)), undefined, lines);
    assert.deepEqual([...sessions.keys()], ['Gateway 2026-01-02']);
  });

  it('are arrays in a document, each bad element at its place', async () => {
    const json = withMapping({
      files: { format: 'json', array: 'data.calls', columns: ['ts', 'llm'] },
      fields,
    });
    const damaged = [
      all[0],
      'words',
      { ...line(1), in: 'many' },
      { ts: '2026-01-01', in: null, llm: 1 },
      all[3],
    ];
    const found = await importFile(sourceFile({ v: 1, data: { calls: damaged } }), undefined, json);
    assert.deepEqual(
      found.issues.map(({ place, message }) => [place, message.split(':')[0]]),
      [
        ['data.calls.1', 'It is no record and is left out.'],
        ['data.calls.2', 'It has no valid in and is counted without'],
        ['data.calls.3', 'It tells neither a model, nor tokens, nor a cost and is left out'],
      ],
    );
    assert.equal(found.told, 3);
    assert.equal((await importFile(sourceFile(all), undefined, json)).importer, undefined);
    const bare = withMapping({ files: { format: 'json', array: '', columns: ['ts'] }, fields });
    assert.equal((await importFile(sourceFile(all), undefined, bare)).told, 20);
  });

  it('are CSV, also with dots in the names of columns, and costs in text', async () => {
    const mapped = withMapping({
      files: { format: 'csv', columns: ['when', 'usage.in'] },
      fields: { time: 'when', inputTokens: 'usage.in', cost: 'cost', outputTokens: 'meta.out' },
      units: { time: 'iso' },
    });
    const text = csv(
      'when,usage.in,cost,meta',
      '2026-01-02 03:04:05,100,$0.25,"{""out"": 7}"',
      '2026-01-02 03:04:06,50,"0,25",',
      '1767322800,50,0.5 USD,',
      '2026-01-02 03:04:06,50',
      '2026-01-02 03:04:07,50,,not json',
    );
    const { calls, issues } = await importFile(sourceFile(text, 'x.csv'), undefined, mapped);
    assert.deepEqual(
      [...calls.values()].map(({ at, inputTokens, outputTokens, recorded }) => [
        at,
        inputTokens,
        outputTokens,
        recorded,
      ]),
      [
        [Date.UTC(2026, 0, 2, 3, 4, 5), 100, 7, 250_000_000],
        [Date.UTC(2026, 0, 2, 3, 4, 6), 50, 0, undefined],
        [undefined, 50, 0, 500_000_000],
        [Date.UTC(2026, 0, 2, 3, 4, 7), 50, 0, undefined],
      ],
    );
    assert.deepEqual(
      issues.map(({ place }) => place),
      ['line 3', 'line 4', 'line 5', 'line 6'],
    );
  });

  it('may hold records that the mapping is not about', async () => {
    const some = withMapping({
      files: { format: 'jsonLines', columns: ['kind'] },
      fields: { cost: 'usd' },
      where: { kind: 'llm', real: true },
    });
    const path = sourceFile(
      jsonLines([{ kind: 'log' }, { kind: 'llm', real: true, usd: 1 }, { kind: 'llm', usd: 2 }]),
    );
    const { calls, issues } = await importFile(path, undefined, some);
    assert.deepEqual([[...calls.values()].map(({ recorded }) => recorded), issues], [[1e9], []]);
  });
});
