import { UserError } from '../shared/errors';
import { maxNoteLength } from '../shared/model';
import type { Millis } from '../shared/model';

/** One saved version of a session's note, named by what survives a deleted store and a moved source. */
export interface NoteRecord {
  /** When it was saved. */
  readonly at: Millis;
  /** Importer id of the session's source. */
  readonly importer: string;
  /** The session's own id in its source. */
  readonly session: string;
  /** Anchors of the databases that the id belongs to; empty where ids are unique everywhere. */
  readonly scope: readonly string[];
  /** Markdown; blank means that the note was removed. */
  readonly text: string;
  readonly strategy?: string;
  readonly rationale?: string;
}

/** A session, model or source that was excluded from analytics, or included again. */
export interface ExclusionRecord {
  readonly at: Millis;
  readonly what: 'session' | 'model' | 'source';
  /** The model's name, the source's path, or the session's own id. */
  readonly name: string;
  readonly excluded: boolean;
  /** Of a session: importer id and anchors, as in a note. */
  readonly importer?: string;
  readonly scope?: readonly string[];
}

/** What a line of the journal holds. */
export type JournalRecord = NoteRecord | ExclusionRecord;

export const isExclusion = (record: JournalRecord): record is ExclusionRecord => 'what' in record;

export type DecodedLine =
  | { readonly record: JournalRecord }
  /** Why the line is left out, and whether it is damaged rather than something that this version does not know. */
  | { readonly record?: undefined; readonly reason: string; readonly damaged: boolean };

const version = 1;
const checksumLength = 16;

/**
 * One line of the journal with its newline: JSON, followed by a checksum of it, so that a torn or joined line is never
 * taken for a note.
 * @throws UserError when the text is too long: nothing is written that could not be kept.
 */
export function encodeLine(record: JournalRecord): string {
  const fields = isExclusion(record) ? exclusionFields(record) : noteFields(record);
  // Escaped, so that no editor or tool sees a line break inside a line.
  const body = JSON.stringify({ v: version, ...fields })
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029')
    .replace(/\u0085/g, '\\u0085');
  return `${body} ${checksum(body)}\n`;
}

function noteFields({ at, importer, session, scope, text, strategy, rationale }: NoteRecord): Fields {
  if (text.length > maxNoteLength) {
    throw new UserError(
      `A note holds at most ${maxNoteLength} characters; this one has ${text.length}, so shorten it.`,
    );
  }
  return { kind: 'note', at, importer, session, scope, text, strategy, rationale };
}

const exclusionFields = ({ at, what, name, excluded, importer, scope }: ExclusionRecord): Fields => ({
  kind: 'exclusion',
  at,
  what,
  name,
  excluded,
  importer,
  scope,
});

/** Reads a line without its newline. Anything but a whole note of a version known here says why it is none. */
export function decodeLine(line: string): DecodedLine {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const cut = text.length - checksumLength - 1;
  const body = text.slice(0, Math.max(cut, 0));
  if (cut < 2 || text[cut] !== ' ' || checksum(body) !== text.slice(cut + 1)) {
    return { reason: 'the line is torn or was changed', damaged: true };
  }
  try {
    return recordOf(JSON.parse(body));
  } catch {
    return { reason: 'the line is not JSON', damaged: true };
  }
}

function recordOf(value: unknown): DecodedLine {
  const fields = typeof value === 'object' && value !== null ? (value as Fields) : {};
  if (fields.v !== version || (fields.kind !== 'note' && fields.kind !== 'exclusion')) {
    return { reason: 'the line was written by a newer version', damaged: false };
  }
  if (fields.kind === 'exclusion') return exclusionOf(fields);
  if (!isNote(fields)) return { reason: 'the line lacks a field of a note', damaged: true };
  const { at, importer, session, scope, text, strategy, rationale } = fields;
  return {
    record: {
      at,
      importer,
      session,
      scope,
      text,
      ...(isText(strategy) ? { strategy } : {}),
      ...(isText(rationale) ? { rationale } : {}),
    },
  };
}

function exclusionOf({ at, what, name, excluded, importer, scope }: Fields): DecodedLine {
  const known = what === 'session' || what === 'model' || what === 'source';
  if (!known || typeof at !== 'number' || !isText(name) || typeof excluded !== 'boolean') {
    return { reason: 'the line lacks a field of an exclusion', damaged: true };
  }
  if (what !== 'session') return { record: { at, what, name, excluded } };
  if (!isText(importer) || !isTexts(scope)) {
    return { reason: 'the line does not name its session', damaged: true };
  }
  return { record: { at, what, name, excluded, importer, scope } };
}

type Fields = Readonly<Record<string, unknown>>;

const isNote = (fields: Fields): fields is Fields & NoteRecord =>
  typeof fields.at === 'number' &&
  [fields.importer, fields.session, fields.text].every(isText) &&
  isTexts(fields.scope);

const isText = (value: unknown): value is string => typeof value === 'string';

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

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
