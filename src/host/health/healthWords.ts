import { counted, joined } from '../tree/rowText';
import { formatCount, formatDuration } from '../../shared/format';
import type { LockHolder, SourceHealth } from '../../shared/healthApi';
import type { SourceState } from '../../shared/model';

export const many = (count: number, noun: string): string => counted(count, formatCount(count), noun);

const dayMs = 86_400_000;

export const stateWords: Readonly<Record<SourceState, string>> = {
  imported: 'imported',
  partial: 'read in part',
  failed: 'could not be read',
  missing: 'gone, its figures stay',
};

const lockWords = { S: 'reading', R: 'about to write', P: 'waiting for readers' } as const;

/** How much later the file changed than its newest call was made; empty where one of them is not known. */
export function lagText({ fileAt, newestAt, importedAt }: SourceHealth): string {
  if (fileAt === undefined || fileAt === null) return '';
  const waiting = fileAt > importedAt && 'changed since the last import';
  if (newestAt === undefined) return joined(waiting);
  const lag = Math.max(0, fileAt - newestAt);
  const text = lag < 2 * dayMs ? formatDuration(lag) : many(Math.floor(lag / dayMs), 'day');
  return joined(text, waiting);
}

export const holderText = ({ pid, kinds, isOwn }: LockHolder): string =>
  `${isOwn ? 'this window' : `process ${pid}`} (${[...kinds].map((kind) => lockWords[kind as keyof typeof lockWords]).join(', ')})`;
