import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cli, cliOk, reportOf } from '../support/cli';
import { metric } from '../support/platoMonth';
import { temporaryFolder } from '../support/synthDb';

interface Reconciled {
  readonly reconciliations: readonly {
    readonly provider: string | null;
    readonly costMode: string;
    readonly comparisons: readonly {
      readonly kind: string;
      readonly total: Readonly<Record<string, Readonly<Record<string, number>>>>;
      readonly rows: readonly Readonly<Record<string, unknown>>[];
    }[];
    readonly suspects: readonly { readonly kind: string; readonly calls: number | null }[];
  }[];
}

describe('reconcile on the command line', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const store = folder.file('store.db');
  const fixtures = join(__dirname, '../fixtures/bills');
  after(() => folder.remove());

  before(async () => {
    const path = folder.file('2026-06.json');
    const on = (day: number, more: object) =>
      metric({ sessionId: 's', timestamp: Date.UTC(2026, 5, day, 12), provider: 'openai', ...more });
    // 1,000 in and 500 out of gpt-4o at 2.50 and 10 a million: 0.0075 USD.
    const metrics = [on(1, { cost: 0 }), on(2, { cost: 0 })];
    writeFileSync(path, JSON.stringify({ version: '1.0', month: '2026-06', metrics }));
    await cliOk(['import', path, '--store', store]);
  });

  const reconciled = async (...args: string[]): Promise<Reconciled> =>
    JSON.parse((await cliOk(['reconcile', ...args, '--store', store, '--json'])).stdout) as Reconciled;

  it('shows a bill beside the ledger, which stays what it was', async () => {
    const before = await reportOf(['--store', store]);
    const { stdout } = await cliOk(['reconcile', join(fixtures, 'openai-costs.csv'), '--store', store]);
    assert.match(stdout, /^# OpenAI bill, 2026-06-01 to 2026-06-02$/m);
    // 0.895874 + 0.3 billed, twice 0.0075 in the ledger.
    assert.match(stdout, /^\*\*Billed \$1\.20, in the ledger \$0\.015: \$1\.18 more was billed/m);
    assert.match(stdout, /^\| 2026-06-02 \| gpt-4o \| not billed \| \$0\.0075 \| -\$0\.0075 \| 1 \|$/m);
    assert.deepEqual(await reportOf(['--store', store]), before);
  });

  it('answers in JSON, in dollars', async () => {
    const { reconciliations } = await reconciled(
      join(fixtures, 'openai-costs.csv'),
      '--cost-mode',
      'recorded',
    );
    const [one, ...others] = reconciliations;
    assert.deepEqual([others.length, one?.provider, one?.costMode], [0, 'openai', 'recorded']);
    assert.deepEqual(one?.comparisons[0]?.total.cost, {
      billed: 1.195874,
      ledger: 0,
      difference: 1.195874,
      calls: 2,
    });
    assert.deepEqual(one?.suspects.find(({ kind }) => kind === 'unpriced')?.calls, 2);
  });

  it('takes several bills, one comparison a provider', async () => {
    const { reconciliations } = await reconciled(
      join(fixtures, 'openai-usage.json'),
      join(fixtures, 'anthropic-costs.json'),
    );
    assert.deepEqual(
      reconciliations.map(({ provider }) => provider),
      ['anthropic', 'openai'],
    );
  });

  it('asks which column is what, and remembers the answer', async () => {
    const path = folder.file('table.csv');
    writeFileSync(path, 'Day,Deployment,Charge\n03/06/2026,gpt-4o,$0.50\n');
    const asked = await cli(['reconcile', path, '--store', store]);
    assert.deepEqual([asked.code, asked.stdout], [1, '']);
    assert.match(
      asked.stderr,
      /^table\.csv cannot be reconciled: .*its columns: Day, Deployment, Charge; perhaps date=Day, model=Deployment, amount=Charge\)\.$/m,
    );
    const columns = [
      '--column',
      'date=Day',
      '--column',
      'model=Deployment',
      '--column',
      'amount=Charge',
      '--provider',
      'openai',
    ];
    const unclear = await cli(['reconcile', path, '--store', store, ...columns]);
    assert.match(unclear.stderr, /whether 03\/06\/2026 has the day or the month first/);
    const { reconciliations } = await reconciled(path, ...columns, '--day-first');
    assert.deepEqual(reconciliations[0]?.comparisons[0]?.rows[0], {
      ...{ day: '2026-06-03', model: 'gpt-4o', item: null, what: 'cost', calls: 0 },
      ...{ billed: 0.5, ledger: 0, difference: 0.5 },
    });
    writeFileSync(path, 'Day,Deployment,Charge\n04/06/2026,gpt-4o,$0.25\n');
    assert.equal((await reconciled(path)).reconciliations[0]?.comparisons[0]?.total.cost?.billed, 0.25);
  });

  it('refuses wrong use and files that are no bill', async () => {
    for (const [args, message] of [
      [[], /reconcile needs the file of a bill/],
      [['x.csv', '--column', 'price=x'], /--column takes FIELD=NAME/],
      [['x.csv', '--provider', 'openai'], /--provider needs --column/],
      [['x.csv', '--since', '7d'], /reconcile takes no --since/],
    ] as const) {
      const { code, stderr } = await cli(['reconcile', ...args, '--store', store]);
      assert.equal(code, 2);
      assert.match(stderr, message);
    }
    const { code, stderr } = await cli(['reconcile', folder.file('none.csv'), '--store', store]);
    assert.deepEqual([code, /none\.csv cannot be reconciled: it is not there/.test(stderr)], [1, true]);
  });

  it('is what an import says of a bill', async () => {
    const { code, stderr } = await cli(['import', join(fixtures, 'openai-costs.csv'), '--store', store]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /openai-costs\.csv: It is a bill \(OpenAI costs\) and holds no calls: reconcile it with the ledger instead\./,
    );
    const folderOf = await cli(['import', fixtures, '--store', store]);
    assert.match(folderOf.stderr, /passed over: .*anthropic-usage\.json: It is a bill \(Anthropic usage\)/);
  });
});
