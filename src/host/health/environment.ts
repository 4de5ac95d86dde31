import { release } from 'node:os';
import * as vscode from 'vscode';
import { setting } from '../contributions';
import { isReadingOn } from '../reading';
import type { Services } from '../services';
import type { CostMode } from '../../shared/model';

/** What stands around the ledger: programs, their versions, and the settings that matter to them. */
export interface Environment {
  readonly extension: string;
  readonly editor: string;
  readonly system: string;
  readonly isOn: boolean;
  readonly mode: CostMode;
  readonly zone: string;
  readonly isTimeZoneSet: boolean;
}

export function environmentOf({ question }: Services): Environment {
  const { version } = vscode.extensions.getExtension('trace-ledger.trace-ledger')!.packageJSON as {
    readonly version: string;
  };
  const { mode, zone } = question();
  const remote = vscode.env.remoteName === undefined ? '' : `, remote (${vscode.env.remoteName})`;
  return {
    extension: version,
    editor: `VS Code ${vscode.version}, Node.js ${process.versions.node}${remote}`,
    system: `${process.platform} ${process.arch}, ${release()}`,
    isOn: isReadingOn(),
    mode,
    zone,
    isTimeZoneSet: setting('traceLedger.timeZone').trim() !== '',
  };
}
