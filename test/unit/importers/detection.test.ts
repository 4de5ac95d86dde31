import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtInImporters } from '../../../src/importers/index';
import { newDiskIo } from '../../support/imported';
import type { SourceFile } from '../../../src/importers/importer';

const fixtures = join(__dirname, '../../fixtures');
const entries = readdirSync(fixtures, { recursive: true, withFileTypes: true }).filter((entry) =>
  entry.isFile(),
);
const files = entries.filter(
  ({ name }) => /\.(?:json|jsonl|csv|db|eval)$/.test(name) && !/expected\.json$/.test(name),
);

async function fileAt(path: string): Promise<SourceFile> {
  if (!path.endsWith('.db')) {
    return {
      path,
      head: readFileSync(path)
        .subarray(0, 16 * 1024)
        .toString('utf8'),
    };
  }
  const io = await newDiskIo();
  const { tables } = await io.sqlite(path);
  io.dispose();
  return { path, head: '', tables };
}

describe('detection', () => {
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    const owner = path.slice(fixtures.length + 1).split(/[\\/]/)[0]!;
    if (owner === 'pricing') continue;
    // A bill adds to no total, so no importer may take it for calls.
    const wanted = owner === 'bills' ? [] : [owner];
    it(`gives ${path.slice(fixtures.length + 1)} to ${wanted.length === 0 ? 'no' : 'one'} importer`, async () => {
      const file = await fileAt(path);
      const found = builtInImporters.filter((importer) => importer.detect(file));
      assert.deepEqual(
        found.map(({ id }) => id),
        wanted,
      );
    });
  }
});
