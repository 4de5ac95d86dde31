import assert from 'node:assert/strict';
import { dayIn, NaiveLedger } from './naiveLedger';
import { anchored, globalIds, importInto } from './store';
import { settleCompacted } from '../../src/store/compaction/compactedCalls';
import type { CallFact, ImportBatch, SessionFact } from '../../src/shared/facts';
import type { Filter, Question } from '../../src/shared/model';
import type { Identity } from '../../src/store/scopes';
import type { Store } from '../../src/store/store';

/** mulberry32: the same numbers for the same seed everywhere. */
export function random(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    chance: (share: number): boolean => next() < share,
    of: <T>(list: readonly T[]): T => list[below(list.length)]!,
  };
}
type Random = ReturnType<typeof random>;

// Clocks change in Berlin in the middle of it.
const start = Date.UTC(2026, 2, 28, 10);
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu'];
const files: readonly { path: string; uid: string; identity: Identity }[] = [
  { path: '/x', uid: 'test-x', identity: anchored('x') },
  { path: '/x copy', uid: 'test-x', identity: anchored('x') },
  { path: '/y', uid: 'test-y', identity: anchored('y') },
  { path: '/g1', uid: 'test', identity: globalIds },
  { path: '/g2', uid: 'test', identity: globalIds },
];

/** A store and what should be in it, after the same imports and removals. */
export class World {
  readonly naive = new NaiveLedger();
  private clock = 0;
  private readonly contents = new Map<string, ImportBatch[]>();

  /** `ages`: old calls are summed up now and then. */
  constructor(
    readonly store: Store,
    private readonly dice: Random,
    private readonly ages = false,
  ) {}

  step(): void {
    const { dice, store } = this;
    if (this.ages && dice.chance(0.3)) return this.age();
    if (dice.chance(0.12)) this.remove(dice.of(files).path);
    else if (dice.chance(0.12)) this.fail();
    else if (dice.chance(0.15)) store.prepareZone(dice.of(zones));
    else if (dice.chance(0.2)) this.exclude();
    else this.import(dice.of(files).path, this.batch());
  }

  private import(path: string, batch: ImportBatch): void {
    const { uid, identity } = files.find((file) => file.path === path)!;
    importInto(this.store, path, identity, batch);
    this.naive.import(uid, path, batch);
    this.contents.set(path, [...(this.contents.get(path) ?? []), batch]);
  }

  /** In steps, as the product does it; days end at midnight in UTC. */
  age(): void {
    const { dice, store, naive } = this;
    const before = this.moment();
    for (let step = store.compact(before); step;) step = store.compact(before, step);
    naive.compact(before);
    if (dice.chance(0.5)) settleCompacted(store.db, 1);
    if (dice.chance(0.5)) return;
    const daysBefore = before - (before % 86_400_000);
    while (store.compactDays(daysBefore));
    const known = store.db.read(() => store.db.rows('SELECT name FROM zone')).flat() as string[];
    naive.compactDays(daysBefore, known);
  }

  private exclude(): void {
    const { dice } = this;
    const { path, uid, identity } = dice.of(files);
    const what = dice.of(['session', 'session', 'session', 'model', 'source'] as const);
    const name = { session: `s${dice.below(6)}`, model: dice.of(['gpt-4.1', 'mystery']), source: path }[what];
    const excluded = dice.chance(0.6);
    const scope = identity.kind === 'anchored' ? identity.anchors : [];
    const of = what === 'session' ? { importer: 'test', scope } : {};
    this.store.write(() => this.store.recordExclusion({ at: 1, what, name, excluded, ...of }));
    this.naive.setExcluded(what, what === 'session' ? `${uid}:${name}` : name, excluded);
  }

  private fail(): void {
    const { path, identity } = this.dice.of(files);
    const known = this.store.db.read(() => this.store.db.rows('SELECT 1 FROM source WHERE path = ?', [path]));
    if (known.length === 0) return;
    const { sessions = [], calls = [] } = this.batch();
    const broken = { id: 'broken', session: 'never', inputTokens: 'many' as unknown as number };
    assert.throws(() => importInto(this.store, path, identity, { sessions, calls: [...calls, broken] }));
  }

  private remove(path: string): void {
    const others = this.store.removeSource(path);
    if (!this.contents.has(path)) return;
    this.naive.remove(path);
    this.contents.delete(path);
    for (const other of others) {
      const batches = this.contents.get(other) ?? [];
      this.contents.set(other, []);
      for (const batch of batches) this.import(other, batch);
    }
  }

