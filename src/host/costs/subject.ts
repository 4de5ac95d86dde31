import { filterOf } from '../commands/exportData';
import { sessionOf } from '../pickSession';
import { modelLabel } from '../prices/modelPriceItem';
import { oneLine } from '../tree/rowText';
import type { CostTarget } from '../contributions';
import type { Views } from '../tree/views';
import type { ModelPriceNode } from '../prices/priceNodes';
import type { SessionsNode } from '../tree/nodes';
import type { Services } from '../services';
import type { CostSubject } from '../../shared/explanation';
import type { Filter } from '../../shared/model';
import type { ModelPrice } from '../../shared/modelPrices';

/** Whose cost a command is about, and what to call it. */
export interface NamedSubject {
  readonly subject: CostSubject;
  readonly title: string;
}

/** Asks for a session where nothing was named. Undefined when the user gave up. */
export async function subjectOf(
  services: Services,
  views: Views,
  target: CostTarget | undefined,
): Promise<NamedSubject | undefined> {
  if (typeof target === 'object' && 'filter' in target) return { subject: target, title: 'the calls shown' };
  if (isNode(target)) return ofNode(target);
  if (isSubject(target)) return { subject: target, title: titleOf(target) };
  const session = await sessionOf(services, views, target);
  return session === undefined ? undefined : { subject: { session }, title: titleOf({ session }) };
}

const isNode = (target: CostTarget | undefined): target is SessionsNode | ModelPriceNode =>
  typeof target === 'object' && 'kind' in target;

type SessionSubject = Extract<CostSubject, { readonly session: string }>;

const isSubject = (target: CostTarget | undefined): target is SessionSubject =>
  typeof target === 'object' && 'session' in target && typeof target.session === 'string';

function ofNode(node: SessionsNode | ModelPriceNode): NamedSubject | undefined {
  switch (node.kind) {
    case 'modelPrice':
      return { subject: { filter: filterOfModel(node.row) }, title: modelLabel(node.row) };
    case 'group':
      return { subject: { filter: filterOf(node.row) }, title: oneLine(node.row.name) || node.row.kind };
    case 'session':
      return named({ session: node.row.key });
    case 'agent':
      return named({ session: node.session.key, agent: node.row.id });
    case 'call':
      return named({ session: node.session.key, call: node.row.id, copy: node.copy });
    case 'summedUp':
      return named({ session: node.session.key });
    case 'more':
      return undefined;
  }
}

/** Its calls under every name that it was met by. */
const filterOfModel = ({ met }: ModelPrice): Filter => ({
  models: met.map(({ model }) => model || null),
  providers: [...new Set(met.map(({ provider }) => provider || null))],
});

const named = (subject: SessionSubject): NamedSubject => ({ subject, title: titleOf(subject) });

function titleOf({ session, agent, call }: SessionSubject): string {
  if (call !== undefined) return `call ${oneLine(call)}`;
  if (agent !== undefined) return `agent ${oneLine(agent)}`;
  // A session's key is its scope, a colon, and its own id.
  return `session ${oneLine(session.slice(session.indexOf(':') + 1))}`;
}
