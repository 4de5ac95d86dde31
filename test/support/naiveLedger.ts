import { usageFields } from '../../src/shared/model';
import type { CallFact, ImportBatch } from '../../src/shared/facts';
import type { CostMode, Filter, Question } from '../../src/shared/model';

/** USD per million tokens, input and output. */
export type NaivePrices = Readonly<Record<string, readonly [number, number]>>;

/** As the vendor publishes them. */
export const published: NaivePrices = {
  'gpt-4.1': [2, 8],
  'gpt-4o-mini': [0.15, 0.6],
};

export interface NaiveCall extends CallFact {
  readonly path: string;
  /** Only a sum is kept of it: it is where its quarter hour or day begins, and what is told later changes nothing. */
  readonly summedUp?: 'quarter hour' | 'day';
}

interface NaiveSession {
  readonly id: string;
  path: string;
  experiment?: string;
  user?: string;
  tag?: string;
  createdAt?: number;
  project?: string;
  branch?: { readonly name: string; readonly at: number };
}

interface Scope {
  readonly uid: string;
  readonly sessions: Map<string, NaiveSession>;
  readonly calls: Map<string, NaiveCall>;
}

/** A call with all that a question may ask about it. */
export interface NaiveRow {
  readonly call: NaiveCall;
  readonly session: string;
  readonly experiment: string | null;
  readonly user: string | null;
  readonly tag: string | null;
  readonly project: string | null;
  readonly branch: string | null;
}

/** What the store should know, kept the simplest way: every call in a list, nothing summed up before it is asked. */
export class NaiveLedger {
  private readonly scopes = new Map<string, Scope>();
  /** `<what> <name>` of what is excluded from analytics; a session's name is its key. */
  private readonly excluded = new Set<string>();

  setExcluded(what: string, name: string, excluded: boolean): void {
    if (excluded) this.excluded.add(`${what} ${name}`);
    else this.excluded.delete(`${what} ${name}`);
  }

  isSessionExcluded = (session: string): boolean => this.excluded.has(`session ${session}`);

  /** Whether its model or its source is; its session may be besides. */
  isCallExcluded = ({ call }: NaiveRow): boolean =>
    this.excluded.has(`model ${call.model}`) || this.excluded.has(`source ${call.path}`);

  isExcluded = (row: NaiveRow): boolean => this.isSessionExcluded(row.session) || this.isCallExcluded(row);

  scope(uid: string): Scope {
    let scope = this.scopes.get(uid);
    if (!scope) this.scopes.set(uid, (scope = { uid, sessions: new Map(), calls: new Map() }));
    return scope;
  }

  import(uid: string, path: string, { sessions = [], calls = [] }: ImportBatch): void {
    const scope = this.scope(uid);
    const session = (id: string): NaiveSession => {
      const known = scope.sessions.get(id) ?? { id, path };
      scope.sessions.set(id, known);
      return known;
    };
    for (const fact of sessions) {
      const known = session(fact.id);
      const created = [known.createdAt, fact.createdAt].filter((at) => at !== undefined);
      const [tag] = [known.tag, fact.tag].filter((one) => one !== undefined).sort();
      const projects = [known.project, fact.project].filter((path) => path !== undefined);
      const branches = [known.branch, fact.branch].filter((branch) => branch !== undefined);
      Object.assign(known, told(fact), created.length > 0 ? { createdAt: Math.min(...created) } : {});
      // The world has no two folders of one length for a session, and no two branches at one time.
      if (projects.length > 0) known.project = projects.sort((a, b) => a.length - b.length)[0]!;
      if (branches.length > 0) known.branch = branches.sort((a, b) => b.at - a.at)[0]!;
      // Tags of these histories are equally long.
      if (tag !== undefined) known.tag = tag;
    }
    for (const fact of calls) {
      session(fact.session);
      const old = scope.calls.get(String(fact.id));
      if (old?.summedUp) continue;
      const fresh = { ...told(fact), path } as NaiveCall;
      scope.calls.set(String(fact.id), old ? mergeCalls(old, fresh) : fresh);
    }
  }