  private batch(): ImportBatch {
    const { dice } = this;
    const facts = <T>(most: number, make: () => T): T[] => Array.from({ length: dice.below(most) }, make);
    return { sessions: facts(4, () => this.session()), calls: facts(12, () => this.call()) };
  }

  private session(): SessionFact {
    const { dice } = this;
    return {
      id: `s${dice.below(6)}`,
      ...(dice.chance(0.6) ? { experiment: `e${dice.below(3)}` } : {}),
      ...(dice.chance(0.5) ? { user: `u${dice.below(3)}` } : {}),
      ...(dice.chance(0.3) ? { tag: `t${dice.below(2)}` } : {}),
      ...(dice.chance(0.5) ? { createdAt: this.moment() } : {}),
      ...(dice.chance(0.4) ? { project: dice.of(['/w/shop', '/w/shop/api', '/w/lib']) } : {}),
      ...(dice.chance(0.4) ? { branch: { name: dice.of(['main', 'fix']), at: ++this.clock } } : {}),
    };
  }

  private call(): CallFact {
    const { dice } = this;
    const session = `s${dice.below(6)}`;
    const failed = dice.chance(0.2);
    return {
      id: `${session} ${dice.below(8)}`,
      session,
      at: dice.chance(0.9) ? this.moment() : undefined,
      provider: dice.of(['openai', 'azure', 'copilot']),
      model: dice.of(['gpt-4.1', 'gpt-4o-mini', 'mystery']),
      ...(failed && dice.chance(0.7)
        ? {}
        : { inputTokens: 1 + dice.below(3000), outputTokens: dice.below(500) }),
      ...(dice.chance(0.3)
        ? { recorded: dice.below(9) * 1_000_000 + 1, recordedExact: dice.chance(0.5) }
        : {}),
      failed,
      ...(dice.chance(0.5) ? { latencyMs: dice.below(9000) } : {}),
      ...(failed ? { error: dice.of(['429', 'RateLimitError', 'Timeout']) } : {}),
      ...(dice.chance(0.4) ? { command: dice.of(['/review', '/explain']) } : {}),
    };
  }

  moment(): number {
    const at = start + this.dice.below(60 * 4) * 900_000;
    return this.dice.chance(0.5) ? at : at + this.dice.below(900_000);
  }

  question(): Question {
    const { dice } = this;
    const zone = dice.of(zones);
    return { filter: this.filter(zone), mode: dice.of(['auto', 'recorded', 'computed']), zone };
  }

  private filter(zone: string): Filter {
    const { dice } = this;
    const some = <T>(all: readonly T[]): T[] => all.filter(() => dice.chance(0.5));
    const limit = (): number => (dice.chance(0.4) ? midnight(this.moment(), zone) : this.moment());
    return {
      ...(dice.chance(0.4) ? { since: limit() } : {}),
      ...(dice.chance(0.4) ? { until: limit() } : {}),
      ...(dice.chance(0.15) ? { models: some(['gpt-4.1', 'gpt-4o-mini', 'mystery', null]) } : {}),
      ...(dice.chance(0.15) ? { providers: some(['openai', 'azure', 'copilot', 'nobody']) } : {}),
      ...(dice.chance(0.15) ? { users: some(['u0', 'u1', 'u2', null]) } : {}),
      ...(dice.chance(0.15) ? { experiments: some(['test-x:e0', 'test:e1', 'test-y:e2', null]) } : {}),
      ...(dice.chance(0.15) ? { sessions: some(['test-x:s0', 'test:s1', 'test-y:s2', 'no:such']) } : {}),
      ...(dice.chance(0.1) ? { projects: some(['/w/shop', '/w/shop/api', '/w/lib', null]) } : {}),
      ...(dice.chance(0.1) ? { branches: some(['main', 'fix', 'nobody', null]) } : {}),
      ...(dice.chance(0.15) ? { sources: some(files.map(({ path }) => path)) } : {}),
    };
  }
}

/** The first instant of the day in the zone, found by looking. */
function midnight(at: number, zone: string): number {
  const day = dayIn(at, { zone });
  let first = Math.floor(at / 900_000) * 900_000;
  while (dayIn(first - 1, { zone }) === day) first -= 900_000;
  return first;
}
