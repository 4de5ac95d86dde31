import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { random } from '../../support/randomWorld';
import { addedUp, gateway, gatewayDatabase, mapping, request } from '../../support/mapped';
import { database, jsonLines, sourceFile } from '../../support/sourceFiles';
import { wasmPath } from '../../support/engine';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { temporaryFolder } from '../../support/synthDb';
import { Ledger } from '../../../src/worker/ledger';
import type { LedgerEvent } from '../../../src/worker/ledger';
import type { MappingPreview } from '../../../src/shared/mapping';

const requests = (count: number, seed = 1) => {
  const dice = random(seed);
  return Array.from({ length: count }, (_, i) => request(i + 1, dice));
};
const question = { filter: {}, mode: 'auto' as const, zone: 'UTC' };

describe('mappings of a ledger', () => {
  const folder = temporaryFolder();
  let ledger: Ledger;
  let stores = 0;
  const open = async (path: string) => void (ledger = await Ledger.open(path, wasmPath));
  beforeEach(() => open(folder.file(`store-${++stores}.db`)));
  afterEach(() => ledger.close());
  after(() => folder.remove());
  const total = async () => (await ledger.api.report(question, null)).total;
  const read = (...paths: string[]) => ledger.api.importPaths('test', paths, {});

  it('read files that nothing else knows, and are named among the sources', async () => {
    const path = gatewayDatabase(requests(50));
    assert.equal((await read(path)).issues[0]?.mappable, true);
    assert.deepEqual(await ledger.api.chooseMappings({ Gateway: gateway }), []);
    assert.deepEqual((await read(path)).issues, []);
    const { recorded, calls } = await total();
    assert.deepEqual([recorded, calls], [addedUp(path).recorded, 50]);
    const [source] = await ledger.api.sources();
    assert.deepEqual([source!.label, source!.state, source!.problems], ['Gateway', 'imported', []]);
  });

  it('read again what they read when they change, and only then', async () => {
    const path = gatewayDatabase(requests(50));
    const gone = gatewayDatabase(requests(8, 2).map((row) => ({ ...row, at: row.at + 1 })));
    await ledger.api.chooseMappings({ Gateway: gateway });
    await read(path, gone);
    const lost = addedUp(gone).recorded!;
    rmSync(gone);
    const { fields } = gateway;
    // A hundredth of a cent, no session, no reasoning: keys, sessions and figures are others now.
    const changed = {
      ...{ ...gateway, id: ['created_at', 'id'], units: { time: 's', cost: 'microUsd' } },
      fields: { ...fields, session: undefined, reasoningTokens: undefined },
    };
    assert.deepEqual(await ledger.api.chooseMappings({ Gateway: changed }), []);
    const after = await total();
    assert.equal(after.calls, 58);
    // A micro-dollar is 10,000 times less than a cent; what its file no longer tells stays as it was.
    assert.ok(Math.abs(after.recorded - lost - addedUp(path).recorded! / 10_000) < 50);
    assert.equal((await ledger.api.sources()).length, 2);
    assertRollupsMatchCalls(ledger.store);
    const revision = (await ledger.api.status()).revision;
    await ledger.api.chooseMappings({ Gateway: changed });
    assert.equal((await ledger.api.status()).revision, revision);
  });

  it('leave their calls and their name when they are removed', async () => {
    const path = gatewayDatabase(requests(5));
    await ledger.api.chooseMappings({ 'My gateway: 2': gateway });
    await read(path);
    await ledger.api.chooseMappings({});
    assert.equal((await total()).calls, 5);
    const [source] = await ledger.api.sources();
    assert.equal(source!.label, 'My gateway: 2');
  });

  it('hold on after a restart until others are chosen', async () => {
    const store = folder.file('again.db');
    ledger.close();
    await open(store);
    await ledger.api.chooseMappings({ Gateway: gateway });
    ledger.close();
    await open(store);
    const { issues, newCalls } = await read(gatewayDatabase(requests(5)));
    assert.deepEqual([issues, newCalls], [[], 5]);
  });

  it('are left out, with a sentence, when they are wrong', async () => {
    const wrong: readonly [unknown, RegExp][] = [
      [7, /it is to be an object\.$/],
      [{ ...gateway, files: { format: 'xml', columns: ['a'] } }, /one of sqlite, json, jsonLines, csv/],
      [{ ...gateway, files: { format: 'sqlite', columns: ['a'] } }, /files\.table is missing/],
      [{ ...gateway, files: { format: 'csv', columns: [] } }, /files\.columns/],
      [{ ...gateway, fields: { time: 'a' } }, /at least one of model/],
      [{ ...gateway, fields: { tokens: 'a' } }, /fields knows no tokens/],
      [{ ...gateway, units: { cost: 'euro' } }, /units\.cost is to be one of usd/],
      [{ ...gateway, cachedInside: 'yes' }, /cachedInside is to be true or false/],
      [{ ...gateway, where: { a: [] } }, /where/],
      [{ ...gateway, colums: 1 }, /there is no colums/],
    ];
    for (const [value, message] of wrong) {
      const [problem, ...more] = await ledger.api.chooseMappings({ Mine: value, Gateway: gateway });
      assert.match(problem!, /^The mapping “Mine” in the setting traceLedger\.mappings is left out: /);
      assert.match(problem!, message);
      assert.deepEqual(more, []);
      assert.equal((await read(gatewayDatabase(requests(2)))).issues.length, 0);
    }
  });

  const preview = (path: string, value: unknown): Promise<MappingPreview> =>
    ledger.api.previewMapping('preview', path, 'Gateway', mapping(value));

  it('are previewed over a whole file before anything is stored', async () => {
    const path = gatewayDatabase(requests(3500));
    const heard: LedgerEvent[] = [];
    ledger.onEvent((event) => heard.push(event));
    const found = await preview(path, gateway);
    const { calls, input, cacheRead, output, recorded, errors } = addedUp(path);
    assert.deepEqual(
      [found.count, found.recorded, found.errors, found.issueCount, found.repeated],
      [calls, recorded, errors, 0, 0],
    );
    const { inputTokens, cacheReadTokens, outputTokens } = found.usage;
    assert.deepEqual([inputTokens, cacheReadTokens, outputTokens], [input, cacheRead, output]);
    assert.equal(found.calls.length, 10);
    assert.ok(heard.some(({ name }) => name === 'importProgress'));
    assert.equal((await total()).calls, 0);
    await ledger.api.chooseMappings({ Gateway: gateway });
    await read(path);
    const { cost, unpricedCalls, sessions } = await total();
    assert.deepEqual([found.cost, found.unpricedCalls, found.sessions], [cost, unpricedCalls, sessions]);
  });

  it('tell in a preview what could not be read and what repeats', async () => {
    const record = { ts: '2026-01-02T00:00:00Z', model: 'gpt-4o', in: 5 };
    const path = sourceFile(jsonLines([record, record, { ...record, in: 'x' }, { ts: 1 }]), 'log.jsonl');
    const found = await preview(path, {
      files: { format: 'jsonLines', columns: ['ts'] },
      fields: { time: 'ts', model: 'model', inputTokens: 'in' },
    });
    assert.deepEqual([found.count, found.repeated, found.issueCount], [2, 1, 2]);
    assert.deepEqual(
      found.issues.map(({ place }) => place),
      ['line 3', 'line 4'],
    );
  });

  it('can be stopped in the middle of a preview', async () => {
    const path = gatewayDatabase(requests(4500));
    const stopped = preview(path, gateway);
    await ledger.api.cancel('preview');
    await assert.rejects(stopped, { name: 'CancellationError' });
  });

  it('show what stands in a file', async () => {
    const path = database([
      ['CREATE TABLE empty (id)'],
      ['CREATE TABLE t (Id INTEGER, meta TEXT, blob BLOB)'],
      ['INSERT INTO t VALUES (?, ?, ?)', [[1, '{"usage": {"in": 5}, "list": [1]}', null]]],
      ['CREATE VIEW broken AS SELECT * FROM nowhere'],
    ]);
    const { places } = await ledger.api.lookInto(path);
    assert.deepEqual(
      places.map(({ label, detail }) => [label, detail]),
      [
        ['t', '1 rows · id, meta, blob'],
        ['empty', '0 rows · id'],
      ],
    );
    const columns = await ledger.api.columnsAt(path, places[0]!.place);
    assert.deepEqual(columns, [
      { path: 'id', examples: ['1'], isAlwaysThere: true },
      { path: 'meta', examples: [], isAlwaysThere: true },
      { path: 'blob', examples: [], isAlwaysThere: true },
      { path: 'meta.usage.in', examples: ['5'], isAlwaysThere: false },
    ]);
    const json = sourceFile({ a: { b: [{ c: { d: 1 } }, { c: { d: 2 }, e: 'x' }] }, f: [1], g: [{ h: 1 }] });
    const look = await ledger.api.lookInto(json);
    assert.deepEqual(
      look.places.map(({ place }) => place),
      [
        { format: 'json', array: 'a.b' },
        { format: 'json', array: 'g' },
      ],
    );
    assert.deepEqual(await ledger.api.columnsAt(json, look.places[0]!.place), [
      { path: 'c.d', examples: ['1', '2'], isAlwaysThere: true },
      { path: 'e', examples: ['x'], isAlwaysThere: false },
    ]);
    const cases: readonly [string | object, string, string][] = [
      [jsonLines([{ a: 1 }, { a: 2 }]), 'x.log', 'jsonLines'],
      [jsonLines([{ a: 1 }]), 'one.jsonl', 'jsonLines'],
      [[{ a: 1 }], 'list.json', 'json'],
      ['a,b\n1,2\n', 'x.csv', 'csv'],
    ];
    for (const [content, name, format] of cases) {
      const [first] = (await ledger.api.lookInto(sourceFile(content, name))).places;
      assert.equal(first?.place.format, format, name);
    }
  });

  it('say why a file cannot be mapped, and what to do', async () => {
    const cases: readonly [string, RegExp][] = [
      [sourceFile('', 'empty.db'), /It is empty \(0 bytes\): import/],
      [sourceFile('dear diary', 'notes.txt'), /It holds no records: choose/],
      [sourceFile('{"a": 1,\n"b": [1, 2]}'), /It holds no records: choose/],
      [sourceFile(Buffer.alloc(5000, 0), 'zero.db'), /not a SQLite database/],
      [database([['CREATE TABLE t (x)'], ['DROP TABLE t']]), /without tables: choose/],
      ['/nowhere/at/all.db', /not there \(any more\): check the path/],
      [folder.file('.'), /folder now: import the folder/],
    ];
    for (const [path, message] of cases)
      await assert.rejects(ledger.api.lookInto(path), (error: Error) => {
        assert.equal(error.name, 'UserError');
        assert.match(error.message, message);
        assert.ok(error.message.includes(path), error.message);
        return true;
      });
    const path = gatewayDatabase(requests(1));
    const other = { ...gateway, files: { ...gateway.files, columns: ['id', 'nothing'] } };
    await assert.rejects(preview(path, other), /does not hold what the mapping is for \(id, nothing\)/);
  });

  it('leave files of known formats to their importers', async () => {
    const path = gatewayDatabase(requests(1));
    await ledger.api.chooseMappings({ Gateway: gateway });
    assert.equal((await ledger.api.lookInto(path)).mapping, 'Gateway');
    const known = database([
      [
        'CREATE TABLE responses (id TEXT, model TEXT, prompt TEXT, response TEXT, conversation_id TEXT, datetime_utc TEXT)',
      ],
    ]);
    const { known: label, places } = await ledger.api.lookInto(known);
    assert.deepEqual([label, places], ['llm logs', []]);
  });
});
