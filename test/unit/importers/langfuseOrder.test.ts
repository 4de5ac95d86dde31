import assert from 'node:assert/strict';
import { writeFile } from '../../support/langfuse';
import { ledgerOf } from '../../support/ledgerOf';
import { random } from '../../support/randomWorld';
import { seeds } from '../../support/seeds';

type Row = Readonly<Record<string, unknown>>;
type Random = ReturnType<typeof random>;

const sessions = 4;
const traces = 12;
const sessionOf = (trace: number) => (trace % 3 === 2 ? null : `s${trace % sessions}`);
const traceFields = (trace: number) => ({
  userId: `u${trace % sessions}`,
  tags: [`tag${trace % sessions}`],
  release: 'r1',
  environment: 'prod',
});

interface Figures {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly recorded: number;
}

interface World extends Figures {
  /** Each written by some shape; together they tell all of every call at least once. */
  readonly rows: readonly Row[];
  readonly calls: number;
  readonly errors: number;
}

/** One call as four shapes tell of it, those with less to say only now and then. */
function rowsOf(trace: number, i: number, figures: Figures | undefined, { chance }: Random): Row[] {
  const startTime = new Date(Date.UTC(2026, 2, 2, 9, trace, i)).toISOString();
  const core = {
    ...{ id: `o${trace}-${i}`, traceId: `t${trace}`, type: 'GENERATION', startTime },
    level: figures ? 'DEFAULT' : 'ERROR',
  };
  const { input = 0, cached = 0, output = 0, recorded = 0 } = figures ?? {};
  const usageDetails = { input, input_cached_tokens: cached, output, total: input + cached + output };
  const full = {
    ...{ ...core, model: 'gpt-4o-mini', latency: 2 },
    ...(figures ? { usageDetails, costDetails: { total: (recorded / 1e9).toFixed(9) } } : {}),
  };
  const sums = { ...core, usage: { input: input + cached, output } };
  // Read while it was still being answered.
  const early = { ...full, usageDetails: { input }, costDetails: {}, updatedAt: startTime };
  const last = { ...full, updatedAt: '2026-03-03T00:00:00Z' };
  const known = { ...full, sessionId: sessionOf(trace), ...traceFields(trace) };
  const sometimes = [known, sums, core, ...(figures ? [early] : [])].filter(() => chance(0.5));
  return [full, ...sometimes, ...(figures ? [last] : [])];
}

/** Traces with calls, and the sums of these, added up beside. */
function world(chance: Random): World {
  const rows: Row[] = [];
  const sums = { calls: 0, errors: 0, input: 0, cached: 0, output: 0, recorded: 0 };
  for (let trace = 0; trace < traces; trace++) {
    const timestamp = '2026-03-02T08:00:00Z';
    rows.push({
      id: `t${trace}`,
      timestamp,
      sessionId: sessionOf(trace),
      ...traceFields(trace),
      bookmarked: false,
    });
    for (let i = chance.below(5); i >= 0; i--) {
      sums.calls++;
      const figures = chance.chance(0.2) ? undefined : figuresFrom(chance);
      if (!figures) sums.errors++;
      for (const [name, value] of Object.entries(figures ?? {}))
        sums[name as keyof Figures] += value as number;
      rows.push(...rowsOf(trace, i, figures, chance));
    }
  }
  return { rows, ...sums };
}

const figuresFrom = ({ below }: Random): Figures => ({
  ...{ input: 1 + below(900), cached: below(900), output: below(300), recorded: 1 + below(1e6) },
});

function shuffled<T>(list: readonly T[], { below }: Random): T[] {
  const left = [...list];
  return list.map(() => left.splice(below(left.length), 1)[0]!);
}

const columns = (rows: readonly Row[]): string[] => [...new Set(rows.flatMap((row) => Object.keys(row)))];
const field = (value: unknown): string =>
  `"${(typeof value === 'object' && value !== null ? JSON.stringify(value) : String((value as string | null | undefined) ?? '')).replaceAll('"', '""')}"`;
const csv = (rows: readonly Row[]): string =>
  [columns(rows), ...rows.map((row) => columns(rows).map((name) => row[name]))]
    .map((line) => line.map(field).join(','))
    .join('\r\n');

const writers: readonly ((rows: readonly Row[]) => string)[] = [
  (rows) => writeFile(JSON.stringify(rows)),
  (rows) => writeFile(JSON.stringify({ data: rows, meta: { page: 1 } }, null, 2)),
  (rows) => writeFile(rows.map((row) => JSON.stringify(row)).join('\n'), 'x.jsonl'),
  (rows) => writeFile(csv(rows), 'x.csv'),
];

/** The rows in another order, some of them twice, in files of any shape. */
function spread(rows: readonly Row[], chance: Random): string[] {
  const twice = rows.filter(() => chance.chance(0.2));
  const left = shuffled([...rows, ...twice], chance);
  const paths: string[] = [];
  while (left.length > 0) paths.push(chance.of(writers)(left.splice(0, 1 + chance.below(left.length))));
  return paths;
}

describe('Langfuse: the same rows in any order, split and repeated', () => {
  for (const seed of seeds(3, 8)) {
    it(`are the same ledger, seed ${seed}`, async () => {
      const chance = random(seed);
      const { rows, ...sums } = world(chance);
      const first = await ledgerOf(...spread(rows, chance));
      const {
        calls,
        errors,
        inputTokens: input,
        cacheReadTokens: cached,
        outputTokens: output,
        recorded,
      } = first.total;
      assert.deepEqual({ calls, errors, input, cached, output, recorded }, sums);
      const own = first.sessions.map((session) => session.own_id);
      assert.deepEqual(own, ['s0', 's1', 's2', 's3', 't11', 't2', 't5', 't8']);
      for (let turn = 0; turn < 3; turn++) {
        assert.deepEqual(told(await ledgerOf(...spread(rows, chance))), told(first));
      }
    });
  }
});

/** Tags are given in the order in which sessions arrive. */
const told = ({ issues, calls, sessions, total }: Awaited<ReturnType<typeof ledgerOf>>) => ({
  ...{ issues, calls, total },
  sessions: sessions.map((session) => ({ ...session, tag: null })),
});
