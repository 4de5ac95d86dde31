import type {
  AgentRow,
  CallRow,
  Issue,
  SessionGroup,
  SessionRow,
  SourceGroup,
  SourceRow,
} from '../../shared/model';

/** An experiment or a project, or the sessions that have neither. */
export interface GroupNode {
  readonly kind: 'group';
  readonly row: SessionGroup;
  /** The only one there is: shown open. */
  readonly only: boolean;
}

export interface SessionNode {
  readonly kind: 'session';
  readonly row: SessionRow;
}

/** A sub-agent or sidechain of a session. */
export interface AgentNode {
  readonly kind: 'agent';
  readonly row: AgentRow;
  readonly session: SessionRow;
  /** Agents that it started. */
  readonly agents: readonly AgentNode[];
}

export interface CallNode {
  readonly kind: 'call';
  readonly row: CallRow;
  readonly session: SessionRow;
  /** Tells calls of one session with equal ids apart; 0 for the first. */
  readonly copy: number;
}

/** Stands for old calls of a session of which only sums are kept. */
export interface SummedUpNode {
  readonly kind: 'summedUp';
  readonly session: SessionRow;
}

/** "Load more…" at the end of a list that is longer than what is shown. */
export interface MoreNode {
  readonly kind: 'more';
  /** Undefined at the top. */
  readonly parent: GroupNode | SessionNode | AgentNode | SourceGroupNode | undefined;
  readonly shown: number;
}

export type SessionsNode = GroupNode | SessionNode | AgentNode | CallNode | SummedUpNode | MoreNode;

/** The sources of one format, where there are many. */
export interface SourceGroupNode {
  readonly kind: 'sourceGroup';
  readonly row: SourceGroup;
}

export interface SourceNode {
  readonly kind: 'source';
  readonly row: SourceRow;
}

export interface ProblemNode {
  readonly kind: 'problem';
  readonly issue: Issue;
  readonly source: SourceRow;
  readonly index: number;
}

/** Stands for the problems beyond the first hundred. */
export interface MoreProblemsNode {
  readonly kind: 'moreProblems';
  readonly source: SourceRow;
  readonly hidden: number;
}

export type SourcesNode = SourceGroupNode | SourceNode | MoreNode | ProblemNode | MoreProblemsNode;

/** The id of a tree row: made from durable keys, so that VS Code keeps what is open across refreshes. */
export const nodeId = (node: SessionsNode | SourcesNode): string =>
  isOfSources(node) ? sourcesNodeId(node) : sessionsNodeId(node);

function isOfSources(node: SessionsNode | SourcesNode): node is Exclude<SourcesNode, MoreNode> {
  return ['sourceGroup', 'source', 'problem', 'moreProblems'].includes(node.kind);
}

function sessionsNodeId(node: SessionsNode): string {
  switch (node.kind) {
    case 'group':
      return node.row.key === null ? 'no experiment' : `${node.row.kind} ${node.row.key}`;
    case 'session':
      return `session ${node.row.key}`;
    case 'agent':
      return `agent ${node.session.key} ${node.row.id}`;
    case 'call':
      return `call ${node.session.key} ${node.row.id} ${node.copy}`;
    case 'summedUp':
      return `summed up ${node.session.key}`;
    case 'more':
      return `more ${node.parent ? nodeId(node.parent) : ''}`;
  }
}

function sourcesNodeId(node: Exclude<SourcesNode, MoreNode>): string {
  switch (node.kind) {
    case 'sourceGroup':
      return `sources ${node.row.importer ?? ''}`;
    case 'source':
      return `source ${node.row.path}`;
    case 'problem':
      return `problem ${node.source.path} ${node.index}`;
    case 'moreProblems':
      return `more problems ${node.source.path}`;
  }
}
