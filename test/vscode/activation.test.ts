import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds, settingIds } from '../../src/host/contributions';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default?: unknown }>> };
  };
}

const extension = () => {
  const found = vscode.extensions.getExtension('trace-ledger.trace-ledger');
  assert.ok(found, 'VS Code does not know the extension');
  return found;
};

describe('activation', () => {
  const { contributes } = extension().packageJSON as Manifest;

  it('succeeds', async () => {
    await extension().activate();
    assert.equal(extension().isActive, true);
  });

  it('registers every command that package.json declares', async () => {
    await extension().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = contributes.commands.map(({ command }) => command).filter((id) => !registered.has(id));
    assert.deepEqual(missing, []);
  });

  it('has the same commands in package.json and in its types', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), [...commandIds].sort());
  });

  it('has the same settings in package.json and in its types, each with a default', () => {
    const { properties } = contributes.configuration;
    assert.deepEqual(Object.keys(properties).sort(), [...settingIds].sort());
    assert.deepEqual(
      Object.keys(properties).filter((id) => properties[id]?.default === undefined),
      [],
    );
  });
});
