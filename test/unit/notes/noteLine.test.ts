import assert from 'node:assert/strict';
import { decodeLine, encodeLine } from '../../../src/notes/noteLine';
import type { NoteRecord } from '../../../src/notes/noteLine';
import { UserError } from '../../../src/shared/errors';
import { maxNoteLength } from '../../../src/shared/model';

const note: NoteRecord = {
  at: 1_750_000_000_000,
  importer: 'synth-ai',
  session: 'sess "1"\n😀 <b>',
  scope: ['anchor'],
  text: 'first\r\nsecond\u2028third\u0085 \ud800',
  strategy: 'cheap',
};
const decoded = (line: string) => decodeLine(line.replace(/\n$/, ''));

/** FNV-1a, 64 bits, by the book: over the UTF-16 code units of the body. */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    hash = ((hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, '0');
}

describe('a line of the journal', () => {
  it('gives back the note, through the bytes of a file', () => {
    const line = Buffer.from(encodeLine(note)).toString('utf8');
    assert.deepEqual(decoded(line), { record: note });
  });

  it('is one line for every program that splits lines', () => {
    assert.equal(encodeLine(note).split(/\r\n|[\n\r\u2028\u2029\u0085\v\f]/).length, 2);
  });

  it('ends in the checksum of the rest', () => {
    const [, body = '', sum] = /^(.*) ([0-9a-f]{16})\n$/.exec(encodeLine(note)) ?? [];
    assert.equal(sum, fnv1a(body));
  });

  it('keeps a removed note and a global id', () => {
    const removed: NoteRecord = { at: 1, importer: 'plato', session: 's', scope: [], text: '' };
    assert.deepEqual(decoded(encodeLine(removed)), { record: removed });
  });

  it('takes a carriage return of another editor for none', () => {
    assert.deepEqual(decodeLine(encodeLine(note).replace('\n', '\r')), { record: note });
  });

  it('is refused when torn anywhere, or joined to another', () => {
    const line = encodeLine(note).slice(0, -1);
    for (let length = 0; length < line.length; length++) {
      const cut = decodeLine(line.slice(0, length));
      assert.ok(!cut.record && cut.damaged, `cut at ${length}`);
    }
    assert.ok(!decodeLine(line.slice(0, 40) + line).record);
    assert.ok(!decodeLine(line.replace('cheap', 'cheep')).record);
  });

  it('says when a newer version wrote it, instead of calling it damaged', () => {
    const body = JSON.stringify({ v: 2, kind: 'tag', tag: 'x' });
    const read = decodeLine(`${body} ${fnv1a(body)}`);
    assert.ok(!read.record);
    assert.equal(read.damaged, false);
  });

  it('is refused when a field is missing or of another kind', () => {
    for (const change of [{ at: 'x' }, { text: 5 }, { scope: 'a' }, { scope: [1] }, { session: null }]) {
      const body = JSON.stringify({ v: 1, kind: 'note', ...note, ...change });
      assert.ok(!decodeLine(`${body} ${fnv1a(body)}`).record);
    }
  });

  it('is not written for a note that is too long', () => {
    assert.ok(decoded(encodeLine({ ...note, text: 'x'.repeat(maxNoteLength) })).record);
    assert.throws(() => encodeLine({ ...note, text: 'x'.repeat(maxNoteLength + 1) }), UserError);
  });
});
