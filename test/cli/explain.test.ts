import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { cli, cliOk } from '../support/cli';
import { metric } from '../support/platoMonth';
import { temporaryFolder } from '../support/synthDb';
import type { Explanation } from '../../src/shared/explanation';

describe('explain on the command line', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const store = folder.file('store.db');
  after(() => folder.remove());

  before(async () => {
    const path = folder.file('2025-06.json');
    // 1,000 in and 500 out of gpt-4o at 2.50 and 10 a million.
    const metrics = [metric({ sessionId: 'one' }), metric({ sessionId: 'one', inputTokens: 3000 })];
    writeFileSync(path, JSON.stringify({ version: '1.0', month: '2025-06', metrics }));
    await cliOk(['import', path, '--store', store]);
  });

  it('sums a session by rate', async () => {
    const { stdout } = await cliOk(['explain', 'one', '--store', store]);
    assert.match(stdout, /^\| input \| 4,000 \| \$2\.5 \| \$0\.01 \| \[1\] \|$/m);
    assert.match(stdout, /^\| output \| 1,000 \| \$10 \| \$0\.01 \| \[1\] \|$/m);
  });

  it('tells of one call, as JSON too', async () => {
    const whole = JSON.parse(
      (await cliOk(['explain', 'one', '--store', store, '--json'])).stdout,
    ) as Explanation;
    assert.deepEqual([whole.calls, whole.cost, whole.call], [2, 4_000_000, undefined]);
    const exported = ['export', '--store', store, '--format', 'json', '--level', 'call'];
    const [{ id }] = JSON.parse((await cliOk(exported)).stdout) as [{ id: string }];
    const { stdout } = await cliOk(['explain', 'one', '--call', id, '--store', store, '--json']);
    const { call } = JSON.parse(stdout) as Explanation;
    assert.deepEqual([call?.id, call?.usd, call?.state], [id, 2_000_000, 'recorded']);
  });

  it('says that there is no such session or call', async () => {
    for (const args of [['two'], ['one', '--call', 'x']]) {
      const { code, stdout, stderr } = await cli(['explain', ...args, '--store', store]);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /^There is no (call x in a )?session/);
    }
  });
});
