import { accountDuplicates, crossFormatDuplicates, pairingMillis } from './duplicateRules';
import { callFrom, callRowColumns } from './callRow';
import { flag } from './measures';
import { summedUp } from './compaction/compactedCalls';
import type { CompactedAccount, CompactedCalls } from './compaction/compactedCalls';
import type { Told } from './duplicateRules';
import type { PlacedCall } from './callRow';
import type { Connection, SqlValue } from '../sqlite/connection';

/** Calls with one response id and equal tokens, and when those were that a write touched. */
interface Use {
  readonly response: string;
  readonly tokens: readonly number[];
  from: number;
  to: number;
}

const columns = `c.id, ${callRowColumns.map((name) => `c.${name}`).join(', ')}, scope.importer, m.name, c.key`;
// The index on response and time must find them: a local server gives all its calls one id.
const alike =
  'c.response = ? AND c.input = ? AND c.cache_read = ? AND c.cache_write = ? AND c.output = ? AND c.at > ? AND c.at < ?';
const joined = 'call c JOIN scope ON scope.id = c.scope JOIN model m ON m.id = c.model';

/**
 * Keeps it settled which calls count where the same use is told several times: by the accounts of one format, then by
 * the response ids of different formats. What does not count stays, with `duplicate_of`. Looks only at what a write touched.
 */
export class Duplicates {
  private readonly accounts = new Map<number, Set<string>>();
  private readonly uses = new Map<string, Use>();

  constructor(
    private readonly db: Connection,
    private readonly compacted: CompactedCalls,
    private readonly count: (call: PlacedCall, sign: 1 | -1) => void,
  ) {}

  /** A call was written, will go, or is another now: then before and after that. */
  touch(scope: number, call: PlacedCall): void {
    if (call.account !== undefined) this.touchAccount(scope, call.account);
    this.touchUse(call);
  }

  /** Inside a write, before the calls of a source are deleted: what counts of the others may change. */
  touchSource(source: number): void {
    const accounts = this.db.rows(
      `SELECT scope, account FROM call WHERE account IS NOT NULL GROUP BY scope, account
       HAVING max(source = ?1) = 1 AND min(source = ?1) = 0`,
      [source],
    );
    for (const [scope, account] of accounts) this.touchAccount(scope as number, account as string);
    const uses = this.db.rows(
      `SELECT ${columns} FROM ${joined} WHERE c.source = ? AND c.response IS NOT NULL AND EXISTS (
         SELECT 1 FROM call o WHERE o.response = c.response AND o.source <> c.source
           AND o.at > c.at - ${pairingMillis} AND o.at < c.at + ${pairingMillis})`,
      [source],
    );
    for (const row of uses) this.touchUse(toldFrom(row).call);
  }

  /** Inside a write, after `gone` or whatever else was deleted: what only counted elsewhere because of it counts again. */
  release(gone?: number): void {
    const which =
      gone === undefined
        ? 'c.duplicate_of IS NOT NULL AND NOT EXISTS (SELECT 1 FROM call o WHERE o.id = c.duplicate_of)'
        : 'c.duplicate_of = ?';
    const orphans = this.db.rows(
      `SELECT c.scope, ${columns} FROM ${joined} WHERE ${which}`,
      gone === undefined ? [] : [gone],
    );
    for (const [scope, ...row] of orphans) {
      const { id, call } = toldFrom(row);
      this.set(id, call, undefined, false);
      this.touch(scope as number, call);
    }
  }

  /** Inside the write that touched them. */
  settle(): void {
    const isAnyCompacted = this.compacted.isAny;
    for (const [scope, accounts] of this.accounts) {
      if (isAnyCompacted)
        for (const account of accounts)
          if (this.settleBesideSums(scope, account, this.compacted.account(scope, account)))
            accounts.delete(account);
      for (const account of this.doubtful(scope, [...accounts])) this.settleAccount(scope, account);
    }
    for (const use of this.uses.values())
      if (this.isShared(use) || (isAnyCompacted && this.summedUses(use).length > 0)) this.settleUse(use);
    this.forget();
  }

  /** The transaction was rolled back. */
  forget(): void {
    this.accounts.clear();
    this.uses.clear();
  }

  private touchAccount(scope: number, account: string): void {
    const of = this.accounts.get(scope);
    if (of) of.add(account);
    else this.accounts.set(scope, new Set([account]));
  }

  private touchUse({ responseId, at, usage }: PlacedCall): void {
    if (responseId === undefined || at === undefined) return;
    const tokens = usage.slice(0, 4);
    const key = [...tokens, responseId].join(' ');
    const use = this.uses.get(key);
    if (!use) this.uses.set(key, { response: responseId, tokens, from: at, to: at });
    else [use.from, use.to] = [Math.min(use.from, at), Math.max(use.to, at)];
  }

  /** Accounts of which not every call counts, or not every one did. */
  private doubtful(scope: number, accounts: readonly string[]): string[] {
    return this.db
      .rows(
        `SELECT account FROM call WHERE scope = ? AND account IN (SELECT value FROM json_each(?)) GROUP BY account
         HAVING min(rank) < max(rank) OR max(flags & ${flag.joins}) > 0 OR max(duplicate_of) IS NOT NULL`,
        [scope, JSON.stringify(accounts)],
      )
      .map(([account]) => account as string);
  }

