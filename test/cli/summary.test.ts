import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { cli, cliOk } from '../support/cli';
import { metric } from '../support/platoMonth';
import { temporaryFolder } from '../support/synthDb';

interface Figures {
  readonly startDate: number;
  readonly endDate: number;
  readonly totalCost: number;
  readonly totalTokens: number;
  readonly sessionCount: number;
  readonly avgCostPerSession: number | null;
}
interface Answer extends Figures {
  readonly modelBreakdown: Readonly<Record<string, { readonly cost: number; readonly tokens: number }>>;
  readonly commandBreakdown: Readonly<Record<string, { readonly cost: number; readonly calls: number }>>;
  readonly previous: Figures & { readonly part: boolean };
  readonly change: Readonly<Record<string, number | null>>;
}

describe('summary', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const file = folder.file('2025-06.json');
  after(() => folder.remove());

  before(() => {
    // The week in Berlin begins on Sunday, June 1st, at 22:00 UTC of the day before, or on Monday a day later.
    const metrics = [
      { sessionId: 'a', timestamp: Date.parse('2025-05-31T22:00:00Z'), cost: 0.001 },
      { sessionId: 'a', timestamp: Date.parse('2025-06-01T22:00:00Z'), cost: 0.002 },
      { sessionId: 'b', timestamp: Date.parse('2025-06-07T21:59:59Z'), cost: 0.004, model: 'gpt-4.1' },
      { sessionId: 'b', timestamp: Date.parse('2025-06-08T21:59:59Z'), cost: 0.008, command: '/explain' },
      { sessionId: 'b', timestamp: Date.parse('2025-06-08T22:00:00Z'), cost: 0.016 },
    ].map(metric);
    writeFileSync(file, JSON.stringify({ version: '1.0', month: '2025-06', metrics }));
  });

  const ask = async (...args: string[]): Promise<Answer> =>
    JSON.parse((await cliOk(['summary', file, '--tz', 'Europe/Berlin', '--json', ...args])).stdout) as Answer;

  it('has the figures of the period by the names of the contract, and of the one before', async () => {
    const answer = await ask('--period', 'week', '--of', '2025-06-05');
    const { startDate, endDate, totalCost, totalTokens, sessionCount, avgCostPerSession } = answer;
    assert.deepEqual(
      [startDate, endDate].map((at) => new Date(at).toISOString()),
      ['2025-06-01T22:00:00.000Z', '2025-06-08T22:00:00.000Z'],
    );
    // 0.002 + 0.004 + 0.008 by three calls of 1,500 tokens in two sessions.
    assert.deepEqual([totalCost, totalTokens, sessionCount, avgCostPerSession], [0.014, 4500, 2, 0.007]);
    const costs = (of: Readonly<Record<string, { readonly cost: number }>>) =>
      Object.entries(of).map(([name, { cost }]) => [name, cost]);
    assert.deepEqual(costs(answer.modelBreakdown), [
      ['gpt-4o', 0.01],
      ['gpt-4.1', 0.004],
    ]);
    assert.deepEqual(costs(answer.commandBreakdown), [
      ['/explain', 0.008],
      ['/review', 0.006],
    ]);
    assert.deepEqual([answer.previous.totalCost, answer.previous.part], [0.001, false]);
    assert.deepEqual(answer.change, {
      totalCost: 0.013,
      totalTokens: 3000,
      sessionCount: 1,
      costShare: 13,
    });
  });

  it('begins weeks where it is told to', async () => {
    const answer = await ask('--period', 'week', '--of', '2025-06-05', '--first-day', 'sunday');
    assert.equal(answer.totalCost, 0.007);
  });

  it('takes days of one’s own', async () => {
    const answer = await ask('--from', '2025-06-08', '--to', '2025-06-09');
    assert.deepEqual([answer.totalCost, answer.previous.totalCost], [0.024, 0.004]);
  });

  it('tells people the same', async () => {
    const { stdout } = await cliOk([
      'summary',
      file,
      '--tz',
      'Europe/Berlin',
      '--period',
      'month',
      '--of',
      '2025-06-30',
    ]);
    assert.match(stdout, /^Month 2025-06$/m);
    assert.match(stdout, /^Cost +\$0\.031 .*\+\$0\.031$/m);
    assert.match(stdout, /^Compared with 2025-05-01 to 2025-05-31\.$/m);
    assert.match(stdout, /^\/review +\$0\.023 +74% +6k +4$/m);
  });

  it('refuses what is no period', async () => {
    for (const args of [
      [],
      ['--period', 'year'],
      ['--period', 'day', '--from', '2025-06-01', '--to', '2025-06-02'],
      ['--from', '2025-06-01'],
    ])
      assert.equal((await cli(['summary', file, ...args])).code, 2, args.join(' '));
    const { code, stderr } = await cli(['summary', file, '--period', 'day', '--of', 'June']);
    assert.equal(code, 1);
    assert.match(stderr, /"June" is not a date/);
  });
});
