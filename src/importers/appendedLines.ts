import type { SourceFile, SourceIo, SourceLine } from './importer';
import type { Cursor, ImportBatch } from '../shared/facts';

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

/** Where to go on with the state that was kept there, or the beginning without one. */
export async function resumeFrom(
  path: string,
  io: SourceIo,
  cursor: Cursor | undefined,
): Promise<{ readonly start: LinePosition; readonly state: unknown }> {
  const start = await positionIn(path, io, cursor);
  return start && typeof cursor?.state === 'string'
    ? { start, state: JSON.parse(cursor.state) as unknown }
    : { start: beginning, state: undefined };
}

/** The lines of a file from a position on. A line is hashed when its position is asked for: there may be a gigabyte of them. */
export async function* linesAfter(
  path: string,
  io: SourceIo,
  start: LinePosition,
): AsyncGenerator<PlacedLine> {
  let { end } = start;
  let positionOf = (): LinePosition => start;
  for await (const line of io.lines(path, start.end)) {
    const number = start.line + line.number;
    if (line.complete) {
      const lastStart = end;
      ({ end } = line);
      positionOf = () => ({ end: line.end, line: number, lastStart, lastHash: io.hash(line.text) });
    }
    const asked = positionOf;
    yield {
      line,
      number,
      get position() {
        return asked();
      },
    };
  }
}

/** Takes lines in their order; each may depend on those before it. */
export interface LineConsumer {
  /** All that the next line depends on, as plain JSON: it comes back in the next import of the file. */
  readonly state: unknown;
  /** Enough facts are waiting to be taken. */
  readonly full: boolean;
  consume(found: PlacedLine): void;
  /** The facts since the last time; `atEnd` of what there is by now. */
  take(atEnd: boolean): ImportBatch;
}

/** So that an import of a large file with few calls can be stopped and gone on with. */
const manyLines = 20_000;

/**
 * The facts of a file that is only appended to, from a position on. The cursor holds the state of the consumer in `state`.
 * A last line that is still being written is told if it can be, and read again the next time.
 */
export async function* batchesAfter(
  path: string,
  io: SourceIo,
  start: LinePosition,
  consumer: LineConsumer,
  linesInBatch = manyLines,
): AsyncGenerator<ImportBatch> {
  let last: PlacedLine | undefined;
  const cursorNow = (): Cursor => ({
    ...(last?.position ?? start),
    state: JSON.stringify(consumer.state),
  });
  for await (const found of linesAfter(path, io, start)) {
    const before = found.line.complete ? undefined : cursorNow();
    consumer.consume(found);
    if (before) {
      yield { ...consumer.take(true), cursor: before, share: 1 };
      return;
    }
    last = found;
    if (!consumer.full && found.number % linesInBatch !== 0) continue;
    yield { ...consumer.take(false), cursor: cursorNow() };
  }
  yield { ...consumer.take(true), cursor: cursorNow(), share: 1 };
}

/** A session that nothing in the file names is known by how the file begins, in every copy of it. */
export const unnamedSession = ({ head }: SourceFile, io: SourceIo): string =>
  `log-${io.hash(head.split('\n', 1)[0] ?? '').slice(0, 12)}`;
