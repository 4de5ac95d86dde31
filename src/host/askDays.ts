import { DateTime } from 'luxon';
import * as vscode from 'vscode';

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text).isValid;

/** Asks for a first and a last day (YYYY-MM-DD) in the zone of the viewer; undefined when the user gave up. */
export async function askDays(
  zone: string,
  what: string,
): Promise<{ readonly from: string; readonly to: string } | undefined> {
  const today = DateTime.now().setZone(zone);
  const invalid = 'Enter a date as YYYY-MM-DD, such as 2026-01-31.';
  const from = await vscode.window.showInputBox({
    title: `${what} from`,
    prompt: `First day (YYYY-MM-DD), in ${zone}`,
    value: today.startOf('month').toFormat('yyyy-MM-dd'),
    validateInput: (text) => (isDate(text) ? undefined : invalid),
  });
  if (from === undefined) return undefined;
  const to = await vscode.window.showInputBox({
    title: `${what} to`,
    prompt: `Last day, included (YYYY-MM-DD), in ${zone}`,
    value: today.toFormat('yyyy-MM-dd'),
    validateInput: (text) => {
      if (!isDate(text)) return invalid;
      return text < from ? `The last day lies before the first, ${from}.` : undefined;
    },
  });
  return to === undefined ? undefined : { from, to };
}
