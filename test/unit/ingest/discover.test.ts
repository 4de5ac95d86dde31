import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { discover } from '../../../src/ingest/discover';
import { temporaryFolder } from '../../support/synthDb';

describe('discover', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());
  const at = (name: string) => folder.file(name);

  before(() => {
    const names = [
      'a.json',
      '.plato/analytics/m.json',
      'deep/1/2/3/4/x.db',
      'deep/1/2/3/4/x.db-wal',
      'deep/1/2/3/4/x.db-shm',
    ];
    for (const name of [...names, 'lonely-journal', 'node_modules/p/x.json', '.git/x.json', 'real/r.json']) {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), name);
    }
    symlinkSync(at('real'), at('link'));
    symlinkSync(at('deep'), at('deep/1/loop'));
    symlinkSync(at('real/r.json'), at('deep/r.json'));
    symlinkSync(at('gone'), at('broken'));
    execFileSync('mkfifo', [at('pipe')]);
  });

  async function found(...paths: string[]) {
    const files: string[] = [];
    const issues: string[] = [];
    for await (const one of discover(paths)) {
      if ('issue' in one) issues.push(`${relative(folder.path, one.issue.path)}: ${one.issue.message}`);
      else files.push(relative(folder.path, one.path) + (one.given ? ' given' : ''));
    }
    return { files: files.sort(), issues };
  }

  const below = [
    '.plato/analytics/m.json',
    'a.json',
    'deep/1/2/3/4/x.db',
    'deep/r.json',
    'lonely-journal',
    'real/r.json',
  ];

  it('searches to any depth, hidden folders included, without what is no source', async () => {
    assert.deepEqual(await found(folder.path), { files: below, issues: [] });
  });

  it('follows a link that is given', async () => {
    assert.deepEqual((await found(at('link'))).files, ['link/r.json']);
  });

  it('gives each file once, however the paths overlap', async () => {
    const { files } = await found(
      folder.path,
      at('a.json'),
      at('deep'),
      join(at('deep'), '..', 'a.json'),
      folder.path,
    );
    assert.deepEqual(
      files,
      below.map((name) => (name === 'a.json' ? 'a.json given' : name)),
    );
  });

  it('searches an excluded folder that is given', async () => {
    assert.deepEqual(
      (await found(folder.path, at('node_modules'))).files,
      [...below, 'node_modules/p/x.json'].sort(),
    );
  });

  it('says what is wrong with a path', async () => {
    const { files, issues } = await found(
      at('missing'),
      at('pipe'),
      at('broken'),
      at('deep/1/2/3/4/x.db-wal'),
      at('a.json'),
    );
    assert.deepEqual(files, ['a.json given']);
    assert.equal(issues.length, 4);
    assert.match(issues[0]!, /^missing: It is not there/);
    assert.match(issues[1]!, /^pipe: It is neither a file nor a folder/);
    assert.match(issues[2]!, /^broken: It is not there/);
    assert.match(issues[3]!, /x\.db-wal: It belongs to the database .*x\.db: import that file instead\.$/);
  });

  it('goes on when a folder vanishes on the way', async () => {
    const own = temporaryFolder();
    for (const name of ['a', 'b', 'c']) {
      mkdirSync(own.file(name));
      writeFileSync(join(own.file(name), 'x.json'), '1');
    }
    let files = 0;
    for await (const one of discover([own.path])) {
      assert.ok(!('issue' in one));
      files++;
      own.remove();
    }
    assert.equal(files, 1);
  });
});
