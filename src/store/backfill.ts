import { callFrom, callRowColumns } from './callRow';
import { Details } from './details';
import { readSetting, writeSetting } from './settings';
import type { Connection } from '../sqlite/connection';

const callsAtOnce = 20_000;
const columns = callRowColumns.map((name) => `c.${name}`).join(', ');

/**
 * Sums that an older version did not keep are made from its calls, once: in steps that each are a transaction, so that
 * whoever is killed goes on where it was, and two windows share the work. Before anything else is written.
 */
export function fillSums(db: Connection): void {
  const details = new Details(db);
  try {
    while (db.read(() => readSetting(db, 'details.left')) !== undefined)
      db.write(() => fillSome(db, details));
  } finally {
    details.dispose();
  }
}

/** From the newest call to the oldest; `details.left` is the highest id that is not summed up yet. */
function fillSome(db: Connection, details: Details): void {
  const left = readSetting(db, 'details.left');
  if (left === undefined) return;
  const rows = db.rows(
    `SELECT c.id, ${columns} FROM call c WHERE c.id <= ? ORDER BY c.id DESC LIMIT ${callsAtOnce}`,
    [left],
  );
  for (const [, ...row] of rows) {
    const call = callFrom(row);
    if (call.duplicateOf === undefined) details.add(call, 1);
  }
  details.flush();
  if (rows.length < callsAtOnce) db.run("DELETE FROM setting WHERE name = 'details.left'");
  else writeSetting(db, 'details.left', (rows.at(-1)![0] as number) - 1);
}
