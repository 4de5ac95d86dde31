import type { CallRow, ExperimentRow, Issue, SessionRow, SourceRow } from '../../shared/model';

export interface ExperimentNode {
  readonly kind: 'experiment';
  readonly row: ExperimentRow;
  /** The only one there is: shown open. */
  readonly only: boolean;
}

export interface SessionNode {
  readonly kind: 'session';
  readonly row: SessionRow;
}

export interface CallNode {
  readonly kind: 'call';
  readonly row: CallRow;
  readonly session: SessionRow;
  /** Tells calls of one session with equal ids apart; 0 for the first. */
  readonly copy: number;
}

/** "Load more…" at the end of a list that is longer than what is shown. */
export interface MoreNode {
  readonly kind: 'more';
  /** Undefined at the top. */
  readonly parent: ExperimentNode | SessionNode | undefined;
  readonly shown: number;
}

export type SessionsNode = ExperimentNode | SessionNode | CallNode | MoreNode;

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

export type SourcesNode = SourceNode | ProblemNode | MoreProblemsNode;

/** The id of a tree row: made from durable keys, so that VS Code keeps what is open across refreshes. */
export function nodeId(node: SessionsNode | SourcesNode): string {
  switch (node.kind) {
    case 'experiment':
      return node.row.key === null ? 'no experiment' : `experiment ${node.row.key}`;
    case 'session':
      return `session ${node.row.key}`;
    case 'call':
      return `call ${node.session.key} ${node.row.id} ${node.copy}`;
    case 'more':
      return `more ${node.parent ? nodeId(node.parent) : ''}`;
    case 'source':
      return `source ${node.row.path}`;
    case 'problem':
      return `problem ${node.source.path} ${node.index}`;
    case 'moreProblems':
      return `more problems ${node.source.path}`;
  }
}
