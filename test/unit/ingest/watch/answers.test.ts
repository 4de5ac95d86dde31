import assert from 'node:assert/strict';
import { Answers, late } from '../../../../src/ingest/watch/answers';
import { FakeClock } from '../../../support/fakeClock';

describe('Answers', () => {
  const never = (): Promise<never> => new Promise(() => undefined);
  let clock: FakeClock;
  let answers: Answers;
  beforeEach(() => (answers = new Answers((clock = new FakeClock()))));

  async function overdue(folder: string, ask: () => Promise<unknown> = never): Promise<void> {
    const asked = answers.of(folder, ask);
    await clock.pass(2_000);
    assert.equal(await asked, late);
  }

  it('hands on what comes in time, and what goes wrong', async () => {
    assert.equal(await answers.of('/a', async () => 7), 7);
    await assert.rejects(
      answers.of('/a', () => Promise.reject(new Error('gone'))),
      /gone/,
    );
    assert.equal(clock.waiting, 0);
  });

  it('asks nothing more of a folder of which an answer is overdue, until it comes', async () => {
    let answer: (value: number) => void = () => undefined;
    await overdue('/share', () => new Promise<number>((resolve) => (answer = resolve)));
    assert.equal(await answers.of('/share', assert.fail), late);
    assert.equal(await answers.of('/home', async () => 1), 1);
    answer(1);
    await clock.pass(0);
    assert.equal(await answers.of('/share', async () => 2), 2);
  });

  it('leaves the system one of four questions', async () => {
    for (const folder of ['one', 'two', 'three']) await overdue(`/${folder}`);
    assert.equal(await answers.of('/home', assert.fail), late);
  });
});
