import assert from 'node:assert/strict';
import { random } from '../../support/randomWorld';
import { importFile } from '../../support/imported';
import { ledgerWith } from '../../support/ledgerOf';
import { sums } from '../../support/arrangements';
import {
  addedUp,
  gateway,
  gatewayDatabase,
  gatewayTable,
  insertRequests,
  request,
  withMapping,
} from '../../support/mapped';
import { allOf, copied, database, sourceFile, tokens } from '../../support/sourceFiles';
import { isSound, wrongValues } from '../../support/wrongValues';
import { mappedId, mappingName } from '../../../src/importers/mapped';

const importers = withMapping(gateway);
const requests = (count: number, seed = 1) => {
  const dice = random(seed);
  return Array.from({ length: count }, (_, i) => request(i + 1, dice));
};

describe('a mapped database', () => {
  it('is read as the mapping says, units and nested counts included', async () => {
    const path = database([
      [gatewayTable],
      [
        'INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        [
          [
            ...[1, 1772442000, 'c1', 'ana', 'gpt-4o'],
            '{"prompt_tokens": 100, "completion_tokens": 20, "reasoning": 5, "details": {"cached": 60}}',
            ...[1.25, 0.5, 'RateLimitError: my secret', 'a prompt'],
          ],
        ],
      ],
    ]);
    const { calls, importer, sessions, issues } = await importFile(path, undefined, importers);
    assert.deepEqual([importer, issues], ['mapped-Gateway', []]);
    const [call] = calls.values();
    assert.deepEqual(tokens(call!), [40, 60, 0, 25, 5]);
    assert.equal(call!.at, Date.UTC(2026, 2, 2, 9));
    // 1.25 cents are 12.5 million nano-dollars.
    assert.deepEqual([call!.recorded, call!.recordedExact], [12_500_000, true]);
    assert.deepEqual([call!.latencyMs, call!.failed, call!.error], [500, true, 'RateLimitError']);
    assert.deepEqual([...sessions.values()], [{ id: 'c1', user: 'ana' }]);
  });

  it('adds up to what Python adds up', async () => {
    const path = gatewayDatabase(requests(2500));
    const ledger = await ledgerWith(importers, () => [path]);
    assert.deepEqual(sums(ledger), addedUp(path));
    assert.deepEqual(ledger.issues, []);
  });

  it('counts copies and moved files once, and rows that use the same ids apart', async () => {
    const [mine, others] = [requests(30, 1), requests(20, 2).map((one) => ({ ...one, at: one.at + 3 }))];
    const [path, other] = [gatewayDatabase(mine), gatewayDatabase(others)];
    const ledger = await ledgerWith(
      importers,
      () => [path, other],
      () => [copied(path, 'moved.sqlite')],
    );
    // Naive by id: 30 calls and 4 sessions.
    assert.equal(ledger.total.calls, 50);
    assert.equal(ledger.total.recorded, addedUp(path).recorded! + addedUp(other).recorded!);
    const chats = new Set(mine.map(({ chat }) => chat)).size + new Set(others.map(({ chat }) => chat)).size;
    assert.equal(ledger.total.sessions, chats);
  });

  it('counts what two copies have in common once when both go on by themselves', async () => {
    const common = requests(20);
    const [one, other] = [gatewayDatabase(common), gatewayDatabase(common)];
    const later = (shift: number) =>
      requests(25)
        .slice(20)
        .map((row) => ({ ...row, at: row.at + shift }));
    database([insertRequests(later(0))], one);
    database([insertRequests(later(1))], other);
    assert.equal((await ledgerWith(importers, () => [one, other])).total.calls, 30);
    assert.equal((await ledgerWith(importers, () => [other, one])).total.calls, 30);
  });

  it('is known again when its oldest rows were deleted', async () => {
    const rows = requests(200);
    const path = gatewayDatabase(rows);
    const ledger = await ledgerWith(
      importers,
      () => [path],
      () => [database([['DELETE FROM requests WHERE id < 150']], path)],
      () => [copied(path)],
    );
    assert.equal(ledger.total.calls, 200);
  });

  it('reads only what is new, and all of it after it was made anew', async () => {
    const rows = requests(12);
    const path = gatewayDatabase(rows.slice(0, 5));
    const before = await importFile(path, undefined, importers);
    database([insertRequests(rows.slice(5))], path);
    const after = await importFile(path, before.cursor, importers);
    assert.deepEqual([before.told, after.told], [5, 7]);
    database(
      [['DELETE FROM requests'], insertRequests(rows.map((row) => ({ ...row, at: row.at + 1 })))],
      path,
    );
    assert.equal((await importFile(path, after.cursor, importers)).told, 12);
  });

  it('reads views and tables without row ids, hostile names included', async () => {
    const [table, column] = ['a"; DROP TABLE x; --', 'it\'s "quoted" [x]'];
    const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
    const path = database([
      [`CREATE TABLE x (id TEXT)`],
      [
        `CREATE TABLE ${quote(table)} (${quote(column)} TEXT PRIMARY KEY, cost REAL, rowid TEXT) WITHOUT ROWID`,
      ],
      [
        `INSERT INTO ${quote(table)} VALUES (?, ?, ?)`,
        Array.from({ length: 4500 }, (_, i) => [`r${i}`, 0.5, 'x']),
      ],
      [`CREATE VIEW v AS SELECT ${quote(column)} AS own, cost FROM ${quote(table)} WHERE cost > 0`],
    ]);
    const of = (name: string, id: string) =>
      withMapping({
        files: { format: 'sqlite', table: name, columns: [id, 'cost'] },
        id: [id],
        fields: { cost: 'cost' },
      });
    for (const one of [of(table, column), of('V', 'OWN')]) {
      const { calls, issues } = await importFile(path, undefined, one);
      assert.deepEqual([calls.size, issues], [4500, []]);
      assert.ok([...calls.values()].every(({ recorded }) => recorded === 500_000_000));
    }
    assert.equal((await importFile(path, undefined, of('x', 'id'))).importer, undefined);
  });

  it('tells large numbers apart that JavaScript cannot', async () => {
    const path = database([
      ['CREATE TABLE t (id INTEGER, cost REAL)'],
      ['INSERT INTO t VALUES (9007199254740993, 1), (9007199254740992, 1)'],
    ]);
    const files = { format: 'sqlite', table: 't', columns: ['id'] };
    const found = await importFile(
      path,
      undefined,
      withMapping({ files, id: 'id', fields: { cost: 'cost' } }),
    );
    assert.deepEqual([...found.calls.keys()].sort(), ['9007199254740992', '9007199254740993']);
    const lines = sourceFile('{"id":9007199254740993,"cost":1}\n{"id":9007199254740992,"cost":2}\n');
    const inLines = { files: { format: 'jsonLines', columns: ['id'] }, id: 'id', fields: { cost: 'cost' } };
    assert.equal((await importFile(lines, undefined, withMapping(inLines))).calls.size, 2);
  });

  it('takes any type in any column: each problem has its row, and the good rows are read', async () => {
    const good = requests(1)[0]!;
    const columns = 10;
    const bad = [
      ...wrongValues.map((value) => (typeof value === 'object' && value ? JSON.stringify(value) : value)),
      1e300,
    ];
    const [, [row]] = insertRequests([good]) as [string, unknown[][]];
    const rows = Array.from({ length: columns }).flatMap((_, column) =>
      bad.map((value) => row!.map((was, at) => (at === column ? value : was))),
    );
    const path = database([
      [gatewayTable.replace('INTEGER PRIMARY KEY', 'ANY')],
      insertRequests([{ ...good, id: 7777 }]),
      ['INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', rows],
    ]);
    const { calls, issues } = await importFile(path, undefined, importers);
    assert.ok([...calls.values()].every(isSound));
    assert.ok([...calls.values()].some(({ id }) => String(id).includes('7777')));
    assert.ok(issues.length > 10 && issues.every(({ place }) => /^requests\.\d+$/.test(place!)));
    assert.ok(issues.some(({ message }) => message.includes('no valid usage.prompt_tokens')));
    assert.ok(issues.some(({ message }) => message.startsWith('It has no id')));
  });

  it('keeps nothing of columns that are not mapped, nor the words of an error', async () => {
    const found = await importFile(gatewayDatabase(requests(40)), undefined, importers);
    assert.ok(allOf(found).includes('RateLimitError'));
    assert.ok(!allOf(found).includes('CANARY'));
  });

  it('leaves built-in formats to their importers, and other files alone', async () => {
    const llm = database([
      [
        'CREATE TABLE responses (id TEXT, model TEXT, datetime_utc TEXT, conversation_id TEXT, prompt TEXT, response TEXT)',
      ],
      ['CREATE TABLE requests (id, created_at, usage)'],
    ]);
    assert.equal((await importFile(llm, undefined, importers)).importer, 'llm');
    const other = database([['CREATE TABLE requests (id, created_at)']]);
    const { importer, issues } = await importFile(other, undefined, importers);
    assert.deepEqual([importer, issues[0]?.mappable], [undefined, true]);
  });
});

describe('the id of a mapping', () => {
  it('tells its name, whatever that is', () => {
    for (const name of ['Gateway', 'a b:c/d', 'Ñandú ~1~ 😀', '-_.'])
      assert.equal(mappingName(mappedId(name)), name);
    assert.match(mappedId('a b:c'), /^[\w~-]+$/);
    assert.equal(mappingName('plato'), undefined);
  });
});
