import { parseJson } from './json';
import { eventIn, isEventLog } from './openAiRealtime/events';
import { RealtimeLog } from './openAiRealtime/log';
import type { Importer, SourceFile, SourceIo, SourceLine } from './importer';
import type { LogState } from './openAiRealtime/log';
import type { Cursor } from '../shared/facts';

/** Where the next import goes on: after a line that must still be there. */
interface Position {
  readonly end: number;
  readonly line: number;
  readonly lastStart: number;
  readonly lastHash: string;
}

const linesPerBatch = 20_000;
const beginning: Position = { end: 0, line: 0, lastStart: 0, lastHash: '' };

/**
 * Logs of the server events of OpenAI's Realtime API, one JSON object a line, bare or in an envelope with a time. A call
 * is a response or a transcription. Docs: docs/sources/openai-realtime.md.
 */
export const openAiRealtime: Importer = {
  id: 'openai-realtime',
  label: 'OpenAI Realtime event log',

  detect: ({ head, tables }) => !tables && isEventLog(head),

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io, cursor) {
    const start = await resumed(file, io, cursor);
    const log = new RealtimeLog(file.path, (text) => io.hash(text), start?.state ?? firstSession(file, io));
    let position = start?.position ?? beginning;
    let read = 0;
    for await (const line of io.lines(file.path, position.end)) {
      const number = (start?.position.line ?? 0) + line.number;
      // What is still being written is told, but read again the next time.
      if (!line.complete) {
        const saved = cursorOf(position, log.state);
        take(log, line, number);
        log.tellPending();
        yield { ...log.take(), cursor: saved, share: 1 };
        return;
      }
      take(log, line, number);
      position = { end: line.end, line: number, lastStart: position.end, lastHash: io.hash(line.text) };
      if (++read % linesPerBatch !== 0 && !log.full) continue;
      yield { ...log.take(), cursor: cursorOf(position, log.state) };
    }
    log.tellPending();
    yield { ...log.take(), cursor: cursorOf(position, log.state), share: 1 };
  },
};

/** A session that the API did not name in this file: known by how the file begins. */
const firstSession = ({ head }: SourceFile, io: SourceIo): string =>
  `log-${io.hash(head.split('\n', 1)[0] ?? '').slice(0, 12)}`;

function take(log: RealtimeLog, line: SourceLine, number: number): void {
  if (line.text.trim() === '') return;
  const place = `line ${number}`;
  if (line.overlong) return log.problem(place, 'It is longer than 64 MB and is left out.');
  const value = parseJson(line.text);
  if (value === undefined) {
    // Without a place, so that it is forgotten when the rest of the line has come.
    return line.complete
      ? log.problem(place, 'It is no JSON and is left out: correct it in the file, then import again.')
      : log.problem(undefined, 'Its last line is not complete: import it again when it is.');
  }
  const event = eventIn(value);
  if (event) log.add(event, place);
}

const cursorOf = (position: Position, state: LogState): Cursor => ({
  ...position,
  state: JSON.stringify(state),
});

/** Where to go on, if the file still says what it said up to there. */
async function resumed(
  { path }: SourceFile,
  io: SourceIo,
  cursor: Cursor | undefined,
): Promise<{ readonly position: Position; readonly state: LogState } | undefined> {
  if (!cursor || typeof cursor.state !== 'string') return undefined;
  const { state, ...rest } = cursor;
  const position = rest as unknown as Position;
  for await (const line of io.lines(path, position.lastStart)) {
    const isSame = line.complete && line.end === position.end && io.hash(line.text) === position.lastHash;
    return isSame ? { position, state: JSON.parse(state) as LogState } : undefined;
  }
  return undefined;
}