  /** Calls from before a moment are where their quarter hour begins. */
  compact(before: number): void {
    for (const { calls } of this.scopes.values())
      for (const [id, call] of calls)
        if (!call.summedUp && call.at !== undefined && call.at < before)
          calls.set(id, { ...call, at: call.at - (call.at % 900_000), summedUp: 'quarter hour' });
  }

  /** Those of a session with new ones from before a moment are where the first of them is that has the same day in all of the zones. */
  compactDays(before: number, zones: readonly string[]): void {
    for (const { calls } of this.scopes.values()) {
      const firsts = new Map<string, number>();
      const all = [...calls].filter(([, call]) => call.summedUp && call.at! < before);
      const isNew = all.filter(([, call]) => call.summedUp === 'quarter hour');
      const sessions = new Set(isNew.map(([, { session }]) => session));
      const old = all.filter(([, { session }]) => sessions.has(session));
      const dayOf = ({ session, at }: NaiveCall): string =>
        [session, ...['UTC', ...zones].map((zone) => dayIn(at!, { zone }))].join(' ');
      for (const [, call] of old)
        firsts.set(dayOf(call), Math.min(call.at!, firsts.get(dayOf(call)) ?? Infinity));
      for (const [id, call] of old) calls.set(id, { ...call, at: firsts.get(dayOf(call))!, summedUp: 'day' });
    }
  }

  remove(path: string): void {
    for (const scope of this.scopes.values()) {
      for (const [id, call] of scope.calls) if (call.path === path) scope.calls.delete(id);
      for (const [id, session] of scope.sessions) {
        const left = [...scope.calls.values()].find((call) => call.session === id);
        if (session.path === path && !left) scope.sessions.delete(id);
        else if (session.path === path) session.path = left!.path;
      }
    }
  }

  rows(): NaiveRow[] {
    return [...this.scopes.values()].flatMap((scope) =>
      [...scope.calls.values()].map((call) => {
        const session = scope.sessions.get(call.session)!;
        return {
          call,
          session: `${scope.uid}:${session.id}`,
          experiment: session.experiment === undefined ? null : `${scope.uid}:${session.experiment}`,
          user: session.user ?? null,
          tag: session.tag ?? null,
          project: session.project ?? null,
          branch: session.branch?.name ?? null,
        };
      }),
    );
  }

  /** Sessions in analytics without calls, by when they were created. */
  emptySessions(): (number | undefined)[] {
    return [...this.scopes.values()].flatMap((scope) =>
      [...scope.sessions.values()]
        .filter(({ id }) => !this.isSessionExcluded(`${scope.uid}:${id}`))
        .filter(({ id }) => ![...scope.calls.values()].some((call) => call.session === id))
        .map(({ createdAt }) => createdAt),
    );
  }
}

/** The fuller word wins, of one file the later; what it leaves open is filled in. The first teller keeps it. */
function mergeCalls(old: NaiveCall, fresh: NaiveCall): NaiveCall {
  const tokens = ({
    inputTokens = 0,
    cacheReadTokens = 0,
    cacheWriteTokens = 0,
    outputTokens = 0,
  }: NaiveCall) => inputTokens + cacheReadTokens + cacheWriteTokens + outputTokens;
  const rank = (call: NaiveCall): number => tokens(call) * 1e12 + (call.recorded ?? -1);
  const [better, other] = old.path === fresh.path || rank(fresh) >= rank(old) ? [fresh, old] : [old, fresh];
  const isUsed = usageFields.some((field) => (better[field] ?? 0) > 0);
  const usage = Object.fromEntries(
    usageFields.map((field) => [field, (isUsed ? better : other)[field] ?? 0]),
  );
  const times = [old.at, fresh.at].filter((at) => at !== undefined);
  const { recordedExact } = better.recorded === undefined ? other : better;
  return {
    ...other,
    ...better,
    ...usage,
    ...(recordedExact === undefined ? {} : { recordedExact }),
    ...(times.length > 0 ? { at: Math.min(...times) } : {}),
    session: old.session,
    path: old.path,
  };
}

