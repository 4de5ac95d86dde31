/**
 * One window at work on a shared store: moves amounts between accounts, counts its own commits, and checks in every
 * transaction what must hold. argv: store, id, seconds, cache in KiB, timeout in ms. Ends with code 1 on the first fault.
 */
import { appendFileSync, closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Connection } from '../../src/sqlite/engine';
import { engine } from '../support/sqlite/engine';

const accounts = 64;
const total = accounts * 1000;
const [path = '', id = '', seconds = '1', cacheKiB = '80', timeoutMs = '10000'] = process.argv.slice(2);
const random = (below: number) => Math.floor(Math.random() * below);
const one = (db: Connection, sql: string, ...params: (string | number)[]) =>
  Number(db.rows(sql, params)[0]?.[0]);

function createTables(db: Connection): void {
  db.write(() => {
    db.script(`CREATE TABLE IF NOT EXISTS acct (id INTEGER PRIMARY KEY, bal INTEGER);
      CREATE TABLE IF NOT EXISTS ctr (proc TEXT PRIMARY KEY, n INTEGER);
      CREATE TABLE IF NOT EXISTS log (proc TEXT, n INTEGER, pad BLOB, PRIMARY KEY (proc, n))`);
    if (one(db, 'SELECT count(*) FROM acct') === 0)
      for (let i = 0; i < accounts; i++) db.run('INSERT INTO acct VALUES (?, 1000)', [i]);
    db.run('INSERT OR IGNORE INTO ctr VALUES (?, 0)', [id]);
  });
}

class RolledBack extends Error {}
class Fault extends Error {}

/** `n` is how many commits of this window must be there. Reads, computes here and writes back: the classic lost update. */
function transfer(db: Connection, n: number, isBig: boolean): void {
  const have = one(db, 'SELECT n FROM ctr WHERE proc = ?', id);
  if (have !== n) throw new Fault(`lost or doubled update: ${have} instead of ${n}`);
  for (let k = 0; k < (isBig ? 40 : 2); k++) {
    const [from, to, amount] = [random(accounts), random(accounts), random(50)];
    if (from === to) continue;
    const [a, b] = [from, to].map((account) => one(db, 'SELECT bal FROM acct WHERE id = ?', account)) as [
      number,
      number,
    ];
    db.run('UPDATE acct SET bal = ? WHERE id = ?', [a - amount, from]);
    db.run('UPDATE acct SET bal = ? WHERE id = ?', [b + amount, to]);
  }
  for (let k = 0; k < (isBig ? 60 : 1); k++)
    db.run('INSERT OR REPLACE INTO log VALUES (?, ?, randomblob(700))', [k ? `${id}x${k}` : id, n + 1]);
  if (isBig) db.run("DELETE FROM log WHERE proc LIKE ? || '%' AND n <= ?", [id, n - 40]);
  db.run('UPDATE ctr SET n = ? WHERE proc = ?', [n + 1, id]);
  if (isBig && Math.random() < 0.2) throw new RolledBack();
}

function check(db: Connection, n: number): void {
  const sums = [0, 1].map(() => one(db, 'SELECT sum(bal) FROM acct'));
  const orphans = one(
    db,
    `SELECT count(*) FROM ctr c WHERE n > 0
       AND NOT EXISTS (SELECT 1 FROM log l WHERE l.proc = c.proc AND l.n = c.n)`,
  );
  const mine = one(db, 'SELECT n FROM ctr WHERE proc = ?', id);
  if (sums.some((sum) => sum !== total) || orphans !== 0 || mine !== n)
    throw new Fault(`sums ${sums.join(' ')}, orphans ${orphans}, counter ${mine} instead of ${n}`);
}

/** The last commit that was acknowledged before a kill. */
function acknowledged(file: string): number {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return Number(lines.at(-2) ?? 0);
  } catch {
    return 0;
  }
}

async function main(): Promise<void> {
  const sqlite = await engine();
  const db = sqlite.openStore(path, { cacheKiB: Number(cacheKiB), timeoutMs: Number(timeoutMs) });
  createTables(db);
  const acks = `${path}.ack.${id}`;
  let n = db.read(() => one(db, 'SELECT n FROM ctr WHERE proc = ?', id));
  const before = acknowledged(acks);
  if (n !== before && n !== before + 1) throw new Fault(`after a restart ${n}, acknowledged were ${before}`);
  const fd = openSync(acks, 'a');
  // A commit that was on its way when it was killed counts from here on; else the next kill could find two of them.
  if (n !== before) writeSync(fd, `${n}\n`);
  writeSync(1, 'ready\n');
  const end = Date.now() + Number(seconds) * 1000;
  const counts = { writes: 0, reads: 0, busy: 0 };
  while (Date.now() < end) {
    try {
      if (Math.random() < 0.5) {
        db.write(() => transfer(db, n, Math.random() < 0.1));
        n++;
        writeSync(fd, `${n}\n`);
        counts.writes++;
      } else {
        db.read(() => check(db, n));
        counts.reads++;
      }
    } catch (error) {
      if (/does not let go/.test(String(error))) counts.busy++;
      else if (!(error instanceof RolledBack)) throw error;
    }
  }
  closeSync(fd);
  db.close();
  writeSync(1, JSON.stringify(counts) + '\n');
}

main().catch((error: unknown) => {
  appendFileSync(`${path}.faults`, `${id} ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
