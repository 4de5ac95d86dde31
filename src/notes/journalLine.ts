import type { Millis } from '../shared/model';

/** What a line of the journal holds: one thing that the user said, at a time. */
export interface JournalRecord {
  /** Of what kind it is; the rest is the kind's own. */
  readonly kind: string;
  readonly at: Millis;
}

/** Members of a line as they stand in it. */
export type Fields = Readonly<Record<string, unknown>>;

/** How records of one kind are written as a line and read from one. */
export interface LineKind<R extends JournalRecord = JournalRecord> {
  readonly kind: R['kind'];
  /**
   * What is written, in a fixed order, without what is undefined.
   * @throws UserError for what could not be kept.
   */
  fields(record: R): Fields;
  /** The record, or what a line that is whole lacks to be one. */
  read(fields: Fields): R | string;
}

export type DecodedLine =
  | { readonly record: JournalRecord }
  /** Why the line is left out, and whether it is damaged rather than something that this version does not know. */
  | { readonly record?: undefined; readonly reason: string; readonly damaged: boolean };

const version = 1;
const checksumLength = 16;

/**
 * One line of the journal with its newline: JSON, followed by a checksum of it, so that a torn or joined line is never
 * taken for a whole one.
 * @throws UserError when the kind refuses the record: nothing is written that could not be kept.
 */
export function encodeLine(kinds: readonly LineKind[], record: JournalRecord): string {
  const kind = kinds.find((one) => one.kind === record.kind);
  if (!kind) throw new Error(`no kind of journal line is called ${record.kind}`);
  // Escaped, so that no editor or tool sees a line break inside a line.
  const body = JSON.stringify({ v: version, kind: kind.kind, ...kind.fields(record) })
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029')
    .replace(/\u0085/g, '\\u0085');
  return `${body} ${checksum(body)}\n`;
}

/** Reads a line without its newline. Anything but a whole record of a kind known here says why it is none. */
export function decodeLine(kinds: readonly LineKind[], line: string): DecodedLine {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const cut = text.length - checksumLength - 1;
  const body = text.slice(0, Math.max(cut, 0));
  if (cut < 2 || text[cut] !== ' ' || checksum(body) !== text.slice(cut + 1)) {
    return { reason: 'the line is torn or was changed', damaged: true };
  }
  try {
    return recordOf(kinds, JSON.parse(body));
  } catch {
    return { reason: 'the line is not JSON', damaged: true };
  }
}

function recordOf(kinds: readonly LineKind[], value: unknown): DecodedLine {
  const fields = typeof value === 'object' && value !== null ? (value as Fields) : {};
  const kind = fields.v === version ? kinds.find((one) => one.kind === fields.kind) : undefined;
  if (!kind) return { reason: 'the line was written by a newer version', damaged: false };
  const record = kind.read(fields);
  return typeof record === 'string' ? { reason: record, damaged: true } : { record };
}

export const isText = (value: unknown): value is string => typeof value === 'string';

export const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

/** 64-bit FNV-1a over UTF-16 code units as 16 hex digits: tells damage, protects from nobody. */
function checksum(text: string): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (let i = 0; i < text.length; i++) {
    low = (low ^ text.charCodeAt(i)) >>> 0;
    // Times 2^40 + 0x1b3, in two halves of 32 bits.
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 0x1_0000_0000) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return hex(high) + hex(low);
}

const hex = (word: number): string => word.toString(16).padStart(8, '0');
