import type { AlertLimits, Budget, BudgetOf, BudgetPeriod } from '../shared/alerts';
import type { NanoUsd } from '../shared/model';

/** Limits as somebody wrote them, in US dollars. */
export interface WrittenLimits {
  readonly warning: unknown;
  readonly alert: unknown;
  readonly call: unknown;
  readonly burnRate: unknown;
  readonly budgets: unknown;
}

/** The limits that hold, and what is wrong with those that are left out, a sentence each. */
export interface ParsedLimits {
  readonly limits: AlertLimits;
  readonly problems: readonly string[];
}

export function parseLimits({ warning, alert, call, burnRate, budgets }: WrittenLimits): ParsedLimits {
  const parsed = (Array.isArray(budgets) ? (budgets as readonly unknown[]) : []).map(parseBudget);
  const notAList = Array.isArray(budgets) ? [] : ['traceLedger.budgets is left out: it has to be a list.'];
  return {
    limits: {
      session: { warning: nano(warning), alert: nano(alert) },
      call: nano(call),
      burnRate: nano(burnRate),
      budgets: parsed.filter((budget) => typeof budget !== 'string'),
    },
    problems: [
      ...notAList,
      ...parsed.flatMap((budget, i) =>
        typeof budget === 'string' ? [`Entry ${i + 1} of traceLedger.budgets is left out: ${budget}.`] : [],
      ),
    ],
  };
}

const nano = (usd: unknown): NanoUsd =>
  typeof usd === 'number' && Number.isFinite(usd) && usd > 0 ? Math.round(usd * 1e9) : 0;

const periods: readonly string[] = ['day', 'week', 'month'] satisfies readonly BudgetPeriod[];
const parts: readonly string[] = [
  'project',
  'model',
  'provider',
  'user',
  'label',
] satisfies readonly (keyof BudgetOf)[];

/** The budget, or what is wrong with it. */
function parseBudget(written: unknown): Budget | string {
  if (typeof written !== 'object' || written === null) return 'it is no object';
  const fields = written as Readonly<Record<string, unknown>>;
  const wrong = wrongIn(fields) ?? wrongInOf(fields.of);
  if (wrong !== undefined) return wrong;
  const { name, limit, period, of = {} } = written as Partial<Budget>;
  const budget = { period: period!, of };
  return { name: name?.trim() || nameOf(budget), limit: nano(limit), ...budget };
}

function wrongIn({ name, limit, period, ...others }: Readonly<Record<string, unknown>>): string | undefined {
  // Passed over it would make a budget of more than is meant.
  const unknown = Object.keys(others).find((key) => key !== 'of');
  if (unknown !== undefined)
    return `"${unknown}" is unknown; a budget has "limit" and "period", and may have "name" and "of"`;
  if (nano(limit) === 0) return '"limit" has to be an amount in US dollars above 0';
  if (typeof period !== 'string' || !periods.includes(period))
    return '"period" has to be "day", "week" or "month"';
  return name === undefined || typeof name === 'string' ? undefined : '"name" has to be text';
}

function wrongInOf(of: unknown = {}): string | undefined {
  if (typeof of !== 'object' || of === null || Array.isArray(of)) return '"of" has to be an object';
  const wrong = Object.entries(of).find(
    ([key, value]) => !parts.includes(key) || typeof value !== 'string' || value.trim() === '',
  );
  return (
    wrong && `"of" has to name a project, model, provider, user or label; "${wrong[0]}" is none or no text`
  );
}

const adjectives: Readonly<Record<BudgetPeriod, string>> = { day: 'Daily', week: 'Weekly', month: 'Monthly' };

/** `Monthly budget of project shop, model gpt-4o`. */
function nameOf({ period, of }: Pick<Budget, 'period' | 'of'>): string {
  const whose = Object.entries(of).map(([part, value]) => `${part} ${value as string}`);
  return `${adjectives[period]} budget${whose.length > 0 ? ` of ${whose.join(', ')}` : ''}`;
}

/** A budget whatever its name and limit. */
export const budgetId = ({ period, of }: Pick<Budget, 'period' | 'of'>): string =>
  `${period}|${parts.map((part) => of[part as keyof BudgetOf] ?? '').join('|')}`;

/** Each limit by what it is for, to be told from what held before. */
export const limitIds = ({ session, call, burnRate, budgets }: AlertLimits): string[] =>
  [
    ['session', session.warning] as const,
    ['session', session.alert] as const,
    ['call', call] as const,
    ['burnRate', burnRate] as const,
    ...budgets.map((budget) => [`budget|${budgetId(budget)}`, budget.limit] as const),
  ]
    .filter(([, limit]) => limit > 0)
    .map(([what, limit]) => limitId(what, limit));

export const limitId = (what: string, limit: NanoUsd): string => `${what}|${limit}`;
