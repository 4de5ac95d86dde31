import { accountDuplicates, crossFormatDuplicates, pairingMillis } from './duplicateRules';
import { callFrom, callRowColumns } from './callRow';
import { flag } from './measures';
import type { Told } from './duplicateRules';
import type { PlacedCall } from './callRow';
import type { Connection, SqlValue } from '../sqlite/connection';

interface Span {
  readonly from: number;
  readonly to: number;
}

const columns = `c.id, ${callRowColumns.map((name) => `c.${name}`).join(', ')}, scope.importer, m.name, c.key`;
const joined = 'call c JOIN scope ON scope.id = c.scope JOIN model m ON m.id = c.model';

/**
 * Keeps it settled which calls count where the same use is told several times: by the accounts of one format, then by
 * the response ids of different formats. What does not count stays, with `duplicate_of`. Looks only at what a write touched.
 */
export class Duplicates {
  private readonly accounts = new Map<number, Set<string>>();
  private readonly responses = new Map<string, Span>();

  constructor(
    private readonly db: Connection,
    private readonly count: (call: PlacedCall, sign: 1 | -1) => void,
  ) {}

  /** A call was written, or changed. */
  touch(scope: number, { account, responseId, at }: PlacedCall): void {
    if (account !== undefined) {
      const of = this.accounts.get(scope);
      if (of) of.add(account);
      else this.accounts.set(scope, new Set([account]));
    }
    if (responseId !== undefined && at !== undefined) this.widen(responseId, at);
  }

  /** Inside a write, after calls were deleted: what only counted elsewhere because of them counts again. */
  release(): void {
    const orphans = this.db.rows(
      `SELECT c.scope, ${columns} FROM ${joined}
        WHERE c.duplicate_of IS NOT NULL AND NOT EXISTS (SELECT 1 FROM call o WHERE o.id = c.duplicate_of)`,
    );
    for (const [scope, ...row] of orphans) {
      const { id, call } = toldFrom(row);
      this.set(id, call, undefined, false);
      this.touch(scope as number, call);
    }
  }

  /** Inside the write that touched them. */
  settle(): void {
    if (this.accounts.size === 0 && this.responses.size === 0) return;
    for (const [scope, accounts] of this.accounts) {
      for (const account of this.doubtful(scope, [...accounts])) this.settleAccount(scope, account);
    }
    for (const [response, span] of this.responses)
      if (this.isShared(response, span)) this.settleResponse(response);
    this.forget();
  }

  /** The transaction was rolled back. */
  forget(): void {
    this.accounts.clear();
    this.responses.clear();
  }

  private widen(response: string, at: number): void {
    const span = this.responses.get(response);
    this.responses.set(
      response,
      span ? { from: Math.min(span.from, at), to: Math.max(span.to, at) } : { from: at, to: at },
    );
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
    const told = this.db
      .rows(`SELECT ${columns} FROM ${joined} WHERE c.scope = ? AND c.account = ?`, [scope, account])
      .map(toldFrom);
    const duplicates = accountDuplicates(told);
    for (const { id, call } of told) {
      const winner = duplicates.get(id);
      // One that counts may still be a duplicate of another format's: that is settled after this.
      if (winner !== undefined) this.set(id, call, winner, false);
      else if ((call.flags & flag.acrossFormats) === 0) this.set(id, call, undefined, false);
      if (call.responseId !== undefined && call.at !== undefined) this.widen(call.responseId, call.at);
    }
  }

  /** Whether more than one format tells of it near the time that was touched; a local server may repeat it for ever. */
  private isShared(response: string, { from, to }: Span): boolean {
    const [shared] = this.db.rows(
      `SELECT min(scope.importer) < max(scope.importer) OR max(c.duplicate_of) IS NOT NULL
         FROM call c JOIN scope ON scope.id = c.scope WHERE c.response = ? AND c.at > ? AND c.at < ?`,
      [response, from - pairingMillis, to + pairingMillis],
    )[0]!;
    return shared === 1;
  }

  private settleResponse(response: string): void {
    const told = this.around(response).filter(
      ({ call }) => call.duplicateOf === undefined || (call.flags & flag.acrossFormats) !== 0,
    );
    const duplicates = crossFormatDuplicates(told);
    for (const { id, call } of told) this.set(id, call, duplicates.get(id), true);
  }

  /** The calls with this response id in the time that was touched, and those that a chain of close ones leads to. */
  private around(response: string): Told[] {
    for (let { from, to } = this.responses.get(response)!; ;) {
      const told = this.db
        .rows(`SELECT ${columns} FROM ${joined} WHERE c.response = ? AND c.at > ? AND c.at < ?`, [
          response,
          from - pairingMillis,
          to + pairingMillis,
        ])
        .map(toldFrom);
      const times = told.map(({ call }) => call.at!);
      const wider = {
        from: lowest(from, times),
        to: -lowest(
          -to,
          times.map((at) => -at),
        ),
      };
      if (wider.from === from && wider.to === to) return told;
      ({ from, to } = wider);
    }
  }

  private set(id: number, call: PlacedCall, winner: number | undefined, across: boolean): void {
    const flags =
      winner !== undefined && across ? call.flags | flag.acrossFormats : call.flags & ~flag.acrossFormats;
    if (call.duplicateOf === winner && call.flags === flags) return;
    this.count(call, -1);
    this.count({ ...call, flags, duplicateOf: winner }, 1);
    this.db.run('UPDATE call SET duplicate_of = ?, flags = ? WHERE id = ?', [winner ?? null, flags, id]);
  }
}

const lowest = (start: number, times: readonly number[]): number =>
  times.reduce((low, at) => Math.min(low, at), start);

function toldFrom(row: readonly SqlValue[]): Told {
  const [importer, model, key] = row.slice(1 + callRowColumns.length);
  return {
    id: row[0] as number,
    call: callFrom(row.slice(1, 1 + callRowColumns.length)),
    importer: importer as string,
    model: model as string,
    key: String(key),
  };
}
