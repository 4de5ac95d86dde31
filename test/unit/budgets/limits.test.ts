import assert from 'node:assert/strict';
import { alertText, budgetText, percent } from '../../../src/budgets/alertText';
import { burnReached, reachedAt } from '../../../src/budgets/crossings';
import { forecast } from '../../../src/budgets/forecast';
import { limitIds, parseLimits } from '../../../src/budgets/limits';
import { highestTold, whySilent } from '../../../src/budgets/told';
import type { Alert } from '../../../src/shared/alerts';

const minute = 60_000;
const now = Date.UTC(2026, 5, 15, 12);

describe('limits', () => {
  it('are reached by the call that brings the sum there, however many come at once', () => {
    const recent = [3, 4, 5].map((cost, at) => ({ at, cost }));
    assert.deepEqual(
      [0, 7, 8, 9, 10, 13, 14, 15, 19, 20, 21].map((limit) => reachedAt({ total: 20, recent }, limit)),
      [undefined, 'before', 'before', 0, 0, 1, 1, 1, 2, 2, undefined],
    );
  });

  it('of a rate are reached by what the last five minutes cost', () => {
    const calls = [0, 2, 4, 10, 12].map((at) => ({ at: at * minute, cost: 100 }));
    assert.deepEqual(burnReached(calls, 60, 0), { at: 4 * minute, rate: 60 });
    assert.equal(burnReached(calls, 61, 0), undefined);
    // At minute 10 those of minutes 0 to 4 are out.
    assert.equal(burnReached(calls, 60, 5 * minute), undefined);
    assert.deepEqual(burnReached(calls, 40, 5 * minute), { at: 12 * minute, rate: 40 });
    assert.deepEqual(burnReached([{ at: 0, cost: 500 }], 100, 0), { at: 0, rate: 100 });
  });

  /** Seconds, and what the call cost. */
  const burns = (...calls: readonly (readonly [number, number])[]) =>
    burnReached(
      calls.map(([at, cost]) => ({ at: at * 1000, cost })),
      100,
      0,
    );

  it('of a rate are reached within a minute or two, not by one dear call', () => {
    // 400 in a minute, by eight calls: the second one makes 100.
    const steady = Array.from({ length: 8 }, (_, i) => [i * 7, 50] as const);
    assert.deepEqual(burns(...steady), { at: 7_000, rate: 100 });
    assert.deepEqual(burns([0, 200], [50, 200]), { at: 50_000, rate: 400 });
    // One of 150 a minute: 300 in two minutes.
    assert.deepEqual(burns([0, 150], [60, 150]), { at: 60_000, rate: 150 });
    assert.equal(burns([0, 450]), undefined);
    assert.equal(burns([0, 1], [20, 400], [40, 48]), undefined);
    assert.deepEqual(burns([0, 2], [20, 400], [40, 48]), { at: 40_000, rate: 450 });
    // A minute is over: what was at its start is out.
    assert.equal(burns([0, 60], [60, 60], [121, 60]), undefined);
    assert.equal(burns([0, 60], [59, 60])?.at, 59_000);
  });

  it('are told if they are reached now: not before, not by history, not while snoozed', () => {
    const moment = { now, since: now - 60 * minute, snoozedUntil: undefined };
    assert.equal(whySilent(now, moment), undefined);
    assert.equal(whySilent(now - 10 * minute, moment), undefined);
    assert.match(whySilent(now - 10 * minute - 1, moment)!, /10 minutes/);
    assert.match(whySilent('before', moment)!, /10 minutes/);
    assert.match(whySilent(now + 11 * minute, moment)!, /not come/);
    assert.match(whySilent(now - 1, { ...moment, since: now })!, /before the limit/);
    assert.equal(whySilent(now, { ...moment, snoozedUntil: now + 1 }), 'snoozed');
    assert.equal(whySilent(now, { ...moment, snoozedUntil: now }), undefined);
  });

  const alert = (fields: Partial<Alert>): Alert => ({
    ...{ crossing: 'c', rule: 'session', level: 'alert', subject: 's', label: 's', callAt: now },
    ...{ cost: 1_020_000_000, limit: 1_000_000_000, unpricedCalls: 0 },
    ...fields,
  });

  it('that are reached at once are told by the highest', () => {
    const found = highestTold([
      alert({ limit: 500, level: 'warning' }),
      alert({ limit: 1000 }),
      alert({ subject: 'other', limit: 500 }),
      alert({ rule: 'budget', share: 75 }),
      alert({ rule: 'budget', share: 90 }),
      { ...alert({ rule: 'budget', share: 100 }), why: 'old' },
      alert({ rule: 'call', limit: 5, crossing: 'call 1' }),
      alert({ rule: 'call', limit: 5, crossing: 'call 2' }),
    ]);
    const higher = 'a higher limit was reached with it';
    assert.deepEqual(
      found.map(({ why }) => why),
      [higher, undefined, undefined, higher, undefined, 'old', undefined, undefined],
    );
  });

  it('are read from settings, and what is wrong is left out with a reason', () => {
    const { limits, problems } = parseLimits({
      ...{ warning: 0.5, alert: 1, call: 0, burnRate: 'x' },
      budgets: [
        { limit: 50, period: 'month', of: { project: 'shop', model: 'gpt-*' } },
        { name: ' All ', limit: 5, period: 'day' },
        { limit: 0, period: 'day' },
        { limit: 1, period: 'year' },
        { limit: 1, period: 'day', of: { branch: 'x' } },
        { limit: 1, period: 'day', of: { user: 7 } },
        'x',
        { limit: 1, period: 'day', off: { project: 'shop' } },
        { limit: 1, period: 'day', of: ['shop'] },
        { limit: 1, period: 'day', of: { model: ' ' } },
      ],
    });
    assert.deepEqual([limits.session, limits.call, limits.burnRate], [{ warning: 5e8, alert: 1e9 }, 0, 0]);
    assert.deepEqual(
      limits.budgets.map(({ name, limit }) => [name, limit]),
      [
        ['Monthly budget of project shop, model gpt-*', 50e9],
        ['All', 5e9],
      ],
    );
    assert.deepEqual(
      problems.map((problem) => /^Entry (\d+)/.exec(problem)?.[1]),
      ['3', '4', '5', '6', '7', '8', '9', '10'],
    );
    assert.match(problems[5]!, /"off" is unknown/);
    assert.equal(limitIds(limits).length, 4);
    const written = { warning: 0, alert: 0, call: 0, burnRate: 0 };
    assert.deepEqual(parseLimits({ ...written, budgets: { limit: 5, period: 'day' } }).problems, [
      'traceLedger.budgets is left out: it has to be a list.',
    ]);
  });
});

