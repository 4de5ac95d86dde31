import { Tokenizer, TokenParser, TokenType } from '@streamparser/json';
import { isOpening, JsonPlace } from './jsonPlace';
import { NonFiniteWords } from './nonFiniteWords';
import { maxBytes, maxWeight, openingWeight } from './sourceIoLimits';
import { readChunks } from './sourceIoLines';
import type { Token } from './jsonPlace';
import type { SourceItem } from '../importers/importer';

/**
 * The elements of the array at `pointer` of a JSON document (`''`: the document itself), parsed one by one. Where the
 * document breaks off or goes wrong, the complete elements come first, then one issue with the byte. An element that
 * is larger than memory should hold is an issue, too, and reading goes on after it.
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

type PlacedToken = Token & { readonly offset: number };

class ItemReader {
  private readonly tokenizer = new Tokenizer();
  private readonly words = new NonFiniteWords(maxBytes);
  private readonly place: JsonPlace;
  private readonly selector: string;
  private parser: TokenParser;
  private found: SourceItem[] = [];
  private next = 0;
  private lastToken = 0;
  private sinceToken = 0;
  /** Of the element that is being read. */
  private start = 0;
  private weight = 0;
  private cuts = 0;
  private added = 0;
  private skips = false;
  private isMute = false;
  /** The document is complete, or does not hold. */
  ended = false;

  constructor(pointer: string) {
    this.place = new JsonPlace(pointer === '' ? [] : pointer.split('.'));
    this.selector = pointer === '' ? '$.*' : `$.${pointer}.*`;
    this.parser = this.newParser();
    this.tokenizer.onToken = (token) => {
      this.lastToken = token.offset;
      this.sinceToken = 0;
      if (this.place.isInElement) this.takePart(token);
      else this.takeOther(token);
    };
  }

  take(): SourceItem[] {
    const found = this.found;
    this.found = [];
    return found;
  }

  write(chunk: Uint8Array): void {
    this.attempt(() => {
      const bytes = this.words.replace(chunk);
      this.sinceToken += bytes.length;
      // Texts are cut, so this is a number, or white space.
      if (this.sinceToken > maxBytes + 2 * bytes.length) throw new Error('too long');
      this.tokenizer.write(bytes);
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

  private newParser(): TokenParser {
    const parser = new TokenParser({ paths: [this.selector], keepStack: false });
    parser.onValue = ({ value, key }) => {
      if (typeof key === 'number' && !this.isMute) this.found.push({ value, index: this.next++ });
    };
    return parser;
  }

  /** Of an element that is an object or a list, once it has begun. */
  private takePart(token: PlacedToken): void {
    this.place.take(token);
    this.weigh(token);
    if (!this.skips) this.parser.write(token);
    else if (!this.place.isInElement) this.leaveOut();
  }

  private takeOther(token: PlacedToken): void {
    this.place.take(token);
    if (this.place.isInArray) {
      // A text that was cut began before.
      const added = this.words.cuts > this.cuts ? this.added : this.words.added;
      this.start = Math.max(0, token.offset - added);
      this.weight = 0;
      this.weigh(token);
    }
    if (!this.skips) this.parser.write(token);
    else if (!this.place.isInElement) this.leaveOut();
    this.added = this.words.added;
  }

  private weigh({ token, offset }: PlacedToken): void {
    this.weight += isOpening(token) ? openingWeight : 1;
    if (this.skips) return;
    const isSmall = this.weight <= maxWeight && offset - this.words.added - this.start <= maxBytes;
    if (isSmall && this.words.cuts === this.cuts) return;
    this.skips = true;
    // What was built of it is let go.
    this.parser = this.newParser();
  }

  /** A new parser is brought to where the element ended, so that it goes on with the next one. */
  private leaveOut(): void {
    this.skips = false;
    this.cuts = this.words.cuts;
    this.parser = this.newParser();
    for (const token of this.place.opening()) this.parser.write(token);
    this.isMute = true;
    this.parser.write({ token: TokenType.NULL, value: null });
    this.isMute = false;
    const message =
      'An element that is longer than 64 MB, or of more than a million values, is left out: split it, then import again.';
    this.found.push({ issue: { place: `byte ${this.start}`, message } });
    this.next++;
  }

  private original(offset: number): number {
    return Math.max(0, offset - this.words.added);
  }

  /** A throw inside the parser means bad JSON, wherever it comes from. */
  private attempt(step: () => void): void {
    if (this.ended) return;
    try {
      step();
    } catch {
      this.ended = true;
      const message =
        'From here on it is not valid JSON, or it was cut off: what stands before was read; restore the file to get the rest.';
      this.found.push({ issue: { place: `byte ${this.original(this.lastToken)}`, message } });
    }
  }
}
