import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  callColumns,
  callRecord,
  dayColumns,
  dayRecord,
  exporterOf,
  sessionColumns,
  sessionRecord,
} from '../../../src/exporters';
import type { ExportRecord } from '../../../src/exporters';
import { usageFields } from '../../../src/shared/model';
import type { ExportCall, Totals, Usage } from '../../../src/shared/model';
import type { ExportFormat } from '../../../src/shared/protocol';

const usage = Object.fromEntries(usageFields.map((field, i) => [field, i])) as unknown as Usage;
const call: ExportCall = {
  id: '=1+1',
  source: '/tmp/a, "b".db',
  experiment: null,
  session: 'sess\r\nion 😀 <b>',
  tag: '-5',
  at: Date.parse('2025-06-01T10:00:00.123Z'),
  provider: 'openai',
  model: 'gpt-4o',
  usage,
  cost: 100,
  recorded: null,
  computed: 12_345_678_901,
  state: 'computed',
  exact: true,
  latencyMs: 1234.5,
  failed: true,
  error: null,
  user: '@me',
  note: 'line one\nline "two"',
  project: '/home/ana/shop',
  branch: null,
  agent: null,
  calls: 1,
};
const priceNote = '20 % off\nuntil March';
const totals: Totals = {
  ...usage,
  cost: 1,
  recorded: 0,
  computed: 1,
  calls: 2,
  unpricedCalls: 1,
  inexactCalls: 0,
  includedCalls: 0,
  included: 0,
  excludedCalls: 0,
  untimedCalls: 0,
  errors: 0,
  sessions: 1,
};

const written = (
  format: ExportFormat,
  columns: readonly string[],
  chunks: readonly (readonly ExportRecord[])[],
): string => {
  const exporter = exporterOf(format);
  return (
    exporter.open(columns) +
    chunks.map((rows, i) => exporter.chunk(rows, i === 0)).join('') +
    exporter.close()
  );
};

/** What another program makes of it. */
const python = (script: string, input: string): unknown =>
  JSON.parse(execFileSync('python3', ['-c', script], { input, encoding: 'utf8' }));
const readCsv =
  'import csv,io,json,sys; print(json.dumps(list(csv.reader(io.TextIOWrapper(sys.stdin.buffer,"utf8",newline=""),strict=True))))';
const readJson = 'import json,sys; print(json.dumps(json.load(sys.stdin)))';

describe('CSV', () => {
  const text = written('csv', callColumns, [
    [callRecord(call, priceNote)],
    [],
    [callRecord({ ...call, id: 'b', failed: false }, priceNote)],
  ]);
  const [header, first, second] = python(readCsv, text) as string[][];
  const field = (row: string[] | undefined, name: string) => row?.[header?.indexOf(name) ?? -1];

  it('has the header and every row with as many fields', () => {
    assert.deepEqual(header, [...callColumns]);
    assert.deepEqual([first?.length, second?.length], [callColumns.length, callColumns.length]);
    assert.match(text, /^id,source,experiment,session,tag,at,provider,model,inputTokens,[^\n]*\r\n/);
    assert.ok(text.endsWith('\r\n'));
  });

  it('keeps commas, quotes, line breaks and any character', () => {
    assert.equal(field(first, 'source'), '/tmp/a, "b".db');
    assert.equal(field(first, 'session'), 'sess\r\nion 😀 <b>');
    assert.equal(field(first, 'note'), 'line one\nline "two"');
    assert.equal(field(first, 'priceNote'), '20 % off\nuntil March');
  });

  it('defuses formulas in text', () => {
    assert.equal(field(first, 'id'), "'=1+1");
    assert.equal(field(first, 'tag'), "'-5");
    assert.equal(field(first, 'user'), "'@me");
    for (const start of ['=', '+', '-', '@', '\t', '\r']) {
      const [, row] = python(readCsv, written('csv', ['a'], [[{ a: `${start}x` }]])) as string[][];
      assert.equal(row?.[0], `'${start}x`);
    }
  });

  it('leaves numbers as numbers, without exponents, and the unknown empty', () => {
    assert.equal(field(first, 'costUsd'), '0.0000001');
    assert.equal(field(first, 'computedUsd'), '12.345678901');
    assert.equal(field(first, 'recordedUsd'), '');
    assert.equal(field(first, 'experiment'), '');
    const [, row] = python(readCsv, written('csv', ['a'], [[{ a: -5 }]])) as string[][];
    assert.equal(row?.[0], '-5');
  });

  it('marks a failed call that has no text', () => {
    assert.equal(field(first, 'error'), 'error');
    assert.equal(field(second, 'error'), '');
  });
});

describe('JSON', () => {
  it('is a bare array over any number of chunks', () => {
    const rows = [
      callRecord(call, priceNote),
      callRecord({ ...call, id: 'b' }, priceNote),
      callRecord({ ...call, id: 'c' }, priceNote),
    ];
    const read = python(readJson, written('json', callColumns, [[rows[0]!], [rows[1]!, rows[2]!]])) as Record<
      string,
      unknown
    >[];
    assert.deepEqual(
      read.map(({ id }) => id),
      ['=1+1', 'b', 'c'],
    );
    assert.deepEqual(Object.keys(read[0] ?? {}), [...callColumns]);
    assert.equal(read[0]?.at, '2025-06-01T10:00:00.123Z');
    assert.equal(read[0]?.costUsd, 1e-7);
    assert.equal(read[0]?.exact, true);
  });

  it('is an empty array without rows', () =>
    assert.deepEqual(python(readJson, written('json', callColumns, [])), []));

  it('writes amounts as decimals with at most nine places', () => {
    assert.match(
      written('json', callColumns, [[callRecord(call, priceNote)]]),
      /"costUsd":0\.0000001,"recordedUsd":null,"computedUsd":12\.345678901,/,
    );
  });
});

describe('records', () => {
  it('have the columns in the order of the header', () => {
    const session = {
      ...totals,
      key: 'k',
      id: 'i',
      experimentKey: null,
      experimentName: 'e',
      user: null,
      tag: null,
      models: ['a', 'b'],
      noteLine: null,
      importer: 'x',
      excluded: false,
      project: null,
      branch: null,
      agents: 0,
      note: 'n',
      functionCalls: 12,
      durationMs: 95_000,
      labels: ['beta', 'a, "b"'],
    };
    assert.deepEqual(Object.keys(callRecord(call, priceNote)), callColumns);
    assert.deepEqual(Object.keys(sessionRecord(session)), sessionColumns);
    // New ones stand at the end.
    assert.deepEqual(sessionColumns.slice(-7), [
      'note',
      'functionCalls',
      'durationMs',
      'labels',
      'project',
      'branch',
      'agents',
    ]);
    const { functionCalls, durationMs, labels } = sessionRecord(session);
    assert.deepEqual([functionCalls, durationMs, labels], [12, 95_000, 'beta, a, "b"']);
    assert.equal(sessionRecord({ ...session, labels: [] }).labels, null);
    assert.deepEqual(
      Object.keys(dayRecord({ ...totals, day: '2025-06-01', provider: null, model: 'm' })),
      dayColumns,
    );
  });
});
