import { basename } from 'node:path';
import type * as vscode from 'vscode';
import { previewItems } from './previewItems';
import { back, pickStep, type StepFrame } from '../mapping/pickStep';
import { joined, oneLine } from '../tree/rowText';
import { billFields } from '../../shared/bill';
import { providerName } from '../../shared/reconciliationText';
import { suggestCachedInside } from '../../shared/suggestMapping';
import type { Services } from '../services';
import type { BillColumns, BillField, BillLook } from '../../shared/bill';

type Table = NonNullable<BillLook['table']>;

/** The answers so far. */
export interface ColumnDraft {
  fields: Partial<Record<BillField, string>>;
  provider?: string;
  dayFirst?: boolean;
  cachedInside?: boolean;
}

export const fieldLabels: Readonly<Record<BillField, { readonly label: string; readonly ask: string }>> = {
  date: { label: 'Date', ask: 'Which column has the day?' },
  model: { label: 'Model', ask: 'Which column names the model?' },
  amount: { label: 'Amount', ask: 'Which column has what was charged?' },
  currency: { label: 'Currency', ask: 'Which column names the currency?' },
  item: { label: 'Line item', ask: 'Which column says what was charged for?' },
  inputTokens: { label: 'Input tokens', ask: 'How many tokens went in?' },
  cacheReadTokens: { label: 'Tokens from a cache', ask: 'How many were read from a cache?' },
  cacheWriteTokens: { label: 'Tokens into a cache', ask: 'How many were written to a cache?' },
  outputTokens: { label: 'Output tokens', ask: 'How many tokens came out?' },
};

/** Where a question leads: on, back, or to a field that is to be changed. */
type Outcome = 'on' | typeof back | BillField;

interface Question {
  /** Of the field that it settles. */
  readonly field?: BillField;
  isAsked(draft: ColumnDraft): boolean;
  ask(draft: ColumnDraft, frame: StepFrame): Promise<Outcome>;
}

const always = (): boolean => true;

/**
 * Which column of a table is what: asks for date, amount and model and whose bill it is, shows what would come of it, and
 * leads back to any of them. What was chosen for such a table before is only shown. @throws CancellationError when the
 * user gave up.
 */
export async function askColumns(services: Services, path: string, table: Table): Promise<BillColumns> {
  const { fields, ...rest } = table.suggested;
  const draft: ColumnDraft = { fields: { ...fields }, ...rest };
  const unclear = { column: table.suggested.fields.date, dates: table.unclearDates };
  const needsTokens = ({ fields: { amount } }: ColumnDraft): boolean => amount === undefined;
  const questions: readonly Question[] = [
    fieldQuestion('date', table, always),
    fieldQuestion('amount', table, always),
    fieldQuestion('model', table, always),
    fieldQuestion('inputTokens', table, needsTokens),
    fieldQuestion('outputTokens', table, needsTokens),
    cacheQuestion,
    providerQuestion(path),
    orderQuestion(services, path, unclear),
    previewQuestion(services, path),
  ];
  let at = table.isRemembered ? questions.length - 1 : 0;
  while (at < questions.length) {
    const question = questions[at]!;
    const asked = questions.filter((one) => one.isAsked(draft));
    const frame = { title: 'Reconcile Bill', step: asked.indexOf(question) + 1, totalSteps: asked.length };
    const outcome = question.isAsked(draft) ? await question.ask(draft, frame) : 'on';
    if (outcome === back)
      at = Math.max(
        0,
        questions.findLastIndex((one, i) => i < at && one.isAsked(draft)),
      );
    else if (outcome === 'on') at++;
    else await change(outcome, table, draft);
  }
  return draft;
}

/** One field anew, from the preview. */
async function change(field: BillField, table: Table, draft: ColumnDraft): Promise<void> {
  const frame = { title: 'Reconcile Bill', step: 1, totalSteps: 1 };
  await fieldQuestion(field, table, always).ask(draft, frame);
}

interface ColumnItem extends vscode.QuickPickItem {
  readonly name: string | undefined;
}

