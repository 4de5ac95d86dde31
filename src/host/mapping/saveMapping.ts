import { basename } from 'node:path';
import * as vscode from 'vscode';
import { back, inputStep, pickStep } from './pickStep';
import { setting } from '../contributions';
import { messageOf, UserError } from '../../shared/errors';
import { longestMappingName } from '../../shared/mapping';
import type { Draft } from './draft';
import type { Step } from './steps';
import type { Mapping } from '../../shared/mapping';

/** Asks what the mapping is called. One that is changed keeps its name, since the first that knows a file reads it. */
export const nameStep: Step = {
  group: 'save',
  isAsked: () => true,
  async ask(draft, frame) {
    const name = await inputStep(
      { ...frame, title: 'Name the Mapping' },
      {
        prompt: 'It stands as the format of its files among the sources',
        value: draft.name ?? draft.known?.name ?? suggestedName(draft),
        check: (text) => whyNot(text, draft),
      },
    );
    if (name === back) return back;
    draft.name = name.trim();
    return undefined;
  },
};

function whyNot(text: string, { known }: Draft): string | undefined {
  const name = text.trim();
  if (name === '') return 'Type a name';
  if (name.length > longestMappingName) return `Use ${longestMappingName} characters at most`;
  if (known)
    return name === known.name
      ? undefined
      : `Files like this are read by “${known.name}” already: keep that name`;
  return Object.hasOwn(setting('traceLedger.mappings'), name)
    ? 'There is a mapping of this name already: choose another name'
    : undefined;
}

function suggestedName({ look, place }: Draft): string {
  const file = basename(look.path).replace(/\.[^.]*$/, '');
  const inFile = place?.format === 'sqlite' ? place.table : place?.format === 'json' ? place.array : '';
  return (
    `${file} ${inFile}`
      .replace(/[^\p{L}\p{N}._-]+/gu, ' ')
      .trim()
      .slice(0, longestMappingName) || 'Mapping'
  );
}

const isShareable = (): boolean =>
  vscode.workspace.isTrusted && (vscode.workspace.workspaceFolders?.length ?? 0) > 0;

/** Asks where it is kept. What a workspace that is not trusted says of mappings is not used. */
export const placeToSaveStep: Step = {
  group: 'save',
  isAsked: isShareable,
  async ask(draft, frame) {
    const items = [
      { inWorkspace: false, label: 'Your settings', description: 'For all that you open' },
      {
        inWorkspace: true,
        label: 'Settings of this workspace',
        description: 'Shared with whoever works in it',
      },
    ];
    const suggested = draft.known && isInWorkspace(draft.known.name) ? items[1]! : items[0]!;
    const picked = await pickStep(
      { ...frame, title: 'Keep the Mapping' },
      { placeholder: 'Where is it saved?', items, active: suggested },
    );
    if (picked === back) return back;
    draft.inWorkspace = picked.inWorkspace;
    return undefined;
  },
};

const inspected = () =>
  vscode.workspace.getConfiguration().inspect<Readonly<Record<string, unknown>>>('traceLedger.mappings');

const isInWorkspace = (name: string): boolean => Object.hasOwn(inspected()?.workspaceValue ?? {}, name);

/** Adds it to the settings. @throws UserError where they cannot be written. */
export async function saveMapping(name: string, mapping: Mapping, inWorkspace: boolean): Promise<void> {
  const known = inspected();
  const before = inWorkspace ? known?.workspaceValue : known?.globalValue;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  try {
    await vscode.workspace
      .getConfiguration()
      .update('traceLedger.mappings', { ...before, [name]: mapping }, target);
  } catch (error) {
    throw new UserError(
      `The mapping could not be saved in the settings (${messageOf(error)}): correct settings.json, then try again.`,
    );
  }
}
