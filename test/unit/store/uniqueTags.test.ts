import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { call } from '../../support/facts';
import { randomFrom, shuffled } from '../../support/shuffled';
import { globalIds, importInto, openTestStore } from '../../support/store';
import { giveTags } from '../../../src/store/sessionTags';
import type { ImportBatch } from '../../../src/shared/facts';
import type { Store } from '../../../src/store/store';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('tags that may be told twice', () => {
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

  const joined = (batches: readonly ImportBatch[]): ImportBatch => ({
    sessions: batches.flatMap(({ sessions = [] }) => sessions),
    calls: batches.flatMap(({ calls = [] }) => calls),
  });

  /** Sessions by user and tag, as one sees them: each pair must be there once. */
  const doubles = (): unknown[] =>
    store.db.read(() =>
      store.db.rows(
        'SELECT person, tag, count(*) FROM session WHERE tag IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1',
      ),
    );

  describe('are unique for a user', () => {
    const modelId = 'deadbeef-93c1-4e0a-8f5e-0123456789ab';
    const of = (id: string, user?: string): ImportBatch => ({
      sessions: [{ id, modelId, ...(user === undefined ? {} : { user }) }],
      calls: [call({ id: `call ${id}`, session: id })],
    });
    const numbered = (n: number): string => `chat_model_deadbe_00${n}`;

    it('when a user is told late', () => {
      imports(of('whose'));
      imports(of('of ann', 'ann'));
      imports(of('of bob', 'bob'));
      imports(of('whose too'));
      const given = {
        whose: numbered(1),
        'of ann': numbered(2),
        'of bob': numbered(2),
        'whose too': numbered(3),
      };
      assert.deepEqual(tags(), given);
      imports({
        sessions: [
          { id: 'whose', user: 'ann' },
          { id: 'whose too', user: 'bob' },
        ],
      });
      imports(of('next', 'bob'));
      assert.deepEqual(tags(), { ...given, next: numbered(4) });
      assert.deepEqual(doubles(), []);
    });

    it('when a session without a user comes after imported tags', () => {
      imports({ sessions: [{ id: 'imported', user: 'ann', tag: numbered(6) }] });
      imports(of('whose'));
      imports({ sessions: [{ id: 'whose', user: 'ann' }] });
      assert.deepEqual(tags(), { imported: numbered(6), whose: numbered(7) });
    });

    it('when sources contradict each other about the user', () => {
      imports(of('one', 'ann'));
      imports(of('other', 'bob'));
      imports({ sessions: [{ id: 'other', user: 'ann' }] });
      assert.deepEqual(tags(), { one: numbered(1), other: numbered(1) });
      assert.deepEqual(doubles(), [], 'it stays with the user whose tag it has');
      imports({ sessions: [{ id: 'other', user: 'cleo' }] });
      imports(of('of cleo', 'cleo'));
      assert.deepEqual(tags()['of cleo'], numbered(2));
      assert.deepEqual(doubles(), []);
    });

    it('when a source names one afterwards that was given to another session', () => {
      imports(of('ours', 'ann'));
      const late = { sessions: [{ id: 'late', user: 'ann', tag: numbered(1) }] };
      imports(late);
      assert.deepEqual(tags(), { ours: numbered(1), late: null }, 'it gets one with its first call');
      for (let turn = 1; turn <= 2; turn++) {
        imports({ ...of('late'), sessions: [...late.sessions, { id: 'late', modelId }] });
        assert.deepEqual(tags(), { ours: numbered(1), late: numbered(2) });
      }
      imports({ sessions: [{ id: 'of bob', user: 'bob', tag: numbered(1) }] });
      assert.equal(tags()['of bob'], numbered(1));
    });

    it('when a removed source comes back', () => {
      imports(of('ours', 'ann'));
      store.removeSource('/a');
      imports(
        { ...of('late', 'ann'), sessions: [{ id: 'late', user: 'ann', modelId, tag: numbered(1) }] },
        '/b',
      );
      assert.deepEqual(tags(), { late: numbered(1) });
      imports(of('ours', 'ann'));
      give('/b');
      assert.deepEqual(tags(), { late: numbered(2), ours: numbered(1) });
    });

    it('when a session turns out to be part of another', () => {
      imports(joined([of('part', 'ann'), of('of bob', 'bob')]));
      imports({ sessions: [{ id: 'whole', user: 'bob' }], merges: [{ from: 'part', into: 'whole' }] });
      assert.deepEqual(tags(), { 'of bob': numbered(1), whole: numbered(2) });
      imports(joined([of('part 2'), of('whole 2')]));
      imports({ merges: [{ from: 'part 2', into: 'whole 2' }] });
      assert.deepEqual(tags(), { 'of bob': numbered(1), whole: numbered(2), 'whole 2': numbered(4) });
    });

    it('in any history of users that are told early, late or wrongly, and never change', async () => {
      for (let seed = 1; seed <= 20; seed++) {
        store.close();
        store = await openTestStore();
        const random = randomFrom(seed * 7919);
        const below = (n: number): number => Math.floor(random() * n);
        const given = new Map<string, string>();
        for (let turn = 1; turn <= 30; turn++) {
          const [id, user] = [`s${below(12)}`, ['ann', 'bob', undefined, undefined][below(4)]];
          const tag = below(5) === 0 ? { tag: numbered(1 + below(9)) } : {};
          const fact = { id, ...(user === undefined ? {} : { user }), ...(given.has(id) ? {} : tag) };
          imports({ ...of(id), sessions: [{ ...fact, modelId }] });
          const rows = store.db.read(() =>
            store.db.rows('SELECT own_id, tag FROM session WHERE tag_given = 1'),
          );
          for (const [own, tag] of rows as [string, string][]) {
            assert.equal(given.get(own) ?? tag, tag, `${seed}.${turn}: ${own}`);
            given.set(own, tag);
          }
          const visible = store.db.rows(
            `SELECT s.own_id, s.tag FROM session s JOIN session o ON o.person = s.person AND o.tag = s.tag AND o.id <> s.id
              WHERE s.tag_given = 1`,
          );
          assert.deepEqual(visible, [], `${seed}.${turn}`);
        }
      }
    });
  });

  it('of several that sources tell of one session are the lowest, whatever the order', async () => {
    const told = ['chat_model_4fb6ee_1000', 'chat_model_4fb6ee_041', 'chat_model_4fb6ee_042'];
    const batches: ImportBatch[] = [
      ...told.map((tag) => ({ sessions: [{ id: 's', tag }] })),
      { sessions: [{ id: 'part', tag: 'chat_model_4fb6ee_043' }], merges: [{ from: 'part', into: 's' }] },
      { sessions: [{ id: 's', user: 'ann' }] },
    ];
    const seen = new Set<string>();
    for (let seed = 1; seed <= 12; seed++) {
      store.close();
      store = await openTestStore();
      for (const [i, batch] of shuffled(batches, seed).entries())
        importInto(store, `/${i}`, globalIds, batch);
      importInto(store, '/next', globalIds, {
        sessions: [{ id: 'next', user: 'ann', modelId: '4fb6ee00-93c1-4e0a-8f5e-0123456789ab' }],
        calls: [call({ id: 1, session: 'next' })],
      });
      give('/next');
      seen.add(JSON.stringify(Object.entries(tags()).sort()));
    }
    assert.deepEqual([...seen], ['[["next","chat_model_4fb6ee_1001"],["s","chat_model_4fb6ee_041"]]']);
  });
});
