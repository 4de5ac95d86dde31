import { giveBack, storeBytes } from '../store/freeSpace';
import { compactionPlan, isDue } from '../store/queries/compactionPlan';
import { readSetting, writeSetting } from '../store/settings';
import type { Job } from './jobs';
import type { Cutoffs } from '../store/queries/compactionPlan';
import type { ImportProgress, Millis } from '../shared/model';
import type {
  CompactTo,
  CompactionPlan,
  CompactionResult,
  RetentionAges,
  RetentionApi,
  RetentionTurn,
} from '../shared/retentionApi';
import type { Store } from '../store/store';

const dayMs = 86_400_000;
/** Not quite a day, so that it does not come later from day to day. */
const turnEvery = 20 * 3_600_000;
const settings = { turn: 'retention turn', agreed: 'retention agreed' } as const;

/** Old calls become sums by themselves once the user has agreed; where somebody asks, at once. */
export class Retention {
  constructor(
    private readonly store: Store,
    private readonly run: <T>(name: string, work: (job: Job) => Promise<T>) => Promise<T>,
    private readonly told: (job: string, progress: ImportProgress) => void,
    private readonly now: () => Millis = Date.now,
  ) {}

  readonly api: Pick<RetentionApi, 'compactionPlan' | 'compact' | 'retentionTurn' | 'answerRetention'> = {
    compactionPlan: async (to) => this.plan(to),
    compact: (name, to) => this.run(name, (job) => this.compact(name, to, job)),
    retentionTurn: async (ages) => this.turn(ages),
    answerRetention: async (answer) =>
      this.store.write(() => {
        const { db } = this.store;
        if (answer === 'later') writeSetting(db, settings.turn, this.now() + 7 * dayMs - turnEvery);
        else writeSetting(db, settings.agreed, JSON.stringify(answer));
      }),
  };

  /** Days end at midnight in UTC, so that a run a minute later has nothing to do. */
  private cutoffs(to: CompactTo): Cutoffs {
    if ('before' in to) return to;
    const { compactAfterDays, dailyAfterDays, deleteAfterDays } = to;
    const [compact, daily, all] = [compactAfterDays, dailyAfterDays, deleteAfterDays].map((days) =>
      days > 0 ? Math.floor((this.now() - days * dayMs) / dayMs) * dayMs : undefined,
    );
    const known = [compact, daily, all].filter((at) => at !== undefined);
    return {
      // What is to be a day or to go is a sum first.
      ...(known.length === 0 ? {} : { before: Math.max(...known) }),
      ...(daily === undefined ? {} : { daysBefore: daily }),
      ...(all === undefined ? {} : { deleteBefore: all }),
    };
  }

  private plan(to: CompactTo): CompactionPlan {
    return compactionPlan(this.store, this.cutoffs(to));
  }

  private turn(ages: RetentionAges): RetentionTurn {
    const cutoffs = this.cutoffs(ages);
    const { db } = this.store;
    const isMine = (): boolean =>
      this.now() - ((readSetting(db, settings.turn) as number | undefined) ?? 0) >= turnEvery;
    if (!db.read(isMine) || !isDue(this.store, cutoffs)) return { kind: 'wait' };
    const taken = this.store.write(() => {
      if (!isMine()) return false;
      writeSetting(db, settings.turn, this.now());
      return true;
    });
    if (!taken) return { kind: 'wait' };
    const agreed = agreedAges(db.read(() => readSetting(db, settings.agreed)));
    const isAgreed = agreed !== undefined && covers(agreed, ages);
    return isAgreed ? { kind: 'run' } : { kind: 'ask', plan: this.plan(ages) };
  }

  private async compact(name: string, to: CompactTo, job: Job): Promise<CompactionResult> {
    const { store } = this;
    const { before, daysBefore, deleteBefore, calls, storeBytes: bytesBefore } = this.plan(to);
    const left = () => (before === undefined ? 0 : this.plan(to).calls);
    let done = 0;
    const tell = (share: number): void =>
      this.told(name, { file: 'Old calls', fileIndex: 0, files: 1, calls: done, share });
    if (before !== undefined) {
      for (let step = store.compact(before); step; step = store.compact(before, step)) {
        done = Math.min(calls, done + 1000);
        tell(calls === 0 ? 1 : done / calls);
        await job.pause();
      }
    }
    if (daysBefore !== undefined) while (store.compactDays(daysBefore)) await job.pause();
    if (deleteBefore !== undefined) while (store.deleteSums(deleteBefore)) await job.pause();
    while (giveBack(store.db)) await job.pause();
    return { calls: calls - left(), bytesBefore, bytesAfter: storeBytes(store.db) };
  }
}

/** Before ages were written down, a 1 said yes to sums, of whatever age, and never to deletion. */
function agreedAges(stored: unknown): RetentionAges | undefined {
  if (stored === 1) return { compactAfterDays: 1, dailyAfterDays: 1, deleteAfterDays: 0 };
  return typeof stored === 'string' ? (JSON.parse(stored) as RetentionAges) : undefined;
}

/** Whether nothing happens to calls sooner than was agreed. */
const covers = (agreed: RetentionAges, ages: RetentionAges): boolean =>
  (['compactAfterDays', 'dailyAfterDays', 'deleteAfterDays'] as const).every(
    (age) => ages[age] === 0 || (agreed[age] > 0 && ages[age] >= agreed[age]),
  );
