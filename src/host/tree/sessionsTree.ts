import * as vscode from 'vscode';
import { agentItem } from './agentItem';
import { agentNodes } from './agentNodes';
import { callItem, callTooltip } from './callItem';
import { groupItem, groupTooltip } from './groupItem';
import { moreItem } from './moreItem';
import { nodeId } from './nodes';
import { sessionItem } from './sessionItem';
import { summedUpItem } from './summedUpItem';
import { measured } from '../measure';
import { sessionTooltip } from '../session/sessionTooltip';
import type { AgentNode, CallNode, GroupNode, MoreNode, SessionNode, SessionsNode } from './nodes';
import type { Services } from '../services';
import type { Page, SessionRow } from '../../shared/model';

const pageSize = 100;

/**
 * Experiments and projects, below them sessions, below them agents and calls. Holds no figures: every expansion is a question. All it remembers
 * is how many pages of a list the user has asked for.
 */
export class SessionsTree implements vscode.TreeDataProvider<SessionsNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<SessionsNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly pages = new Map<string, number>();

  constructor(private readonly services: Services) {}

  refresh(): void {
    this.changed.fire(undefined);
  }

  /** Shows one more page of the list that `more` stands at the end of. */
  loadMore({ parent, shown }: MoreNode): void {
    this.pages.set(listId(parent), Math.floor(shown / pageSize) + 1);
    if (parent?.kind !== 'sourceGroup') this.changed.fire(parent);
  }

  async getChildren(node?: SessionsNode): Promise<SessionsNode[]> {
    try {
      return await this.children(node);
    } catch (error) {
      this.services.report(error);
      return [];
    }
  }

  readonly getTreeItem = measured('row of the sessions tree', (node: SessionsNode): vscode.TreeItem => {
    const item = this.itemOf(node);
    item.id = nodeId(node);
    return item;
  });

  /** The tooltip, asked for when the pointer rests on a row. */
  async resolveTreeItem(item: vscode.TreeItem, node: SessionsNode): Promise<vscode.TreeItem> {
    const { mode, zone } = this.services.question();
    const money = this.services.money();
    if (node.kind === 'group') item.tooltip = groupTooltip(node.row, zone, money);
    if (node.kind === 'call') item.tooltip = callTooltip(node.row, zone, money);
    if (node.kind === 'session') {
      const detail = await this.services.ledger.session(node.row.key, mode);
      if (detail) item.tooltip = sessionTooltip(detail, zone, money);
    }
    return item;
  }

  dispose(): void {
    this.changed.dispose();
  }

  private itemOf(node: SessionsNode): vscode.TreeItem {
    const money = this.services.money();
    switch (node.kind) {
      case 'group':
        return groupItem(node, money);
      case 'agent':
        return agentItem(node, this.services.question().zone, money);
      case 'session':
        return sessionItem(node.row, money);
      case 'call':
        return callItem(node.row, this.services.question().zone, money);
      case 'summedUp':
        return summedUpItem(node.session, this.services.question().zone);
      case 'more':
        return moreItem(node);
    }
  }

  private async children(node: SessionsNode | undefined): Promise<SessionsNode[]> {
    switch (node?.kind) {
      case undefined:
        return this.groups();
      case 'group':
        return this.sessionsOf(node);
      case 'session':
        return [
          ...summedUpNode(node.row),
          ...(node.row.agents > 0
            ? [...(await this.agentsOf(node)), ...(await this.callsOf(node, null))]
            : await this.callsOf(node)),
        ];
      case 'agent':
        return [...node.agents, ...(await this.callsOf(node, node.row.id))];
      case 'call':
      case 'summedUp':
      case 'more':
        return [];
    }
  }

  private async groups(): Promise<SessionsNode[]> {
    const { ledger, question } = this.services;
    const rows = await ledger.sessionGroups(question());
    const shown = rows.slice(0, this.limit(undefined));
    const nodes = shown.map((row): SessionsNode => ({ kind: 'group', row, only: rows.length === 1 }));
    return shown.length < rows.length
      ? [...nodes, { kind: 'more', parent: undefined, shown: shown.length }]
      : nodes;
  }

  private async sessionsOf(node: GroupNode): Promise<SessionsNode[]> {
    const { ledger, question } = this.services;
    const { kind, key } = node.row;
    const page = await pagesOf(this.limit(node), (cut) => ledger.sessions(question(), { kind, key }, cut));
    return withMore(
      page,
      node,
      page.rows.map((row) => ({ kind: 'session', row })),
    );
  }

  private async agentsOf({ row }: SessionNode): Promise<SessionsNode[]> {
    const { ledger, question } = this.services;
    return agentNodes(row, (await ledger.agents(row.key, question().mode))?.agents ?? []);
  }

  /** Those of one agent, or with null of none. */
  private async callsOf(node: SessionNode | AgentNode, agent?: string | null): Promise<SessionsNode[]> {
    const { ledger, question } = this.services;
    const session = node.kind === 'agent' ? node.session : node.row;
    const only = agent === undefined ? {} : { agent };
    const { mode } = question();
    const page = await pagesOf(this.limit(node), (cut) =>
      ledger.calls(session.key, mode, { ...cut, ...only }),
    );
    return withMore(page, node, callNodes(page, session));
  }

  private limit(parent: MoreNode['parent']): number {
    return pageSize * (this.pages.get(listId(parent)) ?? 1);
  }
}

const summedUpNode = (session: SessionRow): SessionsNode[] =>
  session.summedUp ? [{ kind: 'summedUp', session }] : [];

const listId = (parent: MoreNode['parent']): string => (parent ? nodeId(parent) : '');

/** The first `limit` rows, page by page, so that no single answer is large. */
async function pagesOf<Row>(
  limit: number,
  ask: (page: { readonly limit: number; readonly after?: string }) => Promise<Page<Row>>,
): Promise<Page<Row>> {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const page = await ask({
      limit: Math.min(pageSize, limit - rows.length),
      ...(after === undefined ? {} : { after }),
    });
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined && rows.length < limit);
  return { rows, ...(after === undefined ? {} : { next: after }) };
}

const withMore = (
  page: Page<unknown>,
  parent: NonNullable<MoreNode['parent']>,
  nodes: SessionsNode[],
): SessionsNode[] =>
  page.next === undefined ? nodes : [...nodes, { kind: 'more', parent, shown: page.rows.length }];

function callNodes(page: Page<CallNode['row']>, session: CallNode['session']): CallNode[] {
  const seen = new Map<string, number>();
  return page.rows.map((row) => {
    const copy = seen.get(row.id) ?? 0;
    seen.set(row.id, copy + 1);
    return { kind: 'call', row, session, copy };
  });
}
