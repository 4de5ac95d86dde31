import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { decodeLine as decode, encodeLine as encode } from '../../../src/notes/journalLine';
import { UserError } from '../../../src/shared/errors';
import { maxNoteLength } from '../../../src/shared/model';
import { journalKinds } from '../../../src/worker/journalKinds/index';
import type { JournalRecord } from '../../../src/notes/journalLine';
import type { NoteRecord } from '../../../src/store/notes';
import type { PriceNoteRecord } from '../../../src/store/priceNotes';

const note: NoteRecord = {
  kind: 'note',
  at: 1_750_000_000_000,
  importer: 'synth-ai',
  session: 'sess "1"\n😀 <b>',
  scope: ['anchor'],
  text: 'first\r\nsecond\u2028third\u0085 \ud800',
  strategy: 'cheap',
};
const encodeLine = (record: JournalRecord): string => encode(journalKinds, record);
const decodeLine = (line: string) => decode(journalKinds, line);
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
    const removed: NoteRecord = { kind: 'note', at: 1, importer: 'plato', session: 's', scope: [], text: '' };
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
    for (const fields of [{ ...note, v: 2 }, { v: 1, kind: 'tag', tag: 'x' }, { v: 1 }]) {
      const body = JSON.stringify(fields);
      const read = decodeLine(`${body} ${fnv1a(body)}`);
      assert.ok(!read.record);
      assert.equal(read.damaged, false);
    }
  });

  it('is refused when a field is missing or of another kind', () => {
    for (const change of [{ at: 'x' }, { text: 5 }, { scope: 'a' }, { scope: [1] }, { session: null }]) {
      const body = JSON.stringify({ v: 1, ...note, ...change });
      assert.ok(!decodeLine(`${body} ${fnv1a(body)}`).record);
    }
  });

  it('is what the first version wrote, byte for byte', () => {
    const written = readFileSync('test/support/journal/first.notes.jsonl', 'utf8');
    const lines = written.split('\n').slice(0, -1);
    const records = lines.map((line) => decodeLine(line).record);
    assert.deepEqual(records, [
      {
        kind: 'note',
        at: 1_750_000_000_000,
        importer: 'synth-ai',
        session: 'sess "1"\n😀 <b>',
        scope: ['anchor'],
        text: 'first\r\nsecond\u2028third\u0085',
        strategy: 'cheap',
      },
      { kind: 'note', at: 1_750_000_000_001, importer: 'plato', session: 's', scope: [], text: '' },
      {
        kind: 'exclusion',
        at: 1_750_000_000_002,
        what: 'session',
        name: 'a',
        excluded: true,
        importer: 'test-x',
        scope: ['x', 'y'],
      },
      { kind: 'exclusion', at: 1_750_000_000_003, what: 'model', name: 'gpt-4o', excluded: true },
      { kind: 'exclusion', at: 1_750_000_000_004, what: 'source', name: '/a b', excluded: false },
    ]);
    assert.equal(records.map((record) => encodeLine(record)).join(''), written);
  });

  it('keeps a note on a price, and is refused when that lacks a field', () => {
    const record: PriceNoteRecord = {
      kind: 'price-note',
      ...{ at: 1, provider: 'anthropic', model: 'claude-sonnet-4-5', text: '20 % off\nuntil "March"' },
    };
    assert.deepEqual(decoded(encodeLine(record)), { record });
    for (const change of [{ at: null }, { provider: undefined }, { model: 5 }, { text: {} }]) {
      const body = JSON.stringify({ v: 1, ...record, ...change });
      const read = decodeLine(`${body} ${fnv1a(body)}`);
      assert.ok(!read.record && read.damaged);
    }
  });

  it('is not written for a note that is too long', () => {
    const withText = (length: number): NoteRecord => ({ ...note, text: 'x'.repeat(length) });
    assert.ok(decoded(encodeLine(withText(maxNoteLength))).record);
    assert.throws(() => encodeLine(withText(maxNoteLength + 1)), UserError);
  });
});
