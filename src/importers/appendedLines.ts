import type { SourceLine, SourceIo } from './importer';
import type { Cursor } from '../shared/facts';

/** Where the next import goes on: after a line that must still be there. */
export interface LinePosition {
  readonly end: number;
  readonly line: number;
  readonly lastStart: number;
  readonly lastHash: string;
}

export interface PlacedLine {
  readonly line: SourceLine;
  /** Counted from the beginning of the file. */
  readonly number: number;
  /** Where to go on after this line; before it, while it is still being written. */
  readonly position: LinePosition;
}

export const beginning: LinePosition = { end: 0, line: 0, lastStart: 0, lastHash: '' };

/** Where a file that is only appended to was left, if it still says what it said up to there. */
export async function positionIn(
  path: string,
  io: SourceIo,
  cursor: Cursor | undefined,
): Promise<LinePosition | undefined> {
  if (!cursor || typeof cursor.lastHash !== 'string') return undefined;
  const [end, line, lastStart] = [Number(cursor.end), Number(cursor.line), Number(cursor.lastStart)];
  const position: LinePosition = { end, line, lastStart, lastHash: cursor.lastHash };
  for await (const found of io.lines(path, lastStart)) {
    return found.complete && found.end === end && io.hash(found.text) === position.lastHash
      ? position
      : undefined;
  }
  return undefined;
}

/** The lines of a file from a position on. */
export async function* linesAfter(
  path: string,
  io: SourceIo,
  start: LinePosition,
): AsyncGenerator<PlacedLine> {
  let position = start;
  for await (const line of io.lines(path, start.end)) {
    const number = start.line + line.number;
    if (line.complete)
      position = { end: line.end, line: number, lastStart: position.end, lastHash: io.hash(line.text) };
    yield { line, number, position };
  }
}
