import { writeSync } from 'node:fs';
import { Journal } from '../../../src/journal/journal';

/** Appends notes until it is killed, and says each one's number on stdout once it is acknowledged. */
const [path = '', first = '0'] = process.argv.slice(2);
const journal = Journal.open(path);
for (let at = Number(first); ; at++) {
  journal.append([{ at, importer: 'i', session: `s${at}`, scope: [], text: 'x'.repeat(at % 5000) }]);
  writeSync(1, `${at}\n`);
}
