import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtInImporters } from '../../../src/importers/index';

const fixtures = join(__dirname, '../../fixtures');
const texts = readdirSync(fixtures, { recursive: true, withFileTypes: true }).filter(
  (entry) =>
    entry.isFile() && /\.(?:json|jsonl|csv)$/.test(entry.name) && !/expected\.json$/.test(entry.name),
);

describe('detection', () => {
  for (const { parentPath, name } of texts) {
    const path = join(parentPath, name);
    const owner = path.slice(fixtures.length + 1).split(/[\\/]/)[0]!;
    if (owner === 'pricing') continue;
    it(`gives ${path.slice(fixtures.length + 1)} to one importer`, () => {
      const head = readFileSync(path)
        .subarray(0, 16 * 1024)
        .toString('utf8');
      const found = builtInImporters.filter((importer) => importer.detect({ path, head }));
      assert.deepEqual(
        found.map(({ id }) => id),
        [owner],
      );
    });
  }
});
