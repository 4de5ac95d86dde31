import { basename } from 'node:path';
import * as vscode from 'vscode';
import { register, type SourceTarget } from '../contributions';
import { sourceOf } from '../pickSource';
import { requireReading } from '../reading';
import { reported } from '../report';
import { counted } from '../tree/rowText';
import { formatCount } from '../../shared/format';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { SourceRow } from '../../shared/model';

/** "Remove Source": says what goes and what stays, then forgets what came from this file alone. */
export function registerRemoveSource(services: Services): Disposable {
  const run = async (target?: SourceTarget, confirmed?: unknown) => {
    // Others that tell of the same calls are read again then.
    requireReading();
    const source = await sourceOf(services, target);
    if (!source || (confirmed !== true && !(await confirm(source)))) return;
    await services.ledger.removeSource(source.path);
  };
  return register('traceLedger.removeSource', reported(services.report, run));
}

async function confirm({ path, calls, sessions }: SourceRow): Promise<boolean> {
  const yes = 'Remove Source';
  const message = `Remove ${basename(path)} from the ledger?`;
  const detail =
    `${counted(sessions, formatCount(sessions), 'session')} and ${counted(calls, formatCount(calls), 'call')} ` +
    'that came from this file alone are removed from the ledger. The file itself is not touched. ' +
    'Notes stay, and show again when the file is imported again.';
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}
