/** A span of a trace, as far as it decides what counts. */
export interface Node {
  readonly id: string;
  readonly parent: string | undefined;
  /** It is of a type, or names a model, by which it is a request to a model. */
  readonly isRequest: boolean;
  readonly used: boolean;
}

/**
 * Which spans of a trace are calls: 0 for those that count, 1 for those that repeat one that does. Two libraries may
 * each write a span for one request, one in the other: the inner one counts, which is written first. An agent or a
 * chain repeats the requests below it, and counts where there are none, the outer one before what is in it.
 */
export function ranksOf(nodes: readonly Node[]): ReadonlyMap<string, 0 | 1> {
  const children = childrenOf(nodes);
  const above = usedRequestsAbove(nodes);
  const ranks = new Map<string, 0 | 1>();
  const seen = new Set<Node>();
  const visit = (left: [node: Node, isCovered: boolean][]): void => {
    for (let next = left.pop(); next; next = left.pop()) {
      const [node, isCovered] = next;
      if (seen.has(node)) continue;
      seen.add(node);
      const counts = (node.used || node.isRequest) && !isCovered && !above.has(node.id);
      if (node.used || node.isRequest) ranks.set(node.id, counts ? 0 : 1);
      for (const child of children.get(node.id) ?? []) left.push([child, isCovered || counts]);
    }
  };
  const ids = new Set(nodes.map(({ id }) => id));
  for (const node of nodes) if (node.parent === undefined || !ids.has(node.parent)) visit([[node, false]]);
  // Spans that are each other's parents have no root.
  for (const node of nodes) visit([[node, false]]);
  return ranks;
}

function childrenOf(nodes: readonly Node[]): Map<string, Node[]> {
  const children = new Map<string, Node[]>();
  for (const node of nodes) {
    if (node.parent === undefined) continue;
    const known = children.get(node.parent);
    if (known) known.push(node);
    else children.set(node.parent, [node]);
  }
  return children;
}

/** The ids of all spans that have a request with usage somewhere below them. */
function usedRequestsAbove(nodes: readonly Node[]): Set<string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const above = new Set<string>();
  for (const node of nodes) {
    if (!node.isRequest || !node.used) continue;
    for (
      let parent = node.parent;
      parent !== undefined && !above.has(parent);
      parent = byId.get(parent)?.parent
    )
      above.add(parent);
  }
  return above;
}
