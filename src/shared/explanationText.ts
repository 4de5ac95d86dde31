import { partNames } from './explanation';
import { formatCount, formatSeconds, formatWhen } from './format';
import { decimalRate, rateUnits } from './priceText';
import type {
  CallChoice,
  Charge,
  ChargedPart,
  Explanation,
  ModelExplanation,
  PriceSource,
  Reason,
  SummedUp,
} from './explanation';
import type { NanoUsd } from './model';
import type { Money } from './money';

/** How an explanation is put into words. */
export interface Wording {
  /** Of whose cost it is: `call 17`, `session a1b2`. */
  readonly title: string;
  /** IANA zone in which times are shown. */
  readonly zone: string;
  /** Rates and what is multiplied with them stay US dollars. */
  readonly money: Money;
  /** Makes text of foreign files harmless where it is shown. */
  readonly escape: (text: string) => string;
}

/** Where a cost comes from, as Markdown that reads well as plain text too. */
export function explanationText(explained: Explanation, wording: Wording): string {
  const { call, calls, cost, mode, repriced, models } = explained;
  const { money } = wording;
  const sources = new Map<string, number>();
  const sections = models.map((model) => modelSection(model, wording, sources));
  const blocks = [
    `# Cost of ${wording.escape(wording.title)}`,
    call
      ? callText(call, wording)
      : `${money.exact(cost)} in ${formatCount(calls)} ${calls === 1 ? 'call' : 'calls'}, in the cost mode "${mode}".`,
    money.note === '' ? '' : `Shown in ${money.note}.`,
    explained.summedUp ? summedUpText(explained.summedUp, wording) : '',
    '## Tokens times rates',
    'Rates are US dollars per million tokens, unless another unit is named, and amounts of parts are US dollars. What a call comes to is added up exactly and rounded once, to the billionth of a dollar.',
    ...sections,
    sources.size === 0 ? '' : `## Prices\n\n${sourceList(sources, wording)}`,
    `Price book: ${wording.escape(explained.prices)}.`,
    repriced > 0 && !call ? repricedText(repriced) : '',
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

const summedUpText = ({ calls, cost, until }: SummedUp, { zone, money }: Wording): string =>
  `Beside them ${money.exact(cost)} of ${formatCount(calls)} older ${calls === 1 ? 'call' : 'calls'}, until ${formatWhen(until, zone)}, of which only sums are kept: what they are made of is not known any more.`;

const repricedText = (calls: number): string =>
  `${formatCount(calls)} of the calls stand in the ledger with a computed cost made at other prices than these; the totals have what stands in the ledger.`;

function callText(call: CallChoice, { zone, escape, money: { exact: say } }: Wording): string {
  const { usd, state, exact, recorded, recordedExact, recordedElsewhere, computed, stored } = call;
  const rows: (readonly [string, string | undefined])[] = [
    ['Counts', usd === null ? 'unpriced' : `${say(usd)} (${state}${exact ? '' : ', inexact'})`],
    ['Recorded', recorded === null ? 'nothing' : `${say(recorded)}${recordedExact ? '' : ', inexact'}`],
    ['Recorded elsewhere', recordedElsewhere === null ? undefined : say(recordedElsewhere)],
    ['Computed', amount(computed, say)],
    ['Computed when it was priced', stored === computed ? undefined : amount(stored, say)],
    ['Priced by', call.pricedBy === null ? undefined : escape(call.pricedBy)],
    ['Time', call.at === undefined ? 'unknown' : formatWhen(call.at, zone)],
  ];
  const differences = call.differences.map((text) => `- ${text}`).join('\n');
  return [
    call.why,
    table(
      ['', ''],
      rows.flatMap(([label, value]) => (value === undefined ? [] : [[label, value]])),
      1,
    ),
    differences && `## Why recorded and computed differ\n\n${differences}`,
    stored === computed
      ? ''
      : 'It stands in the ledger with a computed cost made at other prices than these; *Review Price Changes...* shows what these would change.',
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

const amount = (nano: NanoUsd | null, say: Money['exact']): string => (nano === null ? 'nothing' : say(nano));

function modelSection(
  model: ModelExplanation,
  { escape, money }: Wording,
  sources: Map<string, number>,
): string {
  const name = model.model === null ? 'Unknown model' : escape(model.model);
  const by = model.provider === null ? '' : ` at ${escape(model.provider)}`;
  const lines = model.charges.map((charge) => chargeCells(charge, escape, sources));
  return [
    `### ${name}${by}`,
    summary(model, money),
    lines.length === 0 ? '' : table(['Part', 'Quantity', 'Rate', 'Amount', 'Price'], lines, 1),
    reasons('Unpriced', model.unpriced, escape),
    reasons('Inexact', model.inexact, escape),
    model.priceNote === undefined ? '' : `Price note: ${escape(model.priceNote.trim())}`,
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function summary({ calls, cost, computed, recorded, states }: ModelExplanation, { exact }: Money): string {
  const by = (['recorded', 'computed', 'included', 'unpriced'] as const)
    .filter((state) => states[state] > 0)
    .map((state) => `${formatCount(states[state])} ${state}`);
  return `${exact(cost)} · ${formatCount(calls)} ${calls === 1 ? 'call' : 'calls'}: ${by.join(', ')} · computed ${exact(computed)}, recorded ${exact(recorded)}`;
}

function chargeCells(charge: Charge, escape: Wording['escape'], sources: Map<string, number>): string[] {
  const { part, quantity, rate, pricedAs, times, tier, over, amount: usd, source } = charge;
  const notes = [
    pricedAs && `${times === 2 ? 'twice' : 'as'} ${partNames[pricedAs]}`,
    over === undefined ? undefined : `over ${formatCount(over)} input tokens`,
    tier && `tier ${escape(tier.name)}, ${tier.factor === null ? 'factor unknown' : `times ${tier.factor}`}`,
  ].filter(Boolean);
  return [
    `${partNames[part]}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`,
    isTime(part) ? formatSeconds(quantity) : formatCount(quantity),
    `$${decimalRate(rate)}${rateUnits[part] ?? ''}`,
    `$${usd}`,
    source ? `[${numberOf(JSON.stringify(source), sources)}]` : '',
  ];
}

const isTime = (part: ChargedPart): boolean => part === 'audioInputHour' || part === 'audioOutputHour';

function numberOf(source: string, sources: Map<string, number>): number {
  const known = sources.get(source) ?? sources.size + 1;
  sources.set(source, known);
  return known;
}

function reasons(name: string, all: readonly Reason[], escape: Wording['escape']): string {
  const lines = all.map(({ text, calls, ids }) => {
    const more = calls > ids.length ? ` and ${formatCount(calls - ids.length)} more` : '';
    return `- ${name}: ${formatCount(calls)} ${calls === 1 ? 'call' : 'calls'}. ${text} (${ids.map(escape).join(', ')}${more})`;
  });
  return lines.join('\n');
}

const sourceList = (sources: ReadonlyMap<string, number>, { escape }: Wording): string =>
  [...sources]
    .map(([source, number]) => `- [${number}] ${priceSourceText(JSON.parse(source) as PriceSource, escape)}`)
    .join('\n');

const kinds: Readonly<Record<PriceSource['kind'], string>> = {
  user: 'Your own price',
  set: 'The price set that is chosen for these calls',
  correction: 'A correction of ours',
  library: 'The price library',
};

/** One price's provenance as a sentence or two. */
export function priceSourceText(source: PriceSource, escape: Wording['escape']): string {
  const { kind, where, listedAs, checked, unverified, from, daily, note, takenFrom, amended = [] } = source;
  const head = [
    `${kinds[kind]}: ${escape(where)}`,
    listedAs && `as ${escape(listedAs)}`,
    from === undefined ? undefined : `in force since ${escape(from)}`,
    daily && `from ${daily.start} to ${daily.end} of the UTC day`,
    checked && `looked up on ${checked}`,
  ].filter(Boolean);
  return [
    `${head.join(', ')}.`,
    note === undefined ? '' : `Note: ${escape(note)}`,
    takenFrom === undefined ? '' : `It is the price of another model. ${priceSourceText(takenFrom, escape)}`,
    unverified === undefined ? '' : `Not verified: ${escape(unverified)}.`,
    ...amended.map((entry) => `Completed by ours: ${escape(entry.where)}, looked up on ${entry.checked}.`),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[], left: number): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i < left ? ':--' : '--:'))), ...rows.map(line)].join('\n');
}
