import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { cli } from '../support/cli';
import { makeSynthDb, python, temporaryFolder } from '../support/synthDb';

// Clears the screen, rings, sets the title of the window.
const hostile = '\u001b[2J\u0007\u009b31m';

describe('what a terminal is shown', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());

  it('has nothing that moves its cursor, whatever files and ids are called', async () => {
    const bad = folder.file(`bad ${hostile}.db`);
    writeFileSync(bad, 'no database');
    const good = folder.file('good.db');
    makeSynthDb(good);
    const id = `id ${hostile}`;
    python(
      `d=sqlite3.connect(sys.argv[1]); d.execute("INSERT INTO session_traces (session_id, created_at, num_timesteps, num_events, num_messages, metadata) VALUES (?, '2025-11-03', 0, 0, 0, '{')", [sys.argv[2]]); d.commit()`,
      good,
      id,
    );
    const store = folder.file('store.db');
    for (const args of [
      ['import', bad, good],
      ['report', '--group-by', 'session'],
      ['session', id],
      ['note', hostile],
    ]) {
      const { stdout, stderr } = await cli([...args, '--store', store]);
      assert.doesNotMatch(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/, args.join(' '));
      assert.ok((stdout + stderr).length > 0);
    }
  });
});
