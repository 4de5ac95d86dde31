import { withoutExcludedCalls } from './calls';
import { factsOf } from './facts';
import { asOneCall, isOfCalls } from '../compaction/compactedRow';
import { figuresOfSum, isSamePrice, newPriceOf, sumsAfter } from '../compaction/pricedSums';
import { figuresOfStored } from '../callPlacer';
import { callFrom, callRowColumns } from '../callRow';
import { isCounted, measureColumns, noMeasures, pricedOf, sumOfMeasures, sumsOf } from '../measures';
import { nextPriceStep, scopeCondition } from '../repriced';
import { monthsOf } from '../months';
import { slotMillis } from '../slots';
import { chooseCost, priceCall } from '../../pricing/cost';
import type { PricedSum } from '../compaction/pricedSums';
import type { PriceStep, RepriceScope } from '../repriced';
import type { Store } from '../store';
import type { CallFigures, PricedCall } from '../../pricing/cost';
import type { PriceBook } from '../../pricing/prices';
import type { CostMode } from '../../shared/model';
import type { PriceChange, PriceDifference, PriceView } from '../../shared/repricing';
import type { SqlValue } from '../../sqlite/connection';

/** A call, or calls that are kept as one sum, whose price changes. */
interface Repriced {
  readonly calls: number;
  readonly at: number | undefined;
  /** Of all of them together. */
  readonly figures: CallFigures;
  readonly old: PricedCall;
  readonly now: PricedCall;
  /** Whether they are in the totals. */
  readonly counts: boolean;
}

type Change = { -readonly [K in keyof PriceChange]: PriceChange[K] };

const callsAtOnce = 5000;
const columns = callRowColumns.map((name) => `c.${name}`).join(', ');

/** What prices would change of calls that are known, found a step at a time. */
export class PriceChanges {
  private readonly sums = new Map<string, Change>();
  private readonly months: (at: number | undefined) => string | null;
  private lookedAt = 0;
  private kept = 0;

  constructor(
    private readonly store: Store,
    private readonly book: PriceBook,
    private readonly view: PriceView,
  ) {
    this.months = monthsOf(view.zone);
  }

  /** Looks at calls of the scope, then at sums of calls. @returns where the next step begins; undefined when all are done. */
  look(which: RepriceScope, step: PriceStep): PriceStep | undefined {
    const last =
      step.of === 'calls' ? this.lookAtCalls(which, step.after) : this.lookAtSums(which, step.after);
    return nextPriceStep(step, last);
  }

  /** What was found. */
  result(): PriceDifference {
    return differenceOf(this.view.mode, this.lookedAt, [...this.sums.values()], this.kept);
  }

  private lookAtCalls(which: RepriceScope, after: number): number | undefined {
    const { sql, params } = scopeCondition(which);
    const rows = this.store.db.read(() =>
      this.store.db.rows(
        `SELECT c.id, scope.importer, m.provider, m.name, ${isCounted} ${withoutExcludedCalls(this.store)}
                AND c.session NOT IN (SELECT id FROM session WHERE excluded = 1), ${columns}
           FROM call c JOIN model m ON m.id = c.model JOIN scope ON scope.id = c.scope
          WHERE c.id > ? AND ${sql} ORDER BY c.id LIMIT ${callsAtOnce}`,
        [after, ...params],
      ),
    );
    for (const row of rows) this.addCall(row);
    return rows.length < callsAtOnce ? undefined : (rows.at(-1)![0] as number);
  }

  private lookAtSums(which: RepriceScope, after: number): number | undefined {
    const { sums, last } = this.store.db.read(() =>
      sumsAfter(
        this.store.db,
        which,
        after,
        `s.excluded = 0 AND k.${isOfCalls} ${withoutExcludedCalls(this.store, 'k')}`,
      ),
    );
    for (const sum of sums) this.addSum(sum);
    return last;
  }

  private addCall([, importer, provider, model, counts, ...row]: SqlValue[]): void {
    this.lookedAt++;
    const call = callFrom(row);
    const figures = { ...figuresOfStored(call), provider: provider as string, model: model as string };
    const now = priceCall(figures, this.book, importer as string);
    const old = pricedOf(call);
    if (!isSamePrice(now, old)) this.add({ calls: 1, at: call.at, figures, old, now, counts: counts === 1 });
  }

