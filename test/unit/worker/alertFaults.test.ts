import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Alerting, minute } from '../../support/alerting';
import { openTestStore } from '../../support/store';
import { temporaryFolder } from '../../support/synthDb';
import { emptyAll } from '../../../src/store/resets';

const start = Date.UTC(2026, 5, 15, 12);
const folder = temporaryFolder();
let journals = 0;

describe('alerts of a store that is emptied or does not answer', () => {
  after(() => folder.remove());

  let window: Alerting;
  beforeEach(async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    window = new Alerting(await openTestStore(), folder.file(`${++journals}.jsonl`), start);
    window.choose({ alert: 1, budgets: [{ name: 'All', limit: 10, period: 'day' }] });
    pass(2_000);
  });
  afterEach(() => {
    window.alerts.dispose();
    mock.timers.reset();
  });

  function pass(ms: number): void {
    for (let left = ms; left > 0; left -= 100) {
      window.now += 100;
      mock.timers.tick(100);
    }
  }

  /** All that is added to the journal fails so many times, after what `first` still does. */
  function failing(times: number, first: (add: () => void) => void = () => undefined): void {
    const { notebook } = window;
    const add = notebook.add.bind(notebook);
    let left = times;
    notebook.add = (say) => {
      if (left-- <= 0) return add(say);
      first(() => add(say));
      throw new Error('database is locked');
    };
  }

  it('hold again after all data was deleted, from then on', () => {
    window.store.rebuild(emptyAll);
    window.alerts.changed();
    pass(2_000);
    assert.deepEqual(
      window.alerts.budgets().map(({ budget }) => budget.name),
      ['All'],
    );
    window.take([window.cost(1.2), window.cost(3, { session: 'of before', at: start + 1_000 })]);
    window.alerts.changed();
    pass(2_000);
    assert.deepEqual(window.said, [['session alert']]);
    assert.deepEqual(
      window.alerts.log(9).map(({ label, why }) => [label, why]),
      [
        ['session-1', undefined],
        ['of before', 'before the limit was set'],
      ],
    );
  });

  it('leave the choice of another window that was first to make it again', () => {
    window.store.rebuild(emptyAll);
    const path = folder.file(`${++journals}.jsonl`);
    const other = new Alerting(window.store, path, window.now);
    other.choose({ alert: 7 });
    other.alerts.dispose();
    window.alerts.look();
    assert.deepEqual(window.alerts.budgets(), []);
  });

  it('hold although the store did not answer when they were chosen', () => {
    const { store } = window;
    const write = store.write.bind(store);
    store.write = () => {
      throw new Error('database is locked');
    };
    assert.throws(() => window.choose({ alert: 0.5 }), /locked/);
    store.write = write;
    pass(2_000);
    window.take([window.cost(0.6)]);
    window.alerts.changed();
    pass(2_000);
    assert.deepEqual(window.said, [['session alert']]);
    assert.deepEqual(window.alerts.budgets(), []);
  });

  it('are told when the store answers again, and the log says once that it did not', () => {
    failing(1);
    window.take([window.cost(1.2)]);
    window.alerts.changed();
    pass(1_000);
    assert.deepEqual([window.told.length, window.logged.length], [0, 1]);
    pass(2_000);
    assert.deepEqual(window.said, [['session alert']]);
  });

  it('are at most 10 s late however long it did not', () => {
    const { notebook } = window;
    const add = notebook.add.bind(notebook);
    notebook.add = () => {
      throw new Error('database is locked');
    };
    window.take([window.cost(1.2)]);
    window.alerts.changed();
    pass(3 * minute);
    assert.equal(window.logged.length, 1);
    notebook.add = add;
    pass(10_000);
    assert.deepEqual(window.said, [['session alert']]);
    // It is well again: another failure is news.
    pass(minute);
    failing(1);
    window.take([window.cost(1.2, { session: 'another' })]);
    window.alerts.changed();
    pass(3_000);
    assert.deepEqual([window.told.length, window.logged.length], [2, 2]);
  });

  it('are told although the store failed after the journal had them, and once', () => {
    const { store } = window;
    failing(1, (add) => {
      assert.throws(() =>
        store.write(() => {
          add();
          throw new Error('disk I/O error');
        }),
      );
    });
    window.take([window.cost(1.2)]);
    window.alerts.changed();
    pass(5 * minute);
    assert.deepEqual(window.said, [['session alert']]);
    const [row] = window.alerts.log(9);
    assert.ok(row?.toldAt !== undefined);
  });
});
