import assert from 'node:assert/strict';
import { copyFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importPaths } from '../../../src/ingest/import';
import { report } from '../../../src/store/queries/report';
import { testEngine } from '../../support/engine';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { randomFrom, shuffled } from '../../support/shuffled';
import { all, openTestStore } from '../../support/store';
import { python, temporaryFolder } from '../../support/synthDb';
import type { CallFact } from '../../../src/shared/facts';
import type { Store } from '../../../src/store/store';

const samples = join(__dirname, '../../fixtures/nevil/logs');
const folder = temporaryFolder();
after(() => folder.remove());

/** Sums of a tracker, in the order of the document: audio in and out, text in and out, sessions, calls, USD. */
type State = readonly [number, number, number, number, number, number, number];

const snapshotOf = ([audioIn, audioOut, textIn, textOut, sessions, functions, usd]: State) => ({
  audio_input_seconds: audioIn,
  audio_output_seconds: audioOut,
  text_input_tokens: textIn,
  text_output_tokens: textOut,
  total_sessions: sessions,
  total_duration_seconds: 0,
  function_calls: functions,
  estimated_cost_usd: usd,
});
const write = (name: string, state: State): string => {
  writeFileSync(folder.file(name), JSON.stringify(snapshotOf(state), null, 2));
  return folder.file(name);
};

async function read(store: Store, paths: readonly string[], force = false): Promise<void> {
  await importPaths(store, await testEngine(), {
    paths,
    force,
    pause: () => Promise.resolve(),
    told: () => undefined,
    log: (message) => assert.fail(message),
  });
}

const figures = (store: Store) => {
  const { calls, audioInputSeconds, audioOutputSeconds, inputTokens, outputTokens, recorded } = report(
    store,
    all,
    null,
  ).total;
  const rounded = (seconds: number) => Math.round(seconds * 1e6) / 1e6;
  return [
    calls,
    rounded(audioInputSeconds),
    rounded(audioOutputSeconds),
    inputTokens,
    outputTokens,
    recorded,
  ];
};

const one: State = [312.5, 148.2, 4200, 950, 3, 12, 0.046765];
const two: State = [400.1, 148.2, 4300, 1000, 4, 15, 0.06];
const anew: State = [10, 5, 20, 0, 1, 1, 0.001];

