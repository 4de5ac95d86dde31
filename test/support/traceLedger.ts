import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TraceLedger } from '../../src/extension';

/** The extension of this window, activated, with what it hands to tests. */
export async function traceLedger(): Promise<TraceLedger> {
  const extension = vscode.extensions.getExtension<TraceLedger>('trace-ledger.trace-ledger');
  assert.ok(extension, 'VS Code does not know the extension');
  return extension.activate();
}
