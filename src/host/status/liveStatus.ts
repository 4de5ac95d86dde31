import * as vscode from 'vscode';
import { setting } from '../contributions';
import { levelOf, spokenStatus, statusText } from './statusText';
import { resolvePeriod } from '../../shared/period';
import type { Services } from '../services';
import type { StatusLevel } from './statusText';
import type { Money } from '../../shared/money';
import type { Millis } from '../../shared/model';
import type { LiveStatus } from '../../shared/statusApi';

/** After that long without a call a session is over. */
const sessionIdleMs = 4 * 3_600_000;

/** What the status bar shows at a moment. */
export interface ShownStatus {
  readonly figures: LiveStatus;
  readonly level: StatusLevel;
  readonly text: string;
  /** The same for those who hear it. */
  readonly spoken: string;
  readonly inWorkspace: boolean;
  readonly zone: string;
  readonly money: Money;
  /** When it changes although nothing happens: the day ends, or the session is over. */
  readonly until: Millis;
}

/** Asks the worker once for all that the status bar shows. */
export async function askStatus(
  { ledger, question, money: chosen }: Services,
  now = Date.now(),
): Promise<ShownStatus> {
  const { zone } = question();
  const money = chosen();
  const day = resolvePeriod('today', undefined, undefined, now, zone);
  const inWorkspace = setting('traceLedger.statusBar.scope') === 'workspace';
  const figures = await ledger.liveStatus({
    question: question(day),
    folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
    onlyFolders: inWorkspace,
    activeSince: now - sessionIdleMs,
  });
  const level = levelOf(figures.total, {
    warning: setting('traceLedger.statusBar.warning'),
    alert: setting('traceLedger.statusBar.alert'),
  });
  const sessionEnd = figures.session ? figures.session.lastAt + sessionIdleMs : Infinity;
  return {
    figures,
    level,
    text: statusText(setting('traceLedger.statusBar.format'), figures, money),
    spoken: spokenStatus(figures, level, inWorkspace, money),
    inWorkspace,
    zone,
    money,
    until: Math.min(day.until!, sessionEnd + 1),
  };
}
