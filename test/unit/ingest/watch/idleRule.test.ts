import assert from 'node:assert/strict';
import { IdleRule } from '../../../../src/ingest/watch/idleRule';
import { FakeClock } from '../../../support/fakeClock';

describe('IdleRule', () => {
  let clock: FakeClock;
  let told: string[];
  let rule: IdleRule;
  const start = (timeoutMs: number): void => {
    rule = new IdleRule(clock, timeoutMs, (isAsleep) =>
      told.push(`${isAsleep ? 'asleep' : 'awake'} ${clock.now()}`),
    );
  };

  beforeEach(() => {
    clock = new FakeClock();
    told = [];
  });

  afterEach(() => rule.dispose());

  it('falls asleep when nothing happened for as long as it is told, and wakes at once', async () => {
    start(300);
    await clock.pass(299);
    assert.equal(rule.isAsleep, false);
    await clock.pass(2);
    assert.equal(rule.isAsleep, true);
    await clock.pass(5000);
    rule.touch();
    assert.deepEqual(told, ['asleep 300', 'awake 5301']);
    await clock.pass(300);
    assert.deepEqual(told.at(-1), 'asleep 5601');
  });

  it('counts from the last change or action', async () => {
    start(300);
    for (let i = 0; i < 10; i++) {
      await clock.pass(200);
      rule.touch();
    }
    assert.deepEqual(told, []);
    await clock.pass(300);
    assert.deepEqual(told, ['asleep 2300']);
  });

  it('asleep, it has no timer: it costs nothing', async () => {
    start(300);
    await clock.pass(1000);
    assert.equal(clock.waiting, 0);
  });

  it('never falls asleep where that is wanted, and takes another timeout on at any time', async () => {
    start(0);
    await clock.pass(1_000_000);
    assert.equal(rule.isAsleep, false);
    rule.setTimeout(100);
    await clock.pass(100);
    assert.equal(rule.isAsleep, true);
    rule.setTimeout(0);
    assert.equal(rule.isAsleep, false);
    await clock.pass(1_000_000);
    assert.deepEqual(told, ['asleep 1000100', 'awake 1000100']);
  });

  it('tells nothing once it is closed', async () => {
    start(300);
    rule.dispose();
    rule.touch();
    await clock.pass(1000);
    assert.deepEqual(told, []);
    assert.equal(clock.waiting, 0);
  });
});
