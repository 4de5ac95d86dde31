/** One line of at most `max` characters, whatever the text holds: ids come from foreign files. */
export function oneLine(text: string, max = 120): string {
  const line = text.replace(/[\s\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`;
}

/** As long as an id may be to be shown whole in a side bar of usual width, with its cost beside it. */
const wholeId = 16;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id for a row: a long one without its middle, since ids differ at their ends. `1a2b3c4d…9f0e` for a UUID. */
export function shortId(id: string): string {
  const line = oneLine(id, Infinity);
  const characters = Array.from(line);
  if (characters.length <= wholeId) return line;
  const [first, last] = uuid.test(line) ? [8, 4] : [8, 6];
  return `${characters.slice(0, first).join('')}…${characters.slice(-last).join('')}`;
}

/** Secondary figures of a row, in the order of their weight; empty ones are left out. */
export const joined = (...parts: readonly (string | null | undefined | false)[]): string =>
  parts.filter((part) => part !== null && part !== undefined && part !== false && part !== '').join(' · ');

/** `1 call`, `2 calls`; the count comes formatted. */
export const counted = (count: number, formatted: string, noun: string): string =>
  `${formatted} ${noun}${count === 1 ? '' : 's'}`;
