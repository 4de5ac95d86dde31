import { basename } from 'node:path';
import * as vscode from 'vscode';
import { mappingOfDraft } from './draft';
import { fieldTexts } from './fieldSteps';
import { back, pickStep } from './pickStep';
import { isCancelled } from '../report';
import { counted, joined, oneLine, shortId } from '../tree/rowText';
import { formatCount, formatTokens, formatWhen } from '../../shared/format';
import type { AskedField, Draft } from './draft';
import type { Step } from './steps';
import type { Services } from '../services';
import type { MappingPreview, PreviewedCall } from '../../shared/mapping';
import type { Money } from '../../shared/money';

/** Shorter work needs no sign of life. */
const patienceMs = 1_000;

interface PreviewItem extends vscode.QuickPickItem {
  readonly goesOn?: boolean;
  readonly change?: AskedField;
}

/** Shows what the mapping makes of the file, and goes on when the user likes it. */
export const previewStep = (services: Services): Step => ({
  group: 'preview',
  isAsked: () => true,
  async ask(draft, frame) {
    const preview = await previewOf(services, draft);
    if (preview === back) return back;
    const items = itemsOf(draft, preview, services.question().zone, services.money());
    for (;;) {
      const picked = await pickStep<PreviewItem>(
        { ...frame, title: 'What Would Be Imported' },
        { placeholder: 'Enter goes on; choose a field to change it', items, active: items[0]! },
      );
      if (picked === back) return back;
      if (picked.change !== undefined) return { change: picked.change };
      if (picked.goesOn) return undefined;
    }
  },
});

/** Stopping it leads back to the question before. */
async function previewOf({ ledger, runJob }: Services, draft: Draft): Promise<MappingPreview | typeof back> {
  const { path } = draft.look;
  const mapping = mappingOfDraft(draft);
  try {
    return await runJob(
      `Reading ${basename(path)}`,
      (job) => ledger.previewMapping(job, path, draft.known?.name ?? 'preview', mapping),
      { patienceMs },
    );
  } catch (error) {
    if (isCancelled(error)) return back;
    throw error;
  }
}

function itemsOf(draft: Draft, preview: MappingPreview, zone: string, money: Money): PreviewItem[] {
  const separator = (label: string): PreviewItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const fields = Object.entries(draft.chosen) as [AskedField, string | null][];
  const { issueCount, issues } = preview;
  const problems: PreviewItem[] =
    issueCount === 0
      ? []
      : [
          {
            label: `$(warning) ${counted(issueCount, formatCount(issueCount), 'problem')}`,
            detail: oneLine(issues.map(({ place, message }) => joined(place, message)).join(' '), 300),
          },
        ];
  return [
    {
      label: '$(check) Use this mapping',
      description: spanText(preview, zone),
      detail: totalText(preview, money),
      goesOn: true,
    },
    ...problems,
    separator('First calls'),
    ...preview.calls.map((call) => callItem(call, zone, money)),
    separator('Change'),
    ...fields.map(([field, path]) => ({
      label: `$(edit) ${fieldTexts[field].label}`,
      description: path === null ? 'none' : oneLine(path),
      change: field,
    })),
  ];
}

const spanText = ({ first, last }: MappingPreview, zone: string): string =>
  first === undefined || last === undefined ? '' : `${formatWhen(first, zone)} to ${formatWhen(last, zone)}`;

/** One line on all that would be imported. */
function totalText(preview: MappingPreview, money: Money): string {
  const { count, sessions, usage, unpricedCalls, untimedCalls, errors, repeated } = preview;
  const input = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return joined(
    `Total ${money.format(preview.cost)}`,
    counted(count, formatCount(count), 'call'),
    counted(sessions, formatCount(sessions), 'session'),
    `${formatTokens(input)} in, ${formatTokens(usage.outputTokens)} out`,
    unpricedCalls > 0 && `${formatCount(unpricedCalls)} unpriced`,
    untimedCalls > 0 && `${formatCount(untimedCalls)} without a time`,
    errors > 0 && counted(errors, formatCount(errors), 'error'),
    repeated > 0 && `${formatCount(repeated)} told again`,
    money.note,
  );
}

function callItem(call: PreviewedCall, zone: string, money: Money): PreviewItem {
  const when = call.at === undefined ? 'no time' : formatWhen(call.at, zone);
  return {
    label: joined(when, oneLine(call.model ?? 'no model', 60)),
    description: joined(
      call.cost === null ? 'unpriced' : money.format(call.cost),
      `${formatTokens(call.inputTokens + call.cachedTokens)} in, ${formatTokens(call.outputTokens)} out`,
      call.failed && 'failed',
      shortId(call.session),
    ),
  };
}
