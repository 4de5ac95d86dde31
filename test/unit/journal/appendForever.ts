import { writeSync } from 'node:fs';
import { Journal } from '../../../src/journal/journal';
import { journalKinds } from '../../../src/worker/journalKinds/index';
import type { NoteRecord } from '../../../src/store/notes';

/** Appends notes until it is killed, and says each one's number on stdout once it is acknowledged. */
const [path = '', first = '0'] = process.argv.slice(2);
const journal = Journal.open(path, journalKinds);
for (let at = Number(first); ; at++) {
  const note: NoteRecord = {
    ...{ kind: 'note', at, importer: 'i', session: `s${at}`, scope: [] },
    text: 'x'.repeat(at % 5000),
  };
  journal.append([note]);
  writeSync(1, `${at}\n`);
}
