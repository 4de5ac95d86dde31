import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../shared/errors';
import { reading } from './sourceIoErrors';
import { readItems } from './sourceIoItems';
import { isTooHeavy, maxBytes } from './sourceIoLimits';
import { readChunks, readLines } from './sourceIoLines';
import { readRecords } from './sourceIoRecords';
import { readValues } from './sourceIoValues';
import { ZipArchive } from './zipArchive';
import type { SourceIo, SourceItem, SourceLine, SourceRecord, SourceValue } from '../importers/importer';
import type { ForeignFile } from '../sqlite/foreignFile';

/**
 * The real disk, for the import of one file. Databases are opened once and closed by `dispose`. Failures of the file
 * system are told as `UserError`.
 */
export class DiskIo implements SourceIo {
  private readonly open = new Map<string, ForeignFile>();
  private readonly archives = new Map<string, ZipArchive>();

  constructor(private readonly openForeign: (path: string) => ForeignFile | Promise<ForeignFile>) {}

  text(path: string): Promise<string> {
    return reading(path, async () => {
      const { size } = await stat(path);
      const bytes = size > maxBytes ? undefined : await readFile(path);
      if (!bytes || isTooHeavy(bytes)) {
        const why = 'It is larger than 64 MB, or of more than a million values';
        throw new UserError(`${path}: ${why}: split it, then import the parts.`);
      }
      return bytes.toString('utf8').replace(/^\uFEFF/, '');
    });
  }

  lines(path: string, from?: number): AsyncIterable<SourceLine> {
    return readLines(path, from);
  }

  items(path: string, pointer: string): AsyncIterable<SourceItem> {
    return readItems(path, pointer);
  }

  records(path: string): AsyncIterable<SourceRecord> {
    return readRecords(path);
  }

  async *values(path: string, pointers: readonly string[], entry?: string): AsyncGenerator<SourceValue> {
    const chunks = entry === undefined ? readChunks(path) : (await this.archive(path)).read(entry);
    yield* readValues(chunks, pointers);
  }

  async entries(path: string): Promise<readonly string[]> {
    return (await this.archive(path)).names;
  }

  async sqlite(path: string): Promise<ForeignFile> {
    let db = this.open.get(path);
    if (!db) this.open.set(path, (db = await this.openForeign(path)));
    return db;
  }

  modified(path: string): Promise<number> {
    return reading(path, async () => Math.round((await stat(path)).mtimeMs));
  }

  readonly hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

  dispose(): void {
    for (const file of [...this.open.values(), ...this.archives.values()]) file.close();
    this.open.clear();
    this.archives.clear();
  }

  private async archive(path: string): Promise<ZipArchive> {
    let archive = this.archives.get(path);
    if (!archive) this.archives.set(path, (archive = await ZipArchive.open(path)));
    return archive;
  }
}
