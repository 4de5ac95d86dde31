import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cli, cliOk, reportOf } from '../support/cli';
import { makeSynthDb, temporaryFolder } from '../support/synthDb';

const isRoot = process.getuid?.() === 0;
const nobody = 65534;

describe('a store that cannot be used', function () {
  this.timeout(60_000);
  let folder: ReturnType<typeof temporaryFolder>;
  let store: string;
  beforeEach(() => {
    folder = temporaryFolder();
    store = folder.file('store.db');
  });
  afterEach(() => folder.remove());

  it('in a folder that may not be written', async function () {
    if (!isRoot) return this.skip();
    chmodSync(folder.path, 0o755);
    mkdirSync(folder.file('read-only'), { mode: 0o755 });
    makeSynthDb(folder.file('traces.db'), { seed: 98 });
    const { code, stdout, stderr } = await cli(
      ['import', folder.file('traces.db'), '--store', folder.file('read-only/s.db')],
      { uid: nobody },
    );
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr.trim(), /^[^\n]*read-only\/s\.db[^\n]*: check the permissions[^\n]*$/);
  });

  it('on a disk that is full', async function () {
    const disk = folder.file('disk');
    mkdirSync(disk);
    if (!isRoot || spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', disk]).status !== 0)
      return this.skip();
    try {
      const path = folder.file('traces.db');
      const { counts } = makeSynthDb(path, { seed: 99, experiments: 4, sessions: 30, events: 40 });
      const full = await cli(['import', path, '--store', `${disk}/s.db`]);
      assert.equal(full.code, 1, full.stderr);
      assert.match(
        full.stderr,
        /No space is left for the store .*s\.db: free some space on its disk and try again\.$/m,
      );
      assert.doesNotMatch(full.stderr, /^ +at /m);
      assert.equal(spawnSync('mount', ['-o', 'remount,size=40m', disk]).status, 0);
      await cliOk(['import', path, '--store', `${disk}/s.db`]);
      assert.equal((await reportOf(['--store', `${disk}/s.db`])).total.calls, counts.cais_events);
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('a file that is no store', async () => {
    writeFileSync(store, randomBytes(5000));
    const before = readFileSync(store);
    const { code, stderr } = await cli(['report', '--store', store]);
    assert.equal(code, 1);
    assert.match(
      stderr.trim(),
      /^The store .*store\.db is damaged: move it away and start again; it is rebuilt from your sources and notes\.$/,
    );
    assert.deepEqual(readFileSync(store), before);
  });

  it('below something that is no folder', async () => {
    writeFileSync(folder.file('file'), '');
    const { code, stderr } = await cli(['report', '--store', folder.file('file/store.db')]);
    assert.equal(code, 1);
    assert.match(
      stderr.trim(),
      /^The store .* cannot be made, since a part of its path is no folder: choose another place\.$/,
    );
  });
});
