import { Tokenizer, TokenType } from '@streamparser/json';
import { isOpening } from './jsonPlace';
import type { Token } from './jsonPlace';

const mostArrays = 50;

/**
 * The arrays of objects in the first part of a JSON document, as the paths by which `SourceIo.items` reads them
 * (`''`: the document itself). Arrays inside of arrays have none.
 */
export function arraysIn(json: string): string[] {
  const found = new Set<string>();
  const search = new Search(found);
  const tokenizer = new Tokenizer();
  tokenizer.onToken = (token) => search.take(token);
  tokenizer.onError = () => undefined;
  try {
    tokenizer.write(json);
  } catch {
    // It is no JSON from here on, and what stands before may be of use.
  }
  return [...found].slice(0, mostArrays);
}

interface Level {
  readonly isArray: boolean;
  key?: string;
}

class Search {
  private readonly levels: Level[] = [];
  private last: unknown;

  constructor(private readonly found: Set<string>) {}

  take({ token, value }: Token): void {
    const top = this.levels.at(-1);
    if (isOpening(token)) {
      if (token === TokenType.LEFT_BRACE && top?.isArray) this.note();
      this.levels.push({ isArray: token === TokenType.LEFT_BRACKET });
    } else if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) this.levels.pop();
    else if (token === TokenType.COLON && top) top.key = String(this.last);
    else this.last = value;
  }

  private note(): void {
    const around = this.levels.slice(0, -1);
    const keys = around.map(({ key = '' }) => key);
    if (around.some(({ isArray }) => isArray) || keys.some((key) => key === '' || key.includes('.'))) return;
    this.found.add(keys.join('.'));
  }
}
