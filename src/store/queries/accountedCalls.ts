import { sessionsIn, withoutExcludedCalls } from './calls';
import { everything } from './sessions';
import { idsOfKey } from './where';
import { callFrom, callRowColumns } from '../callRow';
import { figuresOfStored } from '../callPlacer';
import { isCounted, pricedOf } from '../measures';
import type { Store } from '../store';
import type { AccountedCall } from '../../pricing/explanation';
import type { CostSubject } from '../../shared/explanation';
import type { Filter } from '../../shared/model';
import type { SqlValue } from '../../sqlite/connection';

const columns = `c.id, c.key, scope.importer, source.path, m.provider, m.name,
  (SELECT text FROM price_version WHERE id = c.priced_by),
  ${callRowColumns.map((name) => `c.${name}`).join(', ')}`;
const callsAtOnce = 2000;

/** A condition on call `c`, and what it asks of rows beside that. */
interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/**
 * The calls of a subject with all that their costs depend on, some at a time. Of a session, an agent or a single call
 * all of them; of a filter, without what is excluded from analytics. Nothing where there is no such session.
 */
export function* accountedCalls(store: Store, subject: CostSubject): Generator<readonly AccountedCall[]> {
  if ('filter' in subject) {
    yield* callsIn(store, subject.filter);
    return;
  }
  const [session] = store.db.read(() => idsOfKey(store.db, 'session', subject.session));
  if (session === undefined) return;
  yield* callsOf(store, session, conditionOf(session, subject), {});
}

function* callsIn(store: Store, filter: Filter): Generator<readonly AccountedCall[]> {
  const { since = null, until = null } = filter;
  const notExcluded = store.db.read(() => withoutExcludedCalls(store));
  const condition = {
    sql: `1 ${notExcluded} AND (? IS NULL OR c.at >= ?) AND (? IS NULL OR c.at < ?)`,
    params: [since, since, until, until],
  };
  for (const session of sessionsIn(store, { ...everything('auto'), filter }))
    yield* callsOf(store, session, condition, filter);
}

/** An agent and those that it started: session, agent, session. */
export const agentAndBelow = `SELECT id FROM agent WHERE session = ? AND own_id IN (
  WITH RECURSIVE below (own_id) AS (SELECT ? UNION
    SELECT a.own_id FROM agent a JOIN below ON a.parent = below.own_id WHERE a.session = ?)
  SELECT own_id FROM below)`;

function conditionOf(session: number, subject: Exclude<CostSubject, { filter: Filter }>): Condition {
  const { agent, call, copy = 0 } = subject;
  if (call !== undefined) {
    const sql = `c.id = (SELECT id FROM call c WHERE c.session = ? AND CAST(c.key AS TEXT) = ? AND ${isCounted}
                          ORDER BY coalesce(c.at, -1), c.id LIMIT 1 OFFSET ?)`;
    return { sql, params: [session, call, copy] };
  }
  if (agent === undefined) return { sql: '1', params: [] };
  return { sql: `c.agent IN (${agentAndBelow})`, params: [session, agent, session] };
}

function* callsOf(
  store: Store,
  session: number,
  { sql, params }: Condition,
  filter: Filter,
): Generator<readonly AccountedCall[]> {
  let after: number | undefined = 0;
  while (after !== undefined) {
    const rows: readonly SqlValue[][] = store.db.read(() =>
      store.db.rows(
        `SELECT ${columns} FROM call c JOIN model m ON m.id = c.model JOIN scope ON scope.id = c.scope
           LEFT JOIN source ON source.id = c.source
          WHERE c.session = ? AND c.id > ? AND ${isCounted} AND ${sql} ORDER BY c.id LIMIT ${callsAtOnce}`,
        [session, after!, ...params],
      ),
    );
    const wanted = rows.filter((row) => matches(row, filter)).map(accounted);
    if (wanted.length > 0) yield wanted;
    after = rows.length < callsAtOnce ? undefined : (rows.at(-1)![0] as number);
  }
}

function matches([, , , path, provider, model]: readonly SqlValue[], filter: Filter): boolean {
  const { models, providers, sources } = filter;
  return (
    (!models || models.includes((model as string) || null)) &&
    (!providers || providers.includes((provider as string) || null)) &&
    (!sources || sources.includes((path as string | null) ?? ''))
  );
}

function accounted([
  ,
  key,
  importer,
  ,
  provider,
  model,
  pricedBy,
  ...row
]: readonly SqlValue[]): AccountedCall {
  const call = callFrom(row);
  return {
    id: String(key),
    figures: { ...figuresOfStored(call), provider: provider as string, model: model as string },
    stored: pricedOf(call),
    importer: importer as string,
    ...(pricedBy === null ? {} : { pricedBy: pricedBy as string }),
  };
}
