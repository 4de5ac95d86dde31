import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { assistantLine, sessionId } from '../../support/claudeCode';
import { wasmPath } from '../../support/engine';
import { call, noon } from '../../support/facts';
import { metric, platoMonth } from '../../support/platoMonth';
import { jsonLines } from '../../support/sourceFiles';
import { all, globalIds, importInto, openTestStore } from '../../support/store';
import { CancellationError } from '../../../src/shared/errors';
import { explanationText } from '../../../src/shared/explanationText';
import { usd } from '../../../src/shared/money';
import { undoPath } from '../../../src/shared/retentionApi';
import { writeSetting } from '../../../src/store/settings';
import { keysOfSession } from '../../../src/store/queries/sessions';
import { report } from '../../../src/store/queries/report';
import { Ledger, journalPathOf } from '../../../src/worker/ledger';
import { Retention } from '../../../src/worker/retention';
import { explain, whatIf } from '../../../src/worker/costs';
import { createPriceBook } from '../../../src/pricing/prices';

const day = 86_400_000;
const job = { cancelled: false, pause: () => Promise.resolve() };
const ages = { compactAfterDays: 30, dailyAfterDays: 183, deleteAfterDays: 0 };

describe('retention', () => {
  const opened = async (now: { at: number }) => {
    const store = await openTestStore();
    const retention = new Retention(
      store,
      (_, work) => work(job),
      () => undefined,
      () => now.at,
    );
    return { store, ...retention.api };
  };

  it('shows what would go before it ever acts, then runs once a day in all windows', async () => {
    const now = { at: noon + 10 * day };
    const { store, retentionTurn, answerRetention, compact } = await opened(now);
    importInto(store, '/one', globalIds, {
      calls: [call({ at: noon }), call({ at: noon + day, session: 'other' })],
    });
    assert.equal((await retentionTurn(ages)).kind, 'wait', 'nothing is old enough');
    now.at = noon + 31 * day;
    const turn = await retentionTurn(ages);
    assert.ok(turn.kind === 'ask');
    const { calls, sessions, before, first } = turn.plan;
    assert.deepEqual([calls, sessions, before, first], [1, 1, noon + day / 2, noon]);
    assert.equal((await retentionTurn(ages)).kind, 'wait', 'one window asks');
    await answerRetention('later');
    now.at += 6 * day;
    assert.equal((await retentionTurn(ages)).kind, 'wait', 'not for a week');
    now.at += 2 * day;
    assert.equal((await retentionTurn(ages)).kind, 'ask');
    await answerRetention(ages);
    assert.equal((await compact('job', ages)).calls, 2);
    assert.equal((await retentionTurn(ages)).kind, 'wait');
    importInto(store, '/two', globalIds, { calls: [call({ at: noon })] });
    now.at += day;
    assert.equal((await retentionTurn(ages)).kind, 'run');
    store.close();
  });

  it('asks again before anything happens to calls sooner than was agreed, or deletes them', async () => {
    const now = { at: noon + 400 * day };
    const { store, retentionTurn, answerRetention } = await opened(now);
    importInto(store, '/one', globalIds, { calls: [call({ at: noon })] });
    const next = async (changed: Partial<typeof ages>) => {
      now.at += day;
      return (await retentionTurn({ ...ages, ...changed })).kind;
    };
    await answerRetention(ages);
    assert.equal(await next({}), 'run');
    assert.equal(await next({ compactAfterDays: 60, dailyAfterDays: 0 }), 'run');
    assert.equal(await next({ compactAfterDays: 7 }), 'ask');
    assert.equal(await next({ deleteAfterDays: 365 }), 'ask');
    await answerRetention({ ...ages, deleteAfterDays: 365 });
    assert.equal(await next({ deleteAfterDays: 365 }), 'run');
    assert.equal(await next({ deleteAfterDays: 100 }), 'ask');
    // What was written down by versions that did not keep the ages: sums were agreed to, and no deletion.
    store.write(() => writeSetting(store.db, 'retention agreed', 1));
    assert.equal(await next({ compactAfterDays: 7 }), 'run');
    assert.equal(await next({ deleteAfterDays: 365 }), 'ask');
    store.close();
  });

  it('does nothing where every age is 0, and makes sums of what is only to be deleted', async () => {
    const now = { at: noon + 400 * day };
    const { store, retentionTurn, compactionPlan, compact } = await opened(now);
    importInto(store, '/one', globalIds, { calls: [call({ at: noon }), call({ at: noon + 300 * day })] });
    const off = { compactAfterDays: 0, dailyAfterDays: 0, deleteAfterDays: 0 };
    assert.equal((await retentionTurn(off)).kind, 'wait');
    assert.equal((await compact('job', off)).calls, 0);
    const year = { ...off, deleteAfterDays: 365 };
    const { calls, deletedCalls } = await compactionPlan(year);
    assert.deepEqual([calls, deletedCalls], [1, 1]);
    await compact('job', year);
    assert.equal(report(store, all, null).total.calls, 1);
    store.close();
  });

  it('plans nothing for calls that stay, nor for the quarter hours of their sessions', async () => {
    const now = { at: noon + 200 * day };
    const { store, retentionTurn, answerRetention, compactionPlan, compact } = await opened(now);
    const account = { of: 'goes on', rank: 1 };
    const unnamed = { model: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', inputTokens: 5 };
    importInto(store, '/one', globalIds, {
      calls: [
        call({ at: noon }),
        call({ at: noon + 1, account }),
        // Of the same account in a session of which nothing else is old.
        call({ at: noon + day, account, session: 'resumed' }),
        call({ at: noon + 199 * day, account, session: 'resumed' }),
        call({ at: noon + 2, account: { of: 'no time', rank: 1 }, session: 'untimed' }),
        call({ at: undefined, account: { of: 'no time', rank: 1 }, session: 'untimed' }),
        call({ at: noon + 3, ...unnamed, session: 'unnamed' }),
        call({ at: noon + 4, account: { of: 'ended', rank: 1 }, session: 'ended' }),
        call({ at: noon + 5, account: { of: 'ended', rank: 1 }, session: 'ended' }),
      ],
    });
    const figures = async () => {
      const { calls, sessions, first, dailyCalls } = await compactionPlan(ages);
      return [calls, sessions, first, dailyCalls];
    };
    await answerRetention(ages);
    assert.equal((await retentionTurn(ages)).kind, 'run');
    assert.deepEqual(await figures(), [3, 2, noon, 0]);
    assert.deepEqual((await compactionPlan({ ...ages, deleteAfterDays: 183 })).deletedCalls, 3);
    assert.equal((await compact('job', ages)).calls, 3);
    assert.equal(store.db.rows('SELECT count(*) FROM call')[0]![0], 6);
    assert.deepEqual(await figures(), [0, 0, undefined, 0]);
    now.at += day;
    assert.equal((await retentionTurn(ages)).kind, 'wait', 'nothing is due');
    importInto(store, '/names', globalIds, { models: [{ id: unnamed.model, name: 'gpt-4o' }] });
    assert.deepEqual(await figures(), [1, 1, noon + 3, 0]);
    assert.equal((await retentionTurn(ages)).kind, 'run');
    store.close();
  });

  it('says in explanations and comparisons what is not there any more', async () => {
    const { store, compact } = await opened({ at: noon + 100 * day });
    importInto(store, '/one', globalIds, { calls: [call({ at: noon }), call({ at: noon + 99 * day })] });
    await compact('job', ages);
    const session = keysOfSession(store, 'session-1')[0]!;
    const costs = { store, book: createPriceBook() };
    for (const subject of [{ session }, { filter: { models: ['gpt-4o'] } }]) {
      const explained = (await explain(costs, subject, 'auto', job))!;
      assert.deepEqual(explained.summedUp, { calls: 1, cost: 2_500_000, until: noon });
      assert.deepEqual([explained.calls, explained.cost], [1, 2_500_000]);
      const text = explanationText(explained, { title: 'x', zone: 'UTC', money: usd, escape: (one) => one });
      assert.match(text, /Beside them \$0\.0025 of 1 older call, until .*only sums are kept/);
      assert.equal((await whatIf(costs, subject, 'auto', job)).summedUpCalls, 1);
    }
    store.close();
  });
});

describe('resets', () => {
  let folder: string;
  let path: string;
  let ledger: Ledger;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trace-ledger-reset-'));
    ledger = await Ledger.open(join(folder, 'store.db'), wasmPath);
    path = await platoMonth(
      Array.from({ length: 50 }, (_, n) =>
        metric({ sessionId: `s${n % 5}`, timestamp: Date.UTC(2025, 5, 3) + n * 60_000 }),
      ),
    );
    await ledger.api.importPaths('job', [path], {});
  });
  afterEach(() => {
    ledger.close();
    rmSync(folder, { recursive: true });
  });
  const total = async () => (await ledger.api.report(all, null)).total;

  it('of all forget everything but notes, and can be undone with sums of old calls and later sources', async () => {
    const key = (await ledger.api.sessions(all, undefined, { limit: 1 })).rows[0]!.key;
    await ledger.api.saveNote(key, 'kept');
    await ledger.api.compact('job', { before: Date.UTC(2025, 5, 3, 0, 30) });
    const before = await total();
    const rows = await ledger.api.sessions(all, undefined, { limit: 9 });
    assert.equal(await ledger.api.resetLedger(), true);
    assert.deepEqual([(await total()).calls, (await ledger.api.sources()).length], [0, 0]);
    const later = await platoMonth([metric({ sessionId: 'later' })]);
    await ledger.api.importPaths('job', [later], {});
    await ledger.api.undoReset();
    assert.equal((await total()).calls, before.calls + 1);
    await ledger.api.removeSource(later);
    assert.deepEqual(await total(), before);
    assert.deepEqual(await ledger.api.sessions(all, undefined, { limit: 9 }), rows);
    assert.equal((await ledger.api.note(key))?.text, 'kept');
    await assert.rejects(ledger.api.undoReset(), /no reset to undo/);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('undo')),
      [],
    );
  });

  it('of a source read it again as if for the first time', async () => {
    const before = await total();
    await ledger.api.compact('job', { before: Date.UTC(2030, 0) });
    assert.equal(ledger.store.db.rows('SELECT count(*) FROM call')[0]![0], 0);
    await ledger.api.resetSource(path);
    assert.deepEqual(await total(), before);
    assert.equal(ledger.store.db.rows('SELECT count(*) FROM call')[0]![0], 50);
    await ledger.api.undoReset();
    assert.equal(ledger.store.db.rows('SELECT count(*) FROM call')[0]![0], 0);
    assert.deepEqual(await total(), before);
  });

  it('lose their way back with the window', async () => {
    await ledger.api.resetLedger();
    const copy = undoPath(join(folder, 'store.db'), process.pid);
    assert.equal(statSync(copy).mode & 0o777, 0o600);
    ledger.close();
    assert.ok(!existsSync(copy));
    writeFileSync(undoPath(join(folder, 'store.db'), 4_000_000), 'of a window that was killed');
    ledger = await Ledger.open(join(folder, 'store.db'), wasmPath);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('undo')),
      [],
    );
  });

  it('keep their way back when the worker is started again', async () => {
    const before = await total();
    await ledger.api.resetLedger();
    // A worker that breaks down does not close.
    const again = await Ledger.open(join(folder, 'store.db'), wasmPath);
    await again.api.undoReset();
    assert.deepEqual((await again.api.report(all, null)).total, before);
    again.close();
  });

  it('of all forget which folders were imported, so that nothing comes back by itself', async () => {
    const logs = mkdtempSync(join(tmpdir(), 'trace-ledger-logs-'));
    const log = join(logs, 'one.jsonl');
    const line = (id: string): string =>
      jsonLines([assistantLine({ id, request: id, session: sessionId(1), input: 10 })]);
    writeFileSync(log, line('first'));
    await ledger.api.importPaths('job', [logs], {});
    await ledger.api.watchSources({ enabled: true, idleTimeoutMs: 0 });
    assert.equal((await total()).calls, 51);
    await ledger.api.resetLedger();
    writeFileSync(log, line('first') + line('second'));
    await pause(1_000);
    assert.equal((await total()).calls, 0);
    await ledger.api.importPaths('job', [logs], {});
    assert.equal((await total()).calls, 2);
    rmSync(logs, { recursive: true });
  });

  it('of a source that is stopped half-way, since reading is turned off, leave everything as it was', async () => {
    const large = await platoMonth(
      Array.from({ length: 9_000 }, (_, n) => metric({ sessionId: `large ${n}` })),
    );
    await ledger.api.importPaths('job', [large], {});
    const before = await total();
    const reset = ledger.api.resetSource(large);
    await ledger.api.stopReading();
    await assert.rejects(reset, CancellationError);
    assert.deepEqual(await total(), before);
  });

  it('delete all data: what is listed, in the sight of another window, and nothing else', async () => {
    const key = (await ledger.api.sessions(all, undefined, { limit: 1 })).rows[0]!.key;
    await ledger.api.saveNote(key, 'a very private note');
    writeFileSync(join(folder, 'not ours.txt'), 'stays');
    const other = await Ledger.open(join(folder, 'store.db'), wasmPath);
    const listed = (await ledger.api.ownData()).map(({ path: file }) => file);
    assert.ok(
      listed.includes(join(folder, 'store.db')) && listed.includes(journalPathOf(join(folder, 'store.db'))),
    );
    await ledger.api.deleteAllData();
    assert.deepEqual(
      [(await other.api.status()).calls, (await other.api.report(all, null)).total.sessions],
      [0, 0],
    );
    for (const name of readdirSync(folder)) {
      const file = join(folder, name);
      if (statSync(file).isFile())
        assert.doesNotMatch(readFileSync(file, 'latin1'), /very private note|2025-06\.json/, name);
    }
    assert.ok(existsSync(join(folder, 'not ours.txt')) && existsSync(path));
    await other.api.importPaths('job', [path], {});
    assert.equal((await total()).calls, 50, 'the other window goes on with the empty ledger');
    other.close();
  });
});
