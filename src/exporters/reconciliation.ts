import { usd } from './amount';
import type { ComparedRow, Reconciliation } from '../shared/bill';
import type { ExportRecord } from './exporter';

/** What a row of a reconciliation holds; amounts are USD, or tokens where `what` is not `cost`. */
export const reconciliationColumns = [
  'provider',
  'day',
  'model',
  'item',
  'what',
  'currency',
  'billed',
  'ledger',
  'difference',
  'calls',
] as const;

/** Rows of all comparisons, then what was billed in other currencies, which is not compared. */
export const reconciliationRecords = ({
  provider,
  comparisons,
  otherCurrencies,
}: Reconciliation): ExportRecord[] => [
  ...comparisons.flatMap(({ rows }) => rows.map((row) => ({ provider, ...recordOf(row) }))),
  ...otherCurrencies.map(({ day, model, item, currency, amount }) => ({
    ...{ provider, day, model, item: item || null, what: 'cost', currency },
    ...{ billed: usd(amount), ledger: null, difference: null, calls: null },
  })),
];

function recordOf({ day, model, item, what, billed, ledger, difference, calls }: ComparedRow): ExportRecord {
  const figure = (value: number | null): number | null =>
    value === null || what !== 'cost' ? value : usd(value);
  return {
    ...{ day, model, item, what, currency: what === 'cost' ? 'USD' : null },
    ...{ billed: figure(billed), ledger: figure(ledger), difference: figure(difference), calls },
  };
}
