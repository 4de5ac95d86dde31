import { failuresIn } from './details';
import { dayKey } from './report';
import { factsOf } from './facts';
import { failuresOf, noFailures } from './failures';
import { retriesOf } from './retries';
import { exactPercentiles, sketchedPercentiles, sketchesOf, valuesOf } from './times';
import { addTo, countOf } from '../sketch';
import type { Counted } from './failures';
import type { TimedCall, TimedCalls } from './times';
import type { Sketch } from '../sketch';
import type { Store } from '../store';
import type { LatencyBy, LatencyGroup, LatencyReport, Percentiles } from '../../shared/latency';
import type { Question } from '../../shared/model';

/** So many groups are told. */
export const maxLatencyGroups = 400;

type Grouping = (row: { readonly model: number; readonly day: number }) => string | null;

/** How fast calls were and what failed, in all and by model, provider or day. */
export function latency(store: Store, question: Question, by: LatencyBy): LatencyReport {
  return store.db.read(() => {
    const keyOf = groupingOf(store, by);
    const counted = countedBy(store, question);
    const times = timesBy(store, question, by, keyOf);
    const groups = new Map<string | null, Counted[]>();
    for (const row of counted) {
      const key = keyOf(row);
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    const all = [...groups].map(([key, rows]) => group(key, by, rows, times.get(key)));
    return {
      total: group(null, by, counted, times.total, 'All'),
      retries: retriesOf(store, question),
      groups: all.sort(by === 'day' ? byDay : byCalls).slice(0, maxLatencyGroups),
      groupCount: all.length,
    };
  });
}

const byCalls = (a: LatencyGroup, b: LatencyGroup): number =>
  b.calls - a.calls || a.label.localeCompare(b.label);
const byDay = (a: LatencyGroup, b: LatencyGroup): number => ((a.key ?? '') < (b.key ?? '') ? -1 : 1);

function groupingOf({ db }: Store, by: LatencyBy): Grouping {
  if (by === 'day') return ({ day }) => dayKey(day);
  const names = new Map(
    db.rows(`SELECT id, ${by === 'model' ? 'name' : 'provider'} FROM model`).map(([id, name]) => [id, name]),
  );
  return ({ model }) => (names.get(model) as string | undefined) || null;
}

function group(
  key: string | null,
  by: LatencyBy,
  rows: readonly Counted[],
  times: Times | undefined,
  label = key ?? (by === 'day' ? 'no time' : `No ${by}`),
): LatencyGroup {
  const failures = rows.length === 0 ? noFailures : failuresOf(rows);
  return {
    key,
    label,
    calls: rows.reduce((sum, { calls }) => sum + calls, 0),
    latency: times?.latency ?? null,
    firstToken: times?.firstToken ?? null,
    failures,
  };
}

/** Calls and failures by model and day; those of each class of error beside them. */
function countedBy(store: Store, question: Question): Counted[] {
  const facts = factsOf(store, question, { time: true, call: true });
  const counted = store.db
    .rows(
      `SELECT f.model, f.bucket, sum(f.calls), sum(f.errors) ${facts.from} GROUP BY f.model, f.bucket`,
      facts.params,
    )
    .map((row): Counted => {
      const [model, bucket, calls, errors] = row as number[];
      return { model: model!, day: facts.dayOf(bucket!), calls: calls!, errors: errors!, failed: [] };
    });
  const failed = failuresIn(store, question);
  const cost = question.mode === 'auto' ? 'cost_auto' : question.mode;
  const rows = store.db.rows(
    `SELECT f.model, f.bucket, f.error, sum(f.calls), sum(f.errors), sum(f.${cost}), sum(f.unpriced_${question.mode})
       ${failed.from} GROUP BY f.model, f.bucket, f.error HAVING f.error <> ''`,
    failed.params,
  );
  const more = rows.map(([model, bucket, kind, ...sums]): Counted => {
    const [calls, errors, spent, unpricedCalls] = sums as number[];
    const one = {
      kind: kind as string,
      calls: calls!,
      errors: errors!,
      cost: spent!,
      unpricedCalls: unpricedCalls!,
    };
    return {
      model: model as number,
      day: failed.dayOf(bucket as number),
      calls: 0,
      errors: 0,
      failed: [one],
    };
  });
  return [...counted, ...more];
}

interface Times {
  readonly latency: Percentiles | null;
  readonly firstToken: Percentiles | null;
}

/** Exact where there are few values, and else from sketches; all groups in the same way. */
function timesBy(
  store: Store,
  question: Question,
  by: LatencyBy,
  keyOf: Grouping,
): { readonly total: Times; get(key: string | null): Times | undefined } {
  const sketches = sketchesOf(store, question, by === 'day');
  const counts = (['latency', 'ttft'] as const).map((name) => countOf(merged(sketches, name)));
  const values = valuesOf(store, question, Math.max(...counts));
  const isWhole = values && sameCounts(values, counts);
  const [rows, timesOf] = isWhole ? ([values, exactTimes] as const) : ([sketches, sketchedTimes] as const);
  const grouped = new Map<string | null, (TimedCall | TimedCalls)[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = grouped.get(key);
    if (known) known.push(row);
    else grouped.set(key, [row]);
  }
  return {
    total: timesOf(rows as never),
    get: (key) => (grouped.has(key) ? timesOf(grouped.get(key) as never) : undefined),
  };
}

/** Calls that are kept as sums have no values any more, but are in the sketches. */
const sameCounts = (values: readonly TimedCall[], [latency, ttft]: readonly number[]): boolean =>
  values.filter(({ latencyMs }) => latencyMs !== null).length === latency &&
  values.filter(({ ttftMs }) => ttftMs !== null).length === ttft;

const exactTimes = (calls: readonly TimedCall[]): Times => ({
  latency: exactPercentiles(calls.map(({ latencyMs }) => latencyMs)),
  firstToken: exactPercentiles(calls.map(({ ttftMs }) => ttftMs)),
});

const sketchedTimes = (calls: readonly TimedCalls[]): Times => ({
  latency: sketchedPercentiles(merged(calls, 'latency')),
  firstToken: sketchedPercentiles(merged(calls, 'ttft')),
});

function merged(calls: readonly TimedCalls[], name: 'latency' | 'ttft'): Sketch {
  const sum: Sketch = new Map();
  for (const timed of calls) for (const [bucket, count] of timed[name]) addTo(sum, bucket, count);
  return sum;
}
