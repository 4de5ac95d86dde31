import { compareCosts, compareUsage } from '../bills/compare';
import { daysBetween } from '../bills/days';
import { billedBy } from '../bills/modelKey';
import { linesThatCount } from '../bills/overlap';
import { suspectsOf } from '../bills/suspects';
import { linesOfBills } from '../store/bills';
import { tieredUse, untimedUse, useByDay } from '../store/queries/billedUse';
import { startOfDay } from '../store/zones';
import type { LedgerUse } from '../bills/compare';
import type { KeptLine } from '../bills/overlap';
import type { Bill, Comparison, Reconciliation } from '../shared/bill';
import type { CostMode, Question } from '../shared/model';
import type { Store } from '../store/store';

export interface Asked {
  readonly provider: string | null;
  /** The bills that are asked about; their days are compared. */
  readonly wanted: readonly Bill[];
  /** All of the provider, the one imported last first: they may tell more of these days. */
  readonly all: readonly Bill[];
  readonly mode: CostMode;
  /** Of whoever looks. */
  readonly zone: string;
}

/** Bills of one provider beside what the ledger has of their UTC days. */
export function reconciliationOf(store: Store, asked: Asked): Reconciliation {
  return store.db.read(() => {
    const { provider, wanted, all, mode, zone } = asked;
    const firstDay = least(wanted.map((bill) => bill.firstDay));
    const lastDay = wanted.map((bill) => bill.lastDay).reduce((a, b) => (a > b ? a : b));
    const days = coveredDays(wanted);
    const covers = new Set(days);
    const ids = all.map(({ id }) => id);
    const kept = linesOfBills(store.db, ids, firstDay, lastDay).filter(({ day }) => covers.has(day));
    const { lines, covered } = linesThatCount(provider, ids, kept);
    const told = new Set(kept.map(({ bill }) => bill));
    const bills = all.filter((bill) => wanted.includes(bill) || told.has(bill.id));
    const ledger = ledgerOf(store, asked, { firstDay, lastDay, covers });
    const compared = lines.filter(({ currency }) => currency === '' || currency === 'USD');
    const comparisons = comparisonsOf(provider, compared, ledger);
    return {
      ...{ provider, bills, firstDay, lastDay, mode, zone, comparisons },
      otherCurrencies: othersOf(lines),
      suspects: suspectsOf({
        ...{ provider, bills, comparisons, days, zone, covered },
        ...{ lines: compared, uses: ledger.uses, excluded: ledger.excluded },
        ...{ untimedCalls: ledger.untimedCalls, tieredCalls: ledger.tieredCalls },
      }),
    };
  });
}

const least = (days: readonly string[]): string => days.reduce((a, b) => (a < b ? a : b));

const coveredDays = (bills: readonly Bill[]): readonly string[] =>
  [...new Set(bills.flatMap(({ firstDay, lastDay }) => daysBetween(firstDay, lastDay)))].sort();

interface Span {
  readonly firstDay: string;
  readonly lastDay: string;
  readonly covers: ReadonlySet<string>;
}

interface LedgerSide {
  readonly uses: readonly LedgerUse[];
  readonly local: readonly LedgerUse[] | undefined;
  readonly excluded: { readonly calls: number; readonly cost: number };
  readonly untimedCalls: number;
  readonly tieredCalls: number;
}

function ledgerOf(
  store: Store,
  { provider, mode, zone }: Asked,
  { firstDay, lastDay, covers }: Span,
): LedgerSide {
  const isTheirs = (of: { readonly provider: string | null; readonly model: string | null }): boolean =>
    provider === null || billedBy(of.provider, of.model) === provider;
  const question = (inZone: string): Question => {
    const [first, last] = [dayNumberOf(firstDay), dayNumberOf(lastDay)];
    return {
      filter: { since: startOfDay(first, inZone), until: startOfDay(last + 1, inZone) },
      mode,
      zone: inZone,
    };
  };
  const useIn = (inZone: string, excluded?: 'everything'): LedgerUse[] =>
    useByDay(store, question(inZone), excluded).filter((use) => covers.has(use.day) && isTheirs(use));
  const uses = useIn('UTC');
  const everything = useIn('UTC', 'everything');
  const { since, until } = question('UTC').filter;
  const sum = <T>(of: readonly T[], what: (one: T) => number): number =>
    of.reduce((all, one) => all + what(one), 0);
  return {
    uses,
    local: isUtc(zone) ? undefined : useIn(zone),
    excluded: {
      calls: sum(everything, ({ totals }) => totals.calls) - sum(uses, ({ totals }) => totals.calls),
      cost: sum(everything, ({ totals }) => totals.cost) - sum(uses, ({ totals }) => totals.cost),
    },
    untimedCalls: sum(untimedUse(store, question('UTC')).filter(isTheirs), ({ totals }) => totals.calls),
    tieredCalls: sum(tieredUse(store, since!, until!).filter(isTheirs), ({ calls }) => calls),
  };
}

const dayNumberOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 86_400_000;

const isUtc = (zone: string): boolean => /^(?:UTC|Etc\/(?:UTC|GMT|UCT|Zulu|Universal|Greenwich))$/.test(zone);

function comparisonsOf(
  provider: string | null,
  lines: readonly KeptLine[],
  { uses, local }: LedgerSide,
): Comparison[] {
  const costs = lines.filter(({ amount }) => amount !== null);
  const usage = lines.filter(({ amount }) => amount === null);
  return [
    ...(costs.length > 0
      ? [compareCosts({ provider, lines: costs, uses, ...(local ? { local } : {}) })]
      : []),
    ...(usage.length > 0 ? [compareUsage({ provider, lines: usage, uses })] : []),
  ];
}

const othersOf = (lines: readonly KeptLine[]): Reconciliation['otherCurrencies'] =>
  lines
    .filter(({ currency }) => currency !== '' && currency !== 'USD')
    .map(({ currency, day, model, item, amount }) => ({ currency, day, model, item, amount: amount! }));
