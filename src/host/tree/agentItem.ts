import * as vscode from 'vscode';
import { counted, joined, oneLine } from './rowText';
import { figures, markdown, timesOf, totalsFigures } from '../session/figures';
import { costLabel, escapeMarkdown, exactUsd, formatCount } from '../../shared/format';
import type { AgentNode } from './nodes';

/** A sub-agent: what it cost with the agents that it started, and what of that was its own. */
export function agentItem(node: AgentNode, zone: string): vscode.TreeItem {
  const { row, agents } = node;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const name = agentName(node);
  const item = new vscode.TreeItem(name, row.own.calls > 0 || agents.length > 0 ? Collapsed : None);
  const own = agents.length > 0 && `own ${costLabel(row.own)}`;
  item.description = joined(
    costLabel(row.total),
    own,
    counted(row.total.calls, formatCount(row.total.calls), 'call'),
  );
  item.contextValue = 'agent';
  item.iconPath = new vscode.ThemeIcon('hubot');
  item.tooltip = tooltip(node, name, zone);
  item.accessibilityInformation = { label: `Agent ${name}, ${item.description}` };
  return item;
}

const agentName = ({ row }: AgentNode): string =>
  oneLine(row.name ?? '') || oneLine(row.id) || 'agent without an id';

const tooltip = ({ row, agents }: AgentNode, name: string, zone: string): vscode.MarkdownString =>
  markdown(
    `**${escapeMarkdown(name)}**`,
    figures([
      ...totalsFigures(row.total),
      ['Own cost', agents.length > 0 ? exactUsd(row.own.cost) : undefined],
      ...timesOf(row.at, row.lastAt, zone),
      ['Agent ID', escapeMarkdown(oneLine(row.id))],
    ]),
  );
