import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { temporaryFolder } from '../../support/synthDb';

const samples = join(__dirname, '../../fixtures/plato');

const costAnalytics = {
  ...{ totalCost: 99, totalInputTokens: 99_000, totalOutputTokens: 9_000, interactionCount: 2 },
  ...{ sessionId: 'session-1757318300000', avgCostPerQuery: 49.5, lastCostUpdate: 1757322000000 },
};
const session = {
  messages: [{ role: 'user', content: 'CANARY', costAnalytics: { sessionId: 'CANARY' } }],
  sessionMetadata: { title: 'CANARY', costAnalytics },
};

describe('Plato, the session file', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());
  mkdirSync(folder.file('.plato'));
  const path = folder.file('.plato/session.json');
  const written = (content: unknown): string => {
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
    return path;
  };

  it('tells the interactions of the session, sums to compare with, and no text', async () => {
    const { importer, batches, issues } = await importFile(written(session));
    assert.deepEqual([importer, issues], ['plato', []]);
    const id = 'session-1757318300000';
    const claim = { session: id, calls: 2, recorded: 99e9, inputTokens: 99_000, outputTokens: 9_000 };
    assert.deepEqual(batches, [{ sessions: [{ id, steps: 2 }], claims: [claim], share: 1 }]);
  });

  it('adds nothing to the calls of the month, in either order', async () => {
    const whole = temporaryFolder();
    cpSync(samples, whole.path, { recursive: true });
    for (const paths of [
      [written(session), whole.path],
      [whole.path, path],
    ]) {
      const { total, sessions, issues } = await ledgerOf(...paths);
      assert.deepEqual(
        [total.calls, total.inputTokens, total.outputTokens, total.recorded, total.sessions, issues],
        [2, 1800, 700, 6_000_000, 1, []],
      );
      assert.equal(sessions[0]!.steps, 2);
    }
    whole.remove();
  });

  it('is known by its place where its sums come late, and by its sums anywhere', async () => {
    const late = { messages: [{ content: 'x'.repeat(20_000) }], sessionMetadata: { costAnalytics } };
    assert.equal((await importFile(written(late))).sessions.size, 1);
    writeFileSync(folder.file('copy.json'), JSON.stringify(session));
    assert.equal((await importFile(folder.file('copy.json'))).sessions.size, 1);
  });

  it('says what is wrong with it', async () => {
    const without = { sessionMetadata: { costAnalytics: { ...costAnalytics, sessionId: 17 } } };
    for (const [content, message] of [
      ['{"sessionMetadata": {', /not valid JSON/],
      [without, /no sessionId/],
      [{ messages: ['x'.repeat(17 * 1024 * 1024)] }, /larger than 16 MB/],
    ] as const) {
      const { issues, sessions } = await importFile(written(content));
      assert.match(issues[0]?.message ?? '', message);
      assert.equal(sessions.size, 0);
    }
    assert.deepEqual((await importFile(written({ messages: [] }))).issues, []);
    const { sessions } = await importFile(
      written({ sessionMetadata: { costAnalytics: { ...costAnalytics, interactionCount: 'many' } } }),
    );
    assert.deepEqual([...sessions.values()], [{ id: costAnalytics.sessionId, steps: undefined }]);
  });
});
