import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cli, cliEnvironment, cliOk, cliPath, recordedFigures, reportOf } from '../support/cli';
import { metric, platoMonth } from '../support/platoMonth';
import { isLong } from '../support/seeds';
import { makeSynthDb, temporaryFolder } from '../support/synthDb';
import type { SynthExpected } from '../support/synthDb';

const rounds = isLong ? 60 : 2;
/** At most, until enough of them were hit in the middle. */
const most = 4 * Math.max(rounds, 4);

/** The same for the same seed, so that a run can be repeated; moments differ with the machine all the same. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

/** Starts the program and kills it after so many ms. @returns whether it had ended by itself, with exit code 0. */
async function killed(args: readonly string[], afterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [cliPath, ...args], { env: cliEnvironment(), stdio: 'ignore' });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  const [code] = await ended;
  clearTimeout(timer);
  return code === 0;
}

/** Moments of death that follow the speed of the machine: earlier when the program got done, later when it got nowhere. */
class Moments {
  constructor(
    private spanMs: number,
    private readonly random: () => number,
  ) {}

  next(): number {
    return this.spanMs * (0.2 + this.random());
  }

  learn(outcome: 'completed' | 'nothing' | 'partial'): void {
    if (outcome !== 'partial') this.spanMs *= outcome === 'completed' ? 0.75 : 1.25;
  }
}

function checkStore(path: string): number {
  const json = execFileSync('python3', [resolve(__dirname, '../support/check_store.py'), path], {
    encoding: 'utf8',
  });
  const { problems, calls } = JSON.parse(json) as { problems: unknown[]; calls: number };
  assert.deepEqual(problems, []);
  return calls;
}

describe('kill -9 of the program', function () {
  this.timeout(most * 20_000);
  const folder = temporaryFolder();
  const [path, store] = [folder.file('traces.db'), folder.file('ledger/store.db')];
  const random = randomFrom(Number(process.env.TRACE_LEDGER_SEED ?? 1));
  const sessions = Array.from({ length: 5 }, (_, i) => `noted ${i}`);
  let month: string;
  let expected: SynthExpected;
  let importMs: number;
  after(() => folder.remove());

  before(async () => {
    expected = makeSynthDb(path, { experiments: 8, sessions: 25, events: 100, seed: 101 });
    month = await platoMonth(sessions.map((sessionId) => metric({ sessionId })));
    const began = performance.now();
    await cliOk(['import', path, '--store', folder.file('measure.db')]);
    importMs = performance.now() - began;
  });

  it(`${rounds} times during an import: the store holds together, and the next one completes it`, async () => {
    const moments = new Moments(importMs, random);
    const all = expected.counts.cais_events;
    let halves = 0;
    let calls = 0;
    for (let round = 0; round < rounds || (halves < 2 && round < most); round++) {
      // From the start every few rounds, so that the making of the store is met too.
      if (round % 4 === 0 || calls === all) rmSync(folder.file('ledger'), { recursive: true, force: true });
      const completed = await killed(['import', path, '--store', store], moments.next());
      calls = existsSync(store) ? checkStore(store) : 0;
      if (calls > 0 && calls < all) halves++;
      moments.learn(completed ? 'completed' : calls === 0 ? 'nothing' : 'partial');
      assert.equal((await cli(['report', '--store', store])).code, 0, 'the store opens');
      assert.equal(checkStore(store), calls);
    }
    assert.ok(halves >= 2, 'some were killed in the middle');
    await cliOk(['import', path, '--store', store]);
    const { total } = await reportOf(['--store', store]);
    assert.deepEqual(
      { ...recordedFigures(total), sessions: total.sessions },
      {
        calls: expected.counts.cais_events,
        cents: expected.cost.recorded_cents,
        input: expected.tokens.input,
        output: expected.tokens.output,
        errors: expected.error_events,
        sessions: expected.counts.sessions,
      },
    );
    assert.equal(checkStore(store), expected.counts.cais_events);
  });

  it(`${rounds / 2} times while old calls are summed up: every total stays, and the next run completes it`, async () => {
    rmSync(folder.file('ledger'), { recursive: true, force: true });
    await cliOk(['import', path, '--store', store]);
    const all = expected.counts.cais_events;
    const totals = async () => (await reportOf(['--store', store, '--group-by', 'session'])).total;
    const before = await totals();
    const args = ['compact', '--before', '2100-01-01', '--store', store];
    const moments = new Moments(importMs / 2, random);
    let halves = 0;
    for (let round = 0; round < rounds / 2 || (halves < 1 && round < most / 2); round++) {
      const completed = await killed(args, moments.next());
      const left = checkStore(store);
      if (left > 0 && left < all) halves++;
      moments.learn(completed ? 'completed' : left === all ? 'nothing' : 'partial');
      assert.deepEqual(await totals(), before);
      if (left > 0) continue;
      rmSync(folder.file('ledger'), { recursive: true, force: true });
      await cliOk(['import', path, '--store', store]);
    }
    assert.ok(halves >= 1, 'some were killed in the middle');
    await cliOk(args);
    await cliOk(['import', path, '--store', store]);
    assert.equal(checkStore(store), 0, 'reading the file again brings no call back');
    assert.deepEqual(await totals(), before);
  });

  it(`${rounds} times while notes are saved, beside an import: every confirmed note is there`, async () => {
    rmSync(folder.file('ledger'), { recursive: true, force: true });
    await cliOk(['import', month, '--store', store]);
    const began = performance.now();
    await cliOk(['note', sessions[0]!, 'warm up', '--store', store]);
    const moments = new Moments(performance.now() - began, random);
    const last = new Map([[sessions[0]!, { confirmed: 'warm up', tried: new Set<string>() }]]);
    let confirmed = 0;
    let round = 0;
    for (; round < rounds || ((confirmed < 2 || round - confirmed < 2) && round < most); round++) {
      const session = sessions[Math.floor(random() * sessions.length)]!;
      const text = `round ${round}\n${'text '.repeat(Math.floor(random() * 500))}end`;
      const [saved] = await Promise.all([
        killed(['note', session, text, '--store', store], moments.next()),
        round % 3 === 0 ? killed(['import', path, '--store', store], random() * importMs) : delay(0),
      ]);
      const known = last.get(session) ?? { confirmed: '', tried: new Set<string>() };
      if (saved) confirmed++;
      moments.learn(saved ? 'completed' : 'nothing');
      last.set(
        session,
        saved ? { confirmed: text, tried: new Set() } : { ...known, tried: known.tried.add(text) },
      );
      checkStore(store);
    }
    const check = async (): Promise<void> => {
      for (const [session, { confirmed: text, tried }] of last) {
        const { stdout } = await cliOk(['note', session, '--store', store]);
        // A note whose process was killed may have been written all the same; nobody was told either way.
        assert.ok(
          stdout === (text && `${text}\n`) || tried.has(stdout.slice(0, -1)),
          `${session}: ${stdout}`,
        );
      }
    };
    assert.ok(confirmed > 0 && confirmed < round, `${confirmed} of ${round} confirmed`);
    await check();
    rmSync(store);
    await cliOk(['import', month, path, '--store', store]);
    await check();
    assert.equal(checkStore(store), expected.counts.cais_events + sessions.length);
  });
});
