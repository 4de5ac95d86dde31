import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { cliOk, reportOf } from '../support/cli';
import { metric } from '../support/platoMonth';
import { temporaryFolder } from '../support/synthDb';

/** First six digits of sha256(':gpt-4o') and sha256(':o3'), worked out with Python. */
const [first, second, other] = [
  'chat_model_4fb6ee_001',
  'chat_model_4fb6ee_002',
  'chat_model_cfd714_001',
] as const;

describe('session tags on the command line', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const store = folder.file('store.db');
  after(() => folder.remove());

  before(async () => {
    const at = (hour: number): number => Date.UTC(2025, 5, 3, hour);
    const metrics = [
      metric({ sessionId: 'late', timestamp: at(15) }),
      metric({ sessionId: 'early', timestamp: at(9) }),
      metric({ sessionId: 'early', timestamp: at(16), model: 'o3' }),
      metric({ sessionId: 'other', timestamp: at(12), model: 'o3' }),
    ];
    const path = folder.file('2025-06.json');
    writeFileSync(path, JSON.stringify({ version: '1.0', month: '2025-06', metrics }));
    await cliOk(['import', path, '--store', store]);
  });

  it('name the groups of a report', async () => {
    const { groups } = await reportOf(['--store', store, '--group-by', 'tag']);
    assert.deepEqual(groups.map(({ key, calls }) => [key, calls]).sort(), [
      [first, 2],
      [second, 1],
      [other, 1],
    ]);
  });

  it('stand with each call and each session of an export', async () => {
    for (const [level, expected] of [
      ['call', [first, first, second, other]],
      ['session', [first, second, other]],
    ] as const) {
      const json = await cliOk(['export', '--store', store, '--format', 'json', '--level', level]);
      const rows = JSON.parse(json.stdout) as { tag: string }[];
      assert.deepEqual(rows.map(({ tag }) => tag).sort(), expected);
      const csv = await cliOk(['export', '--store', store, '--format', 'csv', '--level', level]);
      const [head, ...lines] = csv.stdout.trim().split(/\r?\n/);
      const column = head!.split(',').indexOf('tag');
      assert.deepEqual(lines.map((line) => line.split(',')[column]).sort(), expected);
    }
  });

  it('are shown with their session, and name it', async () => {
    const { stdout } = await cliOk(['session', second, '--store', store]);
    assert.match(stdout, /^Session +late$/m);
    assert.match(stdout, new RegExp(`^Tag +${second}$`, 'm'));
  });
});
