import { back, pickStep } from './pickStep';
import { cachedInside, columnOf, isMapped } from './draft';
import { isUnclearTime, suggestCostUnit, suggestLatencyUnit } from '../../shared/suggestMapping';
import { joined, oneLine } from '../tree/rowText';
import type { QuickPickItem } from 'vscode';
import type { AskedField, Draft } from './draft';
import type { Step } from './steps';
import type { ColumnLook, CostUnit, LatencyUnit, TimeUnit } from '../../shared/mapping';

interface FieldText {
  readonly label: string;
  readonly ask: string;
  /** What happens without it. */
  readonly none: string;
}

export const fieldTexts: Readonly<Record<AskedField, FieldText>> = {
  id: {
    label: 'ID',
    ask: 'Which column tells calls apart?',
    none: 'Calls are told apart by their whole content',
  },
  time: {
    label: 'Time',
    ask: 'When did the call start?',
    none: 'Calls have no time: they count in no period',
  },
  session: {
    label: 'Session',
    ask: 'Which session or conversation is it part of?',
    none: 'Each day is a session',
  },
  user: { label: 'User', ask: 'Who made it?', none: 'No user' },
  model: { label: 'Model', ask: 'Which model was called?', none: 'No model, so that no price is known' },
  provider: { label: 'Provider', ask: 'Whose model is it?', none: 'Told by the name of the model' },
  inputTokens: { label: 'Input tokens', ask: 'How many tokens went in?', none: 'Not counted' },
  cacheReadTokens: {
    label: 'Tokens from a cache',
    ask: 'How many of them were read from a cache?',
    none: 'Not counted',
  },
  cacheWriteTokens: {
    label: 'Tokens into a cache',
    ask: 'How many were written to a cache?',
    none: 'Not counted',
  },
  outputTokens: { label: 'Output tokens', ask: 'How many tokens came out?', none: 'Not counted' },
  reasoningTokens: { label: 'Reasoning tokens', ask: 'How many were spent on reasoning?', none: 'Not known' },
  cost: { label: 'Cost', ask: 'What did it cost?', none: 'Worked out from tokens and prices' },
  latency: { label: 'Latency', ask: 'How long did it take?', none: 'Not known' },
  error: { label: 'Error', ask: 'Which column has an error or a status?', none: 'No call counts as failed' },
};

const examplesOf = ({ examples }: ColumnLook): string => oneLine(examples.join(' · '), 120);

interface ColumnItem extends QuickPickItem {
  readonly path: string | null;
}

/** Asks which column a field is in; what is suggested comes first. */
export const fieldStep = (field: AskedField): Step => ({
  group: field,
  isAsked: () => true,
  async ask(draft, frame) {
    const { label, ask, none } = fieldTexts[field];
    const suggested = columnOf(draft, field);
    const items = draft.columns.map((column) => ({
      path: column.path,
      label: oneLine(column.path),
      description: joined(column === suggested && 'suggested', examplesOf(column)),
    }));
    const without = { path: null, label: '$(circle-slash) None', description: none };
    const first = items.filter(({ path }) => path === suggested?.path);
    const others = items.filter(({ path }) => path !== suggested?.path);
    const list: ColumnItem[] = [...first, without, ...others];
    const picked = await pickStep(
      { ...frame, title: `Map ${label}` },
      { placeholder: ask, items: list, ...(list[0] ? { active: list[0] } : {}) },
    );
    if (picked === back) return back;
    draft.chosen[field] = picked.path;
    return undefined;
  },
});

interface Choice<T> {
  readonly value: T;
  readonly label: string;
  readonly description?: string;
}

/** Asks something about a field that was mapped; what is suggested comes first. */
function choiceStep<T>(
  group: AskedField,
  title: string,
  question: string,
  choices: readonly Choice<T>[],
  about: {
    readonly isAsked: (draft: Draft) => boolean;
    readonly suggested: (draft: Draft) => T;
    readonly take: (draft: Draft, value: T) => void;
  },
): Step {
  return {
    group,
    isAsked: about.isAsked,
    async ask(draft, frame) {
      const suggested = about.suggested(draft);
      const items = [...choices].sort(
        (a, b) => Number(b.value === suggested) - Number(a.value === suggested),
      );
      const picked = await pickStep({ ...frame, title }, { placeholder: question, items, active: items[0]! });
      if (picked === back) return back;
      about.take(draft, picked.value);
      return undefined;
    },
  };
}

