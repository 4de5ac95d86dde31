import { factsOf } from './facts';
import { latency } from './latency';
import { realtimeUsage } from './realtime';
import { sharesBy, total } from './report';
import { topSessions } from './sessions';
import { slotMillis } from '../slots';
import { startOfDay, noDay } from '../zones';
import { buckets } from '../../shared/period';
import type { Store } from '../store';
import type { LatencyReport } from '../../shared/latency';
import type { Question } from '../../shared/model';
import type { Interval, PanelData } from '../../shared/protocol';

const maxSeries = 8;
const maxSessions = 50;

/** One whole picture: totals, cost over time by model, breakdowns and the dearest sessions. */
export function panel(store: Store, question: Question, interval: Interval): PanelData {
  return store.db.read(() => {
    const span = spanOf(store);
    const sums = total(store, question);
    const realtime = realtimeUsage(store, question, sums);
    const responses = latency(store, question, 'model');
    return {
      total: sums,
      ...series(store, question, interval, span),
      byModel: sharesBy(store, question, 'model'),
      byProvider: sharesBy(store, question, 'provider'),
      byUser: sharesBy(store, question, 'user'),
      byExperiment: sharesBy(store, question, 'experiment'),
      byProject: hasAny(store, 'project <> 0') ? sharesBy(store, question, 'project') : [],
      byBranch: hasAny(store, 'branch_at IS NOT NULL') ? sharesBy(store, question, 'branch') : [],
      sessions: topSessions(store, question, maxSessions),
      ...(realtime ? { realtime } : {}),
      ...(isAnyKnown(responses) ? { latency: responses } : {}),
      ...(span ? { span } : {}),
    };
  });
}

const isAnyKnown = ({ total: { latency, firstToken, failures } }: LatencyReport): boolean =>
  latency !== null || firstToken !== null || failures.errors > 0;

const hasAny = ({ db }: Store, condition: string): boolean =>
  db.rows(`SELECT 1 FROM session WHERE ${condition} LIMIT 1`).length > 0;

function spanOf(store: Store): { first: number; last: number } | undefined {
  const [row] = store.db.rows('SELECT min(first_at), max(last_at) FROM session');
  const [first, last] = row as (number | null)[];
  return first === null || last === null ? undefined : { first: first!, last: last! };
}

type Series = Pick<PanelData, 'buckets' | 'series'>;

function series(
  store: Store,
  question: Question,
  interval: Interval,
  span: { first: number; last: number } | undefined,
): Series {
  if (!span) return { buckets: [], series: [] };
  const { zone, filter, firstDay } = question;
  const first = filter.since ?? span.first;
  const last = filter.until ?? Math.max(span.last, Math.min(Date.now(), span.last)) + 1;
  const steps = buckets(first, last, interval, zone, firstDay);
  const starts = steps.map(({ start }) => start);
  const byModel = new Map<string, { cost: number[]; calls: number[] }>();
  for (const { at, model, cost, calls } of points(store, question, interval)) {
    const step = lastAtOrBefore(starts, at);
    if (step < 0) continue;
    let values = byModel.get(model);
    if (!values) byModel.set(model, (values = { cost: starts.map(() => 0), calls: starts.map(() => 0) }));
    values.cost[step]! += cost;
    values.calls[step]! += calls;
  }
  return { buckets: steps.map(({ start, label }) => ({ start, label })), series: topSeries(byModel) };
}

/** Cost and calls by moment and model; calls without a known time cannot be drawn and are left out. */
function* points(
  store: Store,
  question: Question,
  interval: Interval,
): Generator<{ at: number; model: string; cost: number; calls: number }> {
  const facts = factsOf(store, question, interval === 'hour' ? { slot: true } : { time: true });
  const cost = question.mode === 'auto' ? 'cost_auto' : question.mode;
  const rows = store.db.rows(
    `SELECT f.bucket, (SELECT name FROM model WHERE model.id = f.model) AS m, sum(f.${cost}), sum(f.calls) ${facts.from}
      GROUP BY f.bucket, m`,
    facts.params,
  );
  const starts = new Map<number, number>();
  for (const [bucket, model, sum, calls] of rows as [number, string, number, number][]) {
    if (bucket === noDay || bucket < 0) continue;
    let at = starts.get(bucket);
    if (at === undefined)
      starts.set(
        bucket,
        (at = facts.bucket === 'day' ? startOfDay(bucket, question.zone) : bucket * slotMillis),
      );
    yield { at, model, cost: sum, calls };
  }
}

/** Index of the last start at or before `at`; a slot that begins before the first step belongs to it. */
function lastAtOrBefore(starts: readonly number[], at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return starts.length === 0 ? -1 : low;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function topSeries(byModel: ReadonlyMap<string, { cost: number[]; calls: number[] }>): Series['series'] {
  const all = [...byModel]
    .map(([model, values]) => ({ model: model || null, label: model || 'no model', ...values }))
    .sort(
      (a, b) => sum(b.cost) - sum(a.cost) || sum(b.calls) - sum(a.calls) || a.label.localeCompare(b.label),
    );
  if (all.length <= maxSeries) return all;
  const rest = all.slice(maxSeries);
  const added = (field: 'cost' | 'calls'): number[] =>
    rest[0]![field].map((_, i) => sum(rest.map((one) => one[field][i]!)));
  return [
    ...all.slice(0, maxSeries),
    { model: null, label: `${rest.length} others`, cost: added('cost'), calls: added('calls') },
  ];
}
