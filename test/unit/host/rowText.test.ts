import assert from 'node:assert/strict';
import { counted, joined, oneLine } from '../../../src/host/tree/rowText';

describe('row text', () => {
  const lines: readonly (readonly [text: string, shown: string])[] = [
    ['plain', 'plain'],
    ['two\nlines\r\n\tand a tab', 'two lines and a tab'],
    ['bell\u0007 and escape\u001b[31m', 'bell and escape [31m'],
    ['right-to-left \u202eoverride', 'right-to-left override'],
    ['😀😀😀😀', '😀😀…'],
    ['  ', ''],
  ];
  for (const [text, shown] of lines) {
    it(`shows ${JSON.stringify(text)} in one line`, () => {
      assert.equal(oneLine(text, text.startsWith('😀') ? 3 : 120), shown);
    });
  }

  it('leaves out what is empty', () => assert.equal(joined('a', '', undefined, null, false, 'b'), 'a · b'));
  it('counts', () =>
    assert.deepEqual([counted(1, '1', 'call'), counted(0, '0', 'call')], ['1 call', '0 calls']));
});