describe('the forecast of a budget', () => {
  const day = 24 * 60 * minute;
  const span = { start: now, end: now + 10 * day };

  it('goes on as since the start', () => {
    // 4 in 2 days: 20 in 10; 10 after 5.
    assert.deepEqual(forecast(4, 10, span, now + 2 * day), { atEnd: 20, usedUpAt: now + 5 * day });
    assert.deepEqual(forecast(4, 21, span, now + 2 * day), { atEnd: 20 });
    assert.deepEqual(forecast(12, 10, span, now + 2 * day), { atEnd: 60 });
    assert.deepEqual(forecast(0, 10, span, now + 2 * day), { atEnd: 0 });
  });

  it('takes one call of the first minutes for no rate', () =>
    // As if an hour had gone: 1 and 239.9... hours of 1.
    assert.equal(forecast(60, 1e6, span, now + minute).atEnd, 60 + 60 * 240 - 1));
});

describe('the words of an alert', () => {
  const usd = (nano: number) => `$${(nano / 1e9).toFixed(2)}`;
  const when = (at: number) => new Date(at).toISOString().slice(0, 16);
  const base = { crossing: '', subject: '', label: 'a1', level: 'alert', callAt: 0 } as const;
  const figures = { cost: 1_020_000_000, limit: 1_000_000_000, unpricedCalls: 3 };

  it('say what happened, and that a sum is not whole', () => {
    assert.equal(
      alertText({ ...base, ...figures, rule: 'session' }, usd, when),
      'Session a1 has cost at least $1.02 (3 calls unpriced); its alert is at $1.00.',
    );
    assert.equal(
      alertText(
        {
          ...base,
          cost: 41_200_000_000,
          limit: 50_000_000_000,
          unpricedCalls: 0,
          rule: 'budget',
          share: 75,
          period: 'month',
          usedUpAt: now,
        },
        usd,
        when,
      ),
      'a1: $41.20 of $50.00 this month (82 %). At this rate it is used up at 2026-06-15T12:00.',
    );
    const over = { ...base, rule: 'budget', period: 'day', ended: '2026-06-15' } as const;
    assert.equal(
      alertText({ ...over, cost: 6e9, limit: 5e9, unpricedCalls: 0 }, usd, when),
      'a1: $6.00 of $5.00 in the day of 2026-06-15 (120 %).',
    );
  });

  it('round a share down', () => assert.deepEqual([percent(999, 1000), percent(1, 0)], ['99 %', '0 %']));

  it('say how a budget stands', () => {
    const budget = { name: 'b', limit: 10e9, period: 'week', of: {} } as const;
    const state = { budget, start: 0, end: 1, spent: 2e9, calls: 1, unpricedCalls: 0, atEnd: 5e9 };
    assert.equal(
      budgetText(state, usd, when),
      '$2.00 of $10.00 this week (20 %), about $5.00 by its end at this rate',
    );
    assert.equal(
      budgetText({ ...state, spent: 11e9 }, usd, when),
      '$11.00 of $10.00 this week (110 %), used up',
    );
  });
});