  private addSum(sum: PricedSum): void {
    const { calls, slot } = sum.row;
    this.lookedAt += calls;
    const figures = figuresOfSum(sum);
    const now = newPriceOf(sum, this.book, figures);
    const old = pricedOf(asOneCall(sum.row));
    if (!now) this.kept += calls;
    else if (!isSamePrice(now, old))
      this.add({ calls, at: slot * slotMillis, figures, old, now, counts: sum.holds });
  }

  private add({ calls, at, figures, old, now, counts }: Repriced): void {
    const change = this.changeOf(figures.provider || null, figures.model || null, at);
    change.calls += calls;
    if (!counts) return;
    const [before, after] = [old, now].map((priced) => chooseCost(this.view.mode, figures, priced));
    change.before += before!.usd ?? 0;
    change.after += after!.usd ?? 0;
    change.unpricedBefore += before!.state === 'unpriced' ? calls : 0;
    change.unpricedAfter += after!.state === 'unpriced' ? calls : 0;
    change.inexactBefore += before!.usd !== undefined && !before!.exact ? calls : 0;
    change.inexactAfter += after!.usd !== undefined && !after!.exact ? calls : 0;
  }

  private changeOf(provider: string | null, model: string | null, at: number | undefined): Change {
    const month = this.months(at);
    const key = JSON.stringify([provider, model, month]);
    let change = this.sums.get(key);
    if (!change) this.sums.set(key, (change = { provider, model, month, ...nothing }));
    return change;
  }
}

const nothing = {
  ...{ calls: 0, before: 0, after: 0 },
  ...{ unpricedBefore: 0, unpricedAfter: 0, inexactBefore: 0, inexactAfter: 0 },
};

function differenceOf(
  mode: CostMode,
  lookedAt: number,
  changes: readonly PriceChange[],
  keptAsSums = 0,
): PriceDifference {
  const sum = { ...nothing };
  for (const change of changes)
    for (const name of Object.keys(nothing) as (keyof typeof nothing)[]) sum[name] += change[name];
  return { ...sum, mode, lookedAt, keptAsSums, changes: [...changes].sort(byChange) };
}

const sizeOf = ({ before, after }: PriceChange): number => Math.abs(after - before);

const byChange = (a: PriceChange, b: PriceChange): number =>
  sizeOf(b) - sizeOf(a) ||
  b.calls - a.calls ||
  (a.month ?? '').localeCompare(b.month ?? '') ||
  (a.model ?? '').localeCompare(b.model ?? '');

/** What counting by another cost mode would change, by model and month; from the sums. `prepareZone` comes before it. */
export function modeDifference(store: Store, from: PriceView, mode: CostMode): PriceDifference {
  return store.db.read(() => {
    const facts = factsOf(store, { filter: {}, ...from }, { time: true });
    const monthOf = monthsOf('UTC');
    const groups = new Map<string, { model: number; month: string | null; sum: number[] }>();
    for (const [bucket, model, ...sums] of store.db.rows(
      `SELECT f.bucket, f.model, ${sumOfMeasures('f')} ${facts.from} GROUP BY f.bucket, f.model`,
      facts.params,
    ) as number[][]) {
      const day = facts.dayOf(bucket!);
      const month = day < 0 ? null : monthOf(day * 86_400_000);
      const key = `${month} ${model}`;
      let group = groups.get(key);
      if (!group) groups.set(key, (group = { model: model!, month, sum: noMeasures() }));
      sums.forEach((value, i) => (group.sum[i]! += value));
    }
    const changes = [...groups.values()].map((group) => modeChange(store, group, from.mode, mode));
    const lookedAt = changes.reduce((calls, change) => calls + change.calls, 0);
    return differenceOf(mode, lookedAt, changes.filter(isChange));
  });
}

const isChange = (change: PriceChange): boolean =>
  change.before !== change.after ||
  change.unpricedBefore !== change.unpricedAfter ||
  change.inexactBefore !== change.inexactAfter;

function modeChange(
  store: Store,
  { model, month, sum }: { readonly model: number; readonly month: string | null; readonly sum: number[] },
  from: CostMode,
  to: CostMode,
): PriceChange {
  const [row] = store.db.rows('SELECT provider, name FROM model WHERE id = ?', [model]);
  const [before, after] = [from, to].map((mode) => sumsOf(sum, mode));
  return {
    provider: (row![0] as string) || null,
    model: (row![1] as string) || null,
    month,
    calls: sum[measureColumns.indexOf('calls')]!,
    before: before!.cost,
    after: after!.cost,
    unpricedBefore: before!.unpricedCalls,
    unpricedAfter: after!.unpricedCalls,
    inexactBefore: before!.inexactCalls,
    inexactAfter: after!.inexactCalls,
  };
}
