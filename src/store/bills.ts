import type { Bill, BillColumns, BillLine } from '../shared/bill';
import type { Connection, SqlValue } from '../sqlite/connection';

/** A bill that was read and is to be kept. */
export interface NewBill extends Pick<
  Bill,
  'path' | 'label' | 'provider' | 'firstDay' | 'lastDay' | 'notes'
> {
  /** Of the content: a copy under another name is the same bill. */
  readonly hash: string;
  readonly importedAt: number;
  readonly lines: readonly BillLine[];
}

/**
 * Inside a write: keeps a bill. The same content takes the place of what was kept of it, and a file at a known path that
 * of what it covers whole; of a known path that now holds other days, the earlier ones stay. @returns its id.
 */
export function keepBill(db: Connection, bill: NewBill): number {
  const replaced = db.rows(
    `SELECT id FROM bill WHERE hash = ?1 OR (path = ?2 AND provider = ?3 AND first_day >= ?4 AND last_day <= ?5)`,
    [bill.hash, bill.path, bill.provider ?? '', bill.firstDay, bill.lastDay],
  );
  for (const [id] of replaced) removeBill(db, id as number);
  const { path, hash, label, provider, importedAt, firstDay, lastDay, notes } = bill;
  // Ids are never given again: what was imported last has the highest.
  const [row] = db.rows(
    `INSERT INTO bill (path, hash, label, provider, imported_at, first_day, last_day, notes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    [path, hash, label, provider ?? '', importedAt, firstDay, lastDay, JSON.stringify(notes)],
  );
  const id = row![0] as number;
  for (const line of bill.lines) insertLine(db, id, line);
  return id;
}

function insertLine(db: Connection, bill: number, line: BillLine): void {
  const { day, model, item, tier, scope, currency, amount, requests, tokens } = line;
  db.run('INSERT INTO bill_line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', [
    ...[bill, day, model ?? '', item, tier, scope, currency, amount, requests],
    ...[tokens.inputTokens, tokens.cacheReadTokens, tokens.cacheWriteTokens, tokens.outputTokens],
  ]);
}

/** Inside a write. */
export function removeBill(db: Connection, id: number): void {
  db.run('DELETE FROM bill_line WHERE bill = ?', [id]);
  db.run('DELETE FROM bill WHERE id = ?', [id]);
}

/** Inside a read: all bills, the one imported last first. */
export function listBills(db: Connection): Bill[] {
  const amounts = new Map<number, { currency: string; amount: number }[]>();
  const sums = db.rows(
    `SELECT bill, currency, sum(amount) FROM bill_line WHERE amount IS NOT NULL GROUP BY bill, currency
      ORDER BY currency <> 'USD', currency`,
  );
  for (const [bill, currency, amount] of sums as [number, string, number][])
    amounts.set(bill, [...(amounts.get(bill) ?? []), { currency, amount }]);
  return db
    .rows(
      `SELECT id, path, label, provider, imported_at, first_day, last_day, notes,
         (SELECT count(*) FROM bill_line l WHERE l.bill = bill.id) FROM bill ORDER BY id DESC`,
    )
    .map(([id, path, label, provider, importedAt, firstDay, lastDay, notes, lines]) => ({
      id: id as number,
      path: path as string,
      label: label as string,
      provider: (provider as string) || null,
      importedAt: importedAt as number,
      firstDay: firstDay as string,
      lastDay: lastDay as string,
      lines: lines as number,
      amounts: amounts.get(id as number) ?? [],
      notes: JSON.parse(notes as string) as string[],
    }));
}

/** Inside a read: the lines of some bills in a period, both days inclusive. */
export const linesOfBills = (
  db: Connection,
  bills: readonly number[],
  firstDay: string,
  lastDay: string,
): (BillLine & { readonly bill: number })[] =>
  db
    .rows(
      `SELECT bill, day, model, item, tier, scope, currency, amount, requests, input, cache_read, cache_write, output
         FROM bill_line WHERE bill IN (SELECT value FROM json_each(?)) AND day >= ? AND day <= ? ORDER BY bill, rowid`,
      [JSON.stringify(bills), firstDay, lastDay],
    )
    .map(lineOf);

function lineOf(row: readonly SqlValue[]): BillLine & { readonly bill: number } {
  const [bill, day, model, item, tier, scope, currency, amount, ...counts] = row;
  const [requests, input, cacheRead, cacheWrite, output] = counts as number[];
  return {
    bill: bill as number,
    day: day as string,
    model: (model as string) || null,
    item: item as string,
    tier: tier as string,
    scope: scope as string,
    currency: currency as string,
    amount: amount as number | null,
    requests: requests!,
    tokens: {
      inputTokens: input!,
      cacheReadTokens: cacheRead!,
      cacheWriteTokens: cacheWrite!,
      outputTokens: output!,
    },
  };
}

/** Inside a read: what was chosen for tables with this header. */
export function columnsFor(db: Connection, header: string): BillColumns | undefined {
  const [row] = db.rows('SELECT columns FROM bill_columns WHERE header = ?', [header]);
  return row && (JSON.parse(row[0] as string) as BillColumns);
}

/** Inside a write. */
export const rememberColumns = (db: Connection, header: string, columns: BillColumns): void =>
  db.run('INSERT OR REPLACE INTO bill_columns VALUES (?, ?)', [header, JSON.stringify(columns)]);
