import { resolve } from 'node:path';
import { exportRows } from '../worker/exportRows';
import type { CommandLine } from './commandLine';
import type { Question } from '../shared/model';
import type { Job } from '../worker/jobs';
import type { Ledger } from '../worker/ledger';

/** Standard output may be slower than the store: waits until it has taken what was written. */
const drained: Job = {
  cancelled: false,
  pause: () =>
    process.stdout.writableNeedDrain
      ? new Promise((resolve) => process.stdout.once('drain', resolve))
      : Promise.resolve(),
};

export async function exportTo(
  ledger: Ledger,
  question: Question,
  { format, level, out }: CommandLine,
  write: (text: string) => void,
): Promise<void> {
  if (out !== undefined) await ledger.api.exportTo('cli', { question, format, level, path: resolve(out) });
  else await exportRows(ledger.store, { question, format, level }, write, () => undefined, drained);
}
