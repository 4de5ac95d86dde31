import * as vscode from 'vscode';
import { plainSetting, setting } from '../contributions';
import { zoneOf } from '../services';
import { throttled } from '../throttled';
import { parseLimits } from '../../budgets/limits';
import { UserError } from '../../shared/errors';
import type { Settings } from '../contributions';
import type { Services } from '../services';
import type { ParsedLimits } from '../../budgets/limits';
import type { Disposable } from '../../shared/emitter';

/** Hands the limits of the settings to the worker, and says what is wrong with them. */
export function registerAlertLimits(services: Services): Disposable {
  let said = '';
  const choose = async () => {
    const { limits, problems } = writtenLimits();
    const all = problems.join('\n');
    if (all !== said) for (const problem of problems) services.report(new UserError(problem));
    said = all;
    await services.ledger.chooseAlerts({
      limits,
      mode: ofUser('traceLedger.costMode'),
      zone: zoneOf(ofUser('traceLedger.timeZone').trim()),
      firstDay: ofUser('traceLedger.firstDayOfWeek'),
    });
  };
  const soon = throttled(() => void choose().catch(services.report), { calm: 0, gap: 100 });
  soon();
  return vscode.Disposable.from(
    soon,
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('traceLedger') && soon()),
    // A new worker has been told nothing, and an emptied store has forgotten.
    services.onReady(soon),
  );
}

/** One choice holds for all windows: what a workspace sets for its own ones does not count. */
function ofUser<Id extends keyof Settings>(id: Id): Settings[Id] {
  const values = vscode.workspace.getConfiguration().inspect<Settings[Id]>(id);
  return values?.globalValue ?? values?.defaultValue ?? setting(id);
}

const writtenLimits = (): ParsedLimits =>
  parseLimits({
    warning: setting('traceLedger.alerts.session.warning'),
    alert: setting('traceLedger.alerts.session.alert'),
    call: setting('traceLedger.alerts.call'),
    burnRate: setting('traceLedger.alerts.burnRate'),
    budgets: plainSetting('traceLedger.budgets'),
  });
