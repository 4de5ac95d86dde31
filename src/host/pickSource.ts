import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { SourceTarget } from './contributions';
import type { Services } from './services';
import type { SourceRow } from '../shared/model';

/** The source that a command is about; asks when it was not told. Undefined when the user gave up. */
export async function sourceOf(
  { ledger }: Services,
  target: SourceTarget | undefined,
): Promise<SourceRow | undefined> {
  if (target !== undefined) {
    const path = typeof target === 'string' ? target : target.row.path;
    return (await ledger.sources({ path }))[0];
  }
  const sources = await ledger.sources();
  if (sources.length === 0) void vscode.window.showInformationMessage('Nothing has been imported yet.');
  if (sources.length === 0) return undefined;
  const picks = sources.map((source) => ({
    source,
    label: basename(source.path),
    description: source.label,
    detail: dirname(source.path),
  }));
  const title = 'Choose a source';
  return (await vscode.window.showQuickPick(picks, { title, matchOnDetail: true, matchOnDescription: true }))
    ?.source;
}
