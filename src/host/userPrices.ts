import { setting } from './contributions';
import { warnOfSetting } from './settingWarning';
import type { LedgerWorker } from './ledgerWorker';
import type * as vscode from 'vscode';

interface Told {
  readonly log: vscode.LogOutputChannel;
  readonly report: (error: unknown) => void;
}

/** Hands the user's prices over when called. Prices that are refused are told once, with the reason and the way to them. */
export function userPricesChooser({ ledger }: LedgerWorker, { log, report }: Told): () => Promise<void> {
  let said = '';
  return async () => {
    try {
      const problems = await ledger.choosePrices(plain(setting('traceLedger.prices')));
      const all = problems.join('\n');
      if (all !== '' && all !== said) tell(problems, log);
      said = all;
    } catch (error) {
      report(error);
    }
  };
}

/** What VS Code hands out cannot be sent to the worker. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function tell(problems: readonly string[], log: vscode.LogOutputChannel): void {
  for (const problem of problems) log.warn(problem);
  const others = problems.length > 1 ? ` ${problems.length - 1} more like it are in the log.` : '';
  const message = `${problems[0]}${others} The prices from before stay in force.`;
  warnOfSetting('traceLedger.prices', message);
}
