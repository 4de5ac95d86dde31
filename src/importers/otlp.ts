import { beginning, linesAfter, positionIn } from './appendedLines';
import { parseJson } from './json';
import { layoutOf, pointersOf } from './otlp/layout';
import { OtlpFacts } from './otlp/facts';
import { requestIn } from './otlp/requests';
import type { LinePosition, PlacedLine } from './appendedLines';
import type { Importer, SourceFile, SourceIo } from './importer';
import type { Cursor, ImportBatch } from '../shared/facts';

/**
 * Traces and logs of OpenTelemetry as OTLP JSON, with the GenAI conventions (present and deprecated), OpenInference,
 * OpenLLMetry or the Vercel AI SDK. A call is a span of a request to a model, or the log event of it. Docs:
 * docs/sources/otlp.md.
 */
export const otlp: Importer = {
  id: 'otlp',
  label: 'OpenTelemetry traces',

  detect: (file) => layoutOf(file) !== undefined,

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io, cursor) {
    const layout = layoutOf(file) ?? 'lines';
    if (layout === 'lines') yield* fromLines(file, io, cursor);
    else yield* fromDocument(file, io, layout.pointers, newFacts(file, io));
  },
};

const newFacts = ({ path }: SourceFile, io: SourceIo, toldMetrics = false): OtlpFacts =>
  new OtlpFacts(path, (text) => io.hash(text), toldMetrics);

async function* fromLines(
  file: SourceFile,
  io: SourceIo,
  cursor: Cursor | undefined,
): AsyncGenerator<ImportBatch> {
  const start = await positionIn(file.path, io, cursor);
  const facts = newFacts(file, io, start !== undefined && cursor?.metrics === 1);
  let last: PlacedLine | undefined;
  const cursorNow = (): Cursor => cursorOf(last?.position ?? start ?? beginning, facts);
  // A first line that is too long may be all of a document.
  let first: PlacedLine | undefined;
  for await (const found of linesAfter(file.path, io, start ?? beginning)) {
    if (found.number === 1 && found.line.overlong) first = found;
    else if (found.line.text.trim() !== '') {
      if (first) take(facts, first);
      first = undefined;
      take(facts, found);
    }
    last = found;
    if (facts.full) yield { ...facts.take(), cursor: cursorNow() };
  }
  if (first) yield* fromDocument(file, io, pointersOf(file.head), facts);
  else yield { ...facts.take(), cursor: cursorNow(), share: 1 };
}

const cursorOf = (position: LinePosition, { toldMetrics }: OtlpFacts): Cursor => ({
  ...position,
  metrics: toldMetrics ? 1 : 0,
});

function take(facts: OtlpFacts, { line, number }: PlacedLine): void {
  const place = `line ${number}`;
  if (line.overlong)
    return facts.problem(
      place,
      'It is longer than 64 MB, or of more than a million values, and is left out.',
    );
  const value = parseJson(line.text);
  // Without a place, so that it is forgotten when the rest of the line has come.
  if (value === undefined && !line.complete)
    return facts.problem(undefined, 'Its last line is not complete: import it again when it is.');
  facts.addRequest(requestIn(value), place);
}

async function* fromDocument(
  file: SourceFile,
  io: SourceIo,
  pointers: readonly string[],
  facts: OtlpFacts,
): AsyncGenerator<ImportBatch> {
  for (const pointer of pointers) {
    for await (const item of io.items(file.path, pointer)) {
      if ('issue' in item) facts.problem(item.issue.place, item.issue.message);
      else if (pointer === '') facts.addRequest(requestIn(item.value), `requests.${item.index}`);
      else facts.addResource(item.value, `${pointer}.${item.index}`);
      if (facts.full) yield facts.take();
    }
  }
  yield { ...facts.take(), share: 1 };
}
