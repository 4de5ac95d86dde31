import type { ChosenRules } from './prices';

/** Differs for different choices of the user's, whatever order their parts stand in; '' for none. */
export function versionOf({ own = [], sets = {}, included = new Map() }: ChosenRules): string {
  const parts = [
    part('own', own.length === 0 ? '' : own.map(({ text }) => text).join('\n')),
    part('set', ordered(Object.entries(sets))),
    part('included', ordered([...included])),
  ];
  return parts.join('');
}

const ordered = (entries: readonly (readonly [string, unknown])[]): string =>
  entries.length === 0 ? '' : JSON.stringify([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

const part = (name: string, text: string): string => (text === '' ? '' : `, ${name} ${hashOf(text)}`);

/** FNV-1a: the same everywhere, and nobody gains by making two choices look alike. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