const told = <T extends object>(fact: T): Partial<T> =>
  Object.fromEntries(Object.entries(fact).filter(([, value]) => value !== undefined)) as Partial<T>;

const isIn = (at: number | undefined, { since, until }: Filter): boolean =>
  (since ?? until) === undefined || (at !== undefined && at >= (since ?? -1e15) && at < (until ?? 1e15));

/** Whether a filter takes the row; `timed: false` = whatever its time. */
export function matches(row: NaiveRow, filter: Filter, timed = true): boolean {
  const one = <T>(list: readonly T[] | undefined, value: T): boolean => !list || list.includes(value);
  return [
    !timed || isIn(row.call.at, filter),
    one(filter.models, row.call.model ?? null),
    one(filter.providers, row.call.provider ?? null),
    one(filter.users, row.user),
    one(filter.experiments, row.experiment),
    one(filter.sessions, row.session),
    one(filter.sources, row.call.path),
    one(filter.projects, row.project),
    one(filter.branches, row.branch),
  ].every(Boolean);
}

const nano = (call: CallFact, prices: NaivePrices): number | undefined => {
  const used = (call.inputTokens ?? 0) + (call.outputTokens ?? 0) > 0;
  if (!used) return call.failed && call.recorded === undefined ? 0 : undefined;
  const price = prices[call.model ?? ''];
  return (
    price &&
    Math.round((call.inputTokens ?? 0) * price[0] * 1000 + (call.outputTokens ?? 0) * price[1] * 1000)
  );
};

const unpriced = ['unpriced', 0, true] as const;

const recordedCost = (call: CallFact, computed: number | undefined): readonly [string, number, boolean] => {
  if (call.recorded !== undefined) return ['recorded', call.recorded, call.recordedExact === true];
  return computed === 0 && call.failed ? ['recorded', 0, true] : unpriced;
};

/** [state, nano-dollars, exact] as docs/CONTRACT.md says. */
export function naiveCost(
  call: CallFact,
  mode: CostMode,
  prices = published,
): readonly [string, number, boolean] {
  const computed = nano(call, prices);
  const priced = computed === undefined ? unpriced : (['computed', computed, true] as const);
  if (mode === 'computed') return priced;
  if (call.provider === 'copilot' && call.recorded === undefined) return ['included', 0, true];
  const recorded = recordedCost(call, computed);
  if (mode === 'recorded' || (call.recorded !== undefined && call.recordedExact)) return recorded;
  return priced === unpriced ? recorded : priced;
}

/** Sums of `docs/CONTRACT.md` over some calls, without what is left out. `pricesOf`: by which each is priced. */
export function naiveTotals(
  rows: readonly NaiveRow[],
  mode: CostMode,
  pricesOf: (call: NaiveCall) => NaivePrices = () => published,
): Record<string, number> {
  const sum = (of: (call: NaiveCall) => number): number => rows.reduce((all, { call }) => all + of(call), 0);
  const count = (is: (call: NaiveCall) => boolean): number => sum((call) => (is(call) ? 1 : 0));
  const cost = (call: NaiveCall) => naiveCost(call, mode, pricesOf(call));
  const computed = (call: NaiveCall): number => nano(call, pricesOf(call)) ?? 0;
  const state = (call: NaiveCall): string => cost(call)[0];
  return {
    ...Object.fromEntries(usageFields.map((field) => [field, sum((call) => call[field] ?? 0)])),
    cost: sum((call) => cost(call)[1]),
    recorded: sum((call) => call.recorded ?? 0),
    computed: sum(computed),
    calls: rows.length,
    unpricedCalls: count((call) => state(call) === 'unpriced'),
    inexactCalls: count((call) => !cost(call)[2]),
    includedCalls: count((call) => state(call) === 'included'),
    included: sum((call) => (state(call) === 'included' ? computed(call) : 0)),
    errors: count((call) => call.failed === true),
    sessions: new Set(rows.map(({ session }) => session)).size,
  };
}

/** YYYY-MM-DD in the calendar of a zone. */
export const dayIn = (at: number, { zone }: Pick<Question, 'zone'>): string =>
  new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(at);
