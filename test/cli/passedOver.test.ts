import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { cli } from '../support/cli';
import { metric } from '../support/platoMonth';
import { temporaryFolder } from '../support/synthDb';

describe('a folder with files of no known format', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let other: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    [folder, other] = [temporaryFolder(), temporaryFolder()];
    const metrics = [metric({ sessionId: 's' })];
    writeFileSync(folder.file('a.json'), JSON.stringify({ version: '1', month: '2025-06', metrics }));
  });
  afterEach(() => [folder, other].forEach((one) => one.remove()));

  const imported = async (...options: readonly string[]) => {
    const { code, stderr } = await cli([
      'import',
      folder.path,
      '--store',
      other.file(`${options.length}.db`),
      ...options,
    ]);
    assert.equal(code, 0);
    return stderr.trim().split('\n');
  };

  it('names a few of them unasked, each with its reason on one line', async () => {
    writeFileSync(folder.file('b \u001b[2J.json'), '{"recipe\\n": 1}');
    assert.deepEqual(await imported(), [
      `passed over: ${folder.file('b \uFFFD[2J.json')}: It is JSON of no known format, with the keys: recipe\\n.`,
      '1 files read (0 unchanged), 1 new calls, 0 changed, 1 sessions, 1 passed over',
    ]);
  });

  it('names many only when asked to', async () => {
    for (let i = 0; i < 21; i++) writeFileSync(folder.file(`${i}.txt`), 'dear diary');
    const sums = '1 files read (0 unchanged), 1 new calls, 0 changed, 1 sessions, 21 passed over';
    assert.deepEqual(await imported(), ['21 files passed over: --verbose lists them', sums]);
    const lines = await imported('--verbose');
    assert.equal(lines.length, 22);
    assert.equal(lines.at(-1), sums);
    assert.deepEqual(
      lines.slice(0, -1).sort(),
      Array.from(
        { length: 21 },
        (_, i) => `passed over: ${folder.file(`${i}.txt`)}: It is text of no known format.`,
      ).sort(),
    );
  });
});
