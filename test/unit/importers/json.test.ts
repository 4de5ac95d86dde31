import assert from 'node:assert/strict';
import { count, instant, label, number, parseJson, provider, usd } from '../../../src/importers/json';

describe('json', () => {
  it('reads a time in any form', () => {
    // date -u -d '2025-11-02T08:00:00.507Z' +%s%3N
    const at = 1762070400507;
    for (const form of [
      '2025-11-02T08:00:00.507Z',
      '2025-11-02T08:00:00.507537+00:00',
      '2025-11-02 08:00:00.507537',
      '2025-11-02 10:00:00.507+0200',
      '2025-11-02T03:00:00.507123456-05',
      at,
      String(at),
      at / 1000,
      at * 1000,
      BigInt(at) * 1_000_000n,
    ]) {
      assert.equal(instant(form), at, String(form));
    }
    assert.equal(instant('2025-11-02'), 1762041600000);
  });

  it('does not make up a time', () => {
    for (const form of [
      '',
      'soon',
      '2025-13-01',
      '2025-02-30',
      '2025-11-02T99:00:00Z',
      '0001-01-01T00:00:00Z',
      '1970-01-01 00:00:00',
      '1969-12-31T23:59:59Z',
      1e300,
      0,
      -5,
      NaN,
      null,
      undefined,
      {},
    ]) {
      assert.equal(instant(form), undefined, JSON.stringify(form));
    }
  });

  it('reads numbers that are numbers', () => {
    assert.deepEqual([number('1.5'), number(2n), number(' 7 '), number('1e3')], [1.5, 2, 7, 1000]);
    for (const form of ['', ' ', '1,5', '0x10', 'NaN', Infinity, null, true, []])
      assert.equal(number(form), undefined);
    assert.deepEqual([count(3.9), count('12'), count(-1), count(null)], [3, 12, undefined, undefined]);
    // Sums of more could not be stored.
    assert.deepEqual([count(1e12), count(1.1e12), count(1e308)], [1e12, undefined, undefined]);
    assert.deepEqual([usd(1e6), usd(1.1e6), usd(1e308)], [1e15, undefined, undefined]);
    assert.deepEqual([usd(0.006), usd('0.006000'), usd(-1)], [6_000_000, 6_000_000, undefined]);
  });

  it('reads NaN and Infinity as null, but not in strings', () => {
    assert.deepEqual(parseJson('{"a": NaN, "b": [-Infinity, "NaN \\" Infinity"]}'), {
      a: null,
      b: [null, 'NaN " Infinity'],
    });
    for (const text of ['{not json', '', 'NaN NaN', '{"a": Nan}']) assert.equal(parseJson(text), undefined);
  });

  it('names vendors in one way', () => {
    assert.deepEqual(
      [provider('Gemini'), provider(' OpenAI '), provider('unknown'), provider('')],
      ['google', 'openai', undefined, undefined],
    );
    assert.deepEqual([label(7), label('x'), label(''), label({})], ['7', 'x', undefined, undefined]);
  });
});
