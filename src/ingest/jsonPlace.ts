import { TokenType } from '@streamparser/json';
import type { TokenParser } from '@streamparser/json';

export type Token = Parameters<TokenParser['write']>[0];

// Looked up for every token, so by their own names.
const { LEFT_BRACE, RIGHT_BRACE, LEFT_BRACKET, RIGHT_BRACKET, COLON, STRING } = TokenType;

export const isOpening = (token: TokenType): boolean => token === LEFT_BRACE || token === LEFT_BRACKET;

/** Where in a document its tokens are: in the array at `path`, in an element of it, or elsewhere. */
export class JsonPlace {
  private depth = 0;
  private readonly keys: unknown[] = [];
  private readonly kinds: TokenType[] = [];
  private last: unknown;
  /** In the array, between elements or in one. */
  isInArray = false;
  /** In an element that is an object or a list. */
  isInElement = false;

  constructor(private readonly path: readonly string[]) {}

  take({ token, value }: Token): void {
    if (isOpening(token)) this.open(token);
    else if (token === RIGHT_BRACE || token === RIGHT_BRACKET) this.close();
    else if (this.depth > this.path.length) return;
    else if (token === COLON) this.keys[this.depth] = this.last;
    else this.last = value;
  }

  /** The tokens of a document up to the first element. */
  opening(): Token[] {
    const members = this.path.flatMap((name): Token[] => [
      { token: LEFT_BRACE, value: '{' },
      { token: STRING, value: name },
      { token: COLON, value: ':' },
    ]);
    return [...members, { token: LEFT_BRACKET, value: '[' }];
  }

  private open(token: TokenType): void {
    this.depth++;
    if (this.depth > this.path.length + 1) {
      this.isInElement = this.isInArray;
      return;
    }
    this.kinds[this.depth] = token;
    this.isInArray = this.depth === this.path.length + 1 && this.isWanted();
  }

  private close(): void {
    this.depth--;
    if (this.depth > this.path.length + 1) return;
    this.isInElement = false;
    if (this.depth <= this.path.length) this.isInArray = false;
  }

  private isWanted(): boolean {
    const isThere = (name: string, at: number): boolean =>
      this.kinds[at + 1] === LEFT_BRACE && this.keys[at + 1] === name;
    return this.kinds[this.depth] === LEFT_BRACKET && this.path.every(isThere);
  }
}
