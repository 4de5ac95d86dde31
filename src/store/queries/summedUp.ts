import { agentAndBelow } from './accountedCalls';
import { sessionsIn, withoutExcludedCalls } from './calls';
import { compactedParts } from './compacted';
import { everything } from './sessions';
import { idsOfKey } from './where';
import { asOneCall } from '../compaction/compactedRow';
import { costOf } from '../measures';
import type { CompactedPart } from './compacted';
import type { Store } from '../store';
import type { CostSubject, SummedUp } from '../../shared/explanation';
import type { CostMode, Filter } from '../../shared/model';

/** What belongs to a subject and is kept as sums only; undefined where nothing is. */
export function summedUpOf(store: Store, subject: CostSubject, mode: CostMode): SummedUp | undefined {
  if ('call' in subject && subject.call !== undefined) return undefined;
  return store.db.read(() => {
    if (store.db.rows('SELECT 1 FROM compacted LIMIT 1').length === 0) return undefined;
    const parts = partsOf(store, subject);
    if (parts.length === 0) return undefined;
    return {
      calls: parts.reduce((sum, { row }) => sum + row.calls, 0),
      cost: parts.reduce((sum, { row }) => sum + (costOf(asOneCall(row), mode).usd ?? 0), 0),
      until: parts.reduce((last, { row }) => Math.max(last, row.lastAt), 0),
    };
  });
}

function partsOf(store: Store, subject: CostSubject): CompactedPart[] {
  if ('filter' in subject) {
    const { filter } = subject;
    const condition = withoutExcludedCalls(store, 'k');
    return sessionsIn(store, { ...everything('auto'), filter })
      .flatMap((session) => compactedParts(store, session, filter, condition))
      .filter((part) => matches(part, filter));
  }
  const [session] = idsOfKey(store.db, 'session', subject.session);
  if (session === undefined) return [];
  const all = compactedParts(store, session, {});
  if (subject.agent === undefined) return all;
  const agents = new Set(store.db.rows(agentAndBelow, [session, subject.agent, session]).flat());
  return all.filter(({ row }) => agents.has(row.agent));
}

const matches = ({ provider, model, path }: CompactedPart, { models, providers, sources }: Filter): boolean =>
  (!models || models.includes(model || null)) &&
  (!providers || providers.includes(provider || null)) &&
  (!sources || sources.includes(path));
