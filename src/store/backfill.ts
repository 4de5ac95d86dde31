import { callFrom, callRowColumns } from './callRow';
import { Details } from './details';
import { readSetting, writeSetting } from './settings';
import { Times } from './times';
import { Zones } from './zones';
import type { PlacedCall } from './callRow';
import type { Membership } from './rollups';
import type { Zone } from './zones';
import type { Connection } from '../sqlite/connection';

/** One kind of the sums of `Sums`. */
interface Summing {
  add(call: PlacedCall, sign: 1 | -1): void;
  flush(zones: readonly Zone[], membershipOf: (session: number) => Membership): void;
  dispose(): void;
}

/** By the setting that says how far they are: the highest id of a call that is not summed up yet. */
const kinds: Readonly<Record<string, new (db: Connection) => Summing>> = {
  'details.left': Details,
  'times.left': Times,
};

const callsAtOnce = 20_000;
const columns = callRowColumns.map((name) => `c.${name}`).join(', ');

/**
 * Sums that an older version did not keep are made from its calls, once: in steps that each are a transaction, so that
 * whoever is killed goes on where it was, and two windows share the work. Before anything else is written.
 */
export function fillSums(db: Connection): void {
  for (const [left, Kind] of Object.entries(kinds)) {
    if (db.read(() => readSetting(db, left)) === undefined) continue;
    const sums = new Kind(db);
    try {
      while (db.write(() => fillSome(db, sums, left))) continue;
    } finally {
      sums.dispose();
    }
  }
}

/** From the newest call to the oldest. @returns whether there is more to do. */
function fillSome(db: Connection, sums: Summing, setting: string): boolean {
  const left = readSetting(db, setting);
  if (left === undefined) return false;
  const rows = db.rows(
    `SELECT c.id, ${columns} FROM call c WHERE c.id <= ? ORDER BY c.id DESC LIMIT ${callsAtOnce}`,
    [left],
  );
  for (const [, ...row] of rows) {
    const call = callFrom(row);
    if (call.duplicateOf === undefined) sums.add(call, 1);
  }
  sums.flush(new Zones(db).all(), (session) => membershipIn(db, session));
  const isDone = rows.length < callsAtOnce;
  if (isDone) db.run('DELETE FROM setting WHERE name = ?', [setting]);
  else writeSetting(db, setting, (rows.at(-1)![0] as number) - 1);
  return !isDone;
}

function membershipIn(db: Connection, session: number): Membership {
  const [row] = db.rows('SELECT experiment, person, excluded FROM session WHERE id = ?', [session]);
  const [experiment = 0, person = 0, excluded = 0] = (row ?? []) as number[];
  return { experiment, person, excluded: excluded === 1 };
}