describe('Nevil, realtime_usage.json', () => {
  // The figures of the sample, which stand in it as they are.
  it('reads the sample', async () => {
    const path = folder.file('sample.json');
    copyFileSync(join(samples, 'realtime_usage.json'), path);
    utimesSync(path, 1763201700, 1763201700);
    const found = await importFile(path);
    assert.equal(found.importer, 'nevil');
    assert.deepEqual(found.issues, []);
    const [{ id, ...call }, ...others] = [...found.calls.values()] as [CallFact, ...CallFact[]];
    assert.match(String(id), /^[0-9a-f]{32}$/);
    assert.deepEqual(others, []);
    assert.deepEqual(call, {
      session: 'realtime-usage',
      at: 1763201700000,
      provider: 'openai',
      model: 'gpt-realtime',
      inputTokens: 4200,
      outputTokens: 950,
      audioInputSeconds: 312.5,
      audioOutputSeconds: 148.2,
      recorded: 46_765_000,
      recordedExact: false,
    });
    assert.deepEqual(
      [...found.sessions.values()],
      [{ id: 'realtime-usage', events: 3, functionCalls: 12, durationMs: 0 }],
    );
  });

  it('counts the difference to the last snapshot, and a drop as a new beginning', async () => {
    const store = await openTestStore();
    const path = write('usage.json', one);
    await read(store, [path]);
    assert.deepEqual(figures(store), [1, 312.5, 148.2, 4200, 950, 46_765_000]);
    await read(store, [write('usage.json', two)]);
    assert.deepEqual(figures(store), [2, 400.1, 148.2, 4300, 1000, 60_000_000]);
    await read(store, [write('usage.json', anew)]);
    assert.deepEqual(figures(store), [3, 410.1, 153.2, 4320, 1000, 61_000_000]);
    const sessions = store.db.rows('SELECT own_id, events, function_calls FROM session ORDER BY own_id');
    assert.deepEqual(sessions, [
      ['realtime-usage', 4, 15],
      ['realtime-usage-2', 1, 1],
    ]);
    store.close();
  });

  it('counts nothing twice: read again by force, copied, moved, an old copy', async () => {
    const store = await openTestStore();
    const path = write('usage.json', one);
    await read(store, [path]);
    copyFileSync(path, folder.file('backup.json'));
    await read(store, [write('usage.json', two)]);
    const correct = figures(store);
    await read(store, [path], true);
    assert.deepEqual(figures(store), correct, 'by force');
    copyFileSync(path, folder.file('copy.json'));
    await read(store, [folder.file('copy.json'), folder.file('backup.json')]);
    assert.deepEqual(figures(store), correct, 'copies');
    renameSync(path, folder.file('moved.json'));
    await read(store, [folder.file('moved.json')]);
    assert.deepEqual(figures(store), correct, 'moved');
    await read(store, [write('moved.json', [401.1, 148.2, 4300, 1000, 4, 15, 0.06])]);
    assert.deepEqual(figures(store).slice(0, 2), [3, 401.1], 'goes on where it was moved to');
    store.close();
  });

  it('tells two robots apart, also when both have counted nothing yet', async () => {
    const store = await openTestStore();
    const nothing: State = [0, 0, 0, 0, 0, 0, 0];
    await read(store, [write('a.json', nothing), write('b.json', nothing)]);
    assert.equal(figures(store)[0], 0);
    await read(store, [write('a.json', one), write('b.json', two)]);
    assert.deepEqual(figures(store).slice(0, 4), [2, 712.6, 296.4, 8500]);
    store.close();
  });

  it('is read again from its beginning when its source was removed', async () => {
    const store = await openTestStore();
    await read(store, [write('gone.json', one)]);
    await read(store, [write('gone.json', two)]);
    store.removeSource(folder.file('gone.json'));
    await read(store, [folder.file('gone.json')]);
    assert.deepEqual(figures(store), [1, 400.1, 148.2, 4300, 1000, 60_000_000]);
    store.close();
  });

  it('adds up to the last state, however often and at whichever states it was read', async () => {
    const random = randomFrom(11);
    for (let round = 0; round < 10; round++) {
      const store = await openTestStore();
      let state: State = [0, 0, 0, 0, 0, 0, 0];
      for (let i = 0; i < 12; i++) {
        state = state.map((sum) => sum + Math.floor(random() * 3)) as unknown as State;
        const names = shuffled(['x.json', 'y.json'], random).slice(0, 1 + Math.floor(random() * 2));
        for (const name of names) await read(store, [write(`${round}-${name}`, state)], random() < 0.3);
        // Both lie at their place from the first state on, so that the two are copies of one another.
        if (i === 0)
          await read(
            store,
            ['x.json', 'y.json'].map((name) => write(`${round}-${name}`, state)),
          );
      }
      await read(store, [write(`${round}-x.json`, state), write(`${round}-y.json`, state)]);
      const [audioIn, audioOut, textIn, textOut, , , usd] = state;
      assert.deepEqual(figures(store).slice(1), [audioIn, audioOut, textIn, textOut, usd * 1e9]);
      store.close();
    }
  });

  describe('with bad input', () => {
    it('takes a field that makes no sense as unchanged, and says so', async () => {
      const values = ['x', -1, null, [], {}, true, 1e300, '17'];
      const names = Object.keys(snapshotOf(one));
      for (const name of names) {
        for (const value of values) {
          const path = folder.file('odd.json');
          writeFileSync(path, JSON.stringify({ ...snapshotOf(one), [name]: value, more: { deep: [] } }));
          const found = await importFile(path);
          assert.equal(found.calls.size, 1);
          assert.deepEqual(
            found.issues.map(({ place }) => place),
            value === '17' ? [] : [name],
          );
        }
      }
    });

    it('waits for a file that is not whole', async () => {
      const path = folder.file('cut.json');
      const text = JSON.stringify(snapshotOf(one));
      writeFileSync(path, text.slice(0, -10));
      const found = await importFile(path);
      assert.equal(found.calls.size, 0);
      assert.match(found.issues[0]!.message, /not whole/);
      writeFileSync(path, text.replace('312.5', 'NaN'));
      assert.equal([...(await importFile(path)).calls.values()][0]!.audioInputSeconds, 0);
    });
  });
});

