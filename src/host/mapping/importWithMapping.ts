import { basename } from 'node:path';
import * as vscode from 'vscode';
import { askedFields, begin, mappingOfDraft, type Draft } from './draft';
import { fieldStep, followUps } from './fieldSteps';
import { back, pickStep } from './pickStep';
import { previewStep } from './previewStep';
import { nameStep, placeToSaveStep, saveMapping } from './saveMapping';
import { runSteps, type Step } from './steps';
import { importPlaces } from '../commands/importFiles';
import { plainSetting, register, type MappingChoice, type MappingTarget } from '../contributions';
import { requireReading } from '../reading';
import { reported } from '../report';
import { UserError } from '../../shared/errors';
import { parseMapping } from '../../shared/parseMapping';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { ImportSummary } from '../../shared/model';

/**
 * "Import With Mapping": leads from a file that no format knows to a mapping of its columns, shows what would come of
 * it, saves it in the settings and imports the file. With a choice it asks nothing.
 */
export function registerImportWithMapping(services: Services): Disposable {
  const run = async (target?: MappingTarget, given?: MappingChoice | readonly vscode.Uri[]) => {
    requireReading();
    const path = pathOf(target) ?? (await chooseFile());
    if (path === undefined) return undefined;
    const ready = given && 'mapping' in given ? given : undefined;
    const choice = ready ?? (await ask(services, path));
    return choice && saveAndImport(services, path, choice);
  };
  return register('traceLedger.importWithMapping', reported(services.report, run));
}

function pathOf(target: MappingTarget | undefined): string | undefined {
  if (target === undefined || typeof target === 'string') return target;
  return target instanceof vscode.Uri ? target.fsPath : target.row?.path;
}

async function chooseFile(): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: 'Import with a mapping',
      openLabel: 'Import',
      canSelectMany: false,
    })) ?? [];
  return file?.fsPath;
}

/** Undefined for a file that needs no mapping. @throws UserError where the file cannot be mapped. */
async function ask(services: Services, path: string): Promise<MappingChoice | undefined> {
  const look = await services.ledger.lookInto(path);
  if (look.known !== undefined) {
    await offerImport(services, path, look.known);
    return undefined;
  }
  const mapping =
    look.mapping === undefined
      ? undefined
      : parseMapping(look.mapping, plainSetting('traceLedger.mappings')[look.mapping]);
  const known =
    look.mapping === undefined || mapping === undefined || typeof mapping === 'string'
      ? undefined
      : { name: look.mapping, mapping };
  const draft: Draft = { look, columns: [], chosen: {}, ...(known ? { known } : {}) };
  const fields = askedFields.flatMap((field) => [fieldStep(field), ...(followUps[field] ?? [])]);
  await takeOnlyPlace(services, draft);
  await runSteps([placeStep(services), ...fields, previewStep(services), nameStep, placeToSaveStep], draft);
  return { name: draft.name!, mapping: mappingOfDraft(draft), inWorkspace: draft.inWorkspace ?? false };
}

async function offerImport(services: Services, path: string, format: string): Promise<void> {
  const message = `${basename(path)} is read as ${format}, and needs no mapping.`;
  const choice = await vscode.window.showInformationMessage(message, 'Import');
  if (choice) await importPlaces(services, [path]);
}

async function takeOnlyPlace({ ledger }: Services, draft: Draft): Promise<void> {
  const [only, ...others] = draft.look.places;
  if (only && others.length === 0)
    begin(draft, only.place, await ledger.columnsAt(draft.look.path, only.place));
}

const placeStep = ({ ledger }: Services): Step => ({
  group: 'place',
  isAsked: ({ look }) => look.places.length > 1,
  async ask(draft, frame) {
    const { path, places } = draft.look;
    const items = places.map(({ place, label, detail }) => ({ place, label, detail }));
    const picked = await pickStep(
      { ...frame, title: `Import ${basename(path)} With a Mapping` },
      { placeholder: 'Where are the calls?', items },
    );
    if (picked === back) return back;
    begin(draft, picked.place, await ledger.columnsAt(path, picked.place));
    return undefined;
  },
});

async function saveAndImport(
  services: Services,
  path: string,
  { name, mapping, inWorkspace = false }: MappingChoice,
): Promise<ImportSummary> {
  const parsed = parseMapping(name, mapping);
  if (typeof parsed === 'string') throw new UserError(parsed);
  await saveMapping(name, parsed, inWorkspace);
  // The change of the settings is heard of later; what is imported now is to be read by it already.
  await services.ledger.chooseMappings(plainSetting('traceLedger.mappings'));
  return importPlaces(services, [path]);
}
