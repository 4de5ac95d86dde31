import { exclusions } from '../exclusions';
import { costOf, isCounted, usageColumns } from '../measures';
import { projectLabels } from '../sessionProjects';
import { factsOf, fromWith } from './facts';
import { everything, sessionRows } from './sessions';
import { storedCall } from './storedCall';
import type { Store } from '../store';
import type { BudgetOf } from '../../shared/alerts';
import type { CostMode, Filter, Millis, NanoUsd, Question } from '../../shared/model';

/** A session as alerts see it. */
export interface SpentSession {
  readonly id: number;
  readonly key: string;
  readonly label: string;
  readonly lastAt: Millis;
  readonly cost: NanoUsd;
  readonly unpricedCalls: number;
}

/** A call of the last minutes, with what a budget may be for. */
export interface SpentCall {
  readonly key: string;
  readonly session: number;
  readonly at: Millis;
  readonly cost: NanoUsd;
  readonly model: string;
  readonly provider: string;
  readonly user: string | null;
  readonly project: string | null;
  readonly labels: readonly string[];
}

export interface Spent {
  readonly cost: NanoUsd;
  readonly calls: number;
  readonly unpricedCalls: number;
}

/** Whose calls a budget is for, by the names that the store knows. */
export interface SpentOf {
  readonly filter: Omit<Filter, 'since' | 'until'>;
  readonly label?: string;
}

/** Id of the newest call. */
export const lastCall = ({ db }: Store): number =>
  (db.rows('SELECT max(id) FROM call')[0]![0] as number) ?? 0;

/** Sessions with a call after that one, and those that had a call since. Excluded ones are none. */
export const touchedSessions = ({ db }: Store, after: number, since: Millis): number[] =>
  db
    .rows(
      `SELECT id FROM session WHERE excluded = 0 AND (last_at >= ?2 OR id IN (SELECT session FROM call WHERE id > ?1))`,
      [after, since],
    )
    .map(([id]) => id as number);

/** Of these sessions, those that cost that much. */
export function dearSessions(
  store: Store,
  ids: readonly number[],
  mode: CostMode,
  least: NanoUsd,
): SpentSession[] {
  const cost = mode === 'auto' ? 'cost_auto' : mode;
  const dear = store.db
    .rows(
      `SELECT session FROM usage_session WHERE session IN (SELECT value FROM json_each(?)) AND ${cost} >= ?`,
      [JSON.stringify(ids), least],
    )
    .map(([id]) => id as number);
  return spentSessions(store, dear, mode);
}

/** In the order given. */
export const spentSessions = (store: Store, ids: readonly number[], mode: CostMode): SpentSession[] =>
  sessionRows(store, everything(mode), ids).map((row, i) => ({
    id: ids[i]!,
    key: row.key,
    label: row.id,
    lastAt: row.lastAt ?? row.at ?? 0,
    cost: row.cost,
    unpricedCalls: row.unpricedCalls,
  }));

/** What counts of these sessions since then, oldest first. */
export const spentCalls = (
  store: Store,
  sessions: readonly number[],
  since: Millis,
  mode: CostMode,
): SpentCall[] =>
  callsThat(store, mode, 'c.session IN (SELECT value FROM json_each(?)) AND c.at >= ?', [
    JSON.stringify(sessions),
    since,
  ]);

/** What counts of the calls after that one and may cost that much, oldest first. */
export const dearCalls = (store: Store, after: number, least: NanoUsd, mode: CostMode): SpentCall[] =>
  callsThat(
    store,
    mode,
    'c.id > ?1 AND c.at IS NOT NULL AND max(coalesce(c.recorded, 0), coalesce(c.recorded_elsewhere, 0), coalesce(c.computed, 0)) >= ?2',
    [after, least],
  ).filter(({ cost }) => cost >= least);

