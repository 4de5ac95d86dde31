import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { importPaths } from '../../../../src/ingest/import';
import type { late } from '../../../../src/ingest/watch/answers';
import { Answers } from '../../../../src/ingest/watch/answers';
import { systemClock } from '../../../../src/ingest/watch/clock';
import { Watching } from '../../../../src/ingest/watch/watching';
import { builtInImporters } from '../../../../src/importers';
import { leaveOut, watchedFolders } from '../../../../src/store/watchedFolders';
import { sources } from '../../../../src/store/queries/sourceRows';
import { assistantLine, sessionId } from '../../../support/claudeCode';
import { testEngine } from '../../../support/engine';
import { eventually } from '../../../support/eventually';
import { jsonLines } from '../../../support/sourceFiles';
import { openTestStore } from '../../../support/store';
import type { WatchingParts } from '../../../../src/ingest/watch/watching';
import type { Store } from '../../../../src/store/store';

const line = (id: string, digit = 1): string =>
  jsonLines([assistantLine({ id: `msg_${id}`, request: `req_${id}`, session: sessionId(digit), input: 10 })]);

describe('watching', function () {
  this.timeout(60_000);
  let folder: string;
  let store: Store;
  let watching: Watching | undefined;
  let asleep: boolean[];

  const file = (name: string): string => join(folder, name);
  const write = (name: string, ...ids: readonly string[]): string => {
    mkdirSync(dirname(file(name)), { recursive: true });
    writeFileSync(file(name), ids.map((id) => line(id)).join(''));
    return file(name);
  };
  const append = (name: string, id: string): void => appendFileSync(file(name), line(id));
  const calls = (): number =>
    store.db.read(() => store.db.rows('SELECT count(*) FROM call'))[0]![0] as number;
  const sees = (count: number): Promise<void> => eventually(() => assert.equal(calls(), count), 20_000);
  const rows = () => sources(store, new Map());
  const stateOf = (name: string) => rows().find(({ path }) => path === file(name))?.state;
  const imports = async (...paths: readonly string[]): Promise<void> => {
    const request = { force: false, told: () => undefined, log: assert.fail, pause: async () => undefined };
    await importPaths(store, await testEngine(), { ...request, paths });
  };
  const watch = async (parts: Partial<WatchingParts> = {}): Promise<Watching> => {
    asleep = [];
    watching = new Watching({
      store,
      engine: await testEngine(),
      importers: () => builtInImporters,
      idleTimeoutMs: 0,
      isCrowded: () => false,
      committed: () => watching?.storeChanged(),
      told: () => undefined,
      slept: (isAsleep) => asleep.push(isAsleep),
      log: (_level, message) => assert.fail(message),
      ...parts,
    });
    await watching.start();
    return watching;
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trace-ledger-watch-'));
    store = await openTestStore();
  });

  afterEach(() => {
    watching?.dispose();
    store.close();
    rmSync(folder, { recursive: true });
  });

  it('imports what is appended, and nothing twice', async () => {
    await imports(write('one/a.jsonl', '1'));
    await watch();
    append('one/a.jsonl', '2');
    await sees(2);
    append('one/a.jsonl', '3');
    append('one/a.jsonl', '3');
    await sees(3);
  });

  it('imports at the start what changed before it', async () => {
    await imports(write('one/a.jsonl', '1'), write('one/b.jsonl', '2'));
    append('one/b.jsonl', '3');
    await watch();
    await sees(3);
  });

  it('takes a file in that replaces another by its name', async () => {
    await imports(write('one/a.jsonl', '1'));
    await watch();
    write('one/a.jsonl.tmp', '1', '2');
    renameSync(file('one/a.jsonl.tmp'), file('one/a.jsonl'));
    await sees(2);
    append('one/a.jsonl', '3');
    await sees(3);
    assert.deepEqual(
      rows().map(({ path }) => path),
      [file('one/a.jsonl')],
    );
  });

  it('keeps the figures of a file that is deleted, says that it is gone, and goes on when it is back', async () => {
    await imports(write('one/a.jsonl', '1'));
    await watch();
    rmSync(file('one/a.jsonl'));
    await eventually(() => assert.equal(stateOf('one/a.jsonl'), 'missing'), 20_000);
    assert.equal(calls(), 1);
    write('one/a.jsonl', '2');
    await sees(2);
    assert.equal(stateOf('one/a.jsonl'), 'imported');
  });

  it('imports new files and new folders of a folder that was imported, and no others', async () => {
    write('asked/a.jsonl', '1');
    await imports(file('asked'), write('single/b.jsonl', '2'));
    await watch();
    write('asked/c.jsonl', '3');
    write('asked/new/deep/d.jsonl', '4');
    write('single/e.jsonl', '5');
    writeFileSync(file('asked/readme.txt'), 'no trace at all');
    await sees(4);
    append('asked/new/deep/d.jsonl', '6');
    await sees(5);
    await pause(500);
    assert.equal(calls(), 5, 'a file beside one that was imported alone is nobody’s business');
    assert.equal(rows().length, 4, 'what is no trace is no source');
  });

  it('takes in a file that begins empty and gets its first line later', async () => {
    write('asked/a.jsonl', '1');
    await imports(file('asked'));
    await watch();
    write('asked/b.jsonl');
    await pause(400);
    append('asked/b.jsonl', '2');
    await sees(2);
  });

  it('finds at the start what came into a folder since it was imported', async () => {
    write('asked/a.jsonl', '1');
    await imports(file('asked'));
    await pause(20);
    write('asked/new/b.jsonl', '2');
    await watch();
    await sees(2);
  });

  it('does not bring a source back that was removed, until it is imported again', async () => {
    write('asked/a.jsonl', '1');
    write('asked/b.jsonl', '2');
    await imports(file('asked'));
    const watched = await watch();
    store.write(() => {
      store.removeSource(file('asked/b.jsonl'));
      leaveOut(store.db, file('asked/b.jsonl'));
    });
    watched.storeChanged();
    append('asked/b.jsonl', '3');
    append('asked/a.jsonl', '4');
    await sees(2);
    await pause(600);
    assert.equal(calls(), 2);
    await imports(file('asked'));
    assert.equal(calls(), 4);
  });

  it('forgets a folder of which nothing is left', async () => {
    write('asked/a.jsonl', '1');
    await imports(file('asked'));
    assert.equal(watchedFolders(store.db).length, 1);
    store.write(() => {
      store.removeSource(file('asked/a.jsonl'));
      leaveOut(store.db, file('asked/a.jsonl'));
    });
    assert.equal(watchedFolders(store.db).length, 0);
  });

  it('polls what the system does not watch, and says so', async () => {
    write('asked/a.jsonl', '1');
    await imports(file('asked'));
    const watched = await watch({ mostFolders: 0 });
    append('asked/a.jsonl', '2');
    write('asked/b.jsonl', '3');
    await sees(3);
    await eventually(() => {
      const state = watched.stateOf(file('asked/a.jsonl'));
      assert.ok(state?.kind === 'polled' && state.everyMs === 2000 && /folders/.test(state.reason));
    });
  });

  it('asleep, polls nothing and still sees what the system tells; woken, it is up to date', async () => {
    await imports(write('one/a.jsonl', '1'), write('two/b.jsonl', '2'));
    const watched = await watch({ mostFolders: 1, idleTimeoutMs: 300 });
    const polled = ['one/a.jsonl', 'two/b.jsonl'].find(
      (name) => watched.stateOf(file(name))?.kind !== 'watched',
    )!;
    await eventually(() => assert.deepEqual(asleep, [true]));
    assert.equal(watched.stateOf(file(polled))?.kind, 'asleep');
    append(polled, '3');
    await pause(2_500);
    assert.equal(calls(), 2);
    watched.touch();
    await sees(3);
    assert.equal(asleep[1], false);
  });

  it('is woken by an event', async () => {
    await imports(write('one/a.jsonl', '1'));
    const watched = await watch({ idleTimeoutMs: 200 });
    await eventually(() => assert.ok(watched.isAsleep));
    append('one/a.jsonl', '2');
    await sees(2);
    assert.deepEqual(asleep.slice(0, 2), [true, false]);
  });

  it('sees a folder that is moved away and comes back', async () => {
    write('asked/in/a.jsonl', '1');
    await imports(file('asked'));
    await watch();
    renameSync(file('asked/in'), file('away'));
    await eventually(() => assert.equal(stateOf('asked/in/a.jsonl'), 'missing'), 20_000);
    append('away/a.jsonl', '2');
    renameSync(file('away'), file('asked/in'));
    await sees(2);
    append('asked/in/a.jsonl', '3');
    await sees(3);
  });

  it('takes in what changes elsewhere while a folder does not answer, says so, and is up to date when it does', async () => {
    const [alive, dead, hanging] = [write('alive/a.jsonl', '1'), write('dead/b.jsonl', '2'), file('dead')];
    await imports(file('alive'), file('dead'));
    let isDead = true;
    const held: (() => void)[] = [];
    class Share extends Answers {
      override of<T>(folder: string, ask: () => Promise<T>): Promise<T | typeof late> {
        const isHeld = isDead && folder.startsWith(hanging);
        const afterwards = () => new Promise<void>((resolve) => held.push(resolve)).then(ask);
        return super.of(folder, isHeld ? afterwards : ask);
      }
    }
    await watch({ answers: new Share(systemClock) });
    append('dead/b.jsonl', '3');
    append('alive/a.jsonl', '4');
    await sees(3);
    assert.deepEqual(watching!.stateOf(alive), { kind: 'watched' });
    const reason = 'its folder does not answer';
    assert.deepEqual(watching!.stateOf(dead), { kind: 'polled', everyMs: 2_000, reason });
    isDead = false;
    for (const release of held) release();
    await sees(4);
    await eventually(() => assert.deepEqual(watching!.stateOf(dead), { kind: 'watched' }), 10_000);
  });

  it('does nothing after it was closed', async () => {
    await imports(write('one/a.jsonl', '1'));
    const watched = await watch();
    append('one/a.jsonl', '2');
    watched.dispose();
    await pause(300);
    assert.equal(calls(), 1);
  });
});
