import { decimalUsd, formatCount, formatTokens } from './format';
import { usd } from './money';
import type { Bill, ComparedSum, ComparedWhat, Comparison, Reconciliation } from './bill';

/** How foreign text is made harmless where it is shown. */
type Escape = (text: string) => string;

/** So many rows of days and models are shown; the export has all. */
const mostRows = 400;

const providers: Readonly<Record<string, string>> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  google: 'Google',
  mistral: 'Mistral',
  deepseek: 'DeepSeek',
  azure: 'Azure',
  aws: 'AWS',
  openrouter: 'OpenRouter',
};

export const providerName = (provider: string | null): string =>
  provider === null ? 'All providers' : (providers[provider] ?? provider);

const whats: Readonly<Record<ComparedWhat, string>> = {
  cost: 'Cost',
  inputTokens: 'Input',
  cacheReadTokens: 'Cache read',
  cacheWriteTokens: 'Cache write',
  outputTokens: 'Output',
};

/** An amount of a currency that need not be USD, with two decimals at least: `12.30 EUR`. */
export function amountText(amount: number, currency: string): string {
  if (currency === 'USD') return usd.format(amount);
  const [whole = '0', fraction = ''] = decimalUsd(amount).split('.');
  return `${whole}.${fraction.padEnd(2, '0')} ${currency}`;
}

/** Bills are in US dollars, and so is what they are compared with, in whatever currency amounts are shown elsewhere. */
const figure = (value: number, what: ComparedWhat): string =>
  what === 'cost' ? usd.format(value) : formatCount(value);
const signed = (value: number, what: ComparedWhat): string =>
  value > 0 ? `+${figure(value, what)}` : figure(value, what);

/** `2026-06-01 to 2026-06-30`, or the one day. */
export const daysText = (firstDay: string, lastDay: string): string =>
  firstDay === lastDay ? firstDay : `${firstDay} to ${lastDay}`;

/** What a bill and the ledger say of the same days, and why they may differ, in Markdown. */
export function reconciliationText(reconciliations: readonly Reconciliation[], escape: Escape): string {
  if (reconciliations.length === 0)
    return '# Reconciliation\n\nThis bill is not in the ledger any more. Run *Reconcile Bill...* to import it again.\n';
  return reconciliations.map((one) => textOf(one, escape)).join('\n');
}