function fieldQuestion(field: BillField, table: Table, isAsked: Question['isAsked']): Question {
  return {
    field,
    isAsked,
    async ask(draft, frame) {
      const suggested = draft.fields[field];
      const items = table.columns.map(({ name, examples }): ColumnItem => ({
        name,
        label: oneLine(name, 80),
        description: joined(name === suggested && 'suggested', oneLine(examples.join(' · '), 100)),
      }));
      const none: ColumnItem = {
        name: undefined,
        label: '$(circle-slash) None',
        description: 'The table does not tell it',
      };
      const list = [
        ...items.filter(({ name }) => name === suggested),
        ...(field === 'date' ? [] : [none]),
        ...items.filter(({ name }) => name !== suggested),
      ];
      const { label, ask } = fieldLabels[field];
      const request = { placeholder: `${label}: ${ask}`, items: list, active: list[0]! };
      const picked = await pickStep(frame, request);
      if (picked === back) return back;
      if (picked.name === undefined) delete draft.fields[field];
      else draft.fields[field] = picked.name;
      return 'on';
    },
  };
}

const cacheQuestion: Question = {
  isAsked: ({ fields: { inputTokens, cacheReadTokens, cacheWriteTokens } }) =>
    inputTokens !== undefined && (cacheReadTokens ?? cacheWriteTokens) !== undefined,
  async ask(draft, frame) {
    const { cacheReadTokens, cacheWriteTokens } = draft.fields;
    const names = [cacheReadTokens, cacheWriteTokens].filter((name) => name !== undefined);
    const isInside = draft.cachedInside ?? suggestCachedInside(names);
    const items = [
      { inside: true, label: 'Yes', description: 'Input tokens are all input' },
      { inside: false, label: 'No', description: 'They are counted beside each other' },
    ];
    const picked = await pickStep(frame, {
      placeholder: 'Are the tokens of the cache part of the input tokens?',
      items,
      active: items[isInside ? 0 : 1]!,
    });
    if (picked === back) return back;
    draft.cachedInside = picked.inside;
    return 'on';
  },
};

const knownProviders = ['openai', 'anthropic', 'google', 'azure', 'aws', 'openrouter', 'mistral', 'deepseek'];

const providerQuestion = (path: string): Question => ({
  isAsked: always,
  async ask(draft, frame) {
    const inName = knownProviders.find((provider) => basename(path).toLowerCase().includes(provider));
    const any = { provider: undefined, label: 'Any provider', description: 'Held against the calls of all' };
    const items = [
      ...knownProviders.map((provider) => ({ provider, label: providerName(provider), description: '' })),
      any,
    ];
    const active = items.find(({ provider }) => provider === (draft.provider ?? inName)) ?? any;
    const picked = await pickStep(frame, {
      placeholder: 'Whose bill is it? Only calls that are billed there are compared',
      items: [active, ...items.filter((item) => item !== active)],
      active,
    });
    if (picked === back) return back;
    if (picked.provider === undefined) delete draft.provider;
    else draft.provider = picked.provider;
    return 'on';
  },
});

/** Dates of which no row tells whether the day or the month comes first. */
const orderQuestion = (
  { ledger }: Services,
  path: string,
  known: { readonly column: string | undefined; readonly dates: readonly string[] },
): Question => ({
  isAsked: always,
  async ask(draft, frame) {
    const { date } = draft.fields;
    const dates =
      date === known.column
        ? known.dates
        : ((await ledger.lookIntoBill(path, date)).table?.unclearDates ?? []);
    if (dates.length === 0) return 'on';
    const items = [
      { dayFirst: false, label: 'The month comes first', description: 'As in the United States' },
      { dayFirst: true, label: 'The day comes first', description: 'As in Europe' },
    ];
    const picked = await pickStep(frame, {
      placeholder: `What do dates like ${oneLine(dates[0]!, 30)} mean?`,
      items,
      active: items[draft.dayFirst ? 1 : 0]!,
    });
    if (picked === back) return back;
    draft.dayFirst = picked.dayFirst;
    return 'on';
  },
});

const previewQuestion = (services: Services, path: string): Question => ({
  isAsked: always,
  async ask(draft, frame) {
    const preview = await services.ledger.previewBill(path, draft).catch((error: unknown) => error as Error);
    const items = previewItems(preview, draft, billFields);
    for (;;) {
      const picked = await pickStep(frame, {
        placeholder: 'Enter goes on; choose a column to change it',
        items,
        active: items[0]!,
      });
      if (picked === back) return back;
      if (picked.change) return picked.change;
      if (picked.goesOn) return 'on';
    }
  },
});
