import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { costs, suspect } from '../../support/bills';
import { openTestStore } from '../../support/store';
import { temporaryFolder } from '../../support/synthDb';
import { billsApi } from '../../../src/worker/bills';
import { Jobs } from '../../../src/worker/jobs';
import type { BillsApi } from '../../../src/shared/billsApi';
import type { Store } from '../../../src/store/store';

const fixtures = join(__dirname, '../../fixtures/bills');

describe('keeping bills', () => {
  const folder = temporaryFolder();
  let store: Store;
  let api: BillsApi;
  after(() => folder.remove());
  beforeEach(async () => {
    store = await openTestStore();
    api = billsApi({ store: () => store, jobs: new Jobs(), tellChanges: () => undefined });
  });
  afterEach(() => store.close());

  const file = (name: string, content: string): string => {
    const path = folder.file(name);
    writeFileSync(path, content);
    return path;
  };

  describe('with several bills', () => {
    const billed = async (id: number): Promise<number | undefined> =>
      (await api.reconcile([id], 'auto', 'UTC'))[0]?.comparisons[0]?.total.cost?.billed;

    it('takes the same bill once, from whatever place', async () => {
      const path = file('a.json', costs([1, 'gpt-4o, input', '1']));
      await api.importBill('job', path);
      const { id } = await api.importBill('job', path);
      copyFileSync(path, folder.file('copy.json'));
      const copy = await api.importBill('job', folder.file('copy.json'));
      assert.deepEqual(
        (await api.bills()).map((bill) => bill.path),
        [folder.file('copy.json')],
      );
      assert.notEqual(copy.id, id, 'an id does not come back');
    });

    it('keeps other days of a file that was written over', async () => {
      const path = file('b.json', costs([1, 'gpt-4o, input', '1']));
      await api.importBill('job', path);
      file('b.json', costs([2, 'gpt-4o, input', '2']));
      await api.importBill('job', path);
      assert.equal((await api.bills()).length, 2);
      file('b.json', costs([1, 'gpt-4o, input', '1'], [2, 'gpt-4o, input', '3']));
      const { id } = await api.importBill('job', path);
      assert.deepEqual([(await api.bills()).length, await billed(id)], [1, 4_000_000_000]);
    });

    it('counts a day and model once, as the newest tells it', async () => {
      const old = await api.importBill(
        'job',
        file(
          'old.json',
          costs(
            [1, 'gpt-4o, input', '1'],
            [1, 'gpt-4o, output', '1'],
            [1, 'o3, input', '5'],
            [2, 'gpt-4o, input', '7'],
          ),
        ),
      );
      const fresh = await api.importBill('job', file('new.json', costs([1, 'gpt-4o, input', '30'])));
      // Of the first day 30 + 5, of the second 7.
      assert.deepEqual([await billed(old.id), await billed(fresh.id)], [42_000_000_000, 35_000_000_000]);
      const [found] = await api.reconcile([old.id], 'auto', 'UTC');
      assert.match(suspect(found!, 'overlap').message, /^2 lines of old\.json do not count/);
      await api.removeBill(fresh.id);
      assert.equal(await billed(old.id), 14_000_000_000);
      await api.removeBill(old.id);
      assert.deepEqual([await api.bills(), await api.reconcile([old.id], 'auto', 'UTC')], [[], []]);
    });

    it('never adds the total of a day to its parts', async () => {
      const parts = await api.importBill(
        'job',
        file('parts.json', costs([1, 'gpt-4o, input', '1'], [1, 'web search tool calls', '2'])),
      );
      const total = await api.importBill('job', file('day.json', costs([1, null, '3.5'])));
      assert.deepEqual([await billed(parts.id), await billed(total.id)], [3_500_000_000, 3_500_000_000]);
    });

    it('adds projects that are told apart', async () => {
      await api.importBill('job', file('p.json', costs([1, 'gpt-4o, input', '1', 'p'])));
      const { id } = await api.importBill('job', file('q.json', costs([1, 'gpt-4o, input', '2', 'q'])));
      assert.equal(await billed(id), 3_000_000_000);
      const whole = await api.importBill('job', file('all.json', costs([1, 'gpt-4o, input', '4'])));
      assert.equal(await billed(whole.id), 4_000_000_000);
    });
  });

  describe('of a table', () => {
    const table = join(fixtures, 'table.csv');
    const columns = { fields: { date: 'Usage day', amount: 'Charge', currency: 'Unit' }, provider: 'azure' };

    it('suggests columns by their names, and remembers what was chosen', async () => {
      const look = await api.lookIntoBill(table);
      assert.deepEqual(look.table?.suggested.fields, {
        date: 'Usage day',
        model: 'Deployment',
        amount: 'Charge',
      });
      assert.deepEqual(look.table?.columns[2], { name: 'Charge', examples: ['1.234,56', '0,50', '-0,25'] });
      await assert.rejects(api.importBill('job', table), {
        name: 'UserError',
        message: /^table\.csv cannot be reconciled: it is a table of no known provider/,
      });
      await api.importBill('job', table, columns);
      const again = await api.lookIntoBill(table);
      assert.deepEqual([again.table?.isRemembered, again.table?.suggested], [true, columns]);
      assert.equal((await api.importBill('job', table)).provider, 'azure');
    });

    it('shows what would come of it', async () => {
      const preview = await api.previewBill(table, columns);
      assert.deepEqual(
        [preview.firstDay, preview.lines, preview.amounts],
        ['2026-06-01', 2, [{ currency: 'EUR', amount: 1_234_810_000_000 }]],
      );
      assert.deepEqual(await api.bills(), []);
    });

    it('says of which column the dates are unclear', async () => {
      const path = file('dates.csv', 'when,amount,other\n03/04/2026,1,2026-01-01\n');
      assert.deepEqual((await api.lookIntoBill(path, 'when')).table?.unclearDates, ['03/04/2026']);
      assert.deepEqual((await api.lookIntoBill(path, 'other')).table?.unclearDates, []);
    });
  });
});
