import type { Cursor, ImportBatch } from '../shared/facts';
import type { Issue } from '../shared/model';

export type SqlValue = string | number | Uint8Array | null;

/**
 * Someone else's SQLite file, read on demand: its last committed state, write-ahead log and rollback journal applied,
 * without a lock and without leaving a trace beside it.
 */
export interface ForeignDb {
  /** Lower-case table (and view) name -> lower-case column names. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
  /**
   * All rows of one committed state, as arrays in the order of the selected columns. Every call may see a newer state
   * than the one before, so page by a growing id and keep pages small (some 1,000 rows).
   * @throws UserError when the file is damaged, or stays too busy to be read.
   */
  all(sql: string, params?: readonly SqlValue[]): Promise<SqlValue[][]>;
}

/** The only way an importer touches the outside world, so that a test can hand it a world of its own. */
export interface SourceIo {
  /** The whole file as text (UTF-8, byte order mark removed), at most 64 MiB. For formats whose files are small. */
  text(path: string): Promise<string>;
  /** Complete lines from byte `from` on. A last line without its newline comes with `complete: false`. */
  lines(path: string, from?: number): AsyncIterable<SourceLine>;
  /**
   * The elements of the array at `pointer` (`''` for a bare array, `'metrics'` for a member) of a JSON document,
   * parsed one by one, so that a document cut in the middle still gives its complete elements.
   * Bare NaN and Infinity become null. An element longer than 64 MiB, or of more than a million values, is an Issue
   * and the next one follows. Ends with an Issue where the document does not hold.
   */
  items(path: string, pointer: string): AsyncIterable<SourceItem>;
  /** Records of a CSV file with a header row: column name -> text. */
  records(path: string): AsyncIterable<SourceRecord>;
  /**
   * The values at `pointers` (`eval.model`, `samples.*.id`) of a JSON document, in its order, so that nothing else of it
   * is held; texts longer than 64 KiB are cut. With `entry` the document is that entry of a ZIP archive.
   */
  values(path: string, pointers: readonly string[], entry?: string): AsyncIterable<SourceValue>;
  /** Names of the entries of a ZIP archive. @throws UserError when it is none, or was cut off. */
  entries(path: string): Promise<readonly string[]>;
  sqlite(path: string): Promise<ForeignDb>;
  /** Milliseconds since the epoch of the file's last change. */
  modified(path: string): Promise<number>;
  /** A short stable hash (hex) of some text; the same everywhere and for ever. */
  hash(text: string): string;
}

export interface SourceLine {
  readonly text: string;
  /** 1-based, counted from where the reading began. */
  readonly number: number;
  /** Byte offset just after this line. */
  readonly end: number;
  readonly complete: boolean;
  /** Longer than 64 MiB, or JSON of more than a million values: `text` is its beginning only. */
  readonly overlong?: boolean;
}

export type SourceItem =
  { readonly value: unknown; readonly index: number } | { readonly issue: Omit<Issue, 'path'> };

/** A value, and the names and indexes that lead to it. */
export type SourceValue =
  | { readonly keys: readonly (string | number)[]; readonly value: unknown }
  | { readonly issue: Omit<Issue, 'path'> };

export type SourceRecord =
  | { readonly value: Readonly<Record<string, string>>; readonly line: number }
  | { readonly issue: Omit<Issue, 'path'> };

export interface SourceFile {
  readonly path: string;
  /** The first 16 KiB as text; enough to tell formats apart. Empty for SQLite. */
  readonly head: string;
  /** Tables of a SQLite file; absent for anything else. */
  readonly tables?: ReadonlyMap<string, readonly string[]>;
}

/**
 * Whose ids the ids of a file are. `global`: ids are unique over all files of the format, so that overlapping files
 * count once. `anchored`: ids repeat from file to file; hashes of rows that never change tell one database from
 * another. Two files are the same database if they share an anchor.
 */
export type Identity =
  { readonly kind: 'global' } | { readonly kind: 'anchored'; readonly anchors: readonly string[] };

/** One source format. It yields facts, once; it knows no prices, no local time, no store, no vscode. */
export interface Importer {
  readonly id: string;
  readonly label: string;
  /** Its files are sums that grow: only the cursor tells what of them was counted, so it is never left out. */
  readonly cumulative?: boolean;
  detect(file: SourceFile): boolean;
  /** Why a recognised file holds nothing to import (an index, a settings file); absent if it does. */
  skips?(file: SourceFile): string | undefined;
  identify(file: SourceFile, io: SourceIo): Promise<Identity>;
  /**
   * The facts of the file, from `cursor` on where the file only grew since. Everything that cannot be read is an issue
   * in a batch; only a bug, a damaged database or a vanished file throws.
   */
  import(file: SourceFile, io: SourceIo, cursor?: Cursor): AsyncIterable<ImportBatch>;
}
