import assert from 'node:assert/strict';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { readItems } from '../../../src/ingest/sourceIoItems';
import { readLines } from '../../../src/ingest/sourceIoLines';
import { newDiskIo } from '../../support/imported';
import { temporaryFolder } from '../../support/synthDb';
import type { SourceItem, SourceLine } from '../../../src/importers/importer';

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

describe('sourceIo', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());
  const write = (content: string | Buffer): string => {
    writeFileSync(folder.file('x'), content);
    return folder.file('x');
  };

  describe('lines', () => {
    const told = (lines: SourceLine[]) => lines.map(({ text, end, complete }) => [text, end, complete]);

    it('have byte offsets, whatever their newlines and characters', async () => {
      // Bytes: mark 3, "é" 2, emoji 4.
      const path = write('\uFEFFé\r\n🧪\n\nlast');
      assert.deepEqual(told(await collect(readLines(path))), [
        ['é', 7, true],
        ['🧪', 12, true],
        ['', 13, true],
        ['last', 17, false],
      ]);
      assert.deepEqual(told(await collect(readLines(path, 7))), [
        ['🧪', 12, true],
        ['', 13, true],
        ['last', 17, false],
      ]);
    });

    it('may cross chunks', async () => {
      const long = 'ä'.repeat(300_000);
      const path = write(`${long}\n${long}\n`);
      const lines = await collect(readLines(path));
      assert.deepEqual(told(lines), [
        [long, 600_001, true],
        [long, 1_200_002, true],
      ]);
    });

    it('are cut where they are too long, and reading goes on', async () => {
      const lines = await collect(readLines(write('0123456789\nab\n'), 0, 4));
      assert.deepEqual(
        lines.map(({ text, end, overlong }) => [text, end, overlong]),
        [
          ['0123', 11, true],
          ['ab', 14, undefined],
        ],
      );
    });

    it('of a missing file are a sentence that names it', async () => {
      await assert.rejects(collect(readLines(folder.file('no'))), {
        name: 'UserError',
        message: /no: It is not there/,
      });
    });
  });

  describe('items', () => {
    const items = (text: string, pointer: string) => collect(readItems(write(text), pointer));
    const values = (found: SourceItem[]) =>
      found.map((item) => ('issue' in item ? item.issue.place : item.value));

    it('come from the array at the pointer and from no other', async () => {
      assert.deepEqual(values(await items('{"a": [1], "b": [{"c": [2]}, 3], "d": {"b": [4]}}', 'b')), [
        { c: [2] },
        3,
      ]);
      assert.deepEqual(values(await items('\uFEFF [1, [2], "x"] \n', '')), [1, [2], 'x']);
      assert.deepEqual(values(await items('{"a": {"x": 1}}', 'a')), []);
    });

    it('have null for NaN and Infinity, outside of strings', async () => {
      const text = '[NaN, -Infinity, {"NaN \\" NaN": "Infinity, NaN", "x": Infinity}, -1e-5, true]';
      assert.deepEqual(values(await items(text, '')), [
        null,
        null,
        { 'NaN " NaN': 'Infinity, NaN', x: null },
        -1e-5,
        true,
      ]);
    });

    it('are complete wherever the chunks end', async () => {
      const many = Array.from({ length: 50_000 }, (_, i) => ({ i, text: 'ü'.repeat(i % 7), nan: null }));
      const text = JSON.stringify(many).replaceAll('"nan":null', '"nan":NaN');
      assert.deepEqual(values(await items(text, '')), many);
    });

    it('before a text that is too long are given, then its place', async () => {
      const path = folder.file('long.json');
      const file = openSync(path, 'w');
      writeSync(file, '[1, {"text": "');
      const megabyte = Buffer.alloc(1 << 20, 'x');
      for (let written = 0; written < 70; written++) writeSync(file, megabyte);
      writeSync(file, '"}, 3]');
      closeSync(file);
      const found = await collect(readItems(path, ''));
      assert.equal(found.length, 2);
      assert.deepEqual(found[0], { value: 1, index: 0 });
      assert.match(JSON.stringify(found[1]), /longer than 64 MB.*split the file/);
    });

    it('before a mistake are given, then its byte', async () => {
      assert.deepEqual(values(await items('[1, 2, {"a": 3', '')), [1, 2, 'byte 13']);
      assert.equal(values(await items('[1, 2 oops]', '')).length, 3);
      assert.deepEqual(values(await items('', '')), ['byte 0']);
    });
  });

  it('hashes alike everywhere', async () => {
    // printf abc | sha256sum
    assert.equal((await newDiskIo()).hash('abc'), 'ba7816bf8f01cfea414140de5dae2223');
  });
});
