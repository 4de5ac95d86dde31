import * as vscode from 'vscode';
import { counted, joined, oneLine } from './rowText';
import { figures, markdown, timesOf, totalsFigures } from '../session/figures';
import { escapeMarkdown, formatCount } from '../../shared/format';
import { costLabel } from '../../shared/money';
import type { AgentNode } from './nodes';
import type { Money } from '../../shared/money';

/** A sub-agent: what it cost with the agents that it started, and what of that was its own. */
export function agentItem(node: AgentNode, zone: string, money: Money): vscode.TreeItem {
  const { row, agents } = node;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const name = agentName(node);
  const item = new vscode.TreeItem(name, row.own.calls > 0 || agents.length > 0 ? Collapsed : None);
  const own = agents.length > 0 && `own ${costLabel(row.own, money.format)}`;
  item.description = joined(
    costLabel(row.total, money.format),
    own,
    counted(row.total.calls, formatCount(row.total.calls), 'call'),
  );
  item.contextValue = 'agent';
  item.iconPath = new vscode.ThemeIcon('hubot');
  item.tooltip = tooltip(node, name, zone, money);
  item.accessibilityInformation = { label: `Agent ${name}, ${item.description}` };
  return item;
}

const agentName = ({ row }: AgentNode): string =>
  oneLine(row.name ?? '') || oneLine(row.id) || 'agent without an id';

const tooltip = (
  { row, agents }: AgentNode,
  name: string,
  zone: string,
  money: Money,
): vscode.MarkdownString =>
  markdown(
    `**${escapeMarkdown(name)}**`,
    figures([
      ...totalsFigures(row.total, money),
      ['Own cost', agents.length > 0 ? money.exact(row.own.cost) : undefined],
      ...timesOf(row.at, row.lastAt, zone),
      ['Agent ID', escapeMarkdown(oneLine(row.id))],
    ]),
  );
