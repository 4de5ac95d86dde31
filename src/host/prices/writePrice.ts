import * as vscode from 'vscode';
import { register } from '../contributions';
import { reported } from '../report';
import { messageOf, UserError } from '../../shared/errors';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { ModelName } from '../../shared/modelPrices';

const settingName = 'traceLedger.prices';

/** An entry of the setting as far as it is written here. */
export type PriceEntry = Readonly<Record<string, unknown>>;

/** The prices in the user's settings, as somebody wrote them. */
export const writtenPrices = (): unknown => {
  const written = vscode.workspace.getConfiguration().inspect(settingName)?.globalValue;
  // What VS Code hands out cannot be sent to the worker.
  return written === undefined ? [] : (JSON.parse(JSON.stringify(written)) as unknown);
};

/** The name by which an entry fits the model in any spelling, at its provider alone. */
export const entryName = ({ provider, model }: ModelName): PriceEntry => ({
  ...(provider === '' ? {} : { provider }),
  model,
});

/**
 * Puts a price into the user's settings, in place of the one of the same model that begins at the same time. What comes of
 * that is what comes of any change of the setting.
 * @throws UserError where the prices would be refused, or the settings cannot be written.
 */
export async function writePrice({ ledger }: Services, entry: PriceEntry): Promise<void> {
  const { prices, problems } = await ledger.placePrice(writtenPrices(), entry);
  if (problems.length > 0)
    throw new UserError(`${problems[0]} Nothing was changed; correct it in the settings, then try again.`);
  try {
    await vscode.workspace.getConfiguration().update(settingName, prices, vscode.ConfigurationTarget.Global);
  } catch (error) {
    throw new UserError(
      `The price could not be saved in the settings (${messageOf(error)}): correct settings.json, then try again.`,
    );
  }
}

/** "Open Prices in Settings": at the list of the user's own prices. */
export function registerOpenPriceSettings({ report }: Services): Disposable {
  const open = async () => {
    await vscode.commands.executeCommand('workbench.action.openSettingsJson', {
      revealSetting: { key: settingName, edit: true },
    });
  };
  return register('traceLedger.openPriceSettings', reported(report, open));
}
