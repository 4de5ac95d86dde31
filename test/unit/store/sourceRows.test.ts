import assert from 'node:assert/strict';
import { call } from '../../support/facts';
import { globalIds, importInto, openTestStore } from '../../support/store';
import { sourceGroups, sourcePaths, sources } from '../../../src/store/queries/sourceRows';
import { addProblems, ensureSource, finishSource } from '../../../src/store/sources';
import type { Store } from '../../../src/store/store';

const labels = new Map([['test', 'Tests']]);

describe('many sources', () => {
  let store: Store;
  before(async () => {
    store = await openTestStore();
    for (let i = 10; i < 35; i++) {
      const path = `/transcripts/${i}.jsonl`;
      importInto(store, path, globalIds, { calls: [call({ id: `${i}`, session: `s${i}` })] });
      store.write(() => {
        const id = ensureSource(store.db, path, 'test');
        finishSource(store.db, id, {
          state: i === 12 ? 'partial' : 'imported',
          fingerprint: 'x',
          bytes: 100,
        });
        if (i === 12) addProblems(store.db, id, [{ place: 'line 3', message: 'It is cut.' }]);
      });
    }
    store.write(() => {
      const id = ensureSource(store.db, '/elsewhere/broken.db', null);
      finishSource(store.db, id, { state: 'failed', fingerprint: '', bytes: 0 });
    });
  });

  it('are summed up by format, in any zone and in none', () => {
    const expected = [
      {
        importer: 'test',
        label: 'Tests',
        files: 25,
        incomplete: 1,
        sessions: 25,
        calls: 25,
        bytes: 2500,
        problems: 1,
      },
      {
        importer: null,
        label: 'Unknown format',
        files: 1,
        incomplete: 1,
        sessions: 0,
        calls: 0,
        bytes: 0,
        problems: 0,
      },
    ];
    assert.deepEqual(sourceGroups(store, labels), expected);
    store.prepareZone('UTC');
    assert.deepEqual(sourceGroups(store, labels), expected);
    assert.equal(sourcePaths(store).length, 26);
  });

  it('come page by page', () => {
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const page = sources(store, labels, {
        importer: 'test',
        limit: 10,
        ...(after === undefined ? {} : { after }),
      });
      seen.push(...page.map(({ path }) => path));
      if (page.length < 10) break;
      after = page.at(-1)!.path;
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 25 }, (_, i) => `/transcripts/${i + 10}.jsonl`),
    );
    const [row] = sources(store, labels, { path: '/transcripts/12.jsonl' });
    assert.deepEqual(
      [row!.state, row!.calls, row!.sessions, row!.problems],
      ['partial', 1, 1, [{ path: '/transcripts/12.jsonl', place: 'line 3', message: 'It is cut.' }]],
    );
    assert.deepEqual(
      sources(store, labels, { importer: null }).map(({ path, label }) => [path, label]),
      [['/elsewhere/broken.db', 'Unknown format']],
    );
  });
});
