import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { costs, suspect } from '../../support/bills';
import { call } from '../../support/facts';
import { all, globalIds, importInto, openTestStore } from '../../support/store';
import { temporaryFolder } from '../../support/synthDb';
import { report } from '../../../src/store/queries/report';
import { billsApi } from '../../../src/worker/bills';
import { Jobs } from '../../../src/worker/jobs';
import type { ComparedRow, Reconciliation } from '../../../src/shared/bill';
import type { BillsApi } from '../../../src/shared/billsApi';
import type { CallFact } from '../../../src/shared/facts';
import type { Store } from '../../../src/store/store';

const fixtures = join(__dirname, '../../fixtures/bills');
const paid = (nano: number) => ({ recorded: nano, recordedExact: true });
const at = (day: number, hour: number, minute = 0): number => Date.UTC(2026, 5, day, hour, minute);

describe('reconciling a bill', () => {
  const folder = temporaryFolder();
  let store: Store;
  let api: BillsApi;
  let changes = 0;
  after(() => folder.remove());
  beforeEach(async () => {
    store = await openTestStore();
    changes = 0;
    api = billsApi({ store: () => store, jobs: new Jobs(), tellChanges: () => void changes++ });
  });
  afterEach(() => store.close());

  const file = (name: string, content: string): string => {
    const path = folder.file(name);
    writeFileSync(path, content);
    return path;
  };
  const calls = (...facts: Partial<CallFact>[]): void =>
    importInto(store, '/calls', globalIds, { calls: facts.map((fact) => call(fact)) });
  const reconcile = async (path: string, zone = 'UTC'): Promise<Reconciliation> => {
    const { id } = await api.importBill('job', path);
    return (await api.reconcile([id], 'auto', zone))[0]!;
  };
  const short = ({ day, model, item, what, billed, ledger, difference, calls: count }: ComparedRow) =>
    [day.slice(8), model, item, what, billed, ledger, difference, count].join('|');
  const kinds = ({ suspects }: Reconciliation): string[] => suspects.map(({ kind }) => kind);

  it('holds each UTC day and model against the ledger', async () => {
    calls(
      { at: at(1, 0), model: 'gpt-4o', ...paid(700_000_000) },
      // The last quarter hour of the day, under the name of the snapshot.
      { at: at(1, 23, 59), model: 'gpt-4o-2024-08-06', ...paid(200_000_000) },
      { at: at(2, 0), model: 'gpt-4o', ...paid(50_000_000) },
      { at: at(3, 12), model: 'o3', ...paid(1_000_000) },
      // Another's bill, another day.
      { at: at(1, 12), provider: 'anthropic', model: 'claude-sonnet-4-5', ...paid(9_000_000_000) },
      { at: at(4, 0), model: 'gpt-4o', ...paid(9_000_000_000) },
      { at: at(1, 12), provider: 'azure', model: 'gpt-4o', ...paid(9_000_000_000) },
    );
    const found = await reconcile(join(fixtures, 'openai-costs.json'));
    const [cost] = found.comparisons;
    assert.deepEqual(cost!.rows.map(short), [
      // 0.895874 + 0.1 + 0.2 billed, 0.7 + 0.2 in the ledger.
      '01|gpt-4o||cost|1195874000|900000000|295874000|2',
      '01|gpt-4o-mini-2024-07-18||cost|1|0|1|0',
      '01|gpt-5.6-sol||cost|1500000000|0|1500000000|0',
      '01||web search tool calls|cost|250000000||250000000|0',
      '02|gpt-4o||cost||50000000|-50000000|1',
      '03|o3||cost||1000000|-1000000|1',
      '03||Credit|cost|-500000000||-500000000|0',
    ]);
    assert.deepEqual(cost!.total.cost, {
      billed: 2_445_874_001,
      ledger: 951_000_000,
      difference: 1_494_874_001,
      calls: 4,
    });
    assert.deepEqual(kinds(found), [
      'noLines',
      'onlyBilled',
      'onlyLedger',
      'tiers',
      'items',
      'credits',
      'file',
    ]);
    assert.match(suspect(found, 'noLines').message, /nothing on 2026-06-02, though/);
    assert.match(suspect(found, 'onlyLedger').message, /Only the ledger has o3 \(1 call, \$0\.001\)/);
    assert.equal(suspect(found, 'tiers').amount, 1_500_000_000);
    assert.match(suspect(found, 'credits').message, /\$0\.5 off the bill/);
  });

  it('adds to no total', async () => {
    calls({ at: at(1, 0), ...paid(5) });
    const before = report(store, all, 'model');
    await reconcile(join(fixtures, 'openai-costs.json'));
    assert.deepEqual(report(store, all, 'model'), before);
    assert.equal(changes, 1);
  });

  it('lists what may be missing in the ledger', async () => {
    calls(
      { at: at(1, 1), ...paid(100) },
      { at: at(1, 2), model: 'gpt-99', inputTokens: 5 },
      { at: at(1, 3), model: 'gpt-4o', included: true, inputTokens: 1_000_000 },
      {
        at: at(1, 4),
        model: 'gpt-4o',
        recorded: 7,
        inputTokens: 0,
        recordedExact: false,
        images: 0,
        tier: 'batch',
      },
      { at: at(1, 5), model: 'gpt-4.1', session: 'hidden', ...paid(400) },
    );
    store.write(() => {
      store.recordExclusion({
        at: 1,
        what: 'session',
        name: 'hidden',
        excluded: true,
        importer: 'test',
        scope: [],
      });
    });
    const untimed: Partial<CallFact> = { ...call({ id: 'none', ...paid(1) }) };
    delete (untimed as { at?: number }).at;
    importInto(store, '/untimed', globalIds, { calls: [untimed as CallFact] });
    const found = await reconcile(file('one.json', costs([1, 'gpt-4o, input', '0.000000107'])));
    assert.deepEqual(
      (['unpriced', 'excluded', 'included', 'inexact', 'untimed', 'tiers'] as const).map((kind) => [
        kind,
        suspect(found, kind).calls,
      ]),
      [
        ['unpriced', 1],
        ['excluded', 1],
        ['included', 1],
        ['inexact', 1],
        ['untimed', 1],
        ['tiers', 1],
      ],
    );
    assert.equal(suspect(found, 'excluded').amount, 400);
    // 1,000,000 tokens at 2.50 USD a million.
    assert.equal(suspect(found, 'included').amount, 2_500_000_000);
    assert.match(suspect(found, 'unpriced').message, /\(gpt-99\)/);
  });

  it('says where local days would fit the bill', async () => {
    // 22:30 UTC is the next day in Berlin, by which this bill was made.
    calls({ at: at(1, 12), ...paid(1_000_000_000) }, { at: at(1, 22, 30), ...paid(300_000_000) });
    const path = file('local.json', costs([1, 'gpt-4o, input', '1'], [2, 'gpt-4o, input', '0.3']));
    const found = await reconcile(path, 'Europe/Berlin');
    assert.deepEqual(
      found.comparisons[0]!.days.map(({ day, difference, ledgerLocal }) => [day, difference, ledgerLocal]),
      [
        ['2026-06-01', -300_000_000, 1_000_000_000],
        ['2026-06-02', 300_000_000, 300_000_000],
      ],
    );
    assert.match(
      suspect(found, 'zone').message,
      /off by \$0 in all instead of \$0\.60: this bill seems to count in local days/,
    );
    const utc = await reconcile(path, 'UTC');
    assert.deepEqual([utc.comparisons[0]!.days[0]!.ledgerLocal, kinds(utc).includes('zone')], [null, false]);
  });

  it('compares tokens where the report has no money', async () => {
    calls({ at: at(1, 3), inputTokens: 150, cacheReadTokens: 800, outputTokens: 480 });
    const found = await reconcile(join(fixtures, 'openai-usage.json'));
    assert.deepEqual(found.comparisons[0]!.rows.map(short), [
      '01|gpt-4o||inputTokens|160|150|10|1',
      '01|gpt-4o||cacheReadTokens|800|800|0|1',
      '01|gpt-4o||cacheWriteTokens|50|0|50|1',
      '01|gpt-4o||outputTokens|501|480|21|1',
    ]);
  });

  it('holds a bill without models against all of the day', async () => {
    calls({ at: at(1, 3), ...paid(100) }, { at: at(1, 4), model: 'o3', ...paid(20) });
    const found = await reconcile(file('total.json', costs([1, null, '0.00000015'])));
    assert.deepEqual(found.comparisons[0]!.rows.map(short), ['01|||cost|150|120|30|2']);
  });

  it('shows other currencies and does not compare them', async () => {
    const columns = {
      fields: { date: 'Usage day', model: 'Deployment', amount: 'Charge', currency: 'Unit' },
    };
    const { id } = await api.importBill('job', join(fixtures, 'table.csv'), columns);
    const [found] = await api.reconcile([id], 'auto', 'UTC');
    assert.deepEqual(found!.comparisons, []);
    assert.deepEqual(
      found!.otherCurrencies.map(({ day, currency, amount }) => [day, currency, amount]),
      [
        ['2026-06-01', 'EUR', 1_234_560_000_000],
        ['2026-06-02', 'EUR', 250_000_000],
      ],
    );
  });

  it('refuses files that cannot be one, and keeps what is there', async () => {
    await api.importBill('job', file('kept.json', costs([1, 'gpt-4o, input', '1'])));
    const huge = file('huge.csv', 'date,amount\n');
    truncateSync(huge, 33_000_000);
    const wrong: readonly (readonly [string, RegExp])[] = [
      [huge, /^huge\.csv cannot be reconciled: it has 33 MB, and 32 MB is the most/],
      [folder.file('gone.csv'), /gone\.csv cannot be reconciled: it is not there/],
      [
        file('cut.json', costs([1, null, '1']).slice(0, -9)),
        /cut\.json cannot be reconciled: .*ends too early/,
      ],
      [file('zip.csv', 'PK\u0003\u0004'), /a workbook: unpack it, or save it as CSV/],
      [file('bill.pdf', '%PDF-1.7'), /it is a PDF/],
    ];
    for (const [path, message] of wrong)
      await assert.rejects(api.importBill('job', path), { name: 'UserError', message });
    assert.equal((await api.bills()).length, 1);
  });

  it('is exported as CSV in which nothing is a formula', async () => {
    const columns = { fields: { date: 'date', model: 'model', amount: 'amount' } };
    const source = file('evil.csv', 'date,model,amount\n2026-06-01,"=1+1",-2.5\n');
    const { id } = await api.importBill('job', source, columns);
    const path = folder.file('out.csv');
    assert.deepEqual(await api.exportReconciliation([id], 'auto', 'UTC', path), { rows: 1 });
    assert.equal(
      readFileSync(path, 'utf8'),
      "provider,day,model,item,what,currency,billed,ledger,difference,calls\r\n,2026-06-01,'=1+1,,cost,USD,-2.5,0,-2.5,0\r\n",
    );
  });
});
