import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { cli, cliOk } from '../support/cli';
import { metric, platoMonth } from '../support/platoMonth';
import { isLong } from '../support/seeds';
import { makeSynthDb, python, temporaryFolder } from '../support/synthDb';

/** What the file itself says, read by Python: id -> pricing_notes, for those that have one. */
const sourceNotes = (path: string): [string, string][] =>
  JSON.parse(
    python(
      `c = sqlite3.connect(sys.argv[1])
rows = c.execute("SELECT session_id, json_extract(metadata, '$.pricing_notes') FROM session_traces WHERE json_valid(metadata) AND json_type(metadata) = 'object' ORDER BY rowid")
print(json.dumps([[i, n] for i, n in rows if isinstance(n, str) and n]))`,
      path,
    ),
  ) as [string, string][];

describe('note and session', function () {
  this.timeout(60_000);
  const made = temporaryFolder();
  const original = made.file('original.db');
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  let store: string;

  before(() => void makeSynthDb(original, { experiments: 1, sessions: 3, events: 4, seed: 81 }));
  beforeEach(async () => {
    folder = temporaryFolder();
    [path, store] = [folder.file('traces.db'), folder.file('ledger/store.db')];
    copyFileSync(original, path);
    await cliOk(['import', path, '--store', store]);
  });
  afterEach(() => folder.remove());
  after(() => made.remove());

  const note = async (id: string, ...text: string[]): Promise<string> =>
    (await cliOk(['note', id, ...text, '--store', store])).stdout;

  const id = 'dirty_null_metadata';
  const journal = (): string => folder.file('ledger/store.notes.jsonl');

  it('sets, replaces and removes a note, and shows it with the session', async () => {
    assert.equal(await note(id), '');
    assert.match((await cliOk(['session', id, '--store', store])).stdout, /^No note\.$/m);
    assert.equal(await note(id, 'first'), '');
    assert.equal(await note(id), 'first\n');
    await note(id, 'second\nwith a line');
    assert.equal(await note(id), 'second\nwith a line\n');
    assert.match(
      (await cliOk(['session', id, '--store', store])).stdout,
      /^Note\n {2}second\n {2}with a line$/m,
    );
    await note(id, '');
    assert.equal(await note(id), '');
    assert.equal(readFileSync(journal(), 'utf8').trim().split('\n').length, 3);
  });

  it('reads a note from standard input, 10,000 characters and more', async () => {
    for (const text of ['x'.repeat(10_000), `${'€ é 💰\n'.repeat(1500)}end`]) {
      await cliOk(['note', id, '-', '--store', store], { input: text });
      assert.equal(await note(id), `${text}\n`);
    }
    const long = await cli(['note', id, '-', '--store', store], { input: 'x'.repeat(100_001) });
    assert.deepEqual([long.code, long.stdout], [1, '']);
    assert.match(
      long.stderr,
      /A note may have 100000 characters at most; this one has 100001\. Shorten it\./,
    );
  });

  it("shows the source's own note until there is one of the user", async () => {
    const [[own, text] = ['', '']] = sourceNotes(path);
    assert.ok(text.length > 0);
    assert.equal(await note(own), `${text}\n`);
    assert.match((await cliOk(['session', own, '--store', store])).stdout, /^Note \(in the trace data\)$/m);
    await note(own, 'mine');
    assert.equal(await note(own), 'mine\n');
    await note(own, '');
    assert.equal(await note(own), '', 'removed is removed');
  });

  it('takes any text as an id', async () => {
    const ids = [
      `sess/ünï 'quoted' "x" #1`,
      `'; DROP TABLE session; --`,
      'two\nlines\tand a tab',
      '👩‍👩‍👧‍👦 emoji שלום',
      '<script>alert(1)</script>&amp;',
      '%_\\',
      'a:b:c',
    ];
    const file = await platoMonth(ids.slice(1).map((sessionId) => metric({ sessionId })));
    await cliOk(['import', file, '--store', store]);
    for (const own of ids) await note(own, `note of ${own}`);
    assert.equal(await note(ids[2]!), `note of ${ids[2]}\n`);
    const { stdout } = await cliOk(['export', '--format', 'json', '--level', 'session', '--store', store]);
    const rows = JSON.parse(stdout) as { id: string; note: string | null }[];
    for (const own of ids) assert.equal(rows.find(({ id }) => id === own)?.note, `note of ${own}`);
    const shown = (await cliOk(['session', 'two\nlines\tand a tab', '--store', store])).stdout;
    assert.match(shown, /^Session +two\uFFFDlines\uFFFDand a tab$/m);
    const unknown = await cli(['note', 'no such "id"', 'x', '--store', store]);
    assert.deepEqual([unknown.code, unknown.stdout], [1, '']);
    assert.match(unknown.stderr, /There is no such session: no such "id"\. Import its source first\./);
  });

  it('asks which session is meant where several have the id', async () => {
    const other = folder.file('other.db');
    makeSynthDb(other, { experiments: 1, sessions: 3, events: 4, seed: 82 });
    await cliOk(['import', other, '--store', store]);
    const { code, stdout, stderr } = await cli(['note', id, 'whose?', '--store', store]);
    assert.deepEqual([code, stdout], [1, '']);
    const keys = /2 sessions have this id: \S+ Name one of (.*)\.$/m.exec(stderr)![1]!.split(', ');
    for (const key of keys) await note(key, `note of ${key}`);
    for (const key of keys) assert.equal(await note(key), `note of ${key}\n`);
    const both = await cliOk(['session', id, '--store', store]);
    assert.equal(both.stdout.match(/^Session /gm)?.length, 2);
  });

  it('keeps a note when its source is imported again, moved, or the store is deleted', async () => {
    await note(id, 'kept');
    python(
      `c = sqlite3.connect(sys.argv[1]); c.execute("DELETE FROM events WHERE id < 3"); c.commit()`,
      path,
    );
    await cliOk(['import', path, '--store', store]);
    assert.equal(await note(id), 'kept\n', 'imported again');
    const moved = folder.file('moved');
    renameSync(path, moved);
    await cliOk(['import', moved, '--store', store]);
    assert.equal(await note(id), 'kept\n', 'moved');
    for (const name of readdirSync(folder.file('ledger')))
      if (!name.endsWith('.notes.jsonl')) rmSync(folder.file(`ledger/${name}`), { recursive: true });
    assert.equal((await cli(['note', id, '--store', store])).code, 1);
    await cliOk(['import', moved, '--store', store]);
    assert.equal(await note(id), 'kept\n', 'store deleted');
  });

  it('writes a deleted journal anew from the store', async () => {
    await note(id, 'in the store');
    rmSync(journal());
    await note('dirty_list_metadata', 'another');
    rmSync(folder.file('ledger/store.db'));
    await cliOk(['import', path, '--store', store]);
    assert.deepEqual([await note(id), await note('dirty_list_metadata')], ['in the store\n', 'another\n']);
  });

  it('sets a torn line of the journal aside, and says which line it cannot read', async () => {
    await note(id, 'whole');
    appendFileSync(journal(), '{"v":1,"kind":"note","at":17');
    await note('dirty_list_metadata', 'after the tear');
    const aside = readdirSync(folder.file('ledger')).filter((name) => name.includes('.torn-'));
    assert.deepEqual(
      aside.map((name) => readFileSync(folder.file(`ledger/${name}`), 'utf8')),
      ['{"v":1,"kind":"note","at":17'],
    );
    rmSync(folder.file('ledger/store.db'));
    const again = await cliOk(['import', path, '--store', store]);
    assert.match(
      again.stderr,
      /^A line of the notes journal could not be read: byte \d+: the line is torn or was changed$/m,
    );
    assert.deepEqual([await note(id), await note('dirty_list_metadata')], ['whole\n', 'after the tear\n']);
  });

  it('loses no note of two processes that write at once', async () => {
    mkdirSync(folder.file('many'));
    const sessions = Array.from({ length: isLong ? 10 : 4 }, (_, i) => `s${i}`);
    await cliOk([
      'import',
      await platoMonth(sessions.map((sessionId) => metric({ sessionId }))),
      '--store',
      store,
    ]);
    const write = async (who: string): Promise<void> => {
      for (const session of sessions) await note(session, `${who} on ${session}`);
    };
    await Promise.all([write('one'), write('two')]);
    const lines = readFileSync(journal(), 'utf8').trim().split('\n');
    const texts = lines.map((line) => (JSON.parse(line.slice(0, -17)) as { text: string }).text);
    assert.deepEqual([...texts].sort(), sessions.flatMap((s) => [`one on ${s}`, `two on ${s}`]).sort());
    for (const session of sessions.slice(0, 3)) {
      const last = texts.filter((text) => text.endsWith(` ${session}`)).at(-1);
      assert.equal(await note(session), `${last}\n`);
    }
  });
});
