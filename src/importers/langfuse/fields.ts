import { label, list, object, parseJson, text } from '../json';
import type { Json } from '../json';

/** An object, which a CSV or an older server holds as JSON text. */
export const nested = (value: unknown): Json | undefined =>
  object(typeof value === 'string' ? parseJson(value) : value);

/** A list, which a CSV holds as JSON text. */
export const nestedList = (value: unknown): readonly unknown[] =>
  list(typeof value === 'string' ? parseJson(value) : value);

const longestLabel = 200;

/** Free tags, environment and release of a trace, an observation or a session. */
export function labelsOf(record: Json): readonly string[] {
  const tags = [record.tags, record.traceTags].flatMap(nestedList).map(text);
  return [...tags, label(record.environment), label(record.release)].flatMap((found) =>
    found === undefined ? [] : [found.slice(0, longestLabel)],
  );
}
