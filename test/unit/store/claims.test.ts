import assert from 'node:assert/strict';
import { call } from '../../support/facts';
import { random } from '../../support/randomWorld';
import { seeds } from '../../support/seeds';
import { shuffled } from '../../support/shuffled';
import { all, globalIds, importInto, openTestStore } from '../../support/store';
import { claimState, claimText } from '../../../src/shared/claims';
import { usd } from '../../../src/shared/money';
import { report } from '../../../src/store/queries/report';
import { sessionDetail } from '../../../src/store/queries/sessionDetail';
import { sources } from '../../../src/store/queries/sourceRows';
import type { ImportBatch } from '../../../src/shared/facts';
import type { Store } from '../../../src/store/store';

const cents = (amount: number): number => amount * 10_000_000;
const paid = (amount: number) => ({ recorded: cents(amount), recordedExact: true });
const march = (day: number, hour = 12): number => Date.UTC(2026, 2, day, hour);

type File = readonly [path: string, batch: ImportBatch];

const calls: ImportBatch = {
  calls: [
    call({ id: 1, session: 's', at: march(2, 0), inputTokens: 100, outputTokens: 10, ...paid(4) }),
    call({ id: 2, session: 's', at: march(2, 23), inputTokens: 0, outputTokens: 0, failed: true }),
    call({ id: 3, session: 's', at: march(3, 0), inputTokens: 30, outputTokens: 5, ...paid(1) }),
  ],
};

async function storeOf(...files: readonly File[]): Promise<Store> {
  const store = await openTestStore();
  for (const [path, batch] of files) importInto(store, path, globalIds, batch);
  return store;
}

const textOf = (store: Store): string | undefined => {
  const { claim } = sessionDetail(store, 'test:s', 'auto')!;
  return claim ? claimText(claim, usd.exact) : undefined;
};

const problemsOf = (store: Store) =>
  sources(store, new Map()).flatMap(({ problems }) =>
    problems.map(({ path, place, message }) => [path, place, message]),
  );

const comparedIn = (store: Store, path: string) =>
  sources(store, new Map()).find((row) => row.path === path)!.compared;

describe('what a source says that its calls add up to', () => {
  const claim = { session: 's', calls: 3, recorded: cents(5), inputTokens: 130, outputTokens: 15 };
  const told = (changed: object = {}): File => [
    '/claim',
    { sessions: [{ id: 's' }], claims: [{ ...claim, ...changed }] },
  ];

  it('is the same as the calls, is less or is more, to the figure', async () => {
    for (const [changed, text] of [
      [{}, '$0.05 in 3 calls; the calls here add up to the same'],
      [{ calls: 4, recorded: cents(7) }, '$0.07 in 4 calls; the calls here add up to $0.05, 1 call fewer'],
      [{ recorded: cents(4) }, '$0.04 in 3 calls; the calls here add up to $0.05'],
      [
        { calls: 1, inputTokens: 1130, outputTokens: 14 },
        '$0.05 in 1 call; the calls here add up to the same amount, 2 calls more, 1,000 input tokens fewer, 1 output token more',
      ],
      [{ calls: undefined, recorded: undefined }, '145 tokens; the calls here add up to the same'],
    ] as const) {
      for (const files of [
        [told(changed), ['/calls', calls]],
        [['/calls', calls], told(changed)],
      ] as const)
        assert.equal(textOf(await storeOf(...files)), text);
    }
  });

  it('may count calls that failed or leave them out', async () => {
    for (const count of [2, 3])
      assert.match(textOf(await storeOf(told({ calls: count }), ['/calls', calls])) ?? '', /the same$/);
  });

  it('is no alarm while its calls are not here, and adds to nothing', async () => {
    const store = await storeOf(told(), ['/day', { claims: [{ day: '2026-03-02', recorded: 1 }] }]);
    assert.equal(textOf(store), '$0.05 in 3 calls; its calls are not here');
    assert.deepEqual(comparedIn(store, '/day'), { days: 1, differ: 0, absent: 1 });
    assert.deepEqual(problemsOf(store), []);
    const { total } = report(store, all, null);
    assert.deepEqual([total.calls, total.cost, total.inputTokens, total.sessions], [0, 0, 0, 1]);
  });

  it('counts once of several files, the one that knows of the most calls', async () => {
    const later: File = ['/a-later', { claims: [{ ...claim, calls: 9 }] }];
    for (const files of [
      [told(), later, ['/calls', calls]],
      [later, ['/calls', calls], told()],
    ] as const)
      assert.match(textOf(await storeOf(...files)) ?? '', /in 9 calls/);
  });

  it('goes with its source, and is compared with calls that are excluded too', async () => {
    const store = await storeOf(told(), ['/calls', calls]);
    store.write(() =>
      store.recordExclusion({
        at: 1,
        what: 'session',
        name: 's',
        importer: 'test',
        scope: [],
        excluded: true,
      }),
    );
    assert.match(textOf(store) ?? '', /the same$/);
    store.removeSource('/claim');
    assert.equal(textOf(store), undefined);
  });

  it('is compared by UTC day and model, and only what differs is a problem', async () => {
    const store = await storeOf(
      ['/calls', calls],
      [
        '/daily',
        {
          claims: [
            { day: '2026-03-02', model: 'gpt-4o', calls: 1, recorded: cents(4), tokens: 110 },
            { day: '2026-03-03', model: 'gpt-4o', calls: 2, recorded: cents(3), tokens: 35 },
            { day: '2026-03-03', recorded: cents(1) },
            { day: '2026-03-04', model: 'gpt-4o', calls: 2, recorded: cents(3), tokens: 35 },
          ],
        },
      ],
    );
    assert.deepEqual(comparedIn(store, '/daily'), { days: 3, differ: 1, absent: 1 });
    assert.equal(comparedIn(store, '/calls'), undefined);
    assert.deepEqual(problemsOf(store), [
      [
        '/daily',
        '2026-03-03',
        "The source's own total of 2026-03-03 (UTC), gpt-4o: $0.03 in 2 calls; the calls here add up to $0.01, 1 call fewer. Import the other calls of that day.",
      ],
    ]);
  });

  for (const seed of seeds(3, 6)) {
    it(`says the same in whatever order the files come, seed ${seed}`, async () => {
      const dice = random(seed);
      const files: File[] = Array.from({ length: 6 }, (_, i) => [
        `/daily${i}`,
        {
          sessions: [{ id: 's' }],
          claims: [
            { session: 's', calls: dice.below(5), recorded: cents(dice.below(3)) },
            {
              day: `2026-03-0${1 + dice.below(4)}`,
              model: 'gpt-4o',
              calls: 1 + dice.below(3),
              recorded: cents(dice.below(4)),
            },
            { day: `2026-03-0${1 + dice.below(4)}`, recorded: cents(dice.below(9)) },
          ],
        },
      ]);
      files.push(...calls.calls!.map((one, i): File => [`/calls${i}`, { calls: [one] }]));
      const seen = new Set<string>();
      for (let turn = 0; turn < 5; turn++) {
        const store = await storeOf(...shuffled(files, seed * 100 + turn));
        const compared = sources(store, new Map()).map(({ path, compared }) => [path, compared]);
        const { claim } = sessionDetail(store, 'test:s', 'auto')!;
        seen.add(JSON.stringify([claim, claimState(claim!), problemsOf(store), compared]));
      }
      assert.equal(seen.size, 1);
    });
  }
});
