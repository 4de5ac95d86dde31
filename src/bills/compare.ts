import { modelKey } from './modelKey';
import { isDayTotal } from './overlap';
import { billTokenFields } from '../shared/bill';
import type { BillLine } from './line';
import type { ComparedDay, ComparedRow, ComparedSum, ComparedWhat, Comparison } from '../shared/bill';
import type { Totals } from '../shared/model';

/** What the ledger has of one day and model, of the provider that the bill is of. */
export interface LedgerUse {
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly totals: Omit<Totals, 'sessions'>;
}

export interface Compared {
  readonly provider: string | null;
  /** Of one kind, and money in USD. */
  readonly lines: readonly BillLine[];
  /** By UTC days that the bills cover. */
  readonly uses: readonly LedgerUse[];
  /** By days of the viewer's zone; absent where these are UTC days. */
  readonly local?: readonly LedgerUse[];
}

interface Cell {
  readonly day: string;
  readonly key: string | null;
  readonly item: string | null;
  readonly what: ComparedWhat;
  billed: number | null;
  ledger: number | null;
  calls: number;
}

/** Money: per UTC day and model what was billed, what the ledger says, and the difference (billed less ledger). */
export const compareCosts = (compared: Compared): Comparison => compare('cost', compared);

/** Tokens in the same way, by what they are. */
export const compareUsage = (compared: Compared): Comparison => compare('usage', compared);

function compare(kind: Comparison['kind'], compared: Compared): Comparison {
  const table = new Cells(compared);
  for (const line of compared.lines) {
    if (kind === 'cost') table.bill(line, 'cost', line.amount ?? 0);
    else for (const field of billTokenFields) table.bill(line, field, line.tokens[field]);
  }
  for (const use of compared.uses) {
    if (kind === 'cost') table.use(use, 'cost', use.totals.cost);
    else for (const field of billTokenFields) table.use(use, field, use.totals[field]);
  }
  const rows = table.rows();
  return {
    kind,
    rows,
    days: kind === 'cost' ? daysOf(rows, compared.local) : [],
    models: modelsOf(rows),
    total: Object.fromEntries(
      [...new Set(rows.map(({ what }) => what))].map((what) => [
        what,
        sumOf(rows.filter((row) => row.what === what)),
      ]),
    ),
  };
}

class Cells {
  private readonly cells = new Map<string, Cell>();
  private readonly names = new Map<string, string>();
  /** Days of which the bill tells nothing but their total. */
  private readonly wholeDays: ReadonlySet<string>;

  constructor(private readonly compared: Compared) {
    const parted = new Set(compared.lines.filter((line) => !isDayTotal(line)).map(({ day }) => day));
    this.wholeDays = new Set(compared.lines.map(({ day }) => day).filter((day) => !parted.has(day)));
  }

  bill(line: BillLine, what: ComparedWhat, amount: number): void {
    const isWhole = this.wholeDays.has(line.day);
    const item = line.model === null && !isWhole ? line.item || 'not attributed' : null;
    const cell = this.cell(line.day, isWhole ? null : this.keyOf(line.model), item, what);
    cell.billed = (cell.billed ?? 0) + amount;
  }

  use({ day, model, totals }: LedgerUse, what: ComparedWhat, amount: number): void {
    const cell = this.cell(day, this.wholeDays.has(day) ? null : this.keyOf(model ?? 'no model'), null, what);
    cell.ledger = (cell.ledger ?? 0) + amount;
    cell.calls += totals.calls;
  }

  /** By day and model; what neither side has anything of is left out. */
  rows(): ComparedRow[] {
    const rows = [...this.cells.values()]
      .filter(({ billed, ledger, calls, what }) => billed || ledger || (what === 'cost' && calls > 0))
      .map(({ day, key, item, what, billed, ledger, calls }): ComparedRow => ({
        ...{ day, model: key === null ? null : this.names.get(key)!, item, what, billed },
        // Against a model, no calls are 0; against a fee that no call tells, there is nothing to hold.
        ledger: ledger ?? (item === null ? 0 : null),
        difference: (billed ?? 0) - (ledger ?? 0),
        calls,
      }));
    const order = ({ day, model, item }: ComparedRow): string =>
      `${day}\0${model ?? '\uffff'}\0${item ?? ''}`;
    return rows.sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
  }

  private cell(day: string, key: string | null, item: string | null, what: ComparedWhat): Cell {
    const id = JSON.stringify([day, key, item, what]);
    let cell = this.cells.get(id);
    if (!cell) this.cells.set(id, (cell = { day, key, item, what, billed: null, ledger: null, calls: 0 }));
    return cell;
  }

  /** Of the names that a model has, the shortest is shown; one with spaces is for people and no name in a trace. */
  private keyOf(name: string | null): string | null {
    if (name === null) return null;
    const key = modelKey(this.compared.provider, name);
    const known = this.names.get(key);
    if (known === undefined || rank(name) < rank(known)) this.names.set(key, name);
    return key;
  }
}

const rank = (name: string): string =>
  `${name.includes(' ') ? 1 : 0}${String(name.length).padStart(4, '0')}${name}`;

function sumOf(rows: readonly ComparedRow[]): ComparedSum {
  const add = (of: (row: ComparedRow) => number): number => rows.reduce((all, row) => all + of(row), 0);
  return {
    billed: add(({ billed }) => billed ?? 0),
    ledger: add(({ ledger }) => ledger ?? 0),
    difference: add(({ difference }) => difference),
    calls: add(({ calls }) => calls),
  };
}

function groupsOf<K extends string>(
  rows: readonly ComparedRow[],
  by: (row: ComparedRow) => K,
): [K, ComparedRow[]][] {
  const groups = new Map<K, ComparedRow[]>();
  for (const row of rows) {
    const group = groups.get(by(row));
    if (group) group.push(row);
    else groups.set(by(row), [row]);
  }
  return [...groups];
}

function daysOf(rows: readonly ComparedRow[], local: readonly LedgerUse[] | undefined): ComparedDay[] {
  const localCosts = new Map<string, number>();
  for (const { day, totals } of local ?? []) localCosts.set(day, (localCosts.get(day) ?? 0) + totals.cost);
  const sums = new Map(groupsOf(rows, ({ day }) => day).map(([day, group]) => [day, sumOf(group)]));
  for (const [day, cost] of localCosts)
    if (cost !== 0 && !sums.has(day)) sums.set(day, { billed: 0, ledger: 0, difference: 0, calls: 0 });
  return [...sums]
    .map(([day, sum]) => ({ day, ...sum, ledgerLocal: local ? (localCosts.get(day) ?? 0) : null }))
    .sort((a, b) => (a.day < b.day ? -1 : 1));
}

/** The greatest difference first. Items without a model are one. */
const modelsOf = (rows: readonly ComparedRow[]): Comparison['models'] =>
  groupsOf(rows, ({ model, item, what }) => JSON.stringify([model, item === null, what]))
    .map(([, group]) => ({ ...aboutOf(group[0]!), ...sumOf(group) }))
    .sort(
      (a, b) =>
        Math.abs(b.difference) - Math.abs(a.difference) || ((a.model ?? '') < (b.model ?? '') ? -1 : 1),
    );

const aboutOf = ({ model, item, what }: ComparedRow) => ({ model, isItem: item !== null, what });
