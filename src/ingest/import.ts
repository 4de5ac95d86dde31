import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AskedFolders } from './askedFolders';
import { discover, nothingReadable } from './discover';
import { fingerprint } from './fingerprint';
import { ImportTally } from './importTally';
import { importFile } from './importFile';
import { recognise } from './recognise';
import { SmallFiles } from './smallFiles';
import { DiskIo } from './sourceIo';
import { tagSessions } from './tagSessions';
import { CancellationError } from '../shared/errors';
import {
  addProblems,
  clearProblems,
  ensureSource,
  findSource,
  finishSource,
  forgetFailure,
} from '../store/sources';
import { rememberSearch, takeBack } from '../store/watchedFolders';
import type { FoundFile } from './discover';
import type { Recognition } from './recognise';
import type { Importer } from '../importers/importer';
import type { ImportProgress, ImportSummary, Issue } from '../shared/model';
import type { Engine } from '../sqlite/engine';
import type { Store } from '../store/store';

export interface ReadRequest {
  /** Read again from the start even what has not changed. */
  readonly force: boolean;
  /** Which formats are read, the first one that knows a file; the built-in ones if absent. */
  readonly importers?: readonly Importer[];
  /** Called between two steps; rejects with CancellationError when the user stopped the import. */
  readonly pause: () => Promise<void>;
  readonly told: (progress: ImportProgress) => void;
  /** For bugs: what a user need not read. */
  readonly log: (message: string) => void;
  /** Another import, as that of another window, took this file in while it was read here. */
  readonly outrun?: (path: string) => void;
}

export interface ImportRequest extends ReadRequest {
  readonly paths: readonly string[];
}

/**
 * Reads files and folders into the store. Bad input ends in `issues` and in the problems of its source; what can be
 * read is imported all the same. Each batch is committed by itself, so stopping loses nothing.
 */
export async function importPaths(
  store: Store,
  engine: Engine,
  request: ImportRequest,
): Promise<ImportSummary> {
  const tally = new ImportTally();
  const read: string[] = [];
  const collapsed = collapsedCalls(store);
  const isWhole = await readPaths(store, engine, request, tally, read);
  await tagSessions(store, read);
  return { ...tally.summary(!isWhole), collapsedCalls: Math.max(0, collapsedCalls(store) - collapsed) };
}

/**
 * Reads files that are known or were found, without searching a folder: what changed in them is taken in, and costs as
 * much as it is. What cannot be read ends in the problems of its source.
 */
export async function importFiles(
  store: Store,
  engine: Engine,
  request: ReadRequest,
  files: readonly FoundFile[],
): Promise<void> {
  const tally = new ImportTally();
  const small = new SmallFiles(store, request, tally);
  for (const file of files) {
    await request.pause();
    const isHeard = await importFound({ store, engine, request, tally, small }, file);
    if (isHeard && file.root !== file.path) forgetSilence(store, file.root);
  }
  small.commit();
  const paths = files.map(({ path }) => path);
  if (tally.hasRead) await tagSessions(store, paths);
}

const collapsedCalls = ({ db }: Store): number =>
  db.read(() => db.rows('SELECT count(*) FROM call WHERE duplicate_of IS NOT NULL'))[0]![0] as number;

/** @returns false when the user stopped it. `read` gets the paths of the files that were opened. */
async function readPaths(
  store: Store,
  engine: Engine,
  request: ImportRequest,
  tally: ImportTally,
  read: string[],
): Promise<boolean> {
  const small = new SmallFiles(store, request, tally);
  const startedAt = Date.now();
  try {
    const asked = await AskedFolders.among(request.paths);
    const named = new Set(request.paths.map((path) => resolve(path)));
    const { found, issues } = await findFiles(request.paths);
    for (const issue of issues) {
      refuse(store, tally, issue, named.has(issue.path));
      asked.hear(issue.path);
    }
    for (const [index, file] of found.entries()) {
      await request.pause();
      tally.at(file.path, index, found.length, request.told);
      read.push(file.path);
      if (await importFound({ store, engine, request, tally, small }, file)) asked.hear(file.path);
    }
    small.commit();
    for (const path of asked.silent) fail(store, tally, nothingReadable(path));
    for (const path of asked.filled) forgetSilence(store, path);
    store.write(() => {
      takeBack(store.db, [...named]);
      rememberSearch(store.db, asked.paths, startedAt);
    });
    return true;
  } catch (error) {
    if (!(error instanceof CancellationError)) throw error;
    // What was read so far is not lost.
    small.commit();
    return false;
  }
}

