import assert from 'node:assert/strict';
import { errorKind } from '../../src/store/errorKind';
import { measureColumns, measuresOf, usageColumns } from '../../src/store/measures';
import { measuresOfRow } from '../../src/store/compaction/compactedRow';
import { compactedRows } from '../../src/store/compaction/compactedTable';
import { storedCall } from '../../src/store/queries/storedCall';
import type { Store } from '../../src/store/store';

/**
 * Every rollup, added up from the calls themselves and from what is kept of those that were summed up: what the incremental
 * sums must always be equal to. `days`: sums by day, too, which leave out excluded sessions.
 */
export function assertRollupsMatchCalls(store: Store, days = true): void {
  const columns = `session, at, model, source, ${usageColumns.join(', ')}, recorded, recorded_elsewhere, computed, flags`;
  const expected = new Map<string, number[]>();
  for (const [session, at, model, source, ...rest] of store.db.rows(
    `SELECT ${columns} FROM call WHERE duplicate_of IS NULL`,
  )) {
    const slot = at === null ? -1 : Math.floor((at as number) / 900_000);
    const key = [session, slot, model, source].join(' ');
    const sum = expected.get(key) ?? measureColumns.map(() => 0);
    measuresOf(storedCall(rest)).forEach((value, i) => (sum[i]! += value));
    expected.set(key, sum);
  }
  for (const row of compactedRows(store.db, '1', [])) {
    const key = [row.session, row.slot, row.model, row.source].join(' ');
    const sum = expected.get(key) ?? measureColumns.map(() => 0);
    measuresOfRow(row).forEach((value, i) => (sum[i]! += value));
    expected.set(key, sum);
  }
  const actual = new Map(
    store.db
      .rows(`SELECT session, slot, model, source, ${measureColumns.join(', ')} FROM usage_slot`)
      .map(([session, slot, model, source, ...sum]) => [[session, slot, model, source].join(' '), sum]),
  );
  assert.deepEqual(Object.fromEntries([...actual].sort()), Object.fromEntries([...expected].sort()));
  assertDetailsMatchCalls(store);
  const sums = measureColumns.map((name) => `sum(${name})`).join(', ');
  const slots = store.db.rows(`SELECT ${sums} FROM usage_slot`)[0];
  assert.deepEqual(store.db.rows(`SELECT ${sums} FROM usage_session`)[0], slots);
  if (!days) return;
  for (const [zone] of store.db.rows('SELECT id FROM zone')) {
    assert.deepEqual(store.db.rows(`SELECT ${sums} FROM usage_day WHERE zone = ?`, [zone!])[0], slots);
  }
}

/** Sums by command and class of error, of the calls that have either. */
export function assertDetailsMatchCalls({ db }: Store): void {
  const measures = `${usageColumns.join(', ')}, recorded, recorded_elsewhere, computed, flags`;
  const expected = new Map<string, number[]>();
  for (const [session, at, model, source, command, error, ...rest] of db.rows(
    `SELECT session, at, model, source, command, error, ${measures} FROM call WHERE duplicate_of IS NULL`,
  )) {
    const failed = ((rest.at(-1) as number) & 0b1_0000_1000) !== 0;
    if (command === null && !failed) continue;
    const slot = at === null ? -1 : Math.floor((at as number) / 900_000);
    const kind = failed ? errorKind((error as string | null) ?? undefined) : '';
    const key = [slot, session, model, source, command ?? '', kind].join(' ');
    const sum = expected.get(key) ?? measureColumns.map(() => 0);
    measuresOf(storedCall(rest)).forEach((value, i) => (sum[i]! += value));
    expected.set(key, sum);
  }
  addCompactedDetails(db, expected);
  const keys = ['slot', 'session', 'model', 'source', 'command', 'error'];
  const actual = db
    .rows(`SELECT ${[...keys, ...measureColumns].join(', ')} FROM usage_detail`)
    .map((row) => [row.slice(0, keys.length).join(' '), row.slice(keys.length)] as const);
  assert.deepEqual(Object.fromEntries(actual), Object.fromEntries(expected));
}

function addCompactedDetails(db: Store['db'], expected: Map<string, number[]>): void {
  for (const row of compactedRows(db, '1', [])) {
    if (row.command === '' && row.error === '') continue;
    const key = [row.slot, row.session, row.model, row.source, row.command, row.error].join(' ');
    const sum = expected.get(key) ?? measureColumns.map(() => 0);
    measuresOfRow(row).forEach((value, i) => (sum[i]! += value));
    expected.set(key, sum);
  }
}