function textOf(one: Reconciliation, escape: Escape): string {
  const { provider, firstDay, lastDay, zone, mode, comparisons, suspects, otherCurrencies } = one;
  const title = provider === null ? 'Bill' : `${escape(providerName(provider))} bill`;
  const other = zone === 'UTC' ? '' : ` Your days are those of ${escape(zone)}.`;
  const parts = [
    `# ${title}, ${daysText(firstDay, lastDay)}`,
    ...comparisons.map(summary),
    `Differences are billed less ledger. Days are UTC days, in which providers bill.${other} The ledger's costs are those of the cost mode *${mode}*. A bill is in no total of the ledger.`,
    suspects.length > 0
      ? `## Why they may differ\n\n${suspects.map(({ message }) => `- ${escape(message)}`).join('\n')}`
      : '',
    ...comparisons.flatMap((comparison) => tables(comparison, zone, escape)),
    otherCurrencies.length > 0 ? currencies(otherCurrencies, escape) : '',
    `## Files\n\n${one.bills.map((bill) => fileLine(bill, escape)).join('\n')}`,
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function summary({ kind, total }: Comparison): string {
  const { cost } = total;
  if (kind === 'usage') {
    const told = Object.entries(total) as [ComparedWhat, ComparedSum][];
    const off = told.filter(([, { difference }]) => difference !== 0);
    if (off.length === 0) return 'The tokens of the report and of the ledger are the same.';
    return `Tokens: ${off.map(([what, { billed, ledger }]) => `${whats[what].toLowerCase()} ${formatTokens(billed)} reported, ${formatTokens(ledger)} in the ledger`).join('; ')}.`;
  }
  if (!cost) return 'The bill charges nothing, and the ledger has no cost on its days.';
  if (cost.difference === 0) return `**Billed ${usd.format(cost.billed)}, and the ledger has the same.**`;
  const share = cost.billed === 0 ? '' : ` (${percent(Math.abs(cost.difference / cost.billed))} of the bill)`;
  return `**Billed ${usd.format(cost.billed)}, in the ledger ${usd.format(cost.ledger)}: ${usd.format(Math.abs(cost.difference))} ${cost.difference > 0 ? 'more' : 'less'} was billed${share}.**`;
}

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

function tables(comparison: Comparison, zone: string, escape: Escape): string[] {
  return [models(comparison, escape), days(comparison, zone, escape), rows(comparison, escape)];
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (
  head: readonly string[],
  aligned: readonly string[],
  lines: readonly (readonly string[])[],
): string => [row(head), row(aligned), ...lines.map(row)].join('\n');

const modelText = (model: string | null, item: string | null, escape: Escape): string =>
  model === null ? (item === null ? 'all models' : escape(item)) : escape(model);

function models({ kind, models: all, total }: Comparison, escape: Escape): string {
  const isCost = kind === 'cost';
  const lines = all.map(({ model, isItem, what, calls, ...sum }) => [
    modelText(model, isItem ? 'no model' : null, escape),
    ...(isCost ? [] : [whats[what]]),
    ...figures(sum, what, isItem),
    isItem ? '' : formatCount(calls),
  ]);
  const { cost } = total;
  const last =
    isCost && cost ? [['**Total**', ...figures(cost, 'cost', false), formatCount(cost.calls)]] : [];
  const head = [
    'Model',
    ...(isCost ? [] : ['Tokens']),
    isCost ? 'Billed' : 'Reported',
    'Ledger',
    'Difference',
    'Calls',
  ];
  return `## ${isCost ? 'Cost' : 'Tokens'} by model\n\n${table(head, aligned(head, isCost ? 1 : 2), [...lines, ...last])}`;
}

const aligned = (head: readonly string[], texts: number): string[] =>
  head.map((_, at) => (at < texts ? ':--' : '--:'));

const figures = (
  {
    billed,
    ledger,
    difference,
  }: { readonly billed: number | null; readonly ledger: number | null; readonly difference: number },
  what: ComparedWhat,
  isItem: boolean,
): string[] => [
  billed === null ? 'not billed' : figure(billed, what),
  ledger === null || isItem ? 'not known' : figure(ledger, what),
  signed(difference, what),
];

function days({ days: all }: Comparison, zone: string, escape: Escape): string {
  if (all.length === 0) return '';
  const moves = all.some(({ ledger, ledgerLocal }) => ledgerLocal !== null && ledgerLocal !== ledger);
  const head = [
    'UTC day',
    'Billed',
    'Ledger',
    'Difference',
    ...(moves ? [`Ledger on that date in ${escape(zone)}`] : []),
  ];
  const lines = all.map(({ day, ledgerLocal, ...sum }) => [
    day,
    ...figures(sum, 'cost', false),
    ...(moves ? [usd.format(ledgerLocal ?? 0)] : []),
  ]);
  return `## Cost by day\n\n${table(head, aligned(head, 1), lines)}`;
}

function rows({ kind, rows: all }: Comparison, escape: Escape): string {
  const isCost = kind === 'cost';
  const shown = new Set(
    [...all].sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference)).slice(0, mostRows),
  );
  const head = [
    'UTC day',
    'Model',
    ...(isCost ? [] : ['Tokens']),
    isCost ? 'Billed' : 'Reported',
    'Ledger',
    'Difference',
    'Calls',
  ];
  const lines = all
    .filter((one) => shown.has(one))
    .map(({ day, model, item, what, calls, ...sum }) => [
      day,
      modelText(model, item, escape),
      ...(isCost ? [] : [whats[what]]),
      ...figures(sum, what, item !== null),
      item === null ? formatCount(calls) : '',
    ]);
  const cut =
    all.length > mostRows
      ? `\n\nThese are the ${formatCount(mostRows)} greatest differences of ${formatCount(all.length)}; the export has all.`
      : '';
  return `## ${isCost ? 'Cost' : 'Tokens'} by day and model\n\n${table(head, aligned(head, isCost ? 2 : 3), lines)}${cut}`;
}

function currencies(all: Reconciliation['otherCurrencies'], escape: Escape): string {
  const shown = all.slice(0, mostRows);
  const lines = shown.map(({ day, model, item, amount, currency }) => [
    day,
    escape([model ?? '', item].filter(Boolean).join(', ')) || 'all models',
    escape(amountText(amount, currency)),
  ]);
  const cut =
    all.length > mostRows ? `\n\n${formatCount(all.length - mostRows)} more are in the export.` : '';
  return `## Billed in other currencies\n\nThe ledger counts in US dollars and knows no rate of the day of the bill, so these are shown as billed and not compared.\n\n${table(['UTC day', 'What', 'Billed'], [':--', ':--', '--:'], lines)}${cut}`;
}

function fileLine({ path, label, firstDay, lastDay, lines, amounts }: Bill, escape: Escape): string {
  const sums = amounts.map(({ amount, currency }) => amountText(amount, currency)).join(', ');
  return `- ${escape(path)}: ${label}, ${daysText(firstDay, lastDay)}, ${formatCount(lines)} ${lines === 1 ? 'line' : 'lines'}${sums ? `, ${escape(sums)}` : ''}`;
}
