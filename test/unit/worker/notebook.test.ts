import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { temporaryFolder } from '../../support/synthDb';
import { call } from '../../support/facts';
import { all, anchored, importInto, openTestStore } from '../../support/store';
import { Journal } from '../../../src/journal/journal';
import { noteOf } from '../../../src/store/queries/sessionDetail';
import { noteHistory } from '../../../src/store/notes';
import { report } from '../../../src/store/queries/report';
import { keysOfSession } from '../../../src/store/queries/sessions';
import { journalKinds } from '../../../src/worker/journalKinds/index';
import { Notebook } from '../../../src/worker/notebook';
import { allPriceNotes } from '../../../src/store/priceNotes';
import type { PriceNoteRecord } from '../../../src/store/priceNotes';
import type { Store } from '../../../src/store/store';

const folder = temporaryFolder();
let journals = 0;

describe('notebook', () => {
  after(() => folder.remove());

  let path: string;
  let store: Store;
  let notebook: Notebook;
  beforeEach(async () => {
    path = folder.file(`${++journals}.jsonl`);
    ({ store, notebook } = await open('a'));
  });

  async function open(...sessions: readonly string[]): Promise<{ store: Store; notebook: Notebook }> {
    const store = await openTestStore();
    importInto(store, '/x', anchored('x'), { sessions: sessions.map((id) => ({ id })) });
    return { store, notebook: new Notebook(store, Journal.open(path, journalKinds)) };
  }

  const history = (of: Store): string[] =>
    of.db
      .read(() =>
        noteHistory(of.db, of.db.rows("SELECT id FROM session WHERE own_id = 'a'")[0]![0] as number),
      )
      .map(({ text }) => text);

  it('appends a paragraph to what another window has written meanwhile, and keeps both versions', () => {
    const [key] = keysOfSession(store, 'a');
    assert.equal(notebook.append(key!, 'First.')?.text, 'First.\n');
    notebook.save(key!, 'Mine, *edited*.\n\n');
    assert.equal(notebook.append(key!, 'Second.')?.text, 'Mine, *edited*.\n\nSecond.\n');
    assert.deepEqual(history(store), ['Mine, *edited*.\n\nSecond.\n', 'Mine, *edited*.\n\n', 'First.\n']);
    assert.throws(() => notebook.append(key!, 'x'.repeat(100_000)), /at most/);
    assert.throws(() => notebook.append('x:y', 'x'), /no session/);
  });

  it('keeps a note with the session that it was saved on, though another database has the same id and no anchor', async () => {
    store = await openTestStore();
    importInto(store, '/one', anchored(), { sessions: [{ id: 'a' }] });
    importInto(store, '/two', anchored(), { sessions: [{ id: 'a' }] });
    notebook = new Notebook(store, Journal.open(path, journalKinds));
    const [one, two] = keysOfSession(store, 'a');
    assert.equal(notebook.save(two!, 'on the second')?.text, 'on the second');
    assert.equal(noteOf(store, one!), undefined);
  });

  for (const [name, damage] of [
    ['cut after its first line', (): void => truncateSync(path, readFileSync(path).indexOf(10) + 1)],
    ['cut in the middle of a line', (): void => truncateSync(path, readFileSync(path).indexOf(10) + 9)],
    ['emptied', (): void => truncateSync(path, 0)],
  ] as const) {
    it(`has every version once after the journal was ${name}`, async () => {
      for (const text of ['1', '2', '3']) notebook.save('test-x:a', text);
      damage();
      notebook.catchUp();
      assert.deepEqual(history(store), ['3', '2', '1']);
      const again = await open('a');
      again.notebook.catchUp();
      assert.deepEqual(history(again.store), ['3', '2', '1']);
    });
  }

  it('knows again what was excluded after the store was lost, in whatever order things come back', async () => {
    importInto(store, '/x', anchored('x'), {
      calls: [call({ id: 1, session: 'a' }), call({ id: 2, session: 'b' })],
    });
    notebook.setExcluded('session', 'test-x:a', true);
    notebook.setExcluded('model', 'gpt-4o', true);
    notebook.setExcluded('model', 'gpt-4o', false);
    notebook.save('test-x:a', 'a note among them');
    const excluded = (of: Store): unknown => {
      const { calls, excludedCalls } = report(of, all, null).total;
      return [calls, excludedCalls];
    };
    assert.deepEqual(excluded(store), [1, 1]);
    for (const early of [true, false]) {
      const fresh = await openTestStore();
      const again = new Notebook(fresh, Journal.open(path, journalKinds));
      if (early) again.catchUp();
      importInto(fresh, '/x', anchored('x'), {
        calls: [call({ id: 1, session: 'a' }), call({ id: 2, session: 'b' })],
      });
      again.catchUp();
      assert.deepEqual(excluded(fresh), [1, 1]);
    }
    truncateSync(path, 0);
    notebook.catchUp();
    assert.deepEqual(excluded(store), [1, 1]);
    assert.deepEqual(history(store), ['a note among them']);
  });

  it('takes in what a shorter journal in place of its own has', async () => {
    notebook.save('test-x:a', 'a text that makes the first journal the longer one');
    const own = path;
    path = folder.file('other.jsonl');
    (await open('a', 'b')).notebook.save('test-x:b', 'theirs');
    writeFileSync(own, readFileSync(path));
    importInto(store, '/x', anchored('x'), { sessions: [{ id: 'b' }] });
    notebook.catchUp();
    assert.equal(noteOf(store, 'test-x:b')?.text, 'theirs');
    assert.equal(noteOf(store, 'test-x:a')?.text, 'a text that makes the first journal the longer one');
  });

  const priceNote = (at: number, text: string): PriceNoteRecord => ({
    ...{ kind: 'price-note', at, provider: 'anthropic', model: 'claude-sonnet-4-5', text },
  });
  const priceNotes = (of: Store): string[] => of.db.read(() => allPriceNotes(of.db)).map(({ text }) => text);

  it('keeps lines of every kind when the store is lost, and when the journal is', async () => {
    notebook.save('test-x:a', 'a note');
    notebook.add(() => [priceNote(1, '20 % off'), priceNote(2, '25 % off')]);
    notebook.setExcluded('model', 'gpt-4o', true);
    assert.deepEqual(priceNotes(store), ['20 % off', '25 % off']);
    const written = readFileSync(path, 'utf8');
    const again = await open('a');
    again.notebook.catchUp();
    assert.deepEqual(priceNotes(again.store), ['20 % off', '25 % off']);
    truncateSync(path, 0);
    again.notebook.catchUp();
    assert.deepEqual(priceNotes(again.store), ['20 % off', '25 % off']);
    assert.deepEqual(history(again.store), ['a note']);
    assert.deepEqual(readFileSync(path, 'utf8').split('\n').sort(), written.split('\n').sort());
  });

  it('leaves the lines of a newer version where they are', () => {
    // What the checksum of this body is was worked out apart from the code.
    const newer = '{"v":1,"kind":"limit","at":1} 00dda477cf37081f\n';
    writeFileSync(path, newer);
    assert.deepEqual(notebook.catchUp(), ['byte 0: the line was written by a newer version']);
    notebook.save('test-x:a', 'mine');
    assert.ok(readFileSync(path, 'utf8').startsWith(newer));
    writeFileSync(path, newer);
    notebook.catchUp();
    const kept = readFileSync(path, 'utf8');
    assert.ok(kept.startsWith(newer) && kept.includes('mine'));
  });

  it('takes in what an older version passed over as unknown', async () => {
    notebook.save('test-x:a', 'one');
    notebook.add(() => [priceNote(1, '20 % off')]);
    notebook.save('test-x:a', 'two');
    // A store of before: it read the whole journal, and knew two kinds.
    const older = await open('a');
    older.notebook.catchUp();
    older.store.write(() => {
      older.store.db.run('DELETE FROM price_note');
      older.store.db.run("DELETE FROM setting WHERE name = 'journalKinds'");
    });
    assert.deepEqual(older.notebook.catchUp(), []);
    assert.deepEqual(priceNotes(older.store), ['20 % off']);
    assert.deepEqual(history(older.store), ['two', 'one']);
    older.notebook.catchUp();
    older.notebook.add(() => [priceNote(2, 'none')]);
    assert.deepEqual(priceNotes(older.store), ['20 % off', 'none']);
  });
});
