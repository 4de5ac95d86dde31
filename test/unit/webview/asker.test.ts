import assert from 'node:assert/strict';
import { createAsker } from '../../../webview/asker';

interface Question {
  readonly name: string;
}

/** A host that answers when told to. */
function slowHost() {
  const asked: { readonly query: Question; settle(error?: string): Promise<void> }[] = [];
  const answers: string[] = [];
  const errors: string[] = [];
  const asker = createAsker<Question, string>(
    (query) =>
      new Promise((resolve, reject) => {
        asked.push({
          query,
          async settle(error) {
            if (error) reject(new Error(error));
            else resolve(query.name);
            await new Promise((done) => setImmediate(done));
          },
        });
      }),
    (answer) => answers.push(answer),
    (error) => errors.push((error as Error).message),
  );
  return { asker, asked, answers, errors };
}

describe('createAsker', () => {
  it('has one question in flight and keeps only the newest of those that wait', async () => {
    const { asker, asked, answers } = slowHost();
    for (const name of ['a', 'b', 'c']) asker.ask({ name });
    assert.equal(asked.length, 1);
    await asked[0]!.settle();
    assert.deepEqual(
      asked.map(({ query }) => query.name),
      ['a', 'c'],
    );
    await asked[1]!.settle();
    assert.deepEqual(answers, ['c']);
  });

  it('shows an answer although the same is asked again, so that a busy store does not starve the view', async () => {
    const { asker, asked, answers } = slowHost();
    const query = { name: 'a' };
    asker.ask(query);
    asker.ask(query);
    await asked[0]!.settle();
    assert.deepEqual(answers, ['a']);
    assert.equal(asked.length, 2);
  });

  it('goes on after an error', async () => {
    const { asker, asked, answers, errors } = slowHost();
    asker.ask({ name: 'a' });
    await asked[0]!.settle('no luck');
    asker.ask({ name: 'b' });
    await asked[1]!.settle();
    assert.deepEqual([answers, errors], [['b'], ['no luck']]);
  });

  it('is silent about an error of a question that nobody waits for any more', async () => {
    const { asker, asked, errors } = slowHost();
    asker.ask({ name: 'a' });
    asker.ask({ name: 'b' });
    await asked[0]!.settle('late');
    assert.deepEqual(errors, []);
  });
});
