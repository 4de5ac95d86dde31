import { beginning, linesAfter, positionIn } from './appendedLines';
import { isTranscript } from './claudeCode/detect';
import { placeOf } from './claudeCode/place';
import { Transcript } from './claudeCode/transcript';
import { object, parseJson, text } from './json';
import type { PlacedLine } from './appendedLines';
import type { Origin } from './claudeCode/transcript';
import type { Importer, SourceFile, SourceIo, SourceLine } from './importer';
import type { Cursor } from '../shared/facts';

const linesPerBatch = 20_000;

/**
 * Transcripts of Claude Code: `projects/<folder>/<session>.jsonl`, and those of its sub-agents. A call is a response of
 * the API, however many lines and files tell of it. Docs: docs/sources/claude-code.md.
 */
export const claudeCode: Importer = {
  id: 'claude-code',
  label: 'Claude Code',

  detect: ({ head, tables }) => !tables && isTranscript(head),

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io, cursor) {
    const start = (await positionIn(file.path, io, cursor)) ?? beginning;
    const transcript = new Transcript(await originOf(file, io));
    let last: PlacedLine | undefined;
    const cursorNow = (): Cursor => ({ ...(last?.position ?? start) });
    let read = 0;
    for await (const found of linesAfter(file.path, io, start)) {
      take(transcript, found.line, found.number);
      // What is still being written is told if it is whole, and read again the next time.
      if (!found.line.complete) break;
      // A blank line would be no sign that the file is still the same.
      if (!isBlank(found.line.text)) last = found;
      if (++read % linesPerBatch === 0 || transcript.full)
        yield { ...transcript.take(), cursor: cursorNow() };
    }
    yield { ...transcript.take(), cursor: cursorNow(), share: 1 };
  },
};

async function originOf({ path, head }: SourceFile, io: SourceIo): Promise<Origin> {
  const place = placeOf(path);
  return {
    path,
    place,
    // How the file begins is the same in every copy.
    fallback: `file-${io.hash(head.split('\n', 1)[0] ?? '').slice(0, 12)}`,
    agentName: place.agent === undefined ? undefined : await agentNameAt(path, io),
    hash: (line) => io.hash(line),
  };
}

/** Beside the transcript of a sub-agent there may be a file that says what kind of agent it is. */
async function agentNameAt(path: string, io: SourceIo): Promise<string | undefined> {
  try {
    const about = object(parseJson(await io.text(path.replace(/\.jsonl$/, '.meta.json'))));
    return text(about?.agentType)?.slice(0, 100);
  } catch {
    return undefined;
  }
}

/** Responses have a usage, failures mostly, too. Texts in a line are escaped, so that they never match. */
const isTelling = (line: string): boolean =>
  line.includes('"usage":') || line.includes('"usage" :') || line.includes('"isApiErrorMessage"');

function take(transcript: Transcript, line: SourceLine, number: number): void {
  const place = `line ${number}`;
  if (line.overlong) return transcript.problem(place, 'It is longer than 64 MB and is left out.');
  if (!isTelling(line.text) && (isObject(line.text) || isBlank(line.text))) return;
  const found = object(parseJson(line.text));
  if (found) return transcript.add(found, line.text, place);
  // Without a place, so that it is forgotten when the rest of the line has come.
  if (!line.complete)
    return transcript.problem(undefined, 'Its last line is not complete: import it again when it is.');
  transcript.problem(
    place,
    'It is no JSON object and is left out: correct it in the file, then import again.',
  );
}

const isObject = (line: string): boolean => line.startsWith('{') && line.endsWith('}');
const isBlank = (line: string): boolean => line.trim() === '';
