import { open } from 'node:fs/promises';
import { isTooHeavy, maxBytes } from './sourceIoLimits';
import { asUserError } from './sourceIoErrors';
import type { SourceLine } from '../importers/importer';

const chunkSize = 256 * 1024;
/** What is told of a line that is too long. */
const beginning = 64 * 1024;

/**
 * Lines from byte `from` on, numbered from 1 there. Memory is bounded by the longest line, at most `limit`; of one that
 * is longer, or that is JSON of too many values, only its beginning is told.
 */
export async function* readLines(path: string, from = 0, limit = maxBytes): AsyncGenerator<SourceLine> {
  let number = 0;
  let end = from;
  let line = new LineBuffer(limit);
  const take = (complete: boolean): SourceLine => {
    const whole = line.bytes;
    const overlong = line.overlong || isTooHeavy(whole);
    const bytes = overlong ? whole.subarray(0, beginning) : whole;
    line = new LineBuffer(limit);
    const raw = bytes.toString('utf8');
    const text = from === 0 && number === 0 ? raw.replace(/^\uFEFF/, '') : raw;
    return {
      text: text.replace(/\r$/, ''),
      number: ++number,
      end,
      complete,
      ...(overlong ? { overlong } : {}),
    };
  };
  for await (const chunk of readChunks(path, from)) {
    let start = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, start)) {
      line.add(chunk.subarray(start, at));
      end += at + 1 - start;
      start = at + 1;
      yield take(true);
    }
    line.add(chunk.subarray(start));
    end += chunk.length - start;
  }
  if (!line.empty) yield take(false);
}

/** The bytes of a file from `from` on, each chunk its own memory; a failure is a `UserError` that names the file. */
export async function* readChunks(path: string, from = 0): AsyncGenerator<Buffer> {
  try {
    const handle = await open(path, 'r');
    try {
      for (let at = from; ;) {
        const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(chunkSize), 0, chunkSize, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw asUserError(path, error);
  }
}

/** The bytes of one line; of more than `limit` only the beginning is kept. */
export class LineBuffer {
  private parts: Buffer[] = [];
  private size = 0;
  overlong = false;

  constructor(private readonly limit: number) {}

  get empty(): boolean {
    return this.size === 0;
  }

  get bytes(): Buffer {
    return this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts);
  }

  add(part: Buffer): void {
    if (this.overlong || part.length === 0) return;
    this.parts.push(part);
    this.size += part.length;
    if (this.size <= this.limit) return;
    this.overlong = true;
    // A copy, so that the rest can be let go.
    this.parts = [Buffer.from(this.bytes.subarray(0, Math.min(this.limit, beginning)))];
  }
}
