import assert from 'node:assert/strict';
import { counted, joined, oneLine, shortId } from '../../../src/host/tree/rowText';

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

  const ids: readonly (readonly [id: string, shown: string])[] = [
    ['1a2b3c4d-5e6f-4a0b-8c1d-2e3f4a5b9f0e', '1a2b3c4d…9f0e'],
    ['session_a8941f43', 'session_a8941f43'],
    ['session_a8941f431832', 'session_…431832'],
    ['session-1757318300000', 'session-…300000'],
    ['😀'.repeat(30), `${'😀'.repeat(8)}…${'😀'.repeat(6)}`],
    ['a\nb', 'a b'],
    ['', ''],
  ];
  for (const [id, shown] of ids)
    it(`shows the id ${JSON.stringify(id)} as ${shown}`, () => assert.equal(shortId(id), shown));

  it('leaves out what is empty', () => assert.equal(joined('a', '', undefined, null, false, 'b'), 'a · b'));
  it('counts', () =>
    assert.deepEqual([counted(1, '1', 'call'), counted(0, '0', 'call')], ['1 call', '0 calls']));
});
