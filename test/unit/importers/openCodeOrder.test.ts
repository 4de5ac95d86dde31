import assert from 'node:assert/strict';
import { parted, sameLedger, sums } from '../../support/arrangements';
import { ledgerInSteps, ledgerOf } from '../../support/ledgerOf';
import { random } from '../../support/randomWorld';
import { seeds } from '../../support/seeds';
import { database, newPlace, sourceFile } from '../../support/sourceFiles';
import type { Dice } from '../../support/arrangements';
import type { Statement } from '../../support/sourceFiles';

const start = Date.UTC(2026, 2, 2, 9);
const parents = [null, null, 'ses_0', 'ses_2', 'ses_1'];

/** An answer with its figures. */
function answer(i: number, { below, chance }: Dice) {
  const [input, read, write, output, reasoning] = [
    below(900),
    below(900),
    below(90),
    1 + below(300),
    below(50),
  ];
  const failed = chance(0.2);
  const nano = chance(0.5) ? 1 + below(1e6) : 0;
  const data = {
    ...{ role: 'assistant', modelID: 'claude-sonnet-4-5', providerID: 'anthropic', cost: nano / 1e9 },
    ...{
      path: { cwd: '/home/ana/shop' },
      agent: 'build',
      tokens: { input, output, reasoning, cache: { read, write } },
    },
    time: { created: start + i * 1000, completed: start + i * 1000 + 900 },
    ...(failed ? { error: { name: 'APIError', data: {} } } : {}),
  };
  const figures = { input, cacheRead: read, cacheWrite: write, output: output + reasoning, recorded: nano };
  return { id: `msg_${i}`, session: `ses_${i % 5}`, data, figures: { ...figures, errors: failed ? 1 : 0 } };
}
type Answer = ReturnType<typeof answer>;

const tables: Statement[] = [
  [
    'CREATE TABLE session (id TEXT PRIMARY KEY, parent_id TEXT, directory TEXT, time_created INTEGER, time_updated INTEGER)',
  ],
  [
    'CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT)',
  ],
  [
    'INSERT INTO session VALUES (?, ?, ?, ?, ?)',
    parents.map((parent, i) => [`ses_${i}`, parent, '/home/ana/shop', start, start]),
  ],
];
const rows = (answers: readonly Answer[]): Statement => [
  'INSERT OR IGNORE INTO message VALUES (?, ?, ?, ?, ?)',
  answers.map(({ id, session, data }) => [id, session, start, data.time.completed, JSON.stringify(data)]),
];
const inDatabase = (answers: readonly Answer[]): string => database([...tables, rows(answers)]);

/** A folder as OpenCode wrote it before it had a database. */
function inFiles(answers: readonly Answer[]): string {
  const place = newPlace();
  for (const [i, parentID] of parents.entries()) {
    const session = {
      id: `ses_${i}`,
      version: '1',
      title: 't',
      directory: '/home/ana/shop',
      time: { created: start },
    };
    sourceFile({ ...session, ...(parentID ? { parentID } : {}) }, `session/ses_${i}.json`, place);
  }
  for (const { id, session, data } of answers)
    sourceFile(
      JSON.stringify({ id, sessionID: session, ...data }, null, 2),
      `message/${session}/${id}.json`,
      place,
    );
  return place;
}

const answersOf = (seed: number): Answer[] => {
  const dice = random(seed);
  return Array.from({ length: 20 }, (_, i) => answer(i, dice));
};
const expected = (answers: readonly Answer[]) => {
  const sum = (name: keyof Answer['figures']) => answers.reduce((all, { figures }) => all + figures[name], 0);
  return {
    ...{
      calls: answers.length,
      input: sum('input'),
      cacheRead: sum('cacheRead'),
      cacheWrite: sum('cacheWrite'),
    },
    ...{ output: sum('output'), recorded: sum('recorded'), errors: sum('errors') },
  };
};

describe('OpenCode: the same messages in any order, split, repeated, in a database and in files', () => {
  for (const seed of seeds(2, 4)) {
    it(`are the same ledger, seed ${seed}`, async () => {
      const answers = answersOf(seed);
      const ledger = await sameLedger(seed, 3, (dice) =>
        parted(answers, dice).map((part) => dice.of([inDatabase, inFiles])(part)),
      );
      assert.deepEqual(sums(ledger), expected(answers));
      // Naive: five sessions, of which three are agents.
      assert.equal(ledger.total.sessions, 2);
    });
  }

  it('are the same ledger when the database grows between imports', async () => {
    const answers = answersOf(9);
    const path = inDatabase(answers.slice(0, 7));
    const grown = await ledgerInSteps(
      () => [path],
      () => [database([rows(answers.slice(5, 15))], path)],
      () => [path],
      () => [database([rows(answers.slice(15))], path)],
    );
    assert.deepEqual(sums(grown), expected(answers));
    assert.deepEqual(sums(await ledgerOf(path)), expected(answers));
  });
});
