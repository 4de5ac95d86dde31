import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { call, noon } from '../../support/facts';
import { randomFrom, shuffled } from '../../support/shuffled';
import { all, anchored, globalIds, importInto, openTestStore } from '../../support/store';
import { report } from '../../../src/store/queries/report';
import { findSessions, keysOfSession } from '../../../src/store/queries/sessions';
import { giveTags } from '../../../src/store/sessionTags';
import type { ImportBatch } from '../../../src/shared/facts';
import type { Store } from '../../../src/store/store';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

// Worked out with Python: hashlib.sha256(b'ann:gpt-4o').hexdigest()[:6].
const hexes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ann: {
    'gpt-4o': 'a13102',
    'gpt-4o-mini': 'c622e0',
    'claude-sonnet-4': '0a7a82',
    'gemini-2.5-flash': '1176fc',
    'local-model': '008dcd',
  },
  bob: {
    'gpt-4o': '304785',
    'gpt-4o-mini': '5cf7e2',
    'claude-sonnet-4': '9b84a5',
    'gemini-2.5-flash': 'd7461a',
    'local-model': '8824b4',
  },
  '': {
    'gpt-4o': '4fb6ee',
    'gpt-4o-mini': 'fa8bca',
    'claude-sonnet-4': 'f6f47f',
    'gemini-2.5-flash': '520e3d',
    'local-model': '326843',
  },
};
const users = Object.keys(hexes);
const models = Object.keys(hexes.ann!);

