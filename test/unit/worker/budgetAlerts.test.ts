import assert from 'node:assert/strict';
import { Alerting, minute } from '../../support/alerting';
import { openTestStore } from '../../support/store';
import { temporaryFolder } from '../../support/synthDb';

const folder = temporaryFolder();
let journals = 0;
const utc = (iso: string): number => Date.parse(`${iso}Z`);

/** Period, zone and its first day; in UTC its first minute and its end: from the zones' published rules. */
const ends = [
  // Days of 24, 23 and 25 hours.
  ['day', 'Europe/Berlin', '2026-06-15', '2026-06-14T22:00', '2026-06-15T22:00'],
  ['day', 'Europe/Berlin', '2026-03-29', '2026-03-28T23:00', '2026-03-29T22:00'],
  ['day', 'Europe/Berlin', '2026-10-25', '2026-10-24T22:00', '2026-10-25T23:00'],
  ['week', 'America/New_York', '2026-03-02', '2026-03-02T05:00', '2026-03-09T04:00'],
  ['month', 'America/New_York', '2026-11-01', '2026-11-01T04:00', '2026-12-01T05:00'],
] as const;

describe('budgets', () => {
  after(() => folder.remove());

  let window: Alerting;
  afterEach(() => window.alerts.dispose());

  async function open(now: number): Promise<void> {
    window = new Alerting(await openTestStore(), folder.file(`${++journals}.jsonl`), now);
  }

  for (const [period, zone, firstDay, start, end] of ends)
    it(`are told that the last call of the ${period} of ${firstDay} in ${zone} used them up, though it is over`, async () => {
      await open(utc(end) - 20 * minute);
      window.choose({ budgets: [{ name: 'All', limit: 5, period }] }, zone);
      window.comeIn(
        window.cost(100, { session: 'before', at: utc(start) - 1 }),
        window.cost(3, { session: 'first', at: utc(start) }),
      );
      window.now = utc(end) + 1_000;
      window.comeIn(window.cost(2.5, { session: 'last', at: utc(end) - 2_000 }));
      assert.deepEqual(window.said, [['All 100']]);
      const [alert] = window.told[0]!;
      assert.deepEqual(
        [alert?.cost, alert?.callAt, alert?.ended, alert?.usedUpAt],
        [5.5e9, utc(end) - 2_000, firstDay, undefined],
      );
      // The new period has a budget of its own, and that of before is not told again.
      window.now += 2 * minute;
      window.comeIn(window.cost(4, { session: 'new' }));
      assert.deepEqual(window.said[1], ['All 75']);
      window.now += 10 * minute;
      window.comeIn(window.cost(0.1, { session: 'new' }));
      assert.equal(window.told.length, 2);
    });

  it('of one name are told each, if they are for something else', async () => {
    await open(utc('2026-06-15T12:00'));
    const name = 'Shop';
    window.choose({
      budgets: [
        { name, limit: 5, period: 'day' },
        { name, limit: 6, period: 'week' },
        { name, limit: 7, period: 'week', of: { provider: 'openai' } },
        // A lower one of the same calls: the higher one is told.
        { name, limit: 1, period: 'week' },
      ],
    });
    window.now += minute;
    window.comeIn(window.cost(5.3));
    const told = window.told[0]!.map(({ limit, period, share }) => [limit / 1e9, period, share]);
    assert.deepEqual(told, [
      [5, 'day', 100],
      [6, 'week', 75],
      [7, 'week', 75],
    ]);
  });

  it('that were told by an older version are not told again', async () => {
    await open(utc('2026-06-15T12:00'));
    const crossing = (share: number) => `budget|5000000000|${share}|2026-06-15|day|shop||||`;
    const fields = { label: 'Shop', level: 'warning', limit: 5e9, period: 'day', rule: 'budget' } as const;
    const rest = { subject: 'Shop', callAt: window.now, cost: 4e9, unpricedCalls: 0 };
    window.notebook.add(() =>
      [75, 90].map((share) => ({
        ...{ kind: 'alert', at: window.now, crossing: crossing(share), share },
        ...fields,
        ...rest,
      })),
    );
    window.choose({ budgets: [{ name: 'Shop', limit: 5, period: 'day', of: { project: 'shop' } }] });
    window.now += 2 * minute;
    window.take([window.cost(4.6, { session: 'in shop' })], {
      sessions: [{ id: 'in shop', project: '/srv/shop' }],
    });
    window.alerts.look();
    assert.deepEqual(window.said, []);
    window.comeIn(window.cost(0.5, { session: 'in shop' }));
    assert.deepEqual(window.said, [['Shop 100']]);
  });
});