const timeUnit = choiceStep<TimeUnit>(
  'time',
  'Unit of the Time',
  'What does the number count?',
  [
    { value: 'auto', label: 'Tell by the size' },
    { value: 's', label: 'Seconds since 1970' },
    { value: 'ms', label: 'Milliseconds since 1970' },
    { value: 'us', label: 'Microseconds since 1970' },
    { value: 'ns', label: 'Nanoseconds since 1970' },
  ],
  {
    isAsked: (draft) =>
      isUnclearTime(columnOf(draft, 'time') ?? { path: '', examples: [], isAlwaysThere: false }),
    suggested: (draft) => draft.timeUnit ?? 'auto',
    take: (draft, value) => (draft.timeUnit = value),
  },
);

const cached = choiceStep<boolean>(
  'cacheWriteTokens',
  'Cached Tokens',
  'Do the input tokens include those read from and written to a cache?',
  [
    { value: true, label: 'Inside', description: 'Input tokens include them, as OpenAI and Gemini count' },
    { value: false, label: 'Beside', description: 'They come on top, as Anthropic counts' },
  ],
  {
    isAsked: (draft) => isMapped(draft, 'cacheReadTokens', 'cacheWriteTokens'),
    suggested: cachedInside,
    take: (draft, value) => (draft.cachedInside = value),
  },
);

const reasoning = choiceStep<boolean>(
  'reasoningTokens',
  'Reasoning Tokens',
  'Do the output tokens include them?',
  [
    { value: true, label: 'Inside', description: 'Output tokens include them, as OpenAI counts' },
    { value: false, label: 'Beside', description: 'They come on top, as Gemini counts' },
  ],
  {
    isAsked: (draft) => isMapped(draft, 'reasoningTokens'),
    suggested: (draft) => draft.reasoningInside ?? true,
    take: (draft, value) => (draft.reasoningInside = value),
  },
);

const costUnit = choiceStep<CostUnit>(
  'cost',
  'Unit of the Cost',
  'In which unit is it?',
  [
    { value: 'usd', label: 'US dollars' },
    { value: 'cents', label: 'US cents', description: 'A hundredth' },
    { value: 'microUsd', label: 'Micro-dollars', description: 'A millionth' },
    { value: 'nanoUsd', label: 'Nano-dollars', description: 'A billionth' },
  ],
  {
    isAsked: (draft) => isMapped(draft, 'cost'),
    suggested: (draft) => draft.costUnit ?? suggestCostUnit(draft.chosen.cost ?? ''),
    take: (draft, value) => (draft.costUnit = value),
  },
);

const exactness = choiceStep<boolean>(
  'cost',
  'Is the Cost Exact?',
  'How far can it be trusted?',
  [
    { value: true, label: 'Exact', description: 'It is what was charged, and counts before prices of ours' },
    { value: false, label: 'An estimate', description: 'It counts only where no price is known' },
  ],
  {
    isAsked: (draft) => isMapped(draft, 'cost'),
    suggested: (draft) => draft.costIsExact ?? true,
    take: (draft, value) => (draft.costIsExact = value),
  },
);

const latencyUnit = choiceStep<LatencyUnit>(
  'latency',
  'Unit of the Latency',
  'In which unit is it?',
  [
    { value: 'ms', label: 'Milliseconds' },
    { value: 's', label: 'Seconds' },
    { value: 'us', label: 'Microseconds' },
    { value: 'ns', label: 'Nanoseconds' },
  ],
  {
    isAsked: (draft) => isMapped(draft, 'latency'),
    suggested: (draft) => draft.latencyUnit ?? suggestLatencyUnit(columnOf(draft, 'latency')!),
    take: (draft, value) => (draft.latencyUnit = value),
  },
);

/** What follows the question for a field. */
export const followUps: Readonly<Partial<Record<AskedField, readonly Step[]>>> = {
  time: [timeUnit],
  cacheWriteTokens: [cached],
  reasoningTokens: [reasoning],
  cost: [costUnit, exactness],
  latency: [latencyUnit],
};
