import assert from 'node:assert/strict';
import {
  decimalUsd,
  escapeMarkdown,
  firstLine,
  formatBytes,
  formatCount,
  formatDuration,
  formatSeconds,
  formatTokens,
  formatWhen,
} from '../../../src/shared/format';

const table = <In>(
  name: string,
  say: (value: In) => string,
  rows: readonly (readonly [In, string])[],
): void => {
  describe(name, () => {
    for (const [value, said] of rows) it(`${String(value)} is ${said}`, () => assert.equal(say(value), said));
  });
};

table('decimalUsd', decimalUsd, [
  [0, '0'],
  [100, '0.0000001'],
  [-1_500_000_000, '-1.5'],
  [9_007_199_254_740_991, '9007199.254740991'],
]);

table('formatTokens', formatTokens, [
  [0, '0'],
  [999, '999'],
  [1000, '1k'],
  [34_512, '34.5k'],
  [345_678, '346k'],
  [999_499, '999k'],
  [999_950, '1M'],
  [1_200_000, '1.2M'],
  [2_345_000_000, '2.3B'],
]);

table('formatSeconds', formatSeconds, [
  [0, '0 s'],
  [0.026, '0.026 s'],
  [2.4, '2.4 s'],
  [312.5, '312.5 s'],
  [148.249, '148.2 s'],
  [36_000, '36,000 s'],
]);

table('formatDuration', formatDuration, [
  [0, '0 ms'],
  [850.4, '850 ms'],
  [999.7, '1 s'],
  [1234, '1.2 s'],
  [59_960, '1 min'],
  [125_000, '2 min 5 s'],
  [3_900_000, '1 h 5 min'],
]);

describe('formatWhen', () => {
  it("is what the zone's clocks show", () => {
    const at = Date.parse('2025-06-01T22:05:00Z');
    assert.equal(formatWhen(at, 'UTC'), '2025-06-01 22:05');
    assert.equal(formatWhen(at, 'Europe/Berlin'), '2025-06-02 00:05');
    assert.equal(formatWhen(at, 'Asia/Kathmandu'), '2025-06-02 03:50');
  });
});

describe('formatBytes', () => {
  const cases: [number, string][] = [
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1.0 kB'],
    [20_480, '20 kB'],
    [1_100_000_000, '1.1 GB'],
    [5e15, '5000 TB'],
  ];
  for (const [bytes, text] of cases) it(text, () => assert.equal(formatBytes(bytes), text));
});

describe('formatCount', () => {
  it('separates thousands', () => assert.equal(formatCount(1_234_567), '1,234,567'));
});

describe('firstLine', () => {
  it('is the first line that says something', () => {
    assert.equal(firstLine('\n  \r\n  Batch at night \r\nmore', 50), 'Batch at night');
    assert.equal(firstLine(' \n', 50), '');
  });
  it('is cut to the length, never inside a character', () => {
    assert.equal(firstLine('abcdef', 6), 'abcdef');
    assert.equal(firstLine('abcdefg', 6), 'abcde…');
    assert.equal(firstLine('abcd😀fg', 6), 'abcd…');
  });
});

describe('escapeMarkdown', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['plain text, 12.5 (really)', 'plain text, 12.5 (really)'],
    ['*a* _b_ `c` ~d~', '\\*a\\* \\_b\\_ \\`c\\` \\~d\\~'],
    ['[x](http://e.com)', '\\[x\\](http\\://e.com)'],
    ['<img src=x>', '\\<img src=x\\>'],
    ['$(trash) me@e.com www.e.com', '\\$(trash) me\\@e.com www\\.e.com'],
    ['# h\n- a\n1. b\n> c', '\\# h\n\\- a\n1\\. b\n\\> c'],
    ['&lt; R&D', '\\&lt; R&D'],
    ['a|b\\', 'a\\|b\\\\'],
  ];
  for (const [text, escaped] of rows)
    it(JSON.stringify(text), () => assert.equal(escapeMarkdown(text), escaped));
});
