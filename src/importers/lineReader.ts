import { batchesAfter, resumeFrom } from './appendedLines';
import type { PlacedLine } from './appendedLines';
import type { SourceFile, SourceIo } from './importer';
import type { CallFact, Cursor, ImportBatch, SessionFact } from '../shared/facts';
import type { Issue } from '../shared/model';

/** Understands the lines of a format one by one. */
export interface LineReader {
  /** All that the next line depends on, as plain JSON: it comes back in the next import of the file. */
  readonly state: unknown;
  readonly facts: FactBatch;
  /** @returns whether the line could be read. */
  add(line: string, place: string): boolean;
}

const maxFacts = 2000;

/** What was read and is not yet handed on. */
export class FactBatch {
  private readonly sessions = new Map<string, SessionFact>();
  private merges: NonNullable<ImportBatch['merges']>[number][] = [];
  private calls: CallFact[] = [];
  private issues: Issue[] = [];

  constructor(private readonly path: string) {}

  get full(): boolean {
    return this.calls.length + this.issues.length >= maxFacts;
  }

  /** Of the same session the last word goes. */
  session(fact: SessionFact): void {
    this.sessions.set(fact.id, fact);
  }

  /** A session that is known by its id alone here, unless more of it was told. */
  sessionOf(id: string): void {
    if (!this.sessions.has(id)) this.sessions.set(id, { id });
  }

  merge(fact: NonNullable<ImportBatch['merges']>[number]): void {
    this.merges.push(fact);
  }

  call(fact: CallFact): void {
    this.calls.push(fact);
  }

  /** Without a place it is forgotten when the file is imported again. */
  problem(place: string | undefined, message: string): void {
    this.issues.push({ path: this.path, ...(place === undefined ? {} : { place }), message });
  }

  /** Counts that are there and are none: the call stays. */
  unreadable(place: string, names: readonly string[]): void {
    if (names.length > 0)
      this.problem(place, `It has no valid ${names.join(', ')} and is counted without: correct it.`);
  }

  take(): ImportBatch {
    const { merges, calls, issues } = this;
    const sessions = [...this.sessions.values()];
    this.sessions.clear();
    [this.merges, this.calls, this.issues] = [[], [], []];
    return { sessions, ...(merges.length > 0 ? { merges } : {}), calls, issues };
  }
}

/** Imports a file that is only appended to, from where the cursor left it. */
export async function* batchesOfLines(
  file: SourceFile,
  io: SourceIo,
  cursor: Cursor | undefined,
  open: (state: unknown) => LineReader | Promise<LineReader>,
): AsyncGenerator<ImportBatch> {
  const { start, state } = await resumeFrom(file.path, io, cursor);
  const reader = await open(state);
  yield* batchesAfter(file.path, io, start, {
    get state() {
      return reader.state;
    },
    get full() {
      return reader.facts.full;
    },
    consume: (found) => take(reader, found),
    take: () => reader.facts.take(),
  });
}

function take(reader: LineReader, { line, number }: PlacedLine): void {
  if (line.text.trim() === '') return;
  const place = `line ${number}`;
  if (line.overlong) reader.facts.problem(place, 'It is longer than 64 MB and is left out.');
  else if (!reader.add(line.text, place))
    if (line.complete)
      reader.facts.problem(
        place,
        'It is no JSON and is left out: correct it in the file, then import again.',
      );
    else reader.facts.problem(undefined, 'Its last line is not complete: import it again when it is.');
}
