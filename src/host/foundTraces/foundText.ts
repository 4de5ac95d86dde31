import { formatBytes, formatCount } from '../../shared/format';
import { counted, joined, oneLine } from '../tree/rowText';
import type { FoundTraces } from '../../shared/protocol';

/** `312 sessions, 1.1 GB`, `1 file, 20 kB`, `at least 200,000 files, 3 GB`. */
export function amountText({ files, sessions, bytes, isPartial }: FoundTraces): string {
  const count =
    sessions > 0
      ? counted(sessions, formatCount(sessions), 'session')
      : counted(files, formatCount(files), 'file');
  return `${isPartial ? 'at least ' : ''}${count}, ${formatBytes(bytes)}`;
}

/** "Found Claude Code: 312 sessions, 1.1 GB. Import?" */
export function foundSentence(found: readonly FoundTraces[]): string {
  const [first, second, ...rest] = found;
  if (!first) return '';
  if (!second) return `Found ${oneLine(first.label)}: ${amountText(first)}. Import?`;
  const [one, two] = [first, second].map((traces) => `${oneLine(traces.label)} (${amountText(traces)})`);
  const others = rest.length === 0 ? `${one} and ${two}` : `${one}, ${two} and ${rest.length} more`;
  return `Found ${others}. Import?`;
}

/** Where it lies, for a row of a list, which is cut off at its end: what is in the home folder as `~` has it. */
export const placesText = (
  { paths, denied }: FoundTraces,
  shown: (path: string) => string = (path) => path,
): string =>
  joined(
    ...paths.slice(0, 3).map((path) => oneLine(shown(path))),
    paths.length > 3 && `and ${counted(paths.length - 3, formatCount(paths.length - 3), 'place')} more`,
    denied !== undefined && `no permission to read ${oneLine(shown(denied))}`,
  );

/** `~/.claude/projects`; a path that is not in the home folder as it is. */
export const inHome = (path: string, home: string): string =>
  home !== '' && (path.startsWith(`${home}/`) || path.startsWith(`${home}\\`))
    ? `~${path.slice(home.length)}`
    : path;
