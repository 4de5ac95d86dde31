import { counted, oneLine, shortId } from '../tree/rowText';
import { budgetText } from '../../budgets/alertText';
import { escapeMarkdown, formatCount, formatWhen } from '../../shared/format';
import { costLabel, usd } from '../../shared/money';
import { costWord, tokensWord } from './statusText';
import type { ShownStatus } from './liveStatus';
import type { StatusLimits } from './statusText';
import type { Money } from '../../shared/money';
import type { LiveFigures } from '../../shared/statusApi';

const maxModels = 8;

type Shown = Pick<ShownStatus, 'figures' | 'inWorkspace' | 'zone' | 'money'>;

/** The day by model, what of it has no price, the session, and the way to more, as Markdown. */
export function tooltipText(shown: Shown, limits: StatusLimits): string {
  const { figures, inWorkspace, money } = shown;
  const title = inWorkspace ? 'Today in this workspace' : 'Today';
  return [
    `**${title}**: ${figures.total.calls === 0 ? 'no calls' : totalLine(figures.total, money)}`,
    modelTable(figures.models, money),
    sessionLine(shown),
    budgetLine(shown),
    limitLine(limits),
    money.note,
    links,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Commands that may be called from it. */
export const linked = [
  'traceLedger.openCostPanel',
  'traceLedger.toggleStatusBar',
  'workbench.action.openSettings',
] as const;

const settingsQuery = encodeURIComponent(JSON.stringify(['traceLedger.statusBar']));

const links = `[Open Cost Panel](command:${linked[0]}) · [Settings](command:${linked[2]}?${settingsQuery}) · [Hide](command:${linked[1]})`;

const totalLine = (total: LiveFigures, money: Money): string =>
  `${costLabel(total, (cost) => (total.unpricedCalls > 0 ? `at least ${money.format(cost)}` : money.format(cost)))} · ${counted(total.calls, formatCount(total.calls), 'call')} · ${formatCount(total.tokens)} tokens`;

function modelTable(models: ShownStatus['figures']['models'], money: Money): string {
  if (models.length === 0) return '';
  const rows = models.slice(0, maxModels).map((model) => rowOf(model, money));
  const rest = models.length - maxModels;
  const more = rest > 0 ? [`| ${counted(rest, formatCount(rest), 'other')} in the cost panel | | | |`] : [];
  return ['| Model | Cost | Calls | Tokens |', '| :-- | --: | --: | --: |', ...rows, ...more].join('\n');
}

const rowOf = (figures: LiveFigures & { readonly model: string | null }, money: Money): string =>
  `| ${escapeMarkdown(oneLine(figures.model ?? 'no model', 40))} | ${costWord(figures, money)} | ${formatCount(figures.calls)} | ${tokensWord(figures.tokens)} |`;

function sessionLine({ figures: { session }, zone, money }: Shown): string {
  if (!session) return '';
  const name = escapeMarkdown(shortId(session.id));
  return `**Session** ${name}: ${costWord(session, money)} · ${formatCount(session.tokens)} tokens · last call ${formatWhen(session.lastAt, zone).slice(-5)}`;
}

function budgetLine({ figures: { budget }, zone, money }: Shown): string {
  if (!budget) return '';
  const text = budgetText(budget, money.format, (at) => formatWhen(at, zone));
  return `**Budget** ${escapeMarkdown(oneLine(budget.budget.name, 60))}: ${text}`;
}

function limitLine(limits: StatusLimits): string {
  const [warning, alert] = [limits.warning, limits.alert].map((limit) =>
    limit > 0 ? usd.format(limit * 1e9) : undefined,
  );
  const words = [warning && `a warning from ${warning} a day`, alert && `an alert above ${alert}`].filter(
    Boolean,
  );
  return words.length === 0 ? '' : `It shows ${words.join(', ')}.`;
}
