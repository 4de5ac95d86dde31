import * as vscode from 'vscode';
import { register, type SourceTarget } from '../contributions';
import { sourceOf } from '../pickSource';
import { reported } from '../report';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** "Reveal Source": shows the file in the explorer if it lies in the workspace, else in the system's file manager. */
export function registerRevealSource(services: Services): Disposable {
  const run = async (target?: SourceTarget) => {
    const source = await sourceOf(services, target);
    if (source) await revealFile(source.path);
  };
  return register('traceLedger.revealSource', reported(services.report, run));
}

export async function revealFile(path: string): Promise<void> {
  const uri = vscode.Uri.file(path);
  const inWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(inWorkspace ? 'revealInExplorer' : 'revealFileInOS', uri);
}
