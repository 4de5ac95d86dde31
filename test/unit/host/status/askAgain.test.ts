import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { askAgain } from '../../../../src/host/status/askAgain';

interface Question {
  readonly answer: (text: string) => void;
  readonly fail: () => void;
}

describe('what the status bar asks', () => {
  const day = 24 * 3_600_000;
  let questions: Question[];
  let shown: string;
  let isOn: boolean;
  let look: ReturnType<typeof askAgain>;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
    [questions, shown, isOn] = [[], 'nothing', true];
    look = askAgain<string>({
      ask: () =>
        new Promise((answer, reject) => questions.push({ answer, fail: () => reject(new Error('stopped')) })),
      isOn: () => isOn,
      show(text) {
        shown = text;
        return Date.now() + day;
      },
      showError: () => (shown = 'no figures'),
      hide: () => (shown = 'hidden'),
    });
  });
  afterEach(() => {
    look.dispose();
    mock.timers.reset();
  });

  /** Time passes, and what is promised comes. */
  async function pass(ms: number): Promise<void> {
    await new Promise(setImmediate);
    mock.timers.tick(ms);
    await new Promise(setImmediate);
  }

  async function ask(): Promise<Question> {
    look();
    await pass(1_000);
    return questions.at(-1)!;
  }

  it('is asked once at a time, and again for what changed meanwhile', async () => {
    const first = await ask();
    look();
    look();
    await pass(1_000);
    assert.equal(questions.length, 1);
    first.answer('old');
    await pass(1_000);
    assert.deepEqual([questions.length, shown], [2, 'old']);
    questions[1]!.answer('new');
    await pass(1_000);
    assert.deepEqual([questions.length, shown], [2, 'new']);
    await pass(day);
    await pass(1);
    assert.equal(questions.length, 3);
  });

  it('is not shown by an answer that comes after it was hidden', async () => {
    const question = await ask();
    isOn = false;
    await ask();
    assert.equal(shown, 'hidden');
    question.answer('figures');
    await pass(1_000);
    assert.deepEqual([shown, questions.length], ['hidden', 1]);
    await pass(2 * day);
    assert.equal(questions.length, 1);
    isOn = true;
    (await ask()).answer('figures');
    await pass(1);
    assert.deepEqual([shown, questions.length], ['figures', 2]);
  });

  it('is not shown by an error that comes after it was hidden either', async () => {
    const question = await ask();
    isOn = false;
    await ask();
    question.fail();
    await pass(day);
    assert.deepEqual([shown, questions.length], ['hidden', 1]);
  });

  it('is asked again 5 s after it failed', async () => {
    (await ask()).fail();
    await pass(1);
    assert.equal(shown, 'no figures');
    await pass(4_900);
    assert.equal(questions.length, 1);
    await pass(100);
    await pass(1);
    assert.equal(questions.length, 2);
    questions[1]!.answer('figures');
    await pass(1);
    assert.equal(shown, 'figures');
  });

  it('is not asked after its end', async () => {
    const question = await ask();
    look.dispose();
    question.answer('figures');
    await pass(2 * day);
    assert.deepEqual([shown, questions.length], ['nothing', 1]);
  });
});
