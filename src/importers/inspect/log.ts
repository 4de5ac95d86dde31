import type { SourceFile, SourceIo } from '../importer';
import type { Issue } from '../../shared/model';

/** A value of a log and where it stands: in the header (`eval.model`), or in a sample (`events.3.model`). */
export type LogValue =
  | { readonly sample: undefined; readonly keys: readonly (string | number)[]; readonly value: unknown }
  | { readonly sample: string; readonly keys: readonly (string | number)[]; readonly value: unknown }
  /** `sample`: which sample ends here, before it was complete. */
  | { readonly issue: Omit<Issue, 'path'>; readonly sample?: string | undefined };

const header = [
  ...['eval_id', 'run_id', 'task_id', 'task', 'created', 'tags'].map((name) => `eval.${name}`),
  ...['stats.model_usage', 'stats.started_at'],
];
const event = [
  ...['event', 'timestamp', 'model', 'error', 'cache', 'pending', 'working_time'],
  ...['output.model', 'output.usage', 'output.time', 'output.error'],
].map((name) => `events.*.${name}`);
const inSample = [...['id', 'epoch', 'uuid', 'started_at', 'model_usage'], ...event];

/** Where the writer begins an archive, whatever it packs entries with. */
export const isArchive = (head: string): boolean =>
  head.startsWith('PK\u0003\u0004') &&
  /_journal\/(?:start\.json|summaries\/)|samples\/[^/]*_epoch_\d+\.json/.test(head);

export function isDocument(head: string): boolean {
  const has = (...names: readonly string[]): boolean =>
    names.every((name) => new RegExp(`"${name}"\\s*:`).test(head));
  return (
    /^\s*\{\s*"(?:version|status)"\s*:/.test(head) &&
    /"eval"\s*:\s*\{/.test(head) &&
    has('run_id', 'task', 'model')
  );
}

/** The values that calls are made of, header first, sample by sample. Nothing else of the log is held. */
export async function* valuesOf(file: SourceFile, io: SourceIo): AsyncGenerator<LogValue> {
  if (isArchive(file.head)) yield* archiveValues(file, io);
  else yield* documentValues(file, io);
}

async function* documentValues({ path }: SourceFile, io: SourceIo): AsyncGenerator<LogValue> {
  const pointers = [...header, ...inSample.map((pointer) => `samples.*.${pointer}`)];
  let sample: string | undefined;
  for await (const found of io.values(path, pointers)) {
    if ('issue' in found) yield { ...found, sample };
    else if (found.keys[0] !== 'samples') yield { sample: undefined, ...found };
    else {
      sample = `samples.${found.keys[1]}`;
      yield { sample, keys: found.keys.slice(2), value: found.value };
    }
  }
}

async function* archiveValues({ path }: SourceFile, io: SourceIo): AsyncGenerator<LogValue> {
  const names = await io.entries(path);
  // A run that was broken off has no header yet.
  for (const name of names.includes('header.json') ? ['header.json'] : ['_journal/start.json']) {
    if (!names.includes(name)) continue;
    for await (const found of io.values(path, header, name)) {
      yield 'issue' in found ? inside(name, found.issue) : { sample: undefined, ...found };
    }
  }
  for (const name of names.filter((one) => /^samples\/.*\.json$/.test(one)).sort()) {
    for await (const found of io.values(path, inSample, name)) {
      yield 'issue' in found ? { ...inside(name, found.issue), sample: name } : { sample: name, ...found };
    }
  }
}

const inside = (name: string, { place, message }: Omit<Issue, 'path'>) => ({
  issue: { place: place === undefined ? name : `${name}, ${place}`, message },
});
