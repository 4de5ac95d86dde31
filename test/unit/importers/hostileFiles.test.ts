import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { importFile } from '../../support/imported';
import { keptPlaces } from '../../support/keptPlaces';
import { ledgerOf } from '../../support/ledgerOf';
import { plantedFile } from '../../support/planted';
import { copied, fixture } from '../../support/sourceFiles';
import { isSound } from '../../support/wrongValues';
import type { Plant } from '../../support/planted';

const hostile: readonly (readonly [string, unknown])[] = [
  ['a NUL', 'a\u0000b'],
  ['a lone surrogate', 'a\ud800b'],
  ['10,000 characters', 'x'.repeat(10_000)],
  ['the name of a prototype', '__proto__'],
  ['the name of a member of every object', 'constructor'],
  ['null', null],
];

/** 2026-03-02, about which times are turned round. */
const pivot = Date.UTC(2026, 2, 2);
const isTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/;
const mirrored: Plant = (_, value) => {
  if (typeof value === 'string' && isTime.test(value))
    return new Date(2 * pivot - Date.parse(value)).toISOString();
  if (typeof value !== 'number') return value;
  for (const unit of [1e-3, 1, 1e6])
    if (value > 1.5e12 * unit && value < 2e12 * unit) return Math.round(2 * pivot * unit - value);
  return value;
};

describe('files of every format with values that no one should write', function () {
  this.timeout(120_000);
  const files = readdirSync(fixture(), { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /\.(?:jsonl?|csv|db)$/.test(entry.name) && !/expected/.test(entry.name),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('pricing'));

  for (const path of files) {
    const title = path.slice(fixture().length + 1);

    it(`${title}: reads whatever its ids and names are`, async () => {
      const { importer, calls } = await importFile(path);
      if (importer === undefined) return;
      const places = keptPlaces(importer);
      for (const [what, value] of hostile) {
        // No writer of databases can put one there.
        if (what === 'a lone surrogate' && path.endsWith('.db')) continue;
        const copy = copied(path, basename(path));
        const plant: Plant = (place, old) =>
          typeof old === 'string' && places.some((one) => one.test(place)) ? value : old;
        writeFileSync(copy, await plantedFile(copy).with(plant));
        const { total, issues } = await ledgerOf(copy);
        assert.ok(
          calls.size === 0 || total.calls + total.errors > 0 || issues.length > 0,
          `${what}: nothing`,
        );
        assert.equal(({} as Record<string, unknown>).model, undefined, what);
      }
    });

    it(`${title}: counts the same when its clock runs backwards`, async () => {
      const before = await ledgerOf(copied(path, basename(path)));
      const copy = copied(path, basename(path));
      writeFileSync(copy, await plantedFile(copy).with(mirrored));
      const after = await ledgerOf(copy);
      const { calls, inputTokens, outputTokens, cacheReadTokens } = before.total;
      assert.deepEqual(
        [after.total.calls, after.total.inputTokens, after.total.outputTokens, after.total.cacheReadTokens],
        [calls, inputTokens, outputTokens, cacheReadTokens],
      );
      assert.ok(isSound(after.calls.map(({ latency_ms, ttft_ms, at }) => [latency_ms, ttft_ms, at])));
    });

    if (!path.endsWith('.jsonl')) continue;
    it(`${title}: reads on after garbage in the middle`, async () => {
      const before = await ledgerOf(copied(path, basename(path)));
      const copy = copied(path, basename(path));
      const lines = readFileSync(copy).toString('latin1').split('\n');
      const middle = Math.max(1, lines.length >> 1);
      const garbage = Buffer.from([0, 255, 254, 0x80, 0xc3, 0x28, 0x7b, 0x22, 0, 0xed, 0xa0, 0x80]).toString(
        'latin1',
      );
      writeFileSync(
        copy,
        Buffer.from([...lines.slice(0, middle), garbage, ...lines.slice(middle)].join('\n'), 'latin1'),
      );
      const after = await ledgerOf(copy);
      assert.deepEqual(
        [after.total.calls, after.total.inputTokens, after.total.outputTokens],
        [before.total.calls, before.total.inputTokens, before.total.outputTokens],
      );
      const places = after.issues.map(({ place }) => place);
      assert.ok(places.includes(`line ${middle + 1}`), places.join());
      assert.doesNotMatch(JSON.stringify(after.issues), /\\u0000|\ufffd/);
    });
  }
});
