import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(__dirname, '../..');

describe('npm start', () => {
  it('prints the address of a VS Code that answers', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['scripts/start.mjs', '--server', '--check'],
      {
        cwd: root,
      },
    );
    assert.match(stdout, /^VS Code with Trace Ledger: http:\/\/127\.0\.0\.1:\d+\/\?folder=/m);
  });
});
