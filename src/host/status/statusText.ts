import { budgetShort } from '../../budgets/alertText';
import { formatCount, formatTokens } from '../../shared/format';
import type { Money } from '../../shared/money';
import type { LiveFigures, LiveStatus } from '../../shared/statusApi';

/** How the day's cost stands to the limits. */
export type StatusLevel = 'normal' | 'warning' | 'alert';

/** US dollars; 0 is no limit. */
export interface StatusLimits {
  readonly warning: number;
  readonly alert: number;
}

/** From the first limit on it is a warning, above the second an alert. */
export function levelOf({ cost }: Pick<LiveFigures, 'cost'>, { warning, alert }: StatusLimits): StatusLevel {
  if (alert > 0 && cost > alert * 1e9) return 'alert';
  return warning > 0 && cost >= warning * 1e9 ? 'warning' : 'normal';
}

/** What tells the levels apart without colour. */
export const marks: Readonly<Record<StatusLevel, string>> = {
  normal: '',
  warning: '$(warning) ',
  alert: '$(error) ',
};

/** `$0.12`, `at least $0.12` where a call has no price, `unpriced` where none has. */
export function costWord({ cost, calls, unpricedCalls }: LiveFigures, { format }: Money): string {
  if (unpricedCalls === 0) return format(cost);
  return unpricedCalls === calls ? 'unpriced' : `at least ${format(cost)}`;
}

/** In full below a million, short above. */
export const tokensWord = (tokens: number): string =>
  tokens < 1e6 ? formatCount(tokens) : formatTokens(tokens);

type Values = ReadonlyMap<string, string | undefined>;

/** What stands for each placeholder; undefined where there is nothing to show. */
const valuesOf = ({ total, session, budget }: LiveStatus, money: Money): Values =>
  new Map([
    ['tokens', tokensWord(total.tokens)],
    ['cost', costWord(total, money)],
    ['calls', formatCount(total.calls)],
    ['session', session && costWord(session, money)],
    ['budget', budget && budgetShort(budget, money.format)],
  ]);

/**
 * The format with its placeholders filled in. A part between bars is left out if there is nothing to show in it; what is
 * no placeholder stays as it is.
 */
export function statusText(format: string, status: LiveStatus, money: Money): string {
  const values = valuesOf(status, money);
  const parts = format.split('|').filter((part) => !namesIn(part).some((name) => isEmpty(values, name)));
  const filled = parts.map((part) =>
    part.replace(placeholder, (whole, name: string) => values.get(name) ?? whole),
  );
  return filled.join('|').trim() || 'Trace Ledger';
}

const placeholder = /\$\{(\w+)\}/g;

const namesIn = (part: string): string[] => [...part.matchAll(placeholder)].map(([, name]) => name!);

const isEmpty = (values: Values, name: string): boolean => values.has(name) && values.get(name) === undefined;

/** The same in words, for those who hear it. */
export function spokenStatus(
  status: LiveStatus,
  level: StatusLevel,
  inWorkspace: boolean,
  money: Money,
): string {
  const { total, session, budget } = status;
  const where = inWorkspace ? 'today in this workspace' : 'today';
  const parts = [
    `${where} ${total.calls === 0 ? 'no calls' : `${costWord(total, money)}, ${formatCount(total.tokens)} tokens`}`,
    total.unpricedCalls > 0 ? unpricedWord(total.unpricedCalls) : '',
    session ? `this session ${costWord(session, money)}` : '',
    budget ? `${budget.budget.name} ${budgetShort(budget, money.format)}` : '',
    spokenLevel[level],
  ];
  return `Trace Ledger: ${parts.filter(Boolean).join('; ')}`;
}

const spokenLevel: Readonly<Record<StatusLevel, string>> = {
  normal: '',
  warning: 'warning: the cost of the day has reached its first limit',
  alert: 'alert: the cost of the day is above its second limit',
};

export const unpricedWord = (calls: number): string =>
  `${formatCount(calls)} ${calls === 1 ? 'call' : 'calls'} unpriced`;
