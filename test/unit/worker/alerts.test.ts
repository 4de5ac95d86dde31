import assert from 'node:assert/strict';
import { temporaryFolder } from '../../support/synthDb';
import { call } from '../../support/facts';
import { globalIds, importInto, openTestStore } from '../../support/store';
import { Journal } from '../../../src/journal/journal';
import { parseLimits } from '../../../src/budgets/limits';
import { Alerts } from '../../../src/worker/alerts';
import { journalKinds } from '../../../src/worker/journalKinds/index';
import { Notebook } from '../../../src/worker/notebook';
import type { WrittenLimits } from '../../../src/budgets/limits';
import type { Alert, AlertRow } from '../../../src/shared/alerts';
import type { CallFact, ImportBatch } from '../../../src/shared/facts';
import type { Store } from '../../../src/store/store';

const minute = 60_000;
/** A Monday; the limits are set then. */
const start = Date.UTC(2026, 5, 15, 12);
const folder = temporaryFolder();
let journals = 0;
let files = 0;

describe('alerts', () => {
  after(() => folder.remove());

  let now: number;
  let path: string;
  let store: Store;
  let alerts: Alerts;
  let told: (readonly Alert[])[];
  let isKept: boolean;

  beforeEach(async () => {
    now = start;
    told = [];
    path = folder.file(`${++journals}.jsonl`);
    store = await openTestStore();
    alerts = open();
    choose({});
    now += minute;
  });
  afterEach(() => alerts.dispose());

  function open(): Alerts {
    const notebook = new Notebook(store, Journal.open(path, journalKinds));
    notebook.catchUp();
    return new Alerts(store, notebook, {
      tell: (some) => told.push(some),
      log: assert.fail,
      keepWatch: (on) => void (isKept = on),
      now: () => now,
    });
  }

  function choose(limits: Partial<WrittenLimits>): void {
    const written = { warning: 0.5, alert: 1, call: 0, burnRate: 0, budgets: [], ...limits };
    const parsed = parseLimits(written);
    assert.deepEqual(parsed.problems, []);
    alerts.choose({ limits: parsed.limits, mode: 'auto', zone: 'Europe/Berlin', firstDay: 'monday' });
  }

  /** A call with an exact recorded cost; now, if no time is named. */
  const cost = (usd: number, fields: Partial<CallFact> = {}): CallFact =>
    call({ at: now, recorded: Math.round(usd * 1e9), recordedExact: true, ...fields });

  function comeIn(calls: readonly CallFact[], batch: ImportBatch = {}): void {
    importInto(store, `/${++files}.jsonl`, globalIds, { ...batch, calls });
    alerts.look();
  }

  const said = () => told.map((some) => some.map(({ rule, level, share }) => share ?? `${rule} ${level}`));
  const log = (): AlertRow[] => [...alerts.log(100)];

  it('keep sources watched in sleep as long as any limit is on', () => {
    assert.equal(isKept, true);
    choose({ warning: 0, alert: 0 });
    assert.equal(isKept, false);
    choose({ warning: 0, alert: 0, budgets: [{ limit: 5, period: 'day' }] });
    assert.equal(isKept, true);
  });

  it('tell once that a session reached its warning, and later its alert', () => {
    comeIn([cost(0.3)]);
    assert.deepEqual(said(), []);
    comeIn([cost(0.2)]);
    assert.deepEqual(said(), [['session warning']]);
    assert.equal(told[0]![0]!.cost, 500_000_000);
    comeIn([cost(0.1)]);
    now += 2 * minute;
    comeIn([cost(0.5, { session: 'another' })]);
    comeIn([cost(0.42)]);
    assert.equal(told.length, 2);
    now += minute;
    alerts.look();
    assert.deepEqual(said()[2], ['session alert']);
    assert.deepEqual([told[2]![0]!.cost, told[2]![0]!.callAt], [1_020_000_000, now - minute]);
  });

  it('tell the highest where one call jumps over two, and log both', () => {
    comeIn([cost(1.2)]);
    assert.deepEqual(said(), [['session alert']]);
    assert.deepEqual(
      log().map(({ level, why, toldAt }) => [level, why, toldAt]),
      [
        ['alert', undefined, now],
        ['warning', 'a higher limit was reached with it', undefined],
      ],
    );
  });

  it('say that a sum is not whole', () => {
    comeIn([cost(1.02), call({ at: now, model: 'nobody-knows', provider: 'local' })]);
    assert.equal(told[0]![0]!.unpricedCalls, 1);
  });

  it('gather what follows within a minute in one', () => {
    comeIn([cost(1.2)]);
    comeIn([cost(0.6, { session: 'b' })]);
    now += 30_000;
    comeIn([cost(0.7, { session: 'c' })]);
    now += 29_999;
    alerts.look();
    assert.equal(told.length, 1);
    now += 1;
    alerts.look();
    assert.deepEqual(said().slice(1), [['session warning', 'session warning']]);
    now += 5 * minute;
    alerts.look();
    assert.equal(told.length, 2);
  });

  it('are silent for history, whose crossings go to the log', () => {
    const old = Array.from({ length: 400 }, (_, day) =>
      cost(0.6, { session: `s${day % 40}`, at: now - day * 24 * 60 * minute - 11 * minute }),
    );
    comeIn(old);
    assert.deepEqual(told, []);
    assert.equal(log().length, 80);
    assert.ok(log().every(({ why }) => why === 'more than 10 minutes old when it came in'));
  });

  it('are told by the call that crosses, whatever order calls come in', () => {
    comeIn([cost(0.4, { at: now - 9 * minute })]);
    // Set eight minutes ago, in truth: what crossed since then counts.
    now += 9 * minute;
    comeIn([cost(0.3, { at: now - 2 * minute })]);
    assert.deepEqual([said(), told[0]?.[0]?.callAt], [[['session warning']], now - 2 * minute]);
    // The alert would have been reached by a call of before, had it been known: it is reached by that of two minutes ago.
    comeIn([cost(0.35, { at: now - 60 * minute })]);
    now += minute;
    alerts.look();
    assert.deepEqual([said()[1], told[1]?.[0]?.callAt], [['session alert'], now - 3 * minute]);
  });

  it('are silent where the session had crossed before the limit was set', () => {
    choose({ warning: 0, alert: 5 });
    comeIn([cost(0.8)]);
    now += 30_000;
    choose({ alert: 0.7 });
    now += 10_000;
    comeIn([cost(0.01)]);
    assert.deepEqual(told, []);
    assert.deepEqual(
      log().map(({ why }) => why),
      ['before the limit was set', 'before the limit was set'],
    );
    // A raised one is reached anew.
    choose({ alert: 0.9 });
    now += 10_000;
    comeIn([cost(0.1)]);
    assert.deepEqual(said(), [['session alert']]);
  });

  it('are not told again by a second import, a restart, or a store that is made anew', async () => {
    const calls = [cost(1.2)];
    comeIn(calls);
    comeIn(calls);
    now += 2 * minute;
    alerts.dispose();
    alerts = open();
    choose({});
    alerts.look();
    assert.equal(told.length, 1);
    // Only the journal is left.
    alerts.dispose();
    store = await openTestStore();
    alerts = open();
    choose({});
    assert.deepEqual(
      log().map(({ level, toldAt }) => [level, toldAt]),
      [['alert', now - 2 * minute]],
    );
    comeIn(calls);
    assert.equal(told.length, 1);
  });

  it('are not told while snoozed, in no window, and then only what happens', () => {
    alerts.snooze(now + 15 * minute);
    comeIn([cost(0.6)]);
    alerts.dispose();
    alerts = open();
    choose({});
    now += 14 * minute;
    comeIn([cost(0.6, { session: 'b' })]);
    assert.equal(alerts.snoozedUntil(), start + 16 * minute);
    now += minute;
    assert.equal(alerts.snoozedUntil(), undefined);
    comeIn([cost(0.7)]);
    assert.deepEqual(said(), [['session alert']]);
    assert.deepEqual(
      log()
        .map(({ why }) => why)
        .sort(),
      ['snoozed', 'snoozed', undefined],
    );
  });

  it('are for calls and for what burns, once an hour', () => {
    choose({ warning: 0, alert: 0, call: 0.25, burnRate: 0.1 });
    comeIn([cost(0.25)]);
    assert.deepEqual(said(), [['call alert']]);
    now += 2 * minute;
    comeIn([cost(0.15), cost(0.1, { session: 'calm' })]);
    assert.deepEqual(said().length, 1);
    now += 2 * minute;
    comeIn([cost(0.1)]);
    assert.deepEqual(said()[1], ['burnRate alert']);
    // 0.5 in five minutes.
    assert.equal(told[1]![0]!.cost, 100_000_000);
    now += 30 * minute;
    comeIn([cost(0.2), cost(0.2), cost(0.2)]);
    assert.equal(told.length, 2);
    now += 31 * minute;
    comeIn([cost(0.2), cost(0.2), cost(0.2)]);
    assert.deepEqual(said()[2], ['burnRate alert']);
  });

  const shop: ImportBatch = {
    sessions: [{ id: 'in shop', project: '/srv/shop', labels: ['nightly'], user: 'ana' }],
  };

  it('tell when 75, 90 and 100 % of a budget are used, and when it will be at the rate so far', () => {
    choose({
      warning: 0,
      alert: 0,
      budgets: [{ name: 'Shop', limit: 10, period: 'week', of: { project: 'shop' } }],
    });
    now += 10 * minute;
    comeIn([cost(7.4, { session: 'in shop' }), cost(50, { session: 'elsewhere' })], shop);
    assert.deepEqual(said(), []);
    comeIn([cost(0.2, { session: 'in shop' })]);
    assert.deepEqual(said(), [[75]]);
    // The week began on Monday, 0:00 in Berlin: 14 h 11 min ago. 7.6 in 851 min: 10 in 1119.7.
    const weekStart = Date.UTC(2026, 5, 14, 22);
    assert.equal(Math.round((told[0]![0]!.usedUpAt! - weekStart) / minute), 1120);
    now += minute;
    comeIn([cost(3, { session: 'in shop' })]);
    assert.deepEqual(said()[1], [100]);
    // Another week.
    now += 7 * 24 * 60 * minute;
    comeIn([cost(7.6, { session: 'in shop' })]);
    assert.deepEqual(said()[2], [75]);
    assert.deepEqual(
      alerts.budgets().map(({ spent, calls }) => [spent, calls]),
      [[7_600_000_000, 1]],
    );
  });

  it('count for a budget what it is for', () => {
    const of = (of: object) => ({ limit: 100, period: 'day', of });
    choose({
      budgets: [
        of({}),
        of({ project: '/srv/shop' }),
        of({ model: 'GPT-4o*' }),
        of({ provider: 'anthropic' }),
        of({ user: 'ana' }),
        of({ label: 'nightly' }),
        of({ label: 'nightly', model: 'gpt-4o' }),
        of({ user: 'nobody' }),
      ],
    });
    // Yesterday in Berlin.
    const yesterday = Date.UTC(2026, 5, 14, 21, 59);
    comeIn(
      [
        cost(1, { session: 'in shop' }),
        cost(2, { session: 'in shop', model: 'claude-sonnet-4-5', provider: 'anthropic' }),
        cost(4, { session: 'elsewhere', model: 'gpt-4o-mini' }),
        cost(8, { session: 'elsewhere', at: yesterday }),
      ],
      shop,
    );
    const spent = new Map(alerts.budgets().map(({ budget, spent }) => [budget.name, spent / 1e9]));
    assert.deepEqual(Object.fromEntries(spent), {
      'Daily budget': 7,
      'Daily budget of project /srv/shop': 3,
      'Daily budget of model GPT-4o*': 5,
      'Daily budget of provider anthropic': 2,
      'Daily budget of user ana': 3,
      'Daily budget of label nightly': 3,
      'Daily budget of label nightly, model gpt-4o': 1,
      'Daily budget of user nobody': 0,
    });
  });

  it('leave out sessions that are excluded from analytics', () => {
    comeIn([cost(0.4)]);
    store.write(() =>
      store.recordExclusion({
        at: now,
        what: 'session',
        name: 'session-1',
        excluded: true,
        importer: 'test',
        scope: [],
      }),
    );
    comeIn([cost(2)]);
    assert.deepEqual([told, log()], [[], []]);
  });
});