describe('tags of sessions', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openTestStore();
  });
  afterEach(() => store.close());

  const give = (...paths: string[]): number => [...giveTags(store, paths, sha256)].length;

  /** One import of a file of these facts, to its end. */
  const imports = (batch: ImportBatch, path = '/a'): void => {
    importInto(store, path, globalIds, batch);
    give(path);
  };

  const tags = (): Record<string, string | null> =>
    Object.fromEntries(
      store.db.read(() => store.db.rows('SELECT own_id, tag FROM session')) as [string, string | null][],
    );

  /** A session of one call, `minutes` after noon. */
  const session = (
    id: string,
    minutes: number,
    more: { user?: string; model?: string } = {},
  ): ImportBatch => ({
    sessions: [{ id, ...(more.user ? { user: more.user } : {}) }],
    calls: [
      call({ id: `call ${id}`, session: id, at: noon + minutes * 60_000, model: more.model ?? 'gpt-4o' }),
    ],
  });

  const joined = (batches: readonly ImportBatch[]): ImportBatch => ({
    sessions: batches.flatMap(({ sessions = [] }) => sessions),
    calls: batches.flatMap(({ calls = [] }) => calls),
  });

  it('count by time of the first call, whatever the order of the files, and never change', () => {
    const told = Array.from({ length: 10_000 }, (_, i) => {
      const [user, model] = [users[i % 3]!, models[(i * 7) % 5]!];
      return { id: `s${i}`, minutes: (i * 7919) % 10_000, user, model };
    });
    const counts = new Map<string, number>();
    const expected: Record<string, string> = {};
    for (const { id, user, model } of [...told].sort((a, b) => a.minutes - b.minutes)) {
      const hex = hexes[user]![model]!;
      counts.set(hex, (counts.get(hex) ?? 0) + 1);
      expected[id] = `chat_model_${hex}_${String(counts.get(hex)).padStart(3, '0')}`;
    }
    assert.equal(counts.size, 15);
    const mixed = shuffled(told, randomFrom(3));
    const paths = ['/x', '/y', '/z'];
    for (const [i, path] of paths.entries()) {
      const part = mixed.filter((_, at) => at % 3 === i);
      importInto(
        store,
        path,
        globalIds,
        joined(part.map(({ id, minutes, ...more }) => session(id, minutes, more))),
      );
    }
    give(...paths);
    assert.deepEqual(tags(), expected);

    const revision = store.db.changeCounter();
    assert.equal(give(...paths), 0);
    assert.equal(store.db.changeCounter(), revision, 'nothing is written a second time');

    imports(session('older', -60, { user: 'ann' }), '/late');
    const next = counts.get('a13102')! + 1;
    assert.deepEqual(tags(), { ...expected, older: `chat_model_a13102_${next}` });
  }).timeout(60_000);

  it('go on past 999', () => {
    imports(joined(Array.from({ length: 1002 }, (_, i) => session(`s${i}`, i))));
    imports(session('later', 5000));
    const { s998, s999, s1001, later } = tags();
    assert.deepEqual(
      [s998, s999, s1001, later],
      ['chat_model_4fb6ee_999', 'chat_model_4fb6ee_1000', 'chat_model_4fb6ee_1002', 'chat_model_4fb6ee_1003'],
    );
  });

  it('are of the model of the first call that has one', () => {
    imports({
      calls: [
        call({ id: 1, session: 's', at: noon + 2, model: 'gpt-4o' }),
        call({ id: 2, session: 's', at: noon + 1, model: 'gpt-4o-mini' }),
        call({ id: 3, session: 's', at: noon, model: undefined }),
        call({ id: 4, session: 's', at: undefined, model: 'local-model' }),
        call({ id: 5, session: 'untimed', at: undefined, model: 'local-model' }),
      ],
    });
    assert.deepEqual(tags(), { s: 'chat_model_fa8bca_001', untimed: 'chat_model_326843_001' });
  });

  it('take the digits of the UUID that a source has', () => {
    const modelId = 'DEADBEEF-93c1-4e0a-8f5e-0123456789ab';
    imports({
      sessions: [
        { id: 'a', modelId },
        { id: 'b', modelId },
        { id: 'c', modelId },
      ],
      calls: [
        call({ id: 1, session: 'a', model: 'gpt-4o' }),
        call({ id: 2, session: 'b', model: undefined, at: noon + 1 }),
      ],
    });
    assert.deepEqual(tags(), { a: 'chat_model_deadbe_001', b: 'chat_model_deadbe_002', c: null });
  });

  it('are not given without a call or a model', () => {
    imports({ sessions: [{ id: 'empty' }], calls: [call({ id: 1, session: 's', model: undefined })] });
    assert.deepEqual(tags(), { empty: null, s: null });
    imports({ calls: [call({ id: 2, session: 's', at: noon + 1 })] });
    assert.equal(tags().s, 'chat_model_4fb6ee_001');
  });

  it('that a source has recorded stay, and are counted from', () => {
    imports({
      ...joined([session('s', 0), session('other', 1)]),
      sessions: [
        { id: 's' },
        { id: 'imported', tag: 'chat_model_4fb6ee_041' },
        { id: 'free', tag: 'release-7' },
      ],
    });
    const expected = {
      s: 'chat_model_4fb6ee_042',
      other: 'chat_model_4fb6ee_043',
      imported: 'chat_model_4fb6ee_041',
      free: 'release-7',
    };
    assert.deepEqual({ ...tags() }, expected);
    // It comes too late for one that was given, and takes the place of one that was imported.
    imports({
      sessions: [
        { id: 's', tag: 'chat_model_4fb6ee_007' },
        { id: 'imported', tag: 'chat_model_4fb6ee_008' },
      ],
    });
    imports(session('last', 2));
    assert.deepEqual(
      { ...tags() },
      { ...expected, imported: 'chat_model_4fb6ee_008', last: 'chat_model_4fb6ee_044' },
    );
  });

  it('of users and of other users are counted apart', () => {
    const modelId = 'deadbeef-93c1-4e0a-8f5e-0123456789ab';
    const of = (user: string): ImportBatch => ({
      sessions: [{ id: user, user, modelId }],
      calls: [call({ id: `call ${user}`, session: user })],
    });
    imports(joined([of('ann'), of('bob')]));
    assert.deepEqual(tags(), { ann: 'chat_model_deadbe_001', bob: 'chat_model_deadbe_001' });
  });

  it('of a removed source are given to no other session, and to the same one if it comes back', () => {
    const [first, second] = [session('first', 0), session('second', 1)];
    const imported = { sessions: [{ id: 'imported', tag: 'chat_model_4fb6ee_050' }] };
    imports(joined([first, second, imported]));
    const before = tags();
    store.removeSource('/a');
    assert.deepEqual(tags(), {});
    imports(session('new', -5), '/b');
    assert.deepEqual(tags(), { new: 'chat_model_4fb6ee_053' });
    imports(joined([second, first]), '/a');
    assert.deepEqual([tags().first, tags().second], [before.first, before.second]);
    assert.deepEqual([before.first, before.second], ['chat_model_4fb6ee_051', 'chat_model_4fb6ee_052']);
  });

  it('of parts of a session go with the whole', () => {
    imports(joined([session('trace', 0), session('whole', 1), session('trace 2', 2)]));
    const { trace, whole } = tags();
    imports({
      merges: [
        { from: 'trace', into: 'late' },
        { from: 'trace 2', into: 'whole' },
      ],
    });
    assert.deepEqual(tags(), { late: trace, whole });
    imports(session('next', 3));
    assert.equal(tags().next, 'chat_model_4fb6ee_004');
  });

  it('wait for a file that another window is still reading', () => {
    importInto(store, '/theirs', globalIds, session('theirs', 0));
    imports(session('ours', 1), '/ours');
    assert.deepEqual(tags(), { ours: 'chat_model_4fb6ee_001', theirs: null });
    give('/theirs');
    assert.equal(tags().theirs, 'chat_model_4fb6ee_002');
  });

  it('are found, in whole, in part and by number, and name groups', () => {
    importInto(store, '/a', anchored('x'), joined([session('s', 0), session('t', 1), session('u', 2)]));
    give('/a');
    const found = (text: string): string[] => findSessions(store, text, 'auto', 10).map(({ id }) => id);
    assert.deepEqual(found('chat_model_4fb6ee_002'), ['t']);
    assert.deepEqual(found('4FB6EE'), ['u', 't', 's']);
    assert.deepEqual(found('#003'), ['u']);
    assert.deepEqual(found('[gpt-4o #003]'), ['u']);
    assert.deepEqual(found('#3'), []);
    assert.deepEqual(keysOfSession(store, 'chat_model_4fb6ee_002'), ['test-x:t']);
    assert.deepEqual(
      report(store, all, 'tag')
        .groups.map(({ key, calls }) => [key, calls])
        .sort(),
      [1, 2, 3].map((n) => [`chat_model_4fb6ee_00${n}`, 1]),
    );
  });
});
