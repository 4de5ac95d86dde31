/** One line of at most `max` characters, whatever the text holds: ids come from foreign files. */
export function oneLine(text: string, max = 120): string {
  const line = text.replace(/[\s\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`;
}

/** Secondary figures of a row, in the order of their weight; empty ones are left out. */
export const joined = (...parts: readonly (string | null | undefined | false)[]): string =>
  parts.filter((part) => part !== null && part !== undefined && part !== false && part !== '').join(' · ');

/** `1 call`, `2 calls`; the count comes formatted. */
export const counted = (count: number, formatted: string, noun: string): string =>
  `${formatted} ${noun}${count === 1 ? '' : 's'}`;
