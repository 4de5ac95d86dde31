import assert from 'node:assert/strict';
import * as made from '../../support/geminiChat';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';

const { about, answer, chatOf, documentOf, tokens } = made;

describe('Gemini CLI with bad input', () => {
  after(made.removeChats);

  const values = [null, 'x', -1, NaN, 1e999, true, [], {}, [[[]]], { a: { b: 1 } }, '', '7', 1e300, '\u0000'];

  for (const name of Object.keys(tokens(1, 1))) {
    it(`counts without ${name} where it is no count, and says so`, async () => {
      const lines = values.map((value, i) => answer(`m${i}`, i, { ...tokens(5, 6), [name]: value }));
      const found = await importFile(chatOf([about('s'), ...lines]));
      assert.equal(found.calls.size, values.length);
      // 'x', -1, true, [], {}, [[[]]], {...}, '', 1e300, '\u0000'. NaN and 1e999 are written as null.
      assert.equal(found.issues.length, 10);
      assert.match(found.issues[0]!.message, new RegExp(name));
      for (const call of found.calls.values())
        assert.ok(call.inputTokens! >= 0 && call.cacheReadTokens! >= 0 && call.outputTokens! >= 0);
    });
  }

  it('reads on whatever stands in any field', async () => {
    const fields = ['id', 'timestamp', 'type', 'content', 'tokens', 'model', 'toolCalls', 'unknown'];
    const lines = fields.flatMap((name) =>
      values.map((value, i) => ({ ...answer(`${name}-${i}`, i, tokens(1, 1)), [name]: value })),
    );
    const settings = ['sessionId', 'startTime', 'lastUpdated', 'kind', 'directories', 'messages'].flatMap(
      (name) => values.map((value) => ({ $set: { [name]: value } })),
    );
    const last = answer('last', 99, tokens(3, 3));
    const found = await ledgerOf(chatOf([about('s'), ...lines, ...settings, '17', '[]', 'null', last]));
    assert.ok(found.calls.some(({ key }) => String(key).endsWith('/last')));
    assert.deepEqual(found.issues, []);
    const document = await ledgerOf(documentOf('t', [...lines, 17, null, [], last]));
    // All 14 of five fields; 5 ids ('x', -1, '7', 1e300, NUL), 2 objects as tokens, no other type; the last.
    assert.equal(document.calls.length, 5 * 14 + 5 + 2 + 1);
  });

  it('reads times in seconds, milliseconds and ISO, and bears clocks that run backwards', async () => {
    const forms = [made.at(9), made.start + 8000, made.start / 1000 + 7, 'soon', null];
    const found = await importFile(
      chatOf([
        about('s'),
        ...forms.map((timestamp, i) => ({ ...answer(`m${i}`, 0, tokens(1, 1)), timestamp })),
      ]),
    );
    const offsets = [...found.calls.values()].map((call) =>
      call.at === undefined ? undefined : call.at - made.start,
    );
    assert.deepEqual(offsets, [9000, 8000, 7000, undefined, undefined]);
  });

  it('says where it is no JSON, and reads what stands after it', async () => {
    const garbage = Buffer.from([1, 255, 254, 0]).toString('latin1');
    const deep = `{"id":"deep","type":"user","content":${'['.repeat(3000)}${']'.repeat(3000)}}`;
    const lines = [about('s'), garbage, '{"id":', deep, answer('a', 1, tokens(1, 1))];
    const { calls: found, issues } = await importFile(chatOf(lines));
    assert.equal(found.size, 1);
    assert.deepEqual(
      issues.map(({ place }) => place),
      ['line 2', 'line 3'],
    );
  });
});
