import { BillProblem } from './problem';

export type Members = Readonly<Record<string, unknown>>;

const stringsAndNumbers = /"(?:[^"\\]+|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The value of a JSON text with every number as the text that stands there, so that no amount passes through a float. */
export function parseExactJson(text: string): unknown {
  try {
    return JSON.parse(
      text.replace(stringsAndNumbers, (found) => (found.startsWith('"') ? found : `"${found}"`)),
    );
  } catch {
    throw new BillProblem('it begins like JSON and is not valid or ends too early: export it again');
  }
}

export const membersOf = (value: unknown): Members | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;

export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : [];

/** A text that says something; numbers are texts here. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
