import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { long } from './children';
import { findTraces } from '../../src/discovery/discover';
import { importPaths } from '../../src/ingest/import';
import { sources } from '../../src/store/queries/sourceRows';
import { cli } from '../support/cli';
import { testEngine } from '../support/engine';
import { metric } from '../support/platoMonth';
import { openTestStore } from '../support/store';
import { temporaryFolder } from '../support/synthDb';
import type { FoundTraces } from '../../src/shared/protocol';
import type { ImportSummary } from '../../src/shared/model';

const nobody = 65534;
const emptyFiles = long ? 100_000 : 10_000;

describe('crowded and closed folders', function () {
  this.timeout(300_000);
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => folder.remove());

  const put = (name: string, text = ''): void => {
    mkdirSync(dirname(folder.file(name)), { recursive: true });
    writeFileSync(folder.file(name), text);
  };
  const month = JSON.stringify({ version: '1.0', month: '2025-06', metrics: [metric({ sessionId: 'a' })] });
  const find = (): Promise<FoundTraces[]> =>
    findTraces({
      workspaceFolders: [folder.file('work')],
      machine: { platform: 'linux', home: folder.file('home'), temporary: folder.file('tmp'), env: {} },
      pause: async () => undefined,
    });

  async function imported(path: string): Promise<{ summary: ImportSummary; rows: number }> {
    const store = await openTestStore();
    const summary = await importPaths(store, await testEngine(), {
      paths: [path],
      force: false,
      pause: () => Promise.resolve(),
      told: () => undefined,
      log: (message) => assert.fail(message),
    });
    const rows = sources(store, new Map()).length;
    store.close();
    return { summary, rows };
  }

  it(`${emptyFiles} empty files take no row and no problem each, and keep nobody waiting`, async () => {
    const names = ['home/.codex/sessions', 'work/traces'];
    for (const name of names)
      for (let file = 0; file < emptyFiles / names.length; file++)
        put(`${name}/${file % 100}/rollout-${file}.jsonl`);
    put('work/traces/2025-06.json', month);
    let begun = performance.now();
    const found = await find();
    const [codex, workspace] = found;
    assert.deepEqual([codex!.files, codex!.isPartial], [emptyFiles / 2, false]);
    // Of a workspace no more than 50,000 names are looked at, those of folders among them.
    assert.equal(workspace!.isPartial, long);
    if (long) assert.ok(workspace!.files > 49_000 && workspace!.files < 50_000);
    else assert.equal(workspace!.files, emptyFiles / 2 + 1);
    assert.ok(performance.now() - begun < 30_000, 'time to look');
    begun = performance.now();
    const { summary, rows } = await imported(folder.path);
    assert.ok(performance.now() - begun < 150_000, 'time to import');
    assert.deepEqual([summary.newCalls, rows, summary.issues], [1, 1, []]);
    assert.deepEqual([summary.passedOver.count, summary.passedOver.files.length], [emptyFiles, 1000]);
  });

  it('links that lead in circles or out are not followed, by import or discovery', async () => {
    put('outside/2025-06.json', month);
    put('outside/deep/.claude/projects/x/secret.jsonl', '{}');
    put('home/.claude/projects/-a/a.jsonl', '{}');
    put('work/.plato/analytics/2025-06.json', month);
    symlinkSync(folder.file('outside'), folder.file('work/out'));
    symlinkSync(folder.file('work'), folder.file('work/.plato/loop'));
    symlinkSync('itself', folder.file('work/itself'));
    symlinkSync(folder.file('home'), folder.file('home/.claude/projects/loop'));
    symlinkSync(folder.file('outside/deep/.claude/projects'), folder.file('home/.claude/projects/out'));
    const found = await find();
    assert.deepEqual(
      found.map(({ id, files }) => [id.split(' ')[0], files]),
      [
        ['claude-code', 1],
        ['workspace', 1],
      ],
    );
    const { summary, rows } = await imported(folder.file('work'));
    assert.deepEqual([summary.newCalls, summary.files, rows, summary.issues], [1, 1, 1, []]);
  });

  it('a home without permission is told, and what beside it can be read is imported', async function () {
    if (process.getuid?.() !== 0) return this.skip(); // only root can become somebody else
    put('home/.claude/projects/-a/a.jsonl', '{}');
    put('work/2025-06.json', month);
    chmodSync(folder.path, 0o777);
    chmodSync(folder.file('home'), 0);
    const args = ['import', folder.file('home'), folder.file('work'), '--store', folder.file('store.db')];
    const { code, stderr } = await cli(args, { uid: nobody });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /home: You have no permission to read it/);
    assert.match(stderr, /1 files read .*1 new calls/);
    chmodSync(folder.file('home'), 0o700);
  });
});
