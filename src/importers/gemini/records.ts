import { object, parseJson } from '../json';
import type { Json } from '../json';
import type { SourceFile, SourceIo } from '../importer';

export type Found = { readonly place: string | undefined } & (
  { readonly record: Json } | { readonly problem: string }
);

type Layout = 'array' | 'document' | 'lines';

/** Whether the file is an array, one object over several lines, or a document a line. */
function layoutOf(head: string): Layout {
  if (/^\s*\[/.test(head)) return 'array';
  const [first = '', second = ''] = head.trimStart().split(/\r?\n/);
  return /\}\s*$/.test(first) || /^\s*(?:\{|data:|$)/.test(second) ? 'lines' : 'document';
}

/** The objects of a log, one by one: of a JSON array, of JSON lines, of a saved event stream (`data: {...}`). */
export async function* recordsOf(file: SourceFile, io: SourceIo): AsyncGenerator<Found> {
  const layout = layoutOf(file.head);
  if (layout === 'array') yield* items(file, io);
  else if (layout === 'lines') yield* lines(file, io);
  else yield found(parseJson(await io.text(file.path)), undefined);
}

async function* items(file: SourceFile, io: SourceIo): AsyncGenerator<Found> {
  for await (const item of io.items(file.path, '')) {
    if ('issue' in item) yield { place: item.issue.place, problem: item.issue.message };
    else yield found(item.value, `records.${item.index}`);
  }
}

/** Fields of an event stream that hold no data. */
const streamFields = /^(?:event|id|retry)?:/;

async function* lines(file: SourceFile, io: SourceIo): AsyncGenerator<Found> {
  for await (const line of io.lines(file.path)) {
    const content = line.text.replace(/^\s*data:/, '').trim();
    const place = `line ${line.number}`;
    if (line.overlong) yield { place, problem: 'It is longer than 64 MB and is left out.' };
    else if (content !== '' && content !== '[DONE]' && !streamFields.test(content))
      yield found(parseJson(content), place);
  }
}

function found(value: unknown, place: string | undefined): Found {
  const record = object(value);
  if (record) return { place, record };
  const problem =
    value === undefined
      ? 'It is not valid JSON, perhaps cut off, and is left out: correct it in the file, then import again.'
      : 'It is no response of Gemini and is left out.';
  return { place, problem };
}