  private settleAccount(scope: number, account: string): void {
    const [unsettled, values] = this.unsettledIn(scope, account);
    const told = this.db
      .rows(`SELECT ${columns} FROM ${joined} WHERE c.scope = ? AND c.account = ? AND ${unsettled}`, [
        ...[scope, account],
        ...values,
      ])
      .map(toldFrom);
    const duplicates = accountDuplicates(told);
    for (const { id, call } of told) {
      const winner = duplicates.get(id);
      const isAcross = (call.flags & flag.acrossFormats) !== 0;
      // One that counts may still be a duplicate of another format's: that is settled after this.
      if (winner === undefined && isAcross) continue;
      if (this.set(id, call, winner, false)) this.touchUse(call);
    }
  }

  /**
   * Calls of an account that were summed up count whatever is told later: of this only what is of their rank, and then
   * not what may be one of them. @returns whether any were.
   */
  private settleBesideSums(scope: number, account: string, summed: CompactedAccount | undefined): boolean {
    if (!summed) return false;
    const told = this.db
      .rows(`SELECT ${columns} FROM ${joined} WHERE c.scope = ? AND c.account = ?`, [scope, account])
      .map(toldFrom);
    for (const { id, call } of told) {
      const counts = (call.rank ?? 0) === summed.rank && !summed.joins && (call.flags & flag.joins) === 0;
      if (counts && (call.flags & flag.acrossFormats) !== 0) continue;
      if (this.set(id, call, counts ? undefined : summedUp, false)) this.touchUse(call);
    }
    return true;
  }

  /**
   * SQL: which calls of an account to look at. All where some join others; else the one that counts for all that do not,
   * and those that are not yet what they must be: an account of thousands is settled after each step of an import.
   */
  private unsettledIn(scope: number, account: string): [condition: string, values: number[]] {
    const inIt = 'FROM call WHERE scope = ? AND account = ?';
    const [lowest, joins] = this.db.rows(`SELECT min(rank), max(flags & ${flag.joins}) ${inIt}`, [
      scope,
      account,
    ])[0] as [number, number];
    if (joins > 0) return ['1', []];
    const winner = this.db.rows(
      `SELECT id ${inIt} AND rank = ? ORDER BY input + cache_read + cache_write + output DESC, CAST(key AS TEXT) LIMIT 1`,
      [scope, account, lowest],
    )[0]![0] as number;
    const isAcross = `c.flags & ${flag.acrossFormats}`;
    return [
      `(c.id = ? OR c.rank > ? AND (c.duplicate_of IS NOT ? OR ${isAcross} <> 0)
        OR c.rank = ? AND c.duplicate_of IS NOT NULL AND ${isAcross} = 0)`,
      [winner, lowest, winner, lowest],
    ];
  }

  /**
   * Whether more than one format tells of it near the time that was touched; a local server may repeat it for ever. Twice
   * as near as pairs are: a call that is gone may have been the pair of one that another now can have.
   */
  private isShared({ response, tokens, from, to }: Use): boolean {
    const [shared] = this.db.rows(
      `SELECT min(scope.importer) < max(scope.importer) OR max(c.duplicate_of) IS NOT NULL
         FROM call c JOIN scope ON scope.id = c.scope WHERE ${alike}`,
      [response, ...tokens, from - 2 * pairingMillis, to + 2 * pairingMillis],
    )[0]!;
    return shared === 1;
  }

  private settleUse(use: Use): void {
    const [from, to] = this.chain(use);
    const told = this.db
      .rows(`SELECT ${columns} FROM ${joined} WHERE ${alike}`, [
        use.response,
        ...use.tokens,
        from - 1,
        to + 1,
      ])
      .map(toldFrom)
      .filter(({ call }) => call.duplicateOf === undefined || (call.flags & flag.acrossFormats) !== 0);
    const settled = this.compacted.uses(use.response, use.tokens, from - pairingMillis, to + pairingMillis);
    const duplicates = crossFormatDuplicates(told, settled);
    for (const { id, call } of told) {
      const winner = duplicates.get(id);
      this.set(id, call, winner !== undefined && winner < 0 ? summedUp : winner, true);
    }
  }

  private summedUses({ response, tokens, from, to }: Use): readonly unknown[] {
    return this.compacted.uses(response, tokens, from - pairingMillis, to + pairingMillis);
  }

  /** From when to when calls lead from one to the next, each near the one before: no pair goes beyond that. */
  private chain({ response, tokens, from, to }: Use): [from: number, to: number] {
    const near = (ends: string, low: number, high: number): number | null =>
      this.db.rows(`SELECT ${ends} FROM call c WHERE ${alike}`, [response, ...tokens, low, high])[0]![0] as
        number | null;
    let [first, last] = [from, to];
    for (let at: number | null = from; at !== null; at = near('min(c.at)', first - pairingMillis, first))
      first = at;
    for (let at: number | null = to; at !== null; at = near('max(c.at)', last, last + pairingMillis))
      last = at;
    return [first, last];
  }

  /** @returns whether that is new. */
  private set(id: number, call: PlacedCall, winner: number | undefined, across: boolean): boolean {
    const flags =
      winner !== undefined && across ? call.flags | flag.acrossFormats : call.flags & ~flag.acrossFormats;
    if (call.duplicateOf === winner && call.flags === flags) return false;
    this.count(call, -1);
    this.count({ ...call, flags, duplicateOf: winner }, 1);
    this.db.run('UPDATE call SET duplicate_of = ?, flags = ? WHERE id = ?', [winner ?? null, flags, id]);
    return true;
  }
}

interface ToldCall extends Told {
  readonly call: PlacedCall;
}

function toldFrom(row: readonly SqlValue[]): ToldCall {
  const [importer, model, key] = row.slice(1 + callRowColumns.length);
  return {
    id: row[0] as number,
    call: callFrom(row.slice(1, 1 + callRowColumns.length)),
    importer: importer as string,
    model: model as string,
    key: String(key),
  };
}
