import { Decompress } from 'fzstd';
import { openPromise } from 'yauzl';
import { asUserError } from './sourceIoErrors';
import { messageOf, UserError } from '../shared/errors';
import type { Entry, ZipFile } from 'yauzl';

/** More entries than any archive of logs has; their names alone would fill memory. */
const mostEntries = 200_000;
const zstandard = 93;

/** A ZIP archive on the disk, whose entries are unpacked as they are read: stored, deflated, or by Zstandard. */
export class ZipArchive {
  private constructor(
    private readonly path: string,
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** @throws UserError when it is no archive, or was cut off. */
  static async open(path: string): Promise<ZipArchive> {
    let zip: ZipFile | undefined;
    try {
      zip = await openPromise(path, { lazyEntries: true, autoClose: false });
      const entries = new Map<string, Entry>();
      for await (const entry of zip.eachEntry()) {
        if (entries.size >= mostEntries) throw new Error(`more than ${mostEntries} entries`);
        entries.set(entry.fileName, entry);
      }
      return new ZipArchive(path, zip, entries);
    } catch (error) {
      zip?.close();
      const told = asUserError(path, error);
      if (told instanceof UserError) throw told;
      throw new UserError(`${path}: It is a damaged archive (${messageOf(error)}): restore the file.`);
    }
  }

  get names(): readonly string[] {
    return [...this.entries.keys()];
  }

  /** The bytes of an entry. @throws when it is damaged, encrypted, or packed by an unknown method. */
  async *read(name: string): AsyncGenerator<Uint8Array> {
    const entry = this.entries.get(name);
    if (!entry) throw new UserError(`${this.path}: It has no ${name}: restore the file.`);
    if (entry.compressionMethod !== zstandard) {
      yield* (await this.zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>;
      return;
    }
    const stream = await this.zip.openReadStreamPromise(entry, { decodeFileData: false });
    yield* unpacked(stream as AsyncIterable<Buffer>);
  }

  close(): void {
    this.zip.close();
  }
}

async function* unpacked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  let found: Uint8Array[] = [];
  const decompress = new Decompress((chunk) => void found.push(chunk.slice()));
  for await (const chunk of chunks) {
    // A piece of what is packed may be a thousand pieces unpacked.
    for (let at = 0; at < chunk.length; at += 4096) {
      decompress.push(chunk.subarray(at, at + 4096));
      yield* found;
      found = [];
    }
  }
  decompress.push(new Uint8Array(0), true);
  yield* found;
}
