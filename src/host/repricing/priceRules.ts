import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { priceSets, setting } from '../contributions';
import type { PriceRules } from '../../shared/repricing';

/** What the settings say of prices, as plain JSON: what VS Code hands out cannot be sent to the worker. */
export function priceRules(): PriceRules {
  const file = pricesFile();
  return plain({
    prices: setting('traceLedger.prices'),
    ...(file === undefined ? {} : { pricesFile: file }),
    sets: priceSets(),
    included: setting('traceLedger.included'),
  });
}

/** Absolute path of the file of prices; a relative one is taken from the first folder of the workspace. */
export function pricesFile(): string | undefined {
  const path = setting('traceLedger.pricesFile').trim();
  if (path === '') return undefined;
  if (/^~[\\/]/.test(path)) return join(homedir(), path.slice(2));
  if (isAbsolute(path)) return path;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder?.scheme === 'file' ? join(folder.fsPath, path) : path;
}

/** Puts the settings back to these rules, where they are others now. What is in a file is the user's own to change. */
export async function restoreSettings({ prices, sets, included }: PriceRules): Promise<void> {
  const now = priceRules();
  const wanted: readonly (readonly [id: string, value: unknown, now: unknown])[] = [
    ['prices', prices, now.prices],
    ['included', included, now.included],
    ...Object.entries(sets).map(([id, set]) => [`priceSet.${id}`, set, now.sets[id]] as const),
  ];
  for (const [id, value, present] of wanted)
    if (JSON.stringify(value) !== JSON.stringify(present)) await restore(id, value);
}

/** A setting that is at its default again is left out. */
async function restore(id: string, value: unknown): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('traceLedger');
  const isDefault = JSON.stringify(configuration.inspect(id)?.defaultValue) === JSON.stringify(value);
  await configuration.update(id, isDefault ? undefined : value, vscode.ConfigurationTarget.Global);
}

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
