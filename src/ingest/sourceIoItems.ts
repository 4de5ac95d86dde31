import { Tokenizer, TokenParser } from '@streamparser/json';
import { readChunks } from './sourceIoLines';
import type { SourceItem } from '../importers/importer';

/**
 * The elements of the array at `pointer` of a JSON document (`''`: the document itself), parsed one by one. Where the
 * document breaks off or goes wrong, the complete elements come first, then one issue with the byte.
 */
export async function* readItems(path: string, pointer: string): AsyncGenerator<SourceItem> {
  const reader = new ItemReader(pointer);
  for await (const chunk of readChunks(path)) {
    reader.write(chunk);
    yield* reader.take();
    if (reader.ended) return;
  }
  reader.end();
  yield* reader.take();
}

/** A single text longer than this is not held in memory, and what follows it cannot be found without it. */
const maxTextBytes = 64 * 1024 * 1024;

class ItemReader {
  private readonly tokenizer = new Tokenizer();
  private readonly parser: TokenParser;
  private readonly words = new NonFiniteWords();
  private found: SourceItem[] = [];
  private lastToken = 0;
  private sinceToken = 0;
  /** The document is complete, or does not hold. */
  ended = false;

  constructor(pointer: string) {
    this.parser = new TokenParser({ paths: [pointer === '' ? '$.*' : `$.${pointer}.*`], keepStack: false });
    this.parser.onValue = ({ value, key }) => {
      if (typeof key === 'number') this.found.push({ value, index: key });
    };
    this.tokenizer.onToken = (token) => {
      this.lastToken = token.offset;
      this.sinceToken = 0;
      this.parser.write(token);
    };
  }

  take(): SourceItem[] {
    const found = this.found;
    this.found = [];
    return found;
  }

  write(chunk: Uint8Array): void {
    this.sinceToken += chunk.length;
    if (this.sinceToken > maxTextBytes) return this.giveUp();
    this.attempt(() => {
      this.tokenizer.write(this.words.replace(chunk));
      if (this.parser.isEnded) this.ended = true;
    });
  }

  end(): void {
    this.attempt(() => {
      this.tokenizer.write(this.words.rest());
      this.tokenizer.end();
      if (!this.parser.isEnded) throw new Error('cut off');
    });
  }

  private giveUp(): void {
    this.ended = true;
    const message =
      'After this stands a text longer than 64 MB: what stands before was read; split the file to get the rest.';
    this.found.push({ issue: { place: `byte ${Math.max(0, this.lastToken - this.words.added)}`, message } });
  }

  /** A throw inside the parser means bad JSON, wherever it comes from. */
  private attempt(step: () => void): void {
    if (this.ended) return;
    try {
      step();
    } catch {
      this.ended = true;
      const byte = Math.max(0, this.lastToken - this.words.added);
      const message =
        'From here on it is not valid JSON, or it was cut off: what stands before was read; restore the file to get the rest.';
      this.found.push({ issue: { place: `byte ${byte}`, message } });
    }
  }
}

const quote = 0x22;
const backslash = 0x5c;
const replaced: Readonly<Record<string, string>> = { NaN: 'null', Infinity: 'null', '-Infinity': 'null' };
const longestWord = 9;

/** Replaces bare NaN and Infinity, which Python writes and JSON lacks, by null, in a stream of bytes. */
export class NonFiniteWords {
  private inString = false;
  private escaped = false;
  private word = '';
  private out = Buffer.alloc(0);
  private length = 0;
  /** How many bytes longer the output is than the input. */
  added = 0;

  /** The chunk; a word that its end may have cut comes with the next one. */
  replace(chunk: Uint8Array): Buffer {
    this.out = Buffer.allocUnsafe(chunk.length * 2 + 16);
    this.length = 0;
    for (const byte of chunk) {
      if (this.inString) this.copyInString(byte);
      else this.copy(byte);
    }
    return this.out.subarray(0, this.length);
  }

  rest(): Buffer {
    this.out = Buffer.allocUnsafe(16);
    this.length = 0;
    this.flush();
    return this.out.subarray(0, this.length);
  }

  private copyInString(byte: number): void {
    this.out[this.length++] = byte;
    if (this.escaped) this.escaped = false;
    else if (byte === backslash) this.escaped = true;
    else if (byte === quote) this.inString = false;
  }

  private copy(byte: number): void {
    if (isWord(byte) && this.word.length < longestWord) {
      this.word += String.fromCharCode(byte);
      return;
    }
    this.flush();
    this.out[this.length++] = byte;
    if (byte === quote) this.inString = true;
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
