import { partNames } from './explanation';
import { firstLine, formatCount } from './format';
import type { ChargedPart, PriceSource } from './explanation';
import type { Millis } from './model';
import type { ToldPrice, ToldRate } from './modelPrices';

/** What a rate is for, where that is not a million tokens. */
export const rateUnits: Partial<Readonly<Record<ChargedPart, string>>> = {
  request: ' a thousand',
  webSearch: ' a thousand',
  image: ' each',
  audioInputHour: ' an hour',
  audioOutputHour: ' an hour',
};

/** A rate in US dollars, which has at most twelve decimals. */
export const decimalRate = (rate: number): string =>
  rate.toLocaleString('en-US', { maximumFractionDigits: 12, useGrouping: false });

/** `$3 per million tokens`, `$10 a thousand`. */
export const rateText = ({ part, usd }: ToldRate): string =>
  `$${decimalRate(usd)}${rateUnits[part] ?? ' per million tokens'}`;

/** `Input`, `Input over 200,000 tokens`. */
export function rateName({ part, over }: ToldRate): string {
  const name = partNames[part];
  const text = over === undefined ? name : `${name} over ${formatCount(over)} tokens`;
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}

/** Input and output of a price, `$3 / $15`; what it has instead where that is something else. */
export function priceText({ rates }: Pick<ToldPrice, 'rates'>): string {
  if (rates.length === 0) return 'free';
  const of = (part: ChargedPart): ToldRate | undefined => rates.find((rate) => rate.part === part);
  const [input, output] = [of('input'), of('output')];
  if (!input && !output) return rateText(rates[0]!);
  const shown = (rate: ToldRate | undefined): string => (rate ? `$${decimalRate(rate.usd)}` : '–');
  return `${shown(input)} / ${shown(output)}`;
}

/** Where a price is from in a few words; `priceSourceText` says all. */
export function shortSource({ kind, where, listedAs, checked, takenFrom }: PriceSource): string {
  switch (kind) {
    case 'user':
      return takenFrom?.listedAs
        ? `your own: the price of ${firstLine(takenFrom.listedAs, 80)}`
        : `your own price: ${firstLine(where, 80)}`;
    case 'set':
      return `price set ${listedAs ?? ''}`;
    case 'correction':
      return `a correction of ours${checked ? `, looked up on ${checked}` : ''}`;
    case 'library':
      return `${where}${listedAs ? ` as ${listedAs}` : ''}`;
  }
}

/** `since 2025-06-10 until 2026-01-01`, in days of UTC; what began with the first call has no beginning. */
export function forceText({ from, until }: Pick<ToldPrice, 'from' | 'until'>): string {
  const since = from === undefined ? '' : `since ${when(from)}`;
  return [since, until === undefined ? '' : `until ${when(until)}`].filter(Boolean).join(' ');
}

const when = (at: Millis): string => {
  const text = new Date(at).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : `${text.slice(0, 16).replace('T', ' ')} UTC`;
};
