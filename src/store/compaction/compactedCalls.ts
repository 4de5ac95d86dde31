import { bareModel } from '../duplicateRules';
import { shortHash } from '../../sqlite/shortHash';
import type { PlacedCall } from '../callRow';
import type { SettledUse } from '../duplicateRules';
import type { CallFact } from '../../shared/facts';
import type { Connection, Statement } from '../../sqlite/connection';

type Key = CallFact['id'];

/** What is known of an account whose calls were summed up: the rank of those that count. */
export interface CompactedAccount {
  readonly rank: number;
  /** One of them does not say which call of the account it is. */
  readonly joins: boolean;
}

/** The call in whose stead a duplicate does not count. */
export const summedUp = 0;

const hashOfKey = (scope: number, key: Key): Uint8Array => shortHash('key', scope, key);
const hashOfAccount = (scope: number, account: string): Uint8Array => shortHash('account', scope, account);
const hashOfUse = (response: string, tokens: readonly number[]): Uint8Array =>
  shortHash('use', response, ...tokens.slice(0, 4));

/**
 * Hashes lie anywhere in a table of them: a thousand more would write a thousand of its pages anew. So they come into small
 * tables first, and from there into the large ones many at a time, in the order of these.
 */
const tables = ['compacted_call', 'compacted_use'] as const;
const mostNew = 20_000;

/** Those that may tell of a source or be told to count in its stead. */
export const tablesOfCompactedCalls = tables.flatMap((name) => [name, `${name}_new`]);

/** Puts new hashes in their place where there are many; in transactions of its own. */
export function settleCompacted(db: Connection, most = mostNew): void {
  for (const name of tables) {
    const isMany = () => (db.rows(`SELECT count(*) FROM ${name}_new`)[0]![0] as number) >= most;
    if (!db.read(isMany)) continue;
    db.write(() => {
      db.run(`INSERT OR IGNORE INTO ${name} SELECT * FROM ${name}_new`);
      db.run(`DELETE FROM ${name}_new`);
    });
  }
}

/** SQL: rows of both tables of a name, those that were there first before the others. */
const rowsOf = (name: (typeof tables)[number], columns: string, where: string): string =>
  `SELECT ${columns} FROM ${name} WHERE ${where} UNION ALL SELECT ${columns} FROM ${name}_new WHERE ${where}`;

/** What is left of calls that were summed up, beside their sums: enough to know them when they are told again. */
export class CompactedCalls {
  private readonly addKey: Statement;
  private readonly addUse: Statement;

  constructor(private readonly db: Connection) {
    this.addKey = db.prepare(
      `INSERT OR IGNORE INTO compacted_call_new SELECT ?1, ?2, ?3
        WHERE NOT EXISTS (SELECT 1 FROM compacted_call WHERE key = ?1)`,
    );
    this.addUse = db.prepare(
      `INSERT OR IGNORE INTO compacted_use_new SELECT ?1, ?2, ?3, ?4, ?5, ?6
        WHERE NOT EXISTS (SELECT 1 FROM compacted_use
                           WHERE use = ?1 AND at = ?2 AND scope = ?3 AND model = ?4 AND source = ?5)`,
    );
  }

  /** Whether there are any: else nothing need be looked up. */
  get isAny(): boolean {
    return this.db.rows(`${rowsOf('compacted_call', '1', '1')} LIMIT 1`).length > 0;
  }

  /** Inside a write: whether a fact tells of such a call. Other names under which it does are known from then on. */
  isTold(scope: number, { id, also = [] }: CallFact): boolean {
    const names = [id, ...also];
    const known = names.map((name) => this.find(scope, name)).find((row) => row !== undefined);
    if (known) for (const name of names) this.addKey.run([hashOfKey(scope, name), ...known]);
    return known !== undefined;
  }

  /** Inside a write: `countedIn` is the source of the call that counts in its stead. */
  add(scope: number, key: Key, call: PlacedCall, countedIn: number | null): void {
    this.addKey.run([hashOfKey(scope, key), call.source, countedIn]);
  }

  /** Inside a write: what later calls of its account are compared with. */
  addAccount(scope: number, account: string, source: number, rank: number, joins: boolean): void {
    this.db.run(
      `INSERT INTO compacted_account VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
        SET rank = min(rank, excluded.rank), joins = max(joins, excluded.joins)`,
      [hashOfAccount(scope, account), source, rank, joins ? 1 : 0],
    );
  }

  /** Inside a write: the same of its response, which other formats may tell of. */
  addUseOf(scope: number, call: PlacedCall, countedIn: number | null): void {
    if (call.responseId === undefined || call.at === undefined) return;
    const use = hashOfUse(call.responseId, call.usage);
    this.addUse.run([use, call.at, scope, call.model, call.source, countedIn]);
  }

  account(scope: number, account: string): CompactedAccount | undefined {
    const [row] = this.db.rows('SELECT min(rank), max(joins) FROM compacted_account WHERE account = ?', [
      hashOfAccount(scope, account),
    ]);
    const [rank, joins] = row as [number | null, number];
    return rank === null ? undefined : { rank, joins: joins === 1 };
  }

  /** Those of one response and tokens between two times, as calls that are told. Their ids are negative. */
  uses(response: string, tokens: readonly number[], from: number, to: number): SettledUse[] {
    return this.db
      .rows(
        `SELECT u.at, scope.importer, m.name, u.counted_in
           FROM (${rowsOf('compacted_use', '*', 'use = ?1 AND at > ?2 AND at < ?3')}) u
           JOIN scope ON scope.id = u.scope JOIN model m ON m.id = u.model ORDER BY u.at, u.scope, u.model, u.source`,
        [hashOfUse(response, tokens), from, to],
      )
      .map(([at, importer, model, countedIn], i) => ({
        id: -1 - i,
        call: { at: at as number, usage: tokens, flags: 0, rank: undefined },
        importer: importer as string,
        model: model as string,
        key: '',
        counts: countedIn === null,
      }));
  }

  /** The source of the summed up call that counts instead of a duplicate; its own where that is not known any more. */
  sourceOfWinner(scope: number, call: PlacedCall, model: string): number {
    const across = call.responseId === undefined ? [] : this.winnersOfUse(call, model);
    const within =
      call.account === undefined
        ? []
        : this.db.rows('SELECT source FROM compacted_account WHERE account = ? LIMIT 1', [
            hashOfAccount(scope, call.account),
          ]);
    return ((across[0] ?? within[0])?.[0] as number | undefined) ?? call.source;
  }

  dispose(): void {
    for (const statement of [this.addKey, this.addUse]) statement.free();
  }

  private find(scope: number, key: Key): [source: number, countedIn: number | null] | undefined {
    const [row] = this.db.rows(rowsOf('compacted_call', 'source, counted_in', 'key = ?1'), [
      hashOfKey(scope, key),
    ]);
    return row as [number, number | null] | undefined;
  }

  private winnersOfUse({ responseId, usage, at }: PlacedCall, model: string): unknown[][] {
    return this.db
      .rows(
        `SELECT u.source, m.name FROM (${rowsOf('compacted_use', '*', 'use = ?1 AND counted_in IS NULL')}) u
           JOIN model m ON m.id = u.model ORDER BY abs(u.at - ?2)`,
        [hashOfUse(responseId!, usage), at ?? 0],
      )
      .filter(([, name]) => bareModel(name as string) === bareModel(model));
  }
}
