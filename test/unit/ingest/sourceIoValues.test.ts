import assert from 'node:assert/strict';
import { readValues } from '../../../src/ingest/sourceIoValues';
import type { SourceValue } from '../../../src/importers/importer';

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function values(text: string, pointers: readonly string[], size = 7): Promise<SourceValue[]> {
  const found: SourceValue[] = [];
  for await (const value of readValues(chunks(text, size), pointers)) found.push(value);
  return found;
}

describe('values picked out of a JSON document', () => {
  const document = {
    head: { id: 'h', deep: { id: 'not this' } },
    list: [
      { id: 1, parts: [{ n: 'é' }, { n: { a: [1] } }] },
      { parts: [], id: null },
    ],
    id: 'last',
  };

  it('come in the order of the document, with what leads to them', async () => {
    for (const size of [1, 7, 1000]) {
      assert.deepEqual(
        await values(JSON.stringify(document, null, 1), ['list.*.id', 'head.id', 'list.*.parts.*.n'], size),
        [
          { keys: ['head', 'id'], value: 'h' },
          { keys: ['list', 0, 'id'], value: 1 },
          { keys: ['list', 0, 'parts', 0, 'n'], value: 'é' },
          { keys: ['list', 0, 'parts', 1, 'n'], value: { a: [1] } },
          { keys: ['list', 1, 'id'], value: null },
        ],
      );
    }
  });

  it('may stand beside NaN, and beside texts that are too long to be held', async () => {
    const text = `{"a": NaN, "b": "${'x'.repeat(200_000)}", "c": [-Infinity], "d": 1}`;
    const [a, b, c, d] = (await values(text, ['a', 'b', 'c', 'd'], 4096)) as { value: unknown }[];
    assert.deepEqual([a!.value, c!.value, d!.value], [null, [null], 1]);
    assert.ok((b!.value as string).length <= 65_536);
  });

  it('end with an issue where the document does', async () => {
    for (const text of ['{"id": 1, "rest": [', '{"id": 1, "rest": oops}', '{"id": 1, "rest": "\u0000']) {
      const found = await values(text, ['id']);
      assert.deepEqual(found[0], { keys: ['id'], value: 1 });
      assert.match((found[1] as { issue: { place: string } }).issue.place, /^byte \d+$/);
    }
    assert.equal((await values('', ['id'])).length, 1);
  });

  it('are found below any depth, and none where there is nothing', async () => {
    const deep = `{"x": ${'[{"y": '.repeat(20_000)}1${'}]'.repeat(20_000)}, "id": 2}`;
    assert.deepEqual(await values(deep, ['id'], 65_536), [{ keys: ['id'], value: 2 }]);
    assert.deepEqual(await values('[1, 2]', ['id']), []);
    assert.deepEqual(await values('17', ['id']), []);
  });
});
