import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { cli, recordedFigures, reportOf } from '../support/cli';
import { makeSynthDb, temporaryFolder } from '../support/synthDb';
import type { CliReport } from '../support/cli';

const seconds = process.env.TRACE_LEDGER_LONG ? 40 : 6;

/** What synth_writer.py has written after so many commits. */
function stateAfter(commits: number) {
  const calls = 7 * commits;
  let cents = 0;
  for (let i = 1; i <= calls; i++) cents += i % 5;
  return { calls, cents, input: (calls * (calls + 1)) / 2, output: 2 * calls, errors: 0 };
}

function checkState({ total, groups, issues }: CliReport): number {
  const commits = total.calls! / 7;
  assert.deepEqual(recordedFigures(total), stateAfter(commits), 'one committed state');
  assert.equal(total.sessions, commits);
  assert.equal(groups.length, commits);
  assert.ok(
    groups.every(({ calls }) => calls === 7),
    'no session is cut in two',
  );
  assert.deepEqual(issues, []);
  return commits;
}

describe('import while a writer is at work', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  after(() => folder.remove());

  it('takes one committed state after the other, and in the end all of it', async () => {
    const path = folder.file('live.db');
    makeSynthDb(path, { experiments: 1, sessions: 1, events: 1 });
    const store = folder.file('store.db');
    const writer = spawn('python3', [
      resolve(__dirname, '../support/synth_writer.py'),
      path,
      String(seconds),
    ]);
    let output = '';
    writer.stdout.setEncoding('utf8').on('data', (text: string) => void (output += text));
    await once(writer.stdout, 'data');
    const seen: number[] = [];
    const bySession = ['--store', store, '--group-by', 'session'];
    while (writer.exitCode === null) {
      const imported = await cli(['import', path, '--store', store]);
      assert.equal(imported.code, 0, imported.stderr);
      assert.match(imported.stderr, /^1 files read [^,]+, \d+ new calls, 0 changed, \d+ sessions\n$/);
      seen.push(checkState(await reportOf(bySession)));
      if (seen.length % 3 === 1) checkState(await reportOf([path, '--group-by', 'session']));
    }
    const commits = Number(/commits (\d+)/.exec(output)?.[1]);
    assert.ok(new Set(seen).size >= 2, `states seen: ${seen.join(', ')}`);
    assert.ok(seen[0]! < commits, 'the first import came while it was written');
    await cli(['import', path, '--store', store]);
    assert.equal(checkState(await reportOf(bySession)), commits);
  });
});
