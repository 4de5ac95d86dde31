import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { invoke } from '../../src/host/contributions';
import { metric, platoMonth } from '../support/platoMonth';
import { traceLedger } from '../support/traceLedger';

const hostile = 'export "quoted", with\nline break';
const formula = '=HYPERLINK("http://example.com")';

/** Python's csv module, as another program that reads what we write. */
async function readWithPython(path: string): Promise<readonly Record<string, string>[]> {
  const program =
    'import csv, json, sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8-sig")))))';
  const { stdout } = await promisify(execFile)('python3', ['-c', program, path]);
  return JSON.parse(stdout) as readonly Record<string, string>[];
}

describe('export', () => {
  let path: string;
  const sum = (rows: readonly Record<string, string>[], name: string) =>
    Number(rows.reduce((total, row) => total + Number(row[name]), 0).toFixed(9));

  before(async () => {
    const { ledger } = await traceLedger();
    path = await platoMonth([
      metric({ sessionId: hostile, cost: 0.002 }),
      metric({ sessionId: hostile, cost: 0.003, timestamp: Date.UTC(2025, 5, 10, 12) }),
      metric({ sessionId: 'export-other', cost: 0.0001, timestamp: Date.UTC(2025, 5, 20, 12) }),
    ]);
    await invoke('traceLedger.importFiles', [path]);
    const [row] = await ledger.findSessions('export-other', 'auto', 1);
    assert.ok(row);
    await ledger.saveNote(row.key, formula);
  });

  after(async () => {
    await invoke('traceLedger.removeSource', path, true);
    await rm(dirname(path), { recursive: true });
  });

  it('writes calls as CSV that another program reads', async () => {
    const target = join(dirname(path), 'calls.csv');
    const choice = { format: 'csv', level: 'call', path: target, filter: { sources: [path] } } as const;
    assert.equal(await invoke('traceLedger.export', choice), 3);
    const rows = await readWithPython(target);
    assert.equal(rows.length, 3);
    assert.equal(sum(rows, 'costUsd'), 0.0051);
    assert.equal(sum(rows, 'inputTokens'), 3000);
    assert.equal(rows.filter(({ session }) => session === hostile).length, 2);
    const note = rows.find(({ session }) => session === 'export-other')?.note ?? '';
    assert.ok(note.includes(formula), 'the note is there');
    assert.doesNotMatch(note, /^[=+\-@]/, 'and is no formula');
  });

  it('keeps to a range of days', async () => {
    const target = join(dirname(path), 'sessions.json');
    const filter = { sources: [path], since: Date.UTC(2025, 5, 5), until: Date.UTC(2025, 5, 15) };
    const choice = { format: 'json', level: 'session', path: target, filter } as const;
    assert.equal(await invoke('traceLedger.export', choice), 1);
    const rows = JSON.parse(await readFile(target, 'utf8')) as readonly { readonly costUsd: number }[];
    assert.deepEqual(
      rows.map(({ costUsd }) => costUsd),
      [0.003],
    );
  });

  it('writes a row a day and model', async () => {
    const target = join(dirname(path), 'days.csv');
    const choice = { format: 'csv', level: 'day', path: target, filter: { sources: [path] } } as const;
    assert.equal(await invoke('traceLedger.export', choice), 3);
    assert.equal(sum(await readWithPython(target), 'costUsd'), 0.0051);
  });

  it('writes calls that are excluded from analytics only where these are asked for', async () => {
    const { ledger } = await traceLedger();
    const [row] = await ledger.findSessions('export-other', 'auto', 1);
    const target = join(dirname(path), 'excluded.json');
    const choice = { format: 'json', level: 'call', path: target, filter: { sources: [path] } } as const;
    await ledger.setExcluded('session', row!.key, true);
    try {
      assert.equal(await invoke('traceLedger.export', choice), 2);
      assert.equal(await invoke('traceLedger.export', { ...choice, withExcluded: true }), 3);
    } finally {
      await ledger.setExcluded('session', row!.key, false);
    }
  });
});
