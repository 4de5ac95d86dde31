import assert from 'node:assert/strict';
import { Alerting, minute } from '../../support/alerting';
import { openTestStore } from '../../support/store';
import { temporaryFolder } from '../../support/synthDb';

const folder = temporaryFolder();
let journals = 0;

describe('burn-rate alerts', () => {
  after(() => folder.remove());

  let window: Alerting;
  beforeEach(async () => {
    window = new Alerting(
      await openTestStore(),
      folder.file(`${++journals}.jsonl`),
      Date.UTC(2026, 5, 15, 12),
    );
    window.choose({ burnRate: 1 });
  });
  afterEach(() => window.alerts.dispose());

  /** A call of that cost each minute. */
  function burn(minutes: number, usd: number): void {
    for (let one = 0; one < minutes; one++) {
      window.now += minute;
      window.comeIn(window.cost(usd));
    }
  }

  it('are told within a minute: 4 USD in one against a limit of 1', () => {
    window.now += minute;
    window.comeIn(window.cost(2));
    assert.deepEqual(window.said, []);
    window.now += minute / 2;
    window.comeIn(window.cost(2));
    assert.deepEqual(window.said, [['burnRate alert']]);
    assert.equal(window.told[0]![0]!.cost, 4e9);
  });

  it('are not told of one dear call among cheap ones', () => {
    burn(3, 0.01);
    window.comeIn(window.cost(4));
    burn(1, 0.01);
    assert.deepEqual(window.said, []);
  });

  it('are told when a snooze ends and the session still burns, and stand once in the log before', () => {
    window.now += minute;
    const end = window.now + 15 * minute;
    window.alerts.snooze(end);
    burn(14, 2);
    assert.deepEqual(window.said, []);
    assert.deepEqual(
      window.alerts.log(99).map(({ why }) => why),
      ['snoozed'],
    );
    // The last minutes of the snooze are not told afterwards.
    window.now = end + 1_000;
    window.alerts.look();
    assert.deepEqual(window.said, []);
    burn(2, 2);
    assert.deepEqual(window.said, [['burnRate alert']]);
    assert.ok(window.told[0]![0]!.callAt > end);
    // Told once: an hour of its own begins.
    burn(9, 2);
    assert.equal(window.told.length, 1);
  });

  it('are told of a session that burnt already when the limit was set', () => {
    window.choose({});
    burn(5, 2);
    window.now += 1_000;
    window.choose({ burnRate: 1.5 });
    window.alerts.look();
    assert.deepEqual(window.said, []);
    burn(2, 2);
    assert.deepEqual(window.said, [['burnRate alert']]);
    assert.equal(window.alerts.log(9).length, 1);
  });
});
