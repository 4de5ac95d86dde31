import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../../../src/journal/journal';
import { encodeLine as encode } from '../../../src/notes/journalLine';
import { UserError } from '../../../src/shared/errors';
import { journalKinds } from '../../../src/worker/journalKinds/index';
import type { JournalRecord } from '../../../src/notes/journalLine';
import type { NoteRecord } from '../../../src/store/notes';

const note = (at: number, text = `note ${at}`): NoteRecord => ({
  kind: 'note',
  at,
  importer: 'i',
  session: 's',
  scope: ['a'],
  text,
});
const encodeLine = (record: JournalRecord): string => encode(journalKinds, record);
const open = (path: string): Journal => Journal.open(path, journalKinds);
const times = (records: readonly JournalRecord[]): readonly number[] => records.map(({ at }) => at);

describe('Journal', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'journal-'));
    path = join(folder, 'notes.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is readable by its owner alone', function () {
    if (process.platform === 'win32') this.skip();
    open(path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it('gives back what was appended, and from where to go on', () => {
    const journal = open(path);
    const { end } = journal.append([note(1), note(2, 'zwei\nüber 😀')]);
    assert.equal(end, statSync(path).size);
    assert.deepEqual(journal.readFrom(0), { records: [note(1), note(2, 'zwei\nüber 😀')], end, torn: [] });
    journal.append([note(3)]);
    assert.deepEqual(times(journal.readFrom(end).records), [3]);
  });

  it('shows the lines of another window', () => {
    const [one, two] = [open(path), open(path)];
    const { end } = one.append([note(1)]);
    two.append([note(2)]);
    assert.deepEqual(times(one.readFrom(end).records), [2]);
  });

  it('leaves a last line alone that is not complete yet', () => {
    const journal = open(path);
    const { end } = journal.append([note(1)]);
    appendFileSync(path, encodeLine(note(2)).slice(0, 30));
    assert.deepEqual(journal.readFrom(0), { records: [note(1)], end, torn: [] });
    appendFileSync(path, encodeLine(note(2)).slice(30));
    assert.deepEqual(times(journal.readFrom(end).records), [2]);
  });

  it('sets a torn last line aside before it appends', () => {
    const journal = open(path);
    journal.append([note(1)]);
    // Longer than what is looked at in one step.
    const torn = encodeLine(note(2, 'é'.repeat(5000))).slice(0, -20);
    appendFileSync(path, torn);
    journal.append([note(3)]);
    const { records, torn: left, end } = journal.readFrom(0);
    assert.deepEqual(times(records), [1, 3]);
    assert.equal(left.length, 1);
    assert.match(left[0] ?? '', new RegExp(`^byte ${Buffer.byteLength(encodeLine(note(1)))}: `));
    assert.equal(end, statSync(path).size);
    const aside = readdirSync(folder).filter((name) => name.startsWith('notes.jsonl.torn-'));
    assert.deepEqual(
      aside.map((name) => readFileSync(join(folder, name), 'utf8')),
      [torn],
    );
  });

  it('reads on after lines that are no notes', () => {
    writeFileSync(
      path,
      `garbage\n\n${encodeLine(note(1))}{"v":1}\n\0\0\xff\n${encodeLine(note(2))}`,
      'latin1',
    );
    const { records, torn } = open(path).readFrom(0);
    assert.deepEqual(times(records), [1, 2]);
    assert.equal(torn.length, 3);
  });

  it('reads a large file in pieces, wherever they cut', () => {
    const journal = open(path);
    const notes = Array.from({ length: 300 }, (_, at) => note(at, 'ü😀'.repeat(2000)));
    const { end } = journal.append(notes);
    assert.ok(end > 3 << 20);
    assert.deepEqual(journal.readFrom(0), { records: notes, end, torn: [] });
  });

  it('starts over when the file was replaced by a shorter one', () => {
    const journal = open(path);
    const { end } = journal.append([note(1), note(2)]);
    truncateSync(path, Buffer.byteLength(encodeLine(note(1))));
    assert.deepEqual(times(journal.readFrom(end).records), [1]);
  });

  it('is empty when the file is gone, and comes back', () => {
    const journal = open(path);
    rmSync(path);
    assert.deepEqual(journal.readFrom(10), { records: [], end: 0, torn: [] });
    journal.append([note(1)]);
    assert.deepEqual(times(journal.readFrom(0).records), [1]);
  });

  it('says in a sentence which file it cannot write', () => {
    const named = (error: unknown) => error instanceof UserError && error.message.includes(folder);
    mkdirSync(path);
    assert.throws(() => open(path).append([note(1)]), named);
    assert.throws(() => open(join(folder, 'nowhere', 'notes.jsonl')), named);
  });

  it('says so when the disk is full', function () {
    if (!existsSync('/dev/full')) this.skip();
    assert.throws(
      () => open('/dev/full').append([note(1)]),
      (error) => error instanceof UserError && /\/dev\/full.*free some space/.test(error.message),
    );
  });
});

describe('Journal, killed while it appends', () => {
  const rounds = process.env.TRACE_LEDGER_LONG ? 200 : 4;

  it(`keeps every acknowledged note, ${rounds} times`, async function () {
    this.timeout(rounds * 5_000);
    const folder = mkdtempSync(join(tmpdir(), 'journal-kill-'));
    const path = join(folder, 'notes.jsonl');
    const acknowledged = new Set<number>();
    for (let round = 0; round < rounds; round++) {
      for (const at of await appendAndKill(path, round * 1_000_000)) acknowledged.add(at);
      // What a torn line would do to the next one shows only once there is a next one.
      const mark = round * 1_000_000 + 999_999;
      open(path).append([note(mark)]);
      acknowledged.add(mark);
      const kept = new Set(times(open(path).readFrom(0).records));
      assert.deepEqual(
        [...acknowledged].filter((at) => !kept.has(at)),
        [],
      );
    }
    assert.ok(acknowledged.size > rounds * 2, 'the writer wrote nothing');
    rmSync(folder, { recursive: true });
  });
});

/** Lets a process append, kills it within some milliseconds of its first note, and answers what it acknowledged. */
async function appendAndKill(path: string, first: number): Promise<readonly number[]> {
  const child = spawn(process.execPath, [
    '--import',
    'tsx',
    'test/unit/journal/appendForever.ts',
    path,
    String(first),
  ]);
  let said = '';
  let problem = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (said === '') setTimeout(() => child.kill('SIGKILL'), Math.random() * 40);
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (problem += text));
  await new Promise((resolve) => child.on('close', resolve));
  assert.notEqual(said, '', problem);
  // A number that was cut is not acknowledged.
  return said.split('\n').slice(0, -1).map(Number);
}
