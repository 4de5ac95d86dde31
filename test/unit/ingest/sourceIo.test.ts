import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readItems } from '../../../src/ingest/sourceIoItems';
import { readRecords } from '../../../src/ingest/sourceIoRecords';
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

    it('are told by their beginning where they are JSON of too many values', async () => {
      const heavy = `{"a": [${'{},'.repeat(1_000_000)}0]}`;
      const text = `{"a": "${'{,'.repeat(1_100_000)}"}`;
      const lines = await collect(readLines(write(`${heavy}\n${text}\n`)));
      assert.deepEqual(
        lines.map(({ overlong, end }) => [overlong, end]),
        [
          [true, heavy.length + 1],
          [undefined, heavy.length + text.length + 2],
        ],
      );
      assert.ok(heavy.startsWith(lines[0]!.text));
      assert.equal(lines[1]!.text, text);
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

    it('go on after one that is too large, which is told with its place', async () => {
      const long = Buffer.alloc((64 << 20) + 100, 'x');
      const cases: readonly (readonly [what: string, element: Buffer])[] = [
        ['a text', Buffer.concat([Buffer.from('"'), long, Buffer.from('\\""')])],
        [
          'a text in an object',
          Buffer.concat([Buffer.from('{"a": ["é'), long, Buffer.from('é\\\\"], "b": 1}')]),
        ],
        ['many small values', Buffer.from(`{"a": [${'{},'.repeat(800_000)}0], "b": "]"}`)],
        ['a million lists in lists', Buffer.from(`${'['.repeat(1_100_000)}${']'.repeat(1_100_000)}`)],
      ];
      const path = folder.file('large.json');
      for (const [what, element] of cases) {
        for (const pointer of ['', 'metrics']) {
          const before =
            pointer === '' ? '[{"n": NaN}, ' : '{"x": {"metrics": [0]}, "metrics": [{"n": NaN}, ';
          const after = Buffer.from(pointer === '' ? ', 3, [4]]' : ', 3, [4]], "y": [5]}');
          writeFileSync(path, Buffer.concat([Buffer.from(before), element, after]));
          const found = await collect(readItems(path, pointer));
          const told = found.map((item) => ('issue' in item ? item.issue.place : [item.index, item.value]));
          const place = `byte ${before.length}`;
          assert.deepEqual(told, [[0, { n: null }], place, [2, 3], [3, [4]]], `${what} at ${pointer}`);
          assert.match(JSON.stringify(found[1]), /longer than 64 MB, or of more than a million values/);
        }
      }
    }).timeout(60_000);

    it('before a mistake are given, then its byte', async () => {
      assert.deepEqual(values(await items('[1, 2, {"a": 3', '')), [1, 2, 'byte 13']);
      assert.equal(values(await items('[1, 2 oops]', '')).length, 3);
      assert.deepEqual(values(await items('', '')), ['byte 0']);
    });
  });

  describe('records', () => {
    const read = async (content: string | Buffer, limit?: number) =>
      (await collect(readRecords(write(content), limit))).map((item) =>
        'issue' in item
          ? [item.issue.place, item.issue.message.slice(0, 18)]
          : [item.line, ...Object.values(item.value)],
      );

    it('are told by their names and lines, whatever their line breaks and quotes', async () => {
      for (const end of ['\n', '\r\n', '\r']) {
        const rows = ['\uFEFF"a" ,b', '1,"x ""y"", z"', '', `"2${end}2",`, ' "3", "4"', '5', '"6" ,7"8"'];
        assert.deepEqual(await read(rows.join(end)), [
          [2, '1', 'x "y", z'],
          [4, `2${end}2`, ''],
          [6, ' "3"', ' "4"'],
          ['line 7', 'It has 1 of 2 fiel'],
          [8, '6', '7"8"'],
        ]);
      }
    });

    it('may cross chunks', async () => {
      const rows = Array.from({ length: 20_000 }, (_, i) => [`${i}`, 'ü'.repeat(i % 40), `a"\r\n${i}`]);
      const text = rows
        .map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(','))
        .join('\r\n');
      assert.deepEqual(
        await read(`i,j,k\r\n${text}\r\n`),
        rows.map((row, i) => [2 + 2 * i, ...row]),
      );
    });

    it('are left out where they are too long, have too many fields or garbage, and reading goes on', async () => {
      const garbage = Buffer.from([0, 255, 254, 200]);
      const long = `"${'x,\n'.repeat(20)}"`;
      const content = Buffer.concat([
        Buffer.from(`a,b\n1,${long}\n2,${','.repeat(100_001)}\n3,`),
        garbage,
        Buffer.from(`\n4,${long}\n5,6\n`),
      ]);
      assert.deepEqual(await read(content, 50), [
        ['line 2', 'It is longer than '],
        ['line 23', 'It is longer than '],
        [24, '3', '\0\uFFFD\uFFFD\uFFFD'],
        ['line 25', 'It is longer than '],
        [46, '5', '6'],
      ]);
    });
  });

  it('hashes alike everywhere', async () => {
    // printf abc | sha256sum
    assert.equal((await newDiskIo()).hash('abc'), 'ba7816bf8f01cfea414140de5dae2223');
  });
});
