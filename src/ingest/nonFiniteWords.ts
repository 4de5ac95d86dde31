const quote = 0x22;
const backslash = 0x5c;
const unicode = 0x75;
const replaced: Readonly<Record<string, string>> = { NaN: 'null', Infinity: 'null', '-Infinity': 'null' };
const longestWord = 9;
/** What an escape in a text costs the reader in memory, in bytes. */
const escapeWeight = 12;

/**
 * Makes a stream of bytes fit for a strict JSON reader with little memory: bare NaN and Infinity, which Python writes
 * and JSON lacks, become null, and texts longer than `maxText` bytes are cut.
 */
export class NonFiniteWords {
  private inString = false;
  private escaped = false;
  /** Hexadecimal digits of an escape that are still to come. */
  private digits = 0;
  private textWeight = 0;
  private cutting = false;
  private word = '';
  private out = Buffer.alloc(0);
  private length = 0;
  /** How many bytes longer the output is than the input. */
  added = 0;
  /** How many texts were cut. */
  cuts = 0;

  constructor(private readonly maxText = Infinity) {}

  /** The chunk; a word that its end may have cut comes with the next one. */
  replace(chunk: Uint8Array): Buffer {
    this.out = Buffer.allocUnsafe(chunk.length * 2 + 16);
    this.length = 0;
    for (let at = 0; at < chunk.length;) {
      if (this.inString) at = this.copyText(chunk, at);
      else this.copy(chunk[at++]!);
    }
    return this.out.subarray(0, this.length);
  }

  rest(): Buffer {
    this.out = Buffer.allocUnsafe(16);
    this.length = 0;
    this.flush();
    return this.out.subarray(0, this.length);
  }

  /** Up to what needs a closer look, at once. @returns where to go on. */
  private copyText(chunk: Uint8Array, start: number): number {
    const room = this.escaped || this.digits > 0 ? 0 : this.maxText - this.textWeight;
    const most = Math.min(chunk.length, start + room);
    let end = start;
    while (end < most && chunk[end] !== quote && chunk[end] !== backslash) end++;
    if (end <= start) {
      this.copyInString(chunk[start]!);
      return start + 1;
    }
    this.out.set(chunk.subarray(start, end), this.length);
    this.length += end - start;
    this.textWeight += end - start;
    return end;
  }

  private copyInString(byte: number): void {
    if (++this.textWeight > this.maxText && !this.cutting && this.isWhole(byte)) {
      this.cutting = true;
      this.cuts++;
    }
    const ends = byte === quote && !this.escaped;
    if (!this.cutting || ends) this.out[this.length++] = byte;
    else this.added--;
    if (ends) this.inString = false;
    else this.trackEscape(byte);
  }

  /** Whether a text may be cut before this byte. */
  private isWhole(byte: number): boolean {
    return !this.escaped && this.digits === 0 && (byte & 0xc0) !== 0x80 && byte !== quote;
  }

  private trackEscape(byte: number): void {
    if (this.digits > 0) this.digits--;
    if (this.escaped) {
      this.escaped = false;
      if (byte === unicode) this.digits = 4;
    } else if (byte === backslash) {
      this.escaped = true;
      this.textWeight += escapeWeight;
    }
  }

  private copy(byte: number): void {
    if (isWord(byte) && this.word.length < longestWord) {
      this.word += String.fromCharCode(byte);
      return;
    }
    this.flush();
    this.out[this.length++] = byte;
    if (byte === quote) this.beginText();
  }

  private beginText(): void {
    this.inString = true;
    this.cutting = false;
    this.textWeight = 0;
  }

  private flush(): void {
    if (this.word === '') return;
    const word = replaced[this.word] ?? this.word;
    this.added += word.length - this.word.length;
    this.length += this.out.write(word, this.length, 'latin1');
    this.word = '';
  }
}

/** A letter or a minus. */
const isWord = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x2d;
