import { setting } from './contributions';
import { warnOfSetting } from './settingWarning';
import { parseCurrency } from '../shared/currency';
import { moneyFormat, type Money } from '../shared/money';
import type * as vscode from 'vscode';

/**
 * How amounts are shown in the currency of the settings, made anew when that changes. One that is refused is told once,
 * and US dollars are shown.
 */
export function moneyReader(log: vscode.LogOutputChannel): () => Money {
  let known: string | undefined;
  let money = moneyFormat();
  return () => {
    const value = setting('traceLedger.currency');
    const text = JSON.stringify(value ?? null);
    if (text === known) return money;
    known = text;
    const { currency, problem } = parseCurrency(value);
    if (problem !== undefined) {
      const message = `The setting traceLedger.currency is not used. ${problem} Amounts are shown in US dollars.`;
      log.warn(message);
      warnOfSetting('traceLedger.currency', message);
    }
    return (money = moneyFormat(currency));
  };
}
