import type { Connection } from '../../sqlite/connection';

/** SQL: call `c` tells its model by an id that has no name yet: it stays. NULL, too, where it tells none by id. */
export const isUnnamed = 'c.told_model IS NOT NULL AND c.told_model = c.model';

/** Compacted to a moment, all calls of an account stay if one of them is from after it, or of no known time. */
const [goesOn, isUntimed] = ['a.at >= ?1', 'a.at IS NULL'];

/** Inside a read: which of these accounts, told by scope and name, have such a call. */
export const openAmong = (
  db: Connection,
  before: number,
  accounts: readonly (readonly [scope: number, account: string])[],
): [scope: number, account: string][] =>
  db.rows(
    `SELECT DISTINCT a.scope, a.account FROM json_each(?2) j
       CROSS JOIN call a ON a.scope = j.value ->> 0 AND a.account = j.value ->> 1 WHERE ${goesOn} OR ${isUntimed}`,
    [before, JSON.stringify(accounts)],
  ) as [number, string][];

const accountsOf = (condition: string): string =>
  `SELECT a.scope, a.account FROM session s CROSS JOIN call a ON a.session = s.id AND ${condition} WHERE a.account IS NOT NULL`;

/** By the calls from after that moment, which are far fewer than those from before it. */
const openAccounts = `${accountsOf(goesOn)} AND s.last_at >= ?1 UNION ${accountsOf(isUntimed)}`;

/** Inside a read: ids of the calls from before a moment that stay when the ledger is compacted to it. */
export const stayingCalls = (db: Connection, before: number): number[] =>
  db
    .rows(
      `SELECT c.id FROM call c WHERE ${isUnnamed} AND c.at < ?1
       UNION SELECT c.id FROM (${openAccounts}) o
         CROSS JOIN call c ON c.scope = o.scope AND c.account = o.account WHERE c.at < ?1`,
      [before],
    )
    .map(([id]) => id as number);
