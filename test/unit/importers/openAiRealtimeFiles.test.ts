import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { audio, done, logOf, removeLogs, session, usage } from '../../support/realtimeLog';
import { randomFrom, shuffled } from '../../support/shuffled';

describe('OpenAI Realtime, over time and files', () => {
  after(removeLogs);

  describe('a file that grows', () => {
    const start = [session('s', { input_audio_transcription: { model: 'whisper-1' } }), done('r1')];
    const more = [audio('r2', 24000), done('r2', {}), done('r3')];

    it('goes on where it stopped, and knows session and model still', async () => {
      const path = logOf(start);
      const { cursor } = await importFile(path);
      writeFileSync(path, [...start, ...more].map((line) => `${JSON.stringify(line)}\n`).join(''));
      const found = await importFile(path, cursor);
      assert.deepEqual(
        [...found.calls.values()].map(({ id, model, audioOutputSeconds }) => [id, model, audioOutputSeconds]),
        [
          ['s/r2', 'gpt-realtime', 0.5],
          ['s/r3', 'gpt-realtime', undefined],
        ],
      );
      assert.equal((await importFile(path, found.cursor)).told, 0);
    });

    it('is read anew if it is not the same file any more', async () => {
      const path = logOf(start);
      const { cursor } = await importFile(path);
      writeFileSync(
        path,
        [session('t'), done('r8'), done('r9')].map((line) => JSON.stringify(line)).join('\n'),
      );
      assert.deepEqual([...(await importFile(path, cursor)).calls.keys()], ['t/r8', 't/r9']);
      writeFileSync(path, '');
      assert.equal((await importFile(path, cursor)).told, 0);
    });

    it('hears the same in two parts as in one', async () => {
      const lines = [...start, audio('r2', 24000), audio('r2', 24000), done('r2', {}), done('r3')];
      const whole = await importFile(logOf(lines));
      for (let cut = 1; cut < lines.length; cut++) {
        const path = logOf(lines.slice(0, cut));
        const begun = await importFile(path);
        writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
        const rest = await importFile(path, begun.cursor);
        assert.deepEqual(new Map([...begun.calls, ...rest.calls]), whole.calls, `cut after ${cut}`);
      }
    });
  });

  describe('in a ledger', () => {
    const log = (id: string, tokens: number) =>
      logOf([session(id), done('resp_1', { usage: usage(tokens, 0) })]);

    it('counts a copy once, and equal ids of two sessions twice', async () => {
      const [one, copy, other] = [log('s1', 5), log('s1', 5), log('s2', 100)];
      const { calls: count, inputTokens } = (await ledgerOf(one, copy, other, one)).total;
      assert.deepEqual([count, inputTokens], [2, 105]);
    });

    it('counts once what a part of the log without its beginning tells', async () => {
      const part = logOf([done('resp_1', { usage: usage(5, 0) })]);
      for (const order of [
        [log('s1', 5), part],
        [part, log('s1', 5)],
      ]) {
        const { calls: count, inputTokens } = (await ledgerOf(...order)).total;
        assert.deepEqual([count, inputTokens], [1, 5]);
      }
    });

    it('is the same whatever the order of responses, of files, and however often', async () => {
      const random = randomFrom(7);
      const sessions = ['a', 'b', 'c'].map((id) => {
        const rows = Array.from({ length: 20 }, (_, i) =>
          done(`r${i}`, { usage: usage(i * 7 + id.charCodeAt(0), i) }),
        );
        return { id, rows };
      });
      const straight = await ledgerOf(...sessions.map(({ id, rows }) => logOf([session(id), ...rows])));
      // Input: 3 x 7 x (0 + ... + 19) + 20 x (97 + 98 + 99); output: 3 x 190.
      const { calls: count, inputTokens, outputTokens } = straight.total;
      assert.deepEqual([count, inputTokens, outputTokens], [60, 9870, 570]);
      for (let round = 0; round < 5; round++) {
        const paths = sessions.flatMap(({ id, rows }) => {
          const mixed = shuffled([...rows, ...rows.slice(0, 7)], random);
          const cut = Math.floor(random() * mixed.length);
          return [mixed.slice(0, cut), mixed.slice(cut)].map((part) => logOf([session(id), ...part]));
        });
        const mixed = await ledgerOf(...shuffled(paths, random));
        assert.deepEqual(mixed, straight);
      }
    });
  });
});
