import { billIn } from '../bills/recognise';
import { kindOfBytes } from './magic';

/** What a file of no known format holds, told by its first bytes in one sentence for the user. */
export function describe(bytes: Buffer, isWhole: boolean): string {
  if (bytes.length === 0) return 'It is empty (0 bytes).';
  const kind = kindOfBytes(bytes);
  if (kind !== undefined) return `It is ${kind}.`;
  if (isUtf16(bytes)) return 'It is text in UTF-16, which is not read: save it as UTF-8.';
  const text = utf8(bytes, isWhole);
  if (text === undefined) return isLatin(bytes) ? 'It is text that is not in UTF-8.' : 'It is not text.';
  if (text.trim() === '') return 'It holds nothing but white space.';
  return ofJson(text, isWhole) ?? ofTable(text) ?? 'It is text of no known format.';
}

/** What is said of a provider's bill, which holds no calls; undefined for any other file. */
export function describeBill(head: string): string | undefined {
  const bill = billIn(head);
  return bill && `It is a bill (${bill}) and holds no calls: reconcile it with the ledger instead.`;
}

/** What is said of a SQLite database that no importer knows. */
export const describeTables = (tables: readonly string[]): string =>
  tables.length === 0
    ? 'It is a SQLite database without tables.'
    : `It is a SQLite database of no known format, with the tables: ${listed(tables)}.`;

const mostNames = 8;
const longestName = 40;

/** Names in a file are anybody's text: each is one line of visible characters, and not long. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((name) => {
    const line = name.replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ').trim() || '“”';
    const characters = Array.from(line);
    return characters.length > longestName ? `${characters.slice(0, longestName).join('')}…` : line;
  });
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const isUtf16 = (bytes: Buffer): boolean => ['fffe', 'feff'].includes(bytes.subarray(0, 2).toString('hex'));

/** Undefined for what is no UTF-8; a character that the end of the head cuts in two does no harm. */
function utf8(bytes: Buffer, isWhole: boolean): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
  } catch {
    return undefined;
  }
}

/** No control characters but those of layout. */
const isLatin = (bytes: Buffer): boolean =>
  bytes.every((byte) => byte >= 0x20 || (byte >= 0x08 && byte <= 0x0d) || byte === 0x1b);

const jsonStart = /^\s*(?:\{\s*(?:"(?:[^"\\]|\\.)*"\s*:|\})|\[\s*(?:[[{"\]\d-]|true|false|null))/;

function ofJson(text: string, isWhole: boolean): string | undefined {
  if (!jsonStart.test(text)) return undefined;
  const keys = [...keysOf(text)];
  const told = keys.length === 0 ? 'without keys' : `with the keys: ${listed(keys)}`;
  if (!isWhole || parses(text)) return `It is JSON of no known format, ${told}.`;
  if (parses(text.trimStart().split('\n', 1)[0]!)) return `It is JSON lines of no known format, ${told}.`;
  // An INI file begins like a list.
  return /^\s*\[\s*[^{[]/.test(text) ? undefined : `It begins like JSON and is not valid, ${told}.`;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Strings, of which the end of the head may cut the last one, and brackets. */
const tokens = /"((?:[^"\\]|\\.)*)"(\s*:)?|"[^]*$|[[\]{}]/g;

/** The names of the members of the first object, or of those in the list that it is. */
function keysOf(text: string): Set<string> {
  const keys = new Set<string>();
  const depth = /^\s*\[/.test(text) ? 2 : 1;
  let level = 0;
  for (const [token, name, colon] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') level++;
    else if (token === '}' || token === ']') level--;
    else if (colon !== undefined && name !== undefined && level === depth) keys.add(name);
  }
  return keys;
}

/** A first row of names, and as many fields in the second row if there is one. */
function ofTable(text: string): string | undefined {
  const [header = '', first] = text.split(/\r?\n|\r/);
  for (const separator of [',', ';', '\t']) {
    const names = fieldsOf(header, separator);
    const isHeader =
      names.length > 1 && names.every((name) => /^[\p{L}_][\p{L}\p{N}_ .,:()/%-]*$/u.test(name));
    const fits = !first?.trim() || fieldsOf(first, separator).length === names.length;
    if (isHeader && fits) return `It is a table of no known format, with the columns: ${listed(names)}.`;
  }
  return undefined;
}

/** Near enough to count and to show. */
const fieldsOf = (row: string, separator: string): string[] =>
  (row.match(separator === ',' ? /(?:"(?:[^"]|"")*"|[^,])+|(?<=,)(?=,|$)/g : /[^;\t]+/g) ?? []).map((field) =>
    field.trim().replace(/^"(.*)"$/, '$1'),
  );
