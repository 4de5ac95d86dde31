import { CompactedCalls, summedUp } from './compactedCalls';
import { addCompacted } from './compactedTable';
import { addDuplicate } from './compactedDuplicates';
import { rowOfCall } from './compactedRow';
import { isUnnamed, openAmong } from './stayingCalls';
import { callFrom, callRowColumns } from '../callRow';
import { flag } from '../measures';
import { boundariesOf } from '../../pricing/boundaries';
import type { PlacedCall } from '../callRow';
import type { PriceBook } from '../../pricing/prices';
import type { CallFact } from '../../shared/facts';
import type { Connection } from '../../sqlite/connection';

/** The last session that is done, and the last call of the one after it that was looked at. */
export interface CompactionStep {
  readonly session: number;
  readonly at: number;
  readonly id: number;
}

export const firstStep: CompactionStep = { session: 0, at: -1e15, id: 0 };

/** So many calls are summed up in one transaction, so that nobody waits long. */
const callsAtOnce = 1000;

/** A call that is summed up. */
interface Old {
  readonly id: number;
  readonly scope: number;
  readonly key: CallFact['id'];
  readonly importer: string;
  readonly provider: string;
  readonly model: string;
  readonly call: PlacedCall & { readonly at: number };
}

const columns = `c.id, c.scope, c.key, scope.importer, m.provider, m.name, ${callRowColumns.map((name) => `c.${name}`).join(', ')}`;

/**
 * Inside a write: calls from before a moment become sums, those of some sessions or a part of a large one. Calls without a
 * known time stay, those whose model has no name yet, and those of an account that goes on after that.
 */
export function compactCalls(
  db: Connection,
  book: PriceBook,
  before: number,
  from: CompactionStep,
): CompactionStep | undefined {
  let step: CompactionStep | undefined = from;
  for (let left = callsAtOnce; left > 0 && step;) {
    const session = sessionAfter(db, before, step.session);
    if (session === undefined) return undefined;
    const rows = oldCalls(db, session, before, step, left);
    const calls = withoutOpenAccounts(db, before, rows);
    if (calls.length > 0) sumUp(db, book, session, calls);
    const last = rows.at(-1);
    step =
      rows.length < left || !last
        ? { ...firstStep, session }
        : { session: step.session, at: last.call.at, id: last.id };
    left -= rows.length;
  }
  return step;
}

const sessionAfter = (db: Connection, before: number, session: number): number | undefined =>
  db.rows(
    `SELECT s.id FROM session s WHERE s.id > ?1 AND s.first_at < ?2
       AND EXISTS (SELECT 1 FROM call c WHERE c.session = s.id AND c.at < ?2) ORDER BY s.id LIMIT 1`,
    [session, before],
  )[0]?.[0] as number | undefined;

function oldCalls(
  db: Connection,
  session: number,
  before: number,
  { at, id }: CompactionStep,
  limit: number,
): Old[] {
  return db
    .rows(
      `SELECT ${columns} FROM call c JOIN scope ON scope.id = c.scope JOIN model m ON m.id = c.model
        WHERE c.session = ? AND c.at < ? AND (c.at, c.id) > (?, ?) AND NOT (${isUnnamed})
        ORDER BY c.at, c.id LIMIT ?`,
      [session, before, at, id, limit],
    )
    .map(([id, scope, key, importer, provider, model, ...row]) => ({
      id: id as number,
      scope: scope as number,
      key: key as CallFact['id'],
      importer: importer as string,
      provider: provider as string,
      model: model as string,
      call: callFrom(row) as Old['call'],
    }));
}

/** Which calls of an account count follows from all of them: they are summed up together. */
function withoutOpenAccounts(db: Connection, before: number, calls: readonly Old[]): readonly Old[] {
  const accounts = new Map<string, [scope: number, account: string]>();
  for (const { scope, call } of calls)
    if (call.account !== undefined) accounts.set(`${scope} ${call.account}`, [scope, call.account]);
  if (accounts.size === 0) return calls;
  const open = new Set(
    openAmong(db, before, [...accounts.values()]).map(([scope, account]) => `${scope} ${account}`),
  );
  return calls.filter(
    ({ scope, call }) => call.account === undefined || !open.has(`${scope} ${call.account}`),
  );
}

