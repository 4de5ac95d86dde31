import { object, parseJson } from '../json';
import type { Json } from '../json';

/**
 * The value at a path of members. A name with dots in it goes before a path; text that is a JSON object is looked into.
 */
export function valueAt(record: Json, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path];
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const name = path.slice(0, dot);
    if (!Object.hasOwn(record, name)) continue;
    const inner = objectIn(record[name]);
    const found = inner && valueAt(inner, path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An object, also as JSON text. */
export const objectIn = (value: unknown): Json | undefined =>
  object(typeof value === 'string' && /^\s*\{/.test(value) ? parseJson(value) : value);

/** What stands on the way to a path, should be JSON and is not; undefined if all is well. */
export function brokenAt(record: Json, path: string): string | undefined {
  const name = path.slice(0, path.indexOf('.'));
  const value = Object.hasOwn(record, name) ? record[name] : undefined;
  return typeof value === 'string' && value.trim() !== '' && parseJson(value) === undefined
    ? value
    : undefined;
}
