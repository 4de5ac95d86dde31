import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { TraceLedger } from '../../src/extension';

/** The extension of this window, activated, with what it hands to tests. */
export async function traceLedger(): Promise<TraceLedger> {
  const extension = vscode.extensions.getExtension<TraceLedger>('trace-ledger.trace-ledger');
  assert.ok(extension, 'VS Code does not know the extension');
  return extension.activate();
}

/** Asks again and again until `look` stops throwing; its last error is the error. */
export async function eventually<T>(look: () => T | Promise<T>, limitMs = 10_000): Promise<T> {
  const until = Date.now() + limitMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > until) throw error;
      await pause(50);
    }
  }
}