function sumUp(db: Connection, book: PriceBook, session: number, calls: readonly Old[]): void {
  const counting = calls.filter(({ call }) => call.duplicateOf === undefined);
  addCompacted(
    db,
    counting.map(({ call, provider, model, importer }) =>
      rowOfCall(call, call.at, boundariesOf(book.priceOf(provider, model, call.at, importer))),
    ),
  );
  keepFirstModel(db, session, calls);
  const known = new CompactedCalls(db);
  try {
    addAccounts(known, counting);
    remember(db, known, calls);
  } finally {
    known.dispose();
  }
  remove(db, JSON.stringify(calls.map(({ id }) => id)));
}

/** By all names under which a call may be told again. */
function remember(db: Connection, known: CompactedCalls, calls: readonly Old[]): void {
  const countedIn = new WinnerSources(db, known, calls);
  const names = aliasesOf(db, calls);
  for (const old of calls) {
    const { id, scope, key, call } = old;
    const winner = countedIn.of(old);
    for (const name of [key, ...(names.get(id) ?? [])]) known.add(scope, name, call, winner);
    const isPaired = call.duplicateOf === undefined || (call.flags & flag.acrossFormats) !== 0;
    if (isPaired) known.addUseOf(scope, call, winner);
    if (winner !== null) addDuplicate(db, call, winner);
  }
}

/** Which source tells of the call that counts in the stead of another; null for one that counts itself. */
class WinnerSources {
  private readonly sources: ReadonlyMap<number, number>;

  constructor(
    db: Connection,
    private readonly known: CompactedCalls,
    calls: readonly Old[],
  ) {
    const ids = calls.flatMap(({ call }) => call.duplicateOf ?? []);
    this.sources = new Map(
      db.rows('SELECT id, source FROM call WHERE id IN (SELECT value FROM json_each(?))', [
        JSON.stringify(ids),
      ]) as [number, number][],
    );
  }

  of({ scope, call, model }: Old): number | null {
    if (call.duplicateOf === undefined) return null;
    return this.sources.get(call.duplicateOf) ?? this.known.sourceOfWinner(scope, call, model);
  }
}

function aliasesOf(db: Connection, calls: readonly Old[]): ReadonlyMap<number, CallFact['id'][]> {
  const names = new Map<number, CallFact['id'][]>();
  const rows = db.rows('SELECT call, key FROM call_alias WHERE call IN (SELECT value FROM json_each(?))', [
    JSON.stringify(calls.map(({ id }) => id)),
  ]);
  for (const [call, key] of rows as [number, CallFact['id']][])
    names.set(call, [...(names.get(call) ?? []), key]);
  return names;
}

function addAccounts(known: CompactedCalls, calls: readonly Old[]): void {
  const accounts = new Map<
    string,
    { scope: number; account: string; source: number; rank: number; joins: boolean }
  >();
  for (const { scope, call } of calls) {
    if (call.account === undefined) continue;
    const key = `${scope} ${call.source} ${call.account}`;
    const before = accounts.get(key);
    accounts.set(key, {
      ...{ scope, account: call.account, source: call.source },
      rank: Math.min(call.rank ?? 0, before?.rank ?? Infinity),
      joins: (call.flags & flag.joins) !== 0 || before?.joins === true,
    });
  }
  for (const { scope, account, source, rank, joins } of accounts.values())
    known.addAccount(scope, account, source, rank, joins);
}

/** For the session's tag. */
function keepFirstModel(db: Connection, session: number, calls: readonly Old[]): void {
  const first = calls.find(({ model }) => model !== '');
  if (first)
    db.run('UPDATE session SET first_model = ? WHERE id = ? AND first_model IS NULL', [
      first.call.model,
      session,
    ]);
}

/** What does not count because of one of them still does not. */
function remove(db: Connection, ids: string): void {
  const gone = 'IN (SELECT value FROM json_each(?))';
  db.run(`DELETE FROM call_alias WHERE call ${gone}`, [ids]);
  db.run(`UPDATE call SET duplicate_of = ${summedUp} WHERE duplicate_of ${gone}`, [ids]);
  db.run(`DELETE FROM repriced WHERE call ${gone}`, [ids]);
  db.run(`DELETE FROM call WHERE id ${gone}`, [ids]);
}