async function findFiles(paths: readonly string[]): Promise<{ found: FoundFile[]; issues: Issue[] }> {
  const found: FoundFile[] = [];
  const issues: Issue[] = [];
  for await (const one of discover(paths)) {
    if ('issue' in one) issues.push(one.issue);
    else found.push(one);
  }
  return { found, issues };
}

interface Importing {
  readonly store: Store;
  readonly engine: Engine;
  readonly request: ReadRequest;
  readonly tally: ImportTally;
  readonly small: SmallFiles;
}

/** @returns whether there was something to import, changed or not, or to complain of. */
async function importFound(
  { store, engine, request, tally, small }: Importing,
  found: FoundFile,
): Promise<boolean> {
  const print = await fingerprint(found.path);
  const known = store.db.read(() => findSource(store.db, found.path));
  if (!request.force && print !== undefined && known?.fingerprint === print) {
    tally.unchanged();
    return true;
  }
  const io = new DiskIo((path) => engine.openForeign(path));
  try {
    // Of a file that could be read before the user wants to hear, too.
    const given = found.given || known?.importer != null;
    const recognition = await recognise({ ...found, given }, io, request.importers);
    if (!recognition.importer) return tellUnknown(store, tally, found, recognition);
    const bytes = await stat(found.path).then(
      ({ size }) => size,
      () => 0,
    );
    if (await small.read({ recognition, io, bytes, fingerprint: print ?? '' })) return true;
    small.commit();
    await importFile(store, io, recognition, request, tally, { bytes, fingerprint: print ?? '' });
    return true;
  } finally {
    io.dispose();
  }
}

/** @returns whether there was anything to tell. */
function tellUnknown(
  store: Store,
  tally: ImportTally,
  { path, given }: FoundFile,
  { issues, skipped, unknown }: Recognition,
): boolean {
  for (const issue of issues) refuse(store, tally, issue, given);
  const isTold = issues.length > 0;
  if (skipped === undefined) {
    if (!isTold && unknown !== undefined) tally.passOver(path, unknown);
    return isTold;
  }
  const message = `It holds ${skipped} and no calls of its own`;
  if (given) fail(store, tally, { path, message: `${message}: import the folder that it lies in.` });
  else if (!isTold) tally.passOver(path, `${message}.`);
  return given || isTold;
}

/** Of what nobody named, a search of a large folder may find any number. */
function refuse(store: Store, tally: ImportTally, issue: Issue, isNamed: boolean): void {
  // It is no source that failed.
  if (issue.isBill) tally.issue(issue);
  else if (isNamed || tally.mayRefuse()) fail(store, tally, issue);
  else tally.passOver(issue.path, issue.message);
}

/** A path that could not be read at all is a source of its own, so that its problem can be found later. */
function fail(store: Store, tally: ImportTally, issue: Issue): void {
  tally.issue(issue);
  store.write(() => {
    const known = findSource(store.db, issue.path);
    const source = known?.id ?? ensureSource(store.db, issue.path, null);
    clearProblems(store.db, source, 'wholeFile');
    addProblems(store.db, source, [issue]);
    finishSource(store.db, source, {
      state: known?.importer ? 'missing' : 'failed',
      fingerprint: '',
      bytes: 0,
    });
  });
}

/** A folder in which there was nothing before and is something now is no problem any more. */
function forgetSilence(store: Store, folder: string): void {
  if (store.db.read(() => findSource(store.db, folder))) store.write(() => forgetFailure(store.db, folder));
}
