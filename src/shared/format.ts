import type { Millis, NanoUsd } from './model';

/** With thousands separators, the same in every locale: 12,345. Written out: a row of a tree has a dozen of them. */
export const formatCount = (count: number): string =>
  (Math.round(count) || 0).toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',');

/** The exact amount in USD as a plain decimal with at most nine decimals, never with an exponent: `0.006`, `12.3`. */
export function decimalUsd(nano: NanoUsd): string {
  const digits = Math.abs(nano).toFixed(0).padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0+$/, '');
  return `${nano < 0 ? '-' : ''}${digits.slice(0, -9)}${fraction && `.${fraction}`}`;
}

/** Short, for rows: 950, 34.5k, 1.2M. */
export function formatTokens(tokens: number): string {
  if (tokens < 1000) return formatCount(tokens);
  for (const [unit, size] of [
    ['k', 1e3],
    ['M', 1e6],
  ] as const) {
    // 999,950 would round to 1000.0k.
    if (tokens < size * 999.5) return `${shortened(tokens / size)}${unit}`;
  }
  return `${shortened(tokens / 1e9)}B`;
}

const shortened = (value: number): string =>
  value < 99.95 ? value.toFixed(1).replace(/\.0$/, '') : formatCount(Math.round(value));

/** `850 ms`, `1.2 s`, `2 min 5 s`, `1 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 3600
    ? inTwo(Math.floor(seconds / 60), 'min', seconds % 60, 's')
    : inTwo(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min');
}

/** Lengths of audio, which are added up and compared, in one unit: `0.25 s`, `312.5 s`, `12,345.6 s`. */
export const formatSeconds = (seconds: number): string =>
  `${seconds.toLocaleString('en-US', seconds < 1 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 1 })} s`;

const inTwo = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  `${formatCount(large)} ${largeUnit}${small === 0 ? '' : ` ${small} ${smallUnit}`}`;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** `2025-06-01 14:05` on the clocks of an IANA zone. */
export function formatWhen(at: Millis, zone: string): string {
  let clock = clocks.get(zone);
  if (!clock) clocks.set(zone, (clock = clockOf(zone)));
  const part = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part.year ?? ''}-${part.month ?? ''}-${part.day ?? ''} ${part.hour ?? ''}:${part.minute ?? ''}`;
}

const clockOf = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });

/** The first line that is not blank, cut to `max` characters with an ellipsis. */
export function firstLine(text: string, max: number): string {
  const line = /\S[^\r\n]*/.exec(text)?.[0].trimEnd() ?? '';
  if (line.length <= max) return line;
  // A half of a surrogate pair is no character.
  return `${line.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Text of a user or a file, made to show as itself in Markdown: no markup, links, icons, HTML or lists. */
export const escapeMarkdown = (text: string): string =>
  text
    .replace(/[\\`*_[\]<>|~$@]/g, '\\$&')
    .replace(/&(?=#?\w+;)/g, '\\&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/\bwww\./gi, (found) => `${found.slice(0, -1)}\\.`)
    .replace(/^(\s*)([-+=#])/gm, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/gm, '$1\\$2');

/** `812 bytes`, `20 kB`, `1.1 GB`: decimal units, two digits below ten. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** power;
  return `${power > 0 && amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${units[power]}`;
}
