import { batchesAfter, resumeFrom, unnamedSession } from './appendedLines';
import { parseJson } from './json';
import { eventIn, isEventLog } from './openAiRealtime/events';
import { RealtimeLog } from './openAiRealtime/log';
import type { Importer, SourceLine } from './importer';
import type { LogState } from './openAiRealtime/log';

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
    const { start, state } = await resumeFrom(file.path, io, cursor);
    const begun = (state as LogState | undefined) ?? unnamedSession(file, io);
    const log = new RealtimeLog(file.path, (text) => io.hash(text), begun);
    yield* batchesAfter(file.path, io, start, {
      get state() {
        return log.state;
      },
      get full() {
        return log.full;
      },
      consume: ({ line, number }) => take(log, line, number),
      take(atEnd) {
        if (atEnd) log.tellPending();
        return log.take();
      },
    });
  },
};

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
