import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../shared/errors';
import { reading } from './sourceIoErrors';
import { readItems } from './sourceIoItems';
import { isTooHeavy, maxBytes } from './sourceIoLimits';
import { readLines } from './sourceIoLines';
import { readRecords } from './sourceIoRecords';
import type { SourceIo, SourceItem, SourceLine, SourceRecord } from '../importers/importer';
import type { ForeignFile } from '../sqlite/foreignFile';

/**
 * The real disk, for the import of one file. Databases are opened once and closed by `dispose`. Failures of the file
 * system are told as `UserError`.
 */
export class DiskIo implements SourceIo {
  private readonly open = new Map<string, ForeignFile>();

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
    for (const db of this.open.values()) db.close();
    this.open.clear();
  }
}
