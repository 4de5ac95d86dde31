import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cliOk, recordedFigures, reportOf } from '../support/cli';
import { makeSynthDb, temporaryFolder } from '../support/synthDb';
import type { RecordedFigures } from '../support/cli';
import type { SynthExpected } from '../support/synthDb';

const edit = (path: string, ...edits: string[]): void =>
  void execFileSync('python3', [resolve(__dirname, '../support/synth_edit.py'), path, ...edits]);

const figuresOf = (expected: SynthExpected): RecordedFigures & { sessions: number } => ({
  calls: expected.counts.cais_events,
  cents: expected.cost.recorded_cents,
  input: expected.tokens.input,
  output: expected.tokens.output,
  errors: expected.error_events,
  sessions: expected.counts.sessions,
});

type AllFigures = ReturnType<typeof figuresOf>;

const plus = (a: AllFigures, b: Partial<AllFigures>): AllFigures =>
  Object.fromEntries(
    Object.entries(a).map(([name, value]) => [name, value! + (b[name as keyof AllFigures] ?? 0)]),
  ) as AllFigures;

/** What `synth_edit.py append N SESSION CENTS` adds. */
const appended = (calls: number, cents: number, sessions: number): Partial<AllFigures> => ({
  calls,
  cents: calls * cents,
  input: calls * 1000,
  output: calls * 100,
  sessions,
});

describe('import again', function () {
  this.timeout(60_000);
  let folder: ReturnType<typeof temporaryFolder>;
  let store: string;
  beforeEach(() => {
    folder = temporaryFolder();
    store = folder.file('ledger/store.db');
  });
  afterEach(() => folder.remove());

  const imports = async (...paths: string[]): Promise<string> =>
    (await cliOk(['import', ...paths, '--store', store])).stderr;
  const totals = async (): Promise<AllFigures> => {
    const { total } = await reportOf(['--store', store]);
    return { ...recordedFigures(total), sessions: total.sessions! };
  };

  it('reads nothing of a file that has not changed', async () => {
    const path = folder.file('traces.db');
    const expected = figuresOf(makeSynthDb(path, { seed: 51 }));
    // Where the file is younger than its last read, even a file system that spares itself notes every read.
    const later = Date.now() / 1000 + 3600;
    utimesSync(path, later - 7200, later);
    const untouched = statSync(path).atimeMs;
    assert.match(await imports(path), /^1 files read \(0 unchanged\), /m);
    const afterFirst = statSync(path).atimeMs;
    assert.match(await imports(path), /^1 files read \(1 unchanged\), 0 new calls, 0 changed/m);
    if (afterFirst !== untouched) assert.equal(statSync(path).atimeMs, afterFirst, 'was read again');
    assert.deepEqual(await totals(), expected);
  });

  it('adds the rows that were appended, to old sessions and new ones', async () => {
    const path = folder.file('traces.db');
    const expected = figuresOf(makeSynthDb(path, { seed: 52 }));
    await imports(path);
    edit(path, 'append', '7', 'dirty_null_metadata', '3', 'append', '5', 'a new session', '11');
    assert.match(await imports(path), / 12 new calls, 0 changed/);
    const all = plus(plus(expected, appended(7, 3, 0)), appended(5, 11, 1));
    assert.deepEqual(await totals(), all);
    edit(path, 'append', '1', 'a new session', '2');
    assert.match(await imports(path), / 1 new calls, 0 changed/);
    assert.deepEqual(await totals(), plus(all, appended(1, 2, 0)));
  });

  it('keeps what was deleted at the source, oldest and newest, and goes on from there', async () => {
    const path = folder.file('traces.db');
    const expected = figuresOf(makeSynthDb(path, { seed: 53 }));
    await imports(path);
    edit(path, 'delete-oldest', '60');
    await imports(path);
    assert.deepEqual(await totals(), expected, 'oldest deleted');
    edit(path, 'delete-newest', '40');
    await imports(path);
    assert.deepEqual(await totals(), expected, 'newest deleted');
    edit(path, 'append', '4', 'a new session', '9');
    await imports(path);
    assert.deepEqual(await totals(), plus(expected, appended(4, 9, 1)), 'appended after that');
  });

  it('counts a copy and a moved file once', async () => {
    const [path, copy, moved] = ['traces.db', 'copy of it', 'moved.sqlite'].map((name) => folder.file(name));
    const expected = figuresOf(makeSynthDb(path!, { seed: 54 }));
    await imports(path!);
    copyFileSync(path!, copy!);
    await imports(copy!);
    assert.deepEqual(await totals(), expected, 'a copy');
    renameSync(path!, moved!);
    edit(moved!, 'append', '2', 'a new session', '5');
    await imports(moved!, copy!);
    assert.deepEqual(await totals(), plus(expected, appended(2, 5, 1)), 'moved, and grown since');
  });

  it('tells two files with the same ids apart', async () => {
    const [one, two] = [folder.file('one.db'), folder.file('two.db')];
    const both = plus(figuresOf(makeSynthDb(one, { seed: 55 })), figuresOf(makeSynthDb(two, { seed: 56 })));
    await imports(one, two);
    await imports(two, one);
    assert.deepEqual(await totals(), both);
  });

  it('keeps the old rows when a path holds another database', async () => {
    const [path, next] = [folder.file('traces.db'), folder.file('next.db')];
    const old = figuresOf(makeSynthDb(path, { seed: 57 }));
    await imports(path);
    const both = plus(old, figuresOf(makeSynthDb(next, { seed: 58, variant: 'sqlalchemy' })));
    renameSync(next, path);
    await imports(path);
    assert.deepEqual(await totals(), both);
    await imports(path);
    assert.deepEqual(await totals(), both, 'and again');
  });

  it('takes in what a write-ahead log adds, and the same rows after the checkpoint once', async () => {
    const path = folder.file('traces.db');
    const expected = figuresOf(makeSynthDb(path, { seed: 59, wal: true }));
    const log = `${path}-wal`;
    renameSync(log, folder.file('aside'));
    await imports(path);
    assert.ok((await totals()).calls! < expected.calls!);
    renameSync(folder.file('aside'), log);
    await imports(path);
    assert.deepEqual(await totals(), expected);
    execFileSync('python3', [
      '-c',
      'import sqlite3,sys;sqlite3.connect(sys.argv[1]).execute("PRAGMA wal_checkpoint(TRUNCATE)")',
      path,
    ]);
    await imports(path);
    assert.deepEqual(await totals(), expected, 'after the checkpoint');
  });

  it('counts calls of Plato once, whatever becomes of its files', async () => {
    cpSync(resolve(__dirname, '../fixtures/plato'), folder.file('plato'), { recursive: true });
    await imports(folder.file('plato'));
    await imports(join(folder.path, 'plato/export.csv'), join(folder.path, 'plato/.plato'));
    rmSync(join(folder.path, 'plato/.plato/analytics'), { recursive: true });
    await imports(folder.file('plato'));
    assert.deepEqual(await totals(), {
      calls: 2,
      cents: 0.6,
      input: 1800,
      output: 700,
      errors: 0,
      sessions: 1,
    });
  });
});
