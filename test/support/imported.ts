import { testEngine } from './engine';
import { recognise } from '../../src/ingest/recognise';
import { DiskIo } from '../../src/ingest/sourceIo';
import type { Recognition } from '../../src/ingest/recognise';
import type { Identity, Importer } from '../../src/importers/importer';
import type { CallFact, Cursor, ExperimentFact, ImportBatch, SessionFact } from '../../src/shared/facts';
import type { Issue } from '../../src/shared/model';

/** The facts of a file, merged as the store merges them: by id, counts never shrinking. */
export interface Imported {
  readonly importer: string | undefined;
  readonly identity: Identity | undefined;
  readonly experiments: ReadonlyMap<string, ExperimentFact>;
  readonly sessions: ReadonlyMap<string, SessionFact>;
  readonly calls: ReadonlyMap<string | number, CallFact>;
  /** How many calls the importer told, doubled ones included. */
  readonly told: number;
  readonly issues: readonly Issue[];
  readonly cursor: Cursor | undefined;
  readonly batches: readonly ImportBatch[];
}

const nothing = (recognition: Recognition): Imported => ({
  importer: undefined,
  identity: undefined,
  experiments: new Map(),
  sessions: new Map(),
  calls: new Map(),
  told: 0,
  issues: recognition.issues,
  cursor: undefined,
  batches: [],
});

export const newDiskIo = async (): Promise<DiskIo> => {
  const engine = await testEngine();
  return new DiskIo((path) => engine.openForeign(path));
};

/** Imports one file as the product does, from recognising it on, without a store; `importers` if not the built-in ones. */
export async function importFile(
  path: string,
  cursor?: Cursor,
  importers?: readonly Importer[],
): Promise<Imported> {
  const io = await newDiskIo();
  try {
    const recognition = await recognise({ path, root: path, given: true }, io, importers);
    const { importer, file } = recognition;
    if (!importer || !file) return nothing(recognition);
    const identity = await importer.identify(file, io);
    const batches: ImportBatch[] = [];
    for await (const batch of importer.import(file, io, cursor)) batches.push(batch);
    return {
      ...merged(batches),
      importer: importer.id,
      identity,
      issues: [...recognition.issues, ...issuesOf(batches)],
    };
  } finally {
    io.dispose();
  }
}

const issuesOf = (batches: readonly ImportBatch[]): Issue[] => batches.flatMap((batch) => batch.issues ?? []);

function merged(batches: readonly ImportBatch[]): Omit<Imported, 'importer' | 'identity' | 'issues'> {
  const sessions = batches.flatMap((batch) => batch.sessions ?? []);
  const calls = batches.flatMap((batch) => batch.calls ?? []);
  return {
    experiments: new Map(batches.flatMap((batch) => batch.experiments ?? []).map((fact) => [fact.id, fact])),
    sessions: new Map(sessions.map((fact) => [fact.id, fact])),
    calls: new Map(calls.map((fact) => [fact.id, fact])),
    told: calls.length,
    cursor: batches.findLast((batch) => batch.cursor !== undefined)?.cursor,
    batches,
  };
}

export const anchorsIn = ({ identity }: Imported): readonly string[] =>
  identity?.kind === 'anchored' ? identity.anchors : [];

export const share = (one: Imported, other: Imported): boolean =>
  anchorsIn(one).some((anchor) => anchorsIn(other).includes(anchor));
