import * as vscode from 'vscode';
import { setting } from '../contributions';
import { counted, oneLine, shortId } from '../tree/rowText';
import { budgetText } from '../../budgets/alertText';
import { escapeMarkdown, formatCount, formatWhen } from '../../shared/format';
import { costLabel, usd } from '../../shared/money';
import { costWord, tokensWord } from './statusText';
import type { ShownStatus } from './liveStatus';
import type { Money } from '../../shared/money';
import type { LiveFigures } from '../../shared/statusApi';

const maxModels = 8;

/** The day by model, what of it has no price, the session, and the way to more. */
export function statusTooltip(shown: ShownStatus): vscode.MarkdownString {
  const { figures, inWorkspace, money } = shown;
  const title = inWorkspace ? 'Today in this workspace' : 'Today';
  const text = new vscode.MarkdownString(
    [
      `**${title}**: ${figures.total.calls === 0 ? 'no calls' : totalLine(figures.total, money)}`,
      modelTable(figures.models, money),
      sessionLine(shown),
      budgetLine(shown),
      limitLine(),
      money.note,
      links,
    ]
      .filter(Boolean)
      .join('\n\n'),
  );
  // Nothing else that stands in it, such as a model's name, can be a command.
  text.isTrusted = { enabledCommands: [...linked] };
  return text;
}

const linked = [
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

function sessionLine({ figures: { session }, zone, money }: ShownStatus): string {
  if (!session) return '';
  const name = escapeMarkdown(shortId(session.id));
  return `**Session** ${name}: ${costWord(session, money)} · ${formatCount(session.tokens)} tokens · last call ${formatWhen(session.lastAt, zone).slice(-5)}`;
}

function budgetLine({ figures: { budget }, zone, money }: ShownStatus): string {
  if (!budget) return '';
  const text = budgetText(budget, money.format, (at) => formatWhen(at, zone));
  return `**Budget** ${escapeMarkdown(oneLine(budget.budget.name, 60))}: ${text}`;
}

function limitLine(): string {
  const [warning, alert] = [
    setting('traceLedger.statusBar.warning'),
    setting('traceLedger.statusBar.alert'),
  ].map((limit) => (limit > 0 ? usd.format(limit * 1e9) : undefined));
  const words = [warning && `a warning from ${warning} a day`, alert && `an alert above ${alert}`].filter(
    Boolean,
  );
  return words.length === 0 ? '' : `It shows ${words.join(', ')}.`;
}
