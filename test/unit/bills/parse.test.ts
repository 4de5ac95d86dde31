import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseBill } from '../../../src/bills/parse';
import { billIn } from '../../../src/bills/recognise';
import type { BillColumns, BillLine } from '../../../src/shared/bill';

const text = (name: string): string => readFileSync(join(__dirname, '../../fixtures/bills', name), 'utf8');
const billOf = (name: string, columns?: BillColumns) => parseBill(text(name), columns).bill;
const fails = (source: string, message: RegExp, columns?: BillColumns): void =>
  assert.throws(() => parseBill(source, columns), message);

/** What a line charges, in short. */
const charge = ({ day, model, item, tier, amount, currency }: BillLine) =>
  [day.slice(8), model, item, tier, amount, currency].join('|');
const tokens = ({ model, tier, tokens: t }: BillLine) =>
  [model, tier, t.inputTokens, t.cacheReadTokens, t.cacheWriteTokens, t.outputTokens].join('|');

describe('bills', () => {
  it('reads answers of OpenAI about costs, to the nano-dollar', () => {
    const bill = billOf('openai-costs.json');
    assert.deepEqual(
      [bill.label, bill.provider, bill.firstDay, bill.lastDay],
      ['OpenAI costs', 'openai', '2026-06-01', '2026-06-03'],
    );
    assert.deepEqual(bill.lines.map(charge), [
      '01||web search tool calls||250000000|USD',
      '01|gpt-4o-2024-08-06|cached input||100000000|USD',
      '01|gpt-4o-2024-08-06|input||895874000|USD',
      '01|gpt-4o-2024-08-06|output||200000000|USD',
      // Half a nano-dollar, up.
      '01|gpt-4o-mini-2024-07-18|input||1|USD',
      '01|gpt-5.6-sol|output, long context|priority|1500000000|USD',
      '03||Credit||-500000000|USD',
    ]);
    assert.match(bill.notes.join(), /one page of several/);
  });

  it('reads answers of OpenAI about usage, with disjoint tokens', () => {
    const bill = billOf('openai-usage.json');
    assert.deepEqual(bill.lines.map(tokens), [
      'gpt-4o-2024-08-06||150|800|50|500',
      'gpt-4o-2024-08-06|batch|10|0|0|1',
    ]);
    assert.deepEqual(
      bill.lines.map(({ amount, requests }) => [amount, requests]),
      [
        [null, 5],
        [null, 1],
      ],
    );
  });

  it("reads the exports of OpenAI's dashboard: empty days, repeated rows", () => {
    const costs = billOf('openai-costs.csv');
    assert.deepEqual(costs.lines.map(charge), [
      '01|gpt-4o-2024-08-06|input||895874000|USD',
      '01|gpt-4o-2024-08-06|output||300000000|USD',
    ]);
    assert.deepEqual(
      [costs.lastDay, costs.notes],
      ['2026-06-02', ['1 row repeats another in all it says and counts once.']],
    );
    assert.deepEqual(billOf('openai-usage.csv').lines.map(tokens), [
      'gpt-4o-2024-08-06||53440|5760|0|10646',
      'gpt-4o-2024-08-06|batch|100|0|0|10',
    ]);
  });

  it('reads answers of Anthropic, whose amounts are cents', () => {
    assert.deepEqual(billOf('anthropic-costs.json').lines.map(charge), [
      '01||Web Search Usage||200000000|USD',
      // A hundred-millionth of a dollar.
      '01|claude-sonnet-4-5-20250929|output tokens|batch|10|USD',
      '01|claude-sonnet-4-5-20250929|uncached input tokens||1234500000|USD',
    ]);
    assert.deepEqual(billOf('anthropic-usage.json').lines.map(tokens), [
      'claude-sonnet-4-5-20250929||1500|200|1500|500',
    ]);
  });

  it("reads the Console's exports, rounded to the cent", () => {
    const costs = billOf('anthropic-costs.csv');
    assert.deepEqual(costs.lines.map(charge), [
      '01|Claude Haiku 4.5|input no cache||50000000|USD',
      '01|Claude Haiku 4.5|output||20000000|USD',
      '02|Claude Sonnet 4.5|input cache read||100000000|USD',
    ]);
    // Three rows, each off by half a cent at most.
    assert.match(costs.notes.join(), /3 rows is rounded to the cent, so up to \$0\.015 /);
    assert.deepEqual(billOf('anthropic-usage.csv').lines.map(tokens), [
      'claude-sonnet-4-5-20250929||100000|9000|370|50000',
      'claude-sonnet-4-5-20250929|batch|1000|0|0|5',
    ]);
  });

  it('reads any table by its columns', () => {
    const columns = {
      fields: { date: 'Usage day', model: 'Deployment', amount: 'Charge', currency: 'Unit' },
      provider: 'azure',
    };
    const bill = billOf('table.csv', columns);
    assert.equal(bill.provider, 'azure');
    assert.deepEqual(bill.lines.map(charge), ['01|gpt-4o|||1234560000000|EUR', '02|gpt-4o|||250000000|EUR']);
  });

  it('asks which column is what, with what the names suggest', () => {
    fails(
      text('table.csv'),
      /Usage day, Deployment, Charge, Unit; perhaps date=Usage day, model=Deployment, amount=Charge/,
    );
  });

  it('takes a row by its day in UTC', () => {
    const columns = { fields: { date: 'at', amount: 'usd' } };
    const { bill } = parseBill('at,usd\n2026-06-01T23:30:00-05:00,1\n2026-06-01 23:30:00,2\n', columns);
    assert.deepEqual(bill.lines.map(charge), ['01||||2000000000|USD', '02||||1000000000|USD']);
  });

  it('refuses what is no bill, and says what to do', () => {
    const columns = { fields: { date: 'date', amount: 'amount' } };
    const table = (...rows: string[]): string => ['date,amount', ...rows, ''].join('\n');
    fails('', /it is empty/);
    fails(' \n', /it is empty/);
    fails(text('openai-costs.json').slice(0, 900), /not valid or ends too early/);
    fails('{"hello": 1}', /no report of costs or usage by OpenAI or Anthropic/);
    fails(
      '{"object":"page","data":[{"object":"bucket","start_time":1780272000,"results":[]}]}',
      /no charge and no usage/,
    );
    fails('just some words', /neither a report/);
    fails('date,amount\n', /a header and no rows/, columns);
    fails(table('2026-06-01,1', '2026-06-02'), /row 3 has 1 fields instead of 2/, columns);
    fails(table('2026-06-01,"1'), /a quote is opened/, columns);
    fails(table('2026-06-01,much'), /row 2 has “much” as its amount/, columns);
    fails(table('soon,1'), /row 2 has “soon” as its date/, columns);
    fails(table('03/04/2026,1'), /whether 03\/04\/2026 has the day or the month first/, columns);
    fails(
      table('13/04/2026,1', '04/13/2026,1'),
      /day first in some rows and the month first in others/,
      columns,
    );
    fails(table('2026-06-01,"1,234"'), /whether 1,234 has decimals or thousands/, columns);
    fails(table('2026-06-01,99999999999999'), /more than can be kept/, columns);
    fails(table('2026-06-01,1'), /no column is chosen for the date/, { fields: { amount: 'amount' } });
    fails(table('2026-06-01,1'), /no column price/, { fields: { date: 'date', amount: 'price' } });
    fails(
      text('openai-usage.json').replace('"input_tokens": 1000', '"input_tokens": -1'),
      /a count that is no number, or less than 0/,
    );
  });

  it('takes dates whose order is told, by the choice or by another row', () => {
    const fields = { date: 'date', amount: 'amount' };
    const days = (source: string, dayFirst?: boolean) =>
      parseBill(source, { fields, ...(dayFirst === undefined ? {} : { dayFirst }) }).bill.lines.map(
        ({ day }) => day,
      );
    const open = 'date,amount\n03/04/2026,1\n';
    assert.deepEqual([days(open, true), days(open, false)], [['2026-04-03'], ['2026-03-04']]);
    assert.deepEqual(days(`${open}13/04/2026,1\n`), ['2026-04-03', '2026-04-13']);
  });

  it('tells a bill by its beginning, and nothing else', () => {
    const labels: Readonly<Record<string, string | undefined>> = {
      'openai-costs.json': 'OpenAI costs',
      'openai-usage.json': 'OpenAI usage',
      'openai-costs.csv': 'OpenAI costs',
      'openai-usage.csv': 'OpenAI usage',
      'anthropic-costs.json': 'Anthropic costs',
      'anthropic-usage.json': 'Anthropic usage',
      'anthropic-costs.csv': 'Anthropic costs',
      'anthropic-usage.csv': 'Anthropic usage',
      'table.csv': undefined,
    };
    for (const [name, label] of Object.entries(labels)) assert.equal(billIn(text(name)), label, name);
    assert.equal(billIn('{"data": [{"model": "gpt-4o"}]}'), undefined);
  });
});
