import { instant, label } from '../json';
import { labelsOf, nestedList } from './fields';
import type { Json } from '../json';
import type { SessionFact } from '../../shared/facts';

export type RecordKind = 'observation' | 'trace' | 'session';

/** What a record is by its fields; undefined for scores and for what is not of Langfuse. */
export function kindOf(record: Json): RecordKind | undefined {
  const has = (...names: readonly string[]) => names.some((name) => (record[name] ?? '') !== '');
  if (has('startTime', 'usageDetails', 'costDetails') || (has('type') && has('traceId')))
    return 'observation';
  if (has('traceId')) return undefined;
  if (has('timestamp', 'htmlPath', 'sessionId')) return 'trace';
  return has('createdAt', 'countTraces') ? 'session' : undefined;
}

/** The session that a record with id `id` belongs to: its own, else its trace. */
export const sessionIdOf = (record: Json, kind: RecordKind, id: string): string =>
  kind === 'session' ? id : (label(record.sessionId) ?? traceIdOf(record, kind, id));

/** An observation may come without a trace; then it is a trace of its own. */
export const traceIdOf = (record: Json, kind: RecordKind, id: string): string =>
  kind === 'trace' ? id : (label(record.traceId) ?? id);

export const sessionOf = (record: Json, kind: RecordKind, id: string): SessionFact => ({
  id: sessionIdOf(record, kind, id),
  createdAt: createdAt[kind](record),
  user: label(record.userId) ?? label(nestedList(record.userIds)[0]),
  labels: labelsOf(record),
});

const createdAt = {
  // The first call says when.
  observation: () => undefined,
  trace: (record: Json) => instant(record.timestamp),
  session: (record: Json) => instant(record.createdAt),
};
