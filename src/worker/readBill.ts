import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { BillProblem } from '../bills/problem';
import { messageOf, UserError } from '../shared/errors';
import { formatBytes } from '../shared/format';

/** A year of a large organisation by day and model is a few megabytes. */
const mostBytes = 32_000_000;

export interface BillFile {
  readonly text: string;
  readonly hash: string;
}

/** The text of a file that may be a bill. @throws UserError that names it and says what to do. */
export async function readBill(path: string): Promise<BillFile> {
  try {
    const about = await stat(path);
    if (about.isDirectory()) throw new BillProblem('it is a folder: choose a file in it');
    if (about.size > mostBytes)
      throw new BillProblem(
        `it has ${formatBytes(about.size)}, and ${formatBytes(mostBytes)} is the most for a bill: export fewer days, or group by day`,
      );
    const bytes = await readFile(path);
    return { text: textOf(bytes), hash: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    throw named(error, path);
  }
}

function textOf(bytes: Buffer): string {
  if (['fffe', 'feff'].includes(bytes.subarray(0, 2).toString('hex')))
    throw new BillProblem('it is in UTF-16: save it as CSV in UTF-8');
  if (bytes.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004')
    throw new BillProblem('it is a ZIP archive or a workbook: unpack it, or save it as CSV');
  if (bytes.subarray(0, 4).toString('latin1') === '%PDF')
    throw new BillProblem("it is a PDF: export the costs as CSV or JSON from the provider's page of usage");
  try {
    if (bytes.includes(0)) throw new Error();
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BillProblem('it is no text in UTF-8: save it as CSV or JSON in UTF-8');
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there any more: choose it again',
  EACCES: 'it may not be read: change its permissions, or copy it',
  EPERM: 'it may not be read: change its permissions, or copy it',
};

/** What is wrong with a bill, with the name of its file. */
export function named(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = error instanceof BillProblem ? messageOf(error) : reasons[code];
  return reason === undefined ? error : new UserError(`${basename(path)} cannot be reconciled: ${reason}.`);
}
