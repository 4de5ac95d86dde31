import { LineBuffer } from './sourceIoLines';

/** One record of a CSV file, its line break removed. Without `text` it is too long, or has too many fields or quotes. */
export interface CsvRecord {
  /** On which it begins, from 1. */
  readonly line: number;
  readonly text: string | undefined;
}

const [lineFeed, carriageReturn, space, quote, comma] = [0x0a, 0x0d, 0x20, 0x22, 0x2c];
const maxFields = 100_000;
const maxQuotes = 1_000_000;

type State = 'fieldStart' | 'unquoted' | 'quoted' | 'quoteInQuoted' | 'spaceAfterQuote';

/**
 * Splits the bytes of a CSV file into records, so that the memory for one is bounded before any of its fields is read.
 * Of a record longer than `limit` nothing is kept. Reads quotes as Papa Parse does.
 */
export class CsvSplitter {
  private record: LineBuffer;
  private state: State = 'fieldStart';
  private fields = 1;
  private quotes = 0;
  private line = 1;
  private firstLine = 1;
  private afterReturn = false;
  /** Whether a carriage return alone ends a record: known at the first line break. */
  private returnsEnd: boolean | undefined;
  private found: CsvRecord[] = [];

  constructor(private readonly limit: number) {
    this.record = new LineBuffer(limit);
  }

  /** The records that are complete with this chunk. */
  write(chunk: Buffer): CsvRecord[] {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (!this.endsBefore(chunk[at]!)) continue;
      const isFeed = chunk[at] === lineFeed;
      this.record.add(chunk.subarray(start, at));
      this.take();
      start = isFeed ? at + 1 : at;
      // The byte after a carriage return is the first of the next record.
      if (!isFeed) this.next(chunk[at]!);
    }
    this.record.add(chunk.subarray(start));
    return this.taken();
  }

  end(): CsvRecord[] {
    if (!this.record.empty) this.take();
    return this.taken();
  }

  private taken(): CsvRecord[] {
    const { found } = this;
    this.found = [];
    return found;
  }

  /** Whether a record ends before this byte, which is taken note of unless it does. */
  private endsBefore(byte: number): boolean {
    const { afterReturn, state } = this;
    const isOutside = state !== 'quoted';
    this.afterReturn = byte === carriageReturn;
    if (byte === lineFeed) {
      this.line++;
      if (isOutside) this.returnsEnd ??= false;
      else this.next(byte);
      return isOutside;
    }
    if (!afterReturn) {
      this.next(byte);
      return false;
    }
    this.line++;
    if (isOutside && (this.returnsEnd ??= true)) return true;
    this.next(byte);
    return false;
  }

  private next(byte: number): void {
    if (byte === quote) this.quotes++;
    if (byte === comma && this.state !== 'quoted') {
      this.state = 'fieldStart';
      this.fields++;
    } else if (byte !== carriageReturn || this.state === 'quoted') {
      this.state = after(this.state, byte);
    }
  }

  private take(): void {
    const isLong = this.record.overlong || this.fields > maxFields || this.quotes > maxQuotes;
    const text = isLong ? undefined : this.record.bytes.toString('utf8').replace(/\r$/, '');
    this.found.push({
      line: this.firstLine,
      text: this.firstLine === 1 ? text?.replace(/^\uFEFF/, '') : text,
    });
    this.record = new LineBuffer(this.limit);
    this.state = 'fieldStart';
    this.fields = 1;
    this.quotes = 0;
    this.firstLine = this.line;
  }
}

/** The state after a byte that is no comma, nor a line break, outside of quotes. */
function after(state: State, byte: number): State {
  if (state === 'fieldStart') return byte === quote ? 'quoted' : 'unquoted';
  if (state === 'unquoted') return 'unquoted';
  if (state === 'quoted') return byte === quote ? 'quoteInQuoted' : 'quoted';
  if (byte === space) return 'spaceAfterQuote';
  return byte === quote && state === 'spaceAfterQuote' ? 'quoteInQuoted' : 'quoted';
}
