import type { Connection } from '../sqlite/connection';

/** So many pages are given back in one transaction. */
const pagesAtOnce = 500;
/** A file from before pages could be given back one by one is written anew, in memory: only up to so many pages. */
const mostPagesAnew = 50_000;

const pragma = (db: Connection, name: string): number =>
  db.read(() => db.rows(`PRAGMA ${name}`))[0]![0] as number;

export const storeBytes = (db: Connection): number => pragma(db, 'page_count') * pragma(db, 'page_size');

/**
 * Makes the file smaller by what is free in it, a step at a time. Not inside a transaction. @returns whether there is more
 * to give back.
 */
export function giveBack(db: Connection): boolean {
  const free = pragma(db, 'freelist_count');
  if (free === 0) return false;
  if (pragma(db, 'auto_vacuum') !== 2) {
    const used = pragma(db, 'page_count') - free;
    // A file that is mostly in use goes on using what is free in it.
    if (free > used / 3 && used <= mostPagesAnew) db.script('VACUUM');
    return false;
  }
  db.write(() => db.rows(`PRAGMA incremental_vacuum(${pagesAtOnce})`));
  return pragma(db, 'freelist_count') < free;
}