function callsThat(
  store: Store,
  mode: CostMode,
  condition: string,
  params: readonly (string | number)[],
): SpentCall[] {
  const { models, sources } = exclusions(store.db);
  const excluded = [
    ...models.map((id) => `AND c.model <> ${id}`),
    ...sources.map((id) => `AND c.source <> ${id}`),
  ].join(' ');
  const rows = store.db.rows(
    `SELECT c.scope, c.key, c.session, c.at, m.name, m.provider, p.name, pr.name, s.labels,
            ${usageColumns.map((column) => `c.${column}`).join(', ')}, c.recorded, c.recorded_elsewhere, c.computed, c.flags
       FROM call c JOIN session s ON s.id = c.session JOIN model m ON m.id = c.model
       LEFT JOIN person p ON p.id = s.person LEFT JOIN project pr ON pr.id = s.project
      WHERE ${condition} AND ${isCounted} AND s.excluded = 0 ${excluded}
      ORDER BY c.at, c.id`,
    params,
  );
  return rows.map(([scope, key, session, at, model, provider, user, project, labels, ...call]) => ({
    key: `${String(scope)} ${String(key)}`,
    session: session as number,
    at: at as number,
    cost: costOf(storedCall(call), mode).usd ?? 0,
    model: model as string,
    provider: provider as string,
    user: user as string | null,
    project: project as string | null,
    labels: labels === null ? [] : (JSON.parse(labels as string) as string[]),
  }));
}

/** What calls cost, from sums. Inside a read. */
export function spent(store: Store, question: Question, { filter, label }: SpentOf): Spent {
  const isNarrow = label !== undefined || filter.projects !== undefined;
  const asked = { ...question, filter: { ...question.filter, ...filter } };
  const facts = factsOf(store, asked, isNarrow ? { session: true, slot: true } : {});
  const from =
    label === undefined
      ? facts.from
      : fromWith(facts, 'EXISTS (SELECT 1 FROM json_each(s.labels) WHERE value = ?)');
  const cost = question.mode === 'auto' ? 'cost_auto' : question.mode;
  const [row] = store.db.rows(
    `SELECT sum(f.${cost}), sum(f.calls), sum(f.unpriced_${question.mode}) ${from}`,
    [...facts.params, ...(label === undefined ? [] : [label])],
  );
  const [sum, calls, unpricedCalls] = (row as (number | null)[]).map((value) => value ?? 0);
  return { cost: sum!, calls: calls!, unpricedCalls: unpricedCalls! };
}

/** Names as the store knows them: a project by its last folder, models by a pattern. */
export function namesOf(store: Store, { project, model, provider, user, label }: BudgetOf): SpentOf {
  return {
    filter: {
      ...(project === undefined ? {} : { projects: projectsCalled(store, project) }),
      ...(model === undefined ? {} : { models: modelsLike(store, model) }),
      ...(provider === undefined ? {} : { providers: [provider] }),
      ...(user === undefined ? {} : { users: [user] }),
    },
    ...(label === undefined ? {} : { label }),
  };
}

const projectsCalled = ({ db }: Store, called: string): string[] =>
  [...projectLabels(db).values()]
    .filter(({ name, label }) => name === called || label === called)
    .map(({ name }) => name);

function modelsLike({ db }: Store, pattern: string): string[] {
  const glob = new RegExp(
    `^${pattern.replace(/[.*+?^${}()|[\]\\]/g, (c) => (c === '*' ? '.*' : `\\${c}`))}$`,
    'i',
  );
  const names = db.rows("SELECT DISTINCT name FROM model WHERE name <> ''").map(([name]) => name as string);
  return names.filter((name) => glob.test(name));
}

/** Whether a call is one of those. */
export function isOf({ filter, label }: SpentOf, call: SpentCall): boolean {
  const among = (list: readonly (string | null)[] | undefined, value: string | null): boolean =>
    list === undefined || list.includes(value);
  return (
    among(filter.projects, call.project) &&
    among(filter.models, call.model) &&
    among(filter.providers, call.provider) &&
    among(filter.users, call.user) &&
    (label === undefined || call.labels.includes(label))
  );
}
