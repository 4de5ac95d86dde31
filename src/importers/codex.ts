import { beginning, linesAfter, positionIn } from './appendedLines';
import { ExecStream, isExecStream } from './codex/execStream';
import { isOldRollout, isRollout } from './codex/lines';
import { Rollout, newRollout } from './codex/rollout';
import type { LinePosition, PlacedLine } from './appendedLines';
import type { StreamState } from './codex/execStream';
import type { RolloutState } from './codex/rollout';
import type { Importer, SourceFile, SourceIo } from './importer';
import type { Cursor } from '../shared/facts';

/** So that an import of a large file with few calls can be stopped and gone on with. */
const linesPerBatch = 20_000;

/**
 * Rollouts of OpenAI's Codex CLI (`sessions/**`, `archived_sessions/`) and saved streams of `codex exec --json`. A call
 * is a `token_count` whose sums grew; what forks and sub-agents copy from their parents counts once. Docs:
 * docs/sources/codex.md.
 */
export const codex: Importer = {
  id: 'codex',
  label: 'Codex CLI',

  detect: ({ head, tables }) => !tables && (isRollout(head) || isOldRollout(head) || isExecStream(head)),

  skips: ({ head }) =>
    isOldRollout(head) && !isRollout(head)
      ? 'a session of an early Codex CLI, which recorded no tokens'
      : undefined,

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io, cursor) {
    const start = await positionIn(file.path, io, cursor);
    const reader = await readerOf(file, io, start && cursor);
    let position = start ?? beginning;
    for await (const found of linesAfter(file.path, io, position)) {
      if (!found.line.complete) {
        // What is still being written is told, but read again the next time.
        const saved = cursorOf(position, reader);
        take(reader, found);
        yield { ...reader.take(), cursor: saved, share: 1 };
        return;
      }
      take(reader, found);
      position = found.position;
      if (!reader.full && found.number % linesPerBatch !== 0) continue;
      yield { ...reader.take(), cursor: cursorOf(position, reader) };
    }
    yield { ...reader.take(), cursor: cursorOf(position, reader), share: 1 };
  },
};

type Reader = Rollout | ExecStream;

async function readerOf(file: SourceFile, io: SourceIo, cursor: Cursor | undefined): Promise<Reader> {
  const state = typeof cursor?.state === 'string' ? (JSON.parse(cursor.state) as unknown) : undefined;
  // A session that nothing names is known by how its file begins.
  const unnamed = `log-${io.hash(file.head.split('\n', 1)[0] ?? '').slice(0, 12)}`;
  if (isRollout(file.head))
    return new Rollout(file.path, (state as RolloutState | undefined) ?? newRollout(unnamed));
  return new ExecStream(
    file.path,
    await io.modified(file.path),
    (value) => io.hash(value),
    (state as StreamState | undefined) ?? { session: unnamed, told: 0 },
  );
}

const cursorOf = (position: LinePosition, { state }: Reader): Cursor => ({
  ...position,
  state: JSON.stringify(state),
});

function take(reader: Reader, { line, number }: PlacedLine): void {
  if (line.text.trim() === '') return;
  const place = `line ${number}`;
  if (line.overlong) return reader.problem(place, 'It is longer than 64 MB and is left out.');
  if (reader.add(line.text, place)) return;
  if (line.complete)
    reader.problem(place, 'It is no JSON and is left out: correct it in the file, then import again.');
  // Without a place, so that it is forgotten when the rest of the line has come.
  else reader.problem(undefined, 'Its last line is not complete: import it again when it is.');
}
