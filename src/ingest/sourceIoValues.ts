import { Tokenizer, TokenParser } from '@streamparser/json';
import { NonFiniteWords } from './nonFiniteWords';
import { maxBytes } from './sourceIoLimits';
import { messageOf, UserError } from '../shared/errors';
import type { SourceValue } from '../importers/importer';

/** Longer texts are cut: what is picked out of a document is ids, names, times and counts. */
const longestText = 64 * 1024;

/**
 * The values at `pointers` of a JSON document that comes in chunks, one by one in its order. `*` in a pointer is any
 * member or element. What breaks off or goes wrong is an issue at its end.
 */
export async function* readValues(
  chunks: AsyncIterable<Uint8Array>,
  pointers: readonly string[],
): AsyncGenerator<SourceValue> {
  const reader = new ValueReader(pointers);
  try {
    for await (const chunk of chunks) {
      reader.write(chunk);
      yield* reader.take();
      if (reader.ended) return;
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    yield { issue: { message: `It cannot be unpacked (${messageOf(error)}): restore the file.` } };
    return;
  }
  reader.end();
  yield* reader.take();
}

class ValueReader {
  private readonly tokenizer = new Tokenizer();
  private readonly words = new NonFiniteWords(longestText);
  private readonly parser: TokenParser;
  private found: SourceValue[] = [];
  private lastToken = 0;
  private sinceToken = 0;
  ended = false;

  constructor(pointers: readonly string[]) {
    this.parser = new TokenParser({ paths: pointers.map((pointer) => `$.${pointer}`), keepStack: false });
    this.parser.onValue = ({ value, key, stack }) => {
      const keys = [...stack.slice(1).map((level) => level.key), key];
      this.found.push({ keys: keys.map((name) => name ?? ''), value });
    };
    this.tokenizer.onToken = (token) => {
      this.lastToken = token.offset;
      this.sinceToken = 0;
      this.parser.write(token);
    };
  }

  take(): SourceValue[] {
    const { found } = this;
    this.found = [];
    return found;
  }

  write(chunk: Uint8Array): void {
    this.attempt(() => {
      const bytes = this.words.replace(chunk);
      this.sinceToken += bytes.length;
      if (this.sinceToken > maxBytes) throw new Error('too long');
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

  /** A throw inside the parser means bad JSON, wherever it comes from. */
  private attempt(step: () => void): void {
    if (this.ended) return;
    try {
      step();
    } catch {
      this.ended = true;
      const message =
        'From here on it is not valid JSON, or it was cut off: what stands before was read; restore the file to get the rest.';
      this.found.push({
        issue: { place: `byte ${Math.max(0, this.lastToken - this.words.added)}`, message },
      });
    }
  }
}