describe('Nevil, chat_log.db', () => {
  const chats = join(samples, 'chat_log.db');

  // Worked out by hand: 10:15:00.100 to 10:15:02.500 is 2.4 s; 2026-11-22 01:53:36 UTC is 1,795,312,416 s after 1970.
  it('reads the sample', async () => {
    const found = await importFile(chats);
    const id = '20251115_101500_1a2b3c4d';
    assert.equal(found.importer, 'nevil');
    assert.deepEqual(
      [...found.sessions.values()],
      [{ id, steps: 2, createdAt: 1_795_312_416_000, durationMs: 2400 }],
    );
    const call = { session: id, at: 1_795_312_416_000, provider: undefined };
    assert.deepEqual(
      [...found.calls.values()],
      [
        { ...call, id: `${id}/1`, model: 'whisper-1', latencyMs: 800, failed: false },
        { ...call, id: `${id}/2`, model: 'gpt-4o', latencyMs: 1500, failed: true, error: 'timeout' },
      ],
    );
    assert.doesNotMatch(JSON.stringify(found.batches), /hello|audio/);
  });

  it('reads the rest, whatever stands in a column, and keeps nothing that was said', async () => {
    const path = folder.file('odd.db');
    python(
      `
import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
c.execute("create table log_chat(id integer primary key, conversation_id, step, timestamp_start, timestamp_end, duration_ms, status, input_text, output_text, metadata, error_text, created_at)")
good = ['conv', 'gpt', '2025-11-15T10:15:00', '2025-11-15T10:15:01', 1000.0, 'failed', 'canary', 'canary', '{"model": "gpt-4o", "prompt": "canary"}', 'RateLimitError: canary', '2025-11-15 09:15:00']
odd = [None, '', 'canary canary', -1, 1e308, b'\\x00\\xff', '{"model": {"a": ["canary"]}}', '[' * 50000]
for i in range(len(good)):
    if i in (6, 7): continue
    for value in odd:
        row = list(good); row[i] = value
        c.execute('insert into log_chat values (null,' + ','.join('?' * 11) + ')', row)
c.execute('insert into log_chat values (null,' + ','.join('?' * 11) + ')', good)
c.commit()
`,
      path,
    );
    const found = await importFile(path);
    // No conversation: NULL, '' and a BLOB. The other five names of one are ids, as odd as they are.
    assert.equal(found.issues.length, 3);
    assert.ok(found.issues.every(({ place }) => /^log_chat\.\d+$/.test(place!)));
    // 9 columns with 8 values each; three conversations and all steps but gpt are none. And the good row.
    assert.equal(found.calls.size, 73 - 3 - 8);
    const calls = [...found.calls.values()].map((call) => ({ ...call, id: '', session: '' }));
    assert.doesNotMatch(JSON.stringify(calls), /canary/);
    assert.equal(calls.at(-1)!.error, 'RateLimitError');
    const { issues, total } = await ledgerOf(path);
    assert.deepEqual([issues.length, total.calls], [3, 62]);
  });

  it('counts a copy once', async () => {
    copyFileSync(chats, folder.file('copy.db'));
    const { total, sessions } = await ledgerOf(chats, folder.file('copy.db'));
    assert.deepEqual([total.calls, total.errors, total.inputTokens, sessions.length], [2, 1, 0, 1]);
    rmSync(folder.file('copy.db'));
  });
});

describe('Nevil, the whole folder', () => {
  it('has the usage of the snapshot and the steps of the log', async () => {
    const { total } = await ledgerOf(samples);
    assert.deepEqual(
      [
        total.inputTokens,
        total.outputTokens,
        total.audioInputSeconds,
        total.audioOutputSeconds,
        total.recorded,
      ],
      [4200, 950, 312.5, 148.2, 46_765_000],
    );
    assert.deepEqual([total.calls, total.errors, total.sessions], [3, 1, 2]);
  });
});
