import { isFor } from './mapped/detection';
import { layoutOf } from './mapped/layout';
import { RecordReader } from './mapped/record';
import { anchorRows, tableRecords } from './mapped/tableRecords';
import { recordOf, textRecords } from './mapped/textRecords';
import type { Importer, SourceFile, SourceIo } from './importer';
import type { Layout, Slot } from './mapped/layout';
import type { MappedRecord } from './mapped/record';
import type { CallFact, Cursor, ImportBatch, SessionFact } from '../shared/facts';
import { mappedPrefix as prefix } from '../shared/mapping';
import type { Mapping } from '../shared/mapping';
import type { Issue } from '../shared/model';

const pageSize = 2000;

/** The id of the importer that a mapping is; its name can be read from it again. */
export const mappedId = (name: string): string =>
  prefix + name.replace(/[^A-Za-z0-9_-]/gu, (character) => `~${character.codePointAt(0)!.toString(16)}~`);

/** The name of a mapping by the id of its importer, also of one that is gone; undefined for other ids. */
export const mappingName = (id: string): string | undefined =>
  id.startsWith(prefix)
    ? id
        .slice(prefix.length)
        .replace(/~([0-9a-f]+)~/g, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
    : undefined;

/**
 * A format of the user's own: a table, JSON or CSV whose columns a mapping names. Records are known by their id, or by
 * their content; whose ids they are, the mapping says. Docs: docs/sources/mapping.md.
 */
export function mappedImporter(name: string, mapping: Mapping): Importer {
  const layout = layoutOf(mapping);
  return {
    id: mappedId(name),
    label: name,
    detect: (file) => isFor(mapping, file),
    identify: async (file, io) =>
      mapping.ids === 'perFile'
        ? { kind: 'anchored', anchors: await anchorsOf(file, io, mapping) }
        : { kind: 'global' },
    import: (file, io, cursor) => {
      const batches = new Batches(file.path, new RecordReader(name, mapping, layout, io));
      return importMapped(file, io, mapping, layout, batches, cursor);
    },
  };
}

async function* importMapped(
  { path }: SourceFile,
  io: SourceIo,
  { files }: Mapping,
  layout: Layout,
  batches: Batches,
  cursor: Cursor | undefined,
): AsyncGenerator<ImportBatch> {
  if (files.format === 'sqlite') {
    const pages = tableRecords(await io.sqlite(path), files.table, layout, cursor);
    for await (const { records, cursor: reached, share } of pages) {
      for (const record of records) batches.add(record, record.place);
      yield batches.take(reached, share);
    }
    return;
  }
  for await (const { value, problem, place, cursor: reached } of textRecords(path, io, files, cursor)) {
    if (problem !== undefined) batches.refuse(place, problem);
    if (value) batches.add(recordOf(value, layout), place);
    batches.reached = reached;
    if (batches.size >= pageSize) yield batches.take(batches.reached);
  }
  yield batches.take(batches.reached, 1);
}

/** Facts and problems that wait to be handed on. */
class Batches {
  private calls: CallFact[] = [];
  private issues: Issue[] = [];
  /** By their content: most records say the same of their session. */
  private readonly sessions = new Map<string, SessionFact>();
  reached: Cursor | undefined;
  size = 0;

  constructor(
    private readonly path: string,
    private readonly reader: RecordReader,
  ) {}

  add(record: MappedRecord, place: string | undefined): void {
    this.size++;
    const told = this.reader.read(record);
    if (typeof told === 'string') return this.refuse(place, told);
    if (!told) return;
    this.calls.push(told.call);
    this.sessions.set(JSON.stringify(told.session), told.session);
    if (told.unreadable.length === 0) return;
    const names = [...new Set(told.unreadable)].join(', ');
    this.refuse(place, `It has no valid ${names} and is counted without: correct it, or its unit.`);
  }

  refuse(place: string | undefined, message: string): void {
    this.issues.push({ path: this.path, ...(place === undefined ? {} : { place }), message });
  }

  take(cursor: Cursor | undefined, share?: number): ImportBatch {
    const { calls, issues } = this;
    const sessions = [...this.sessions.values()];
    [this.calls, this.issues, this.size] = [[], [], 0];
    this.sessions.clear();
    return {
      sessions,
      calls,
      issues,
      ...(cursor ? { cursor } : {}),
      ...(share === undefined ? {} : { share }),
    };
  }
}

/** Hashes of records that never change, each with what tells it from those of another file. */
async function anchorsOf(
  { path }: SourceFile,
  io: SourceIo,
  { files, id = [], fields }: Mapping,
): Promise<string[]> {
  const lasting = [fields.time, fields.session, fields.model];
  const named = [...id, ...lasting].filter((one) => one !== undefined);
  const paths = [...new Set(named.length > 0 ? named : Object.values(fields))];
  const slots: Slot[] = paths.map((one) => ({ path: one, isLabel: true }));
  if (files.format === 'sqlite') {
    const rows = await anchorRows(await io.sqlite(path), files.table, slots);
    return [...new Set(rows.map((row) => io.hash(JSON.stringify(row))))];
  }
  const found: string[] = [];
  for await (const { value } of textRecords(path, io, files)) {
    if (value)
      found.push(io.hash(JSON.stringify(recordOf(value, { slots, id: [], field: {}, where: [] }).values)));
    if (found.length === 4) break;
  }
  return found;
}
