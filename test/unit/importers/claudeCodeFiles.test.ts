import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { claudeCode } from '../../../src/importers/claudeCode';
import { assistantLine, sessionId, transcript } from '../../support/claudeCode';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { damaged, isSound } from '../../support/wrongValues';
import { sourceFile } from '../../support/sourceFiles';

const detects = (head: unknown): boolean =>
  claudeCode.detect({ path: 'x', head: typeof head === 'string' ? head : `${JSON.stringify(head)}\n` });

describe('Claude Code: files', () => {
  it('are known by their content, whatever stands first', () => {
    const common = {
      parentUuid: null,
      isSidechain: false,
      sessionId: 's',
      uuid: 'u',
      timestamp: '2026-03-02T09:00:00Z',
    };
    for (const [name, head] of [
      ['a summary', { type: 'summary', summary: 's', leafUuid: 'u' }],
      ['a snapshot', { type: 'file-history-snapshot', messageId: 'm', snapshot: {} }],
      ['a queue', { type: 'queue-operation', operation: 'enqueue', sessionId: 's' }],
      ['a question', { ...common, type: 'user', message: { role: 'user', content: 'x' } }],
      [
        'no type',
        { timestamp: '2026-03-02T09:00:00Z', message: { usage: { input_tokens: 1, output_tokens: 2 } } },
      ],
      ['garbage', `\n{"broken\n${JSON.stringify(assistantLine())}`],
      [
        'a snapshot longer than the head',
        JSON.stringify({ type: 'file-history-snapshot', snapshot: { x: 'x'.repeat(20_000) } }).slice(
          0,
          16_384,
        ),
      ],
      [
        'a line longer than the head',
        JSON.stringify({ ...common, message: 'x'.repeat(20_000) }).slice(0, 16_384),
      ],
    ] as const)
      assert.equal(detects(head), true, name);
  });

  it('of others are left alone, also where they lie in its folders', () => {
    for (const [name, head] of [
      ['nothing', ''],
      [
        'Gemini chat',
        { sessionId: 's', projectHash: 'p', startTime: 't', messages: [{ type: 'user', content: 'x' }] },
      ],
      ['Codex', { timestamp: 't', type: 'session_meta', payload: { id: 'x', cwd: '/x' } }],
      [
        'Copilot CLI',
        { type: 'session.start', data: { sessionId: 's' }, id: 'x', timestamp: 't', parentId: null },
      ],
      [
        'Qwen Code',
        {
          uuid: 'u',
          parentUuid: null,
          sessionId: 's',
          timestamp: 't',
          type: 'assistant',
          cwd: '/x',
          version: '1',
          usageMetadata: {},
          message: { role: 'model', parts: [] },
        },
      ],
      ['history', { display: 'x', pastedContents: {}, timestamp: 1, project: '/x', sessionId: 's' }],
      [
        'Pi',
        {
          type: 'message',
          id: 'x',
          parentId: null,
          timestamp: 't',
          message: { role: 'assistant', usage: { input: 1, output: 2 } },
        },
      ],
      ['an API answer', { id: 'msg_1', type: 'message', usage: { input_tokens: 1, output_tokens: 2 } }],
      ['a database', 'SQLite format 3'],
      ['a log that quotes one', { message: JSON.stringify(assistantLine()), timestamp: 't' }],
    ] as const)
      assert.equal(detects(head), false, name);
  });

  it('that grow cost what was appended, and a cut line is read when it is whole', async () => {
    const [first, second, third] = [1, 2, 3].map((n) => assistantLine({ id: `m${n}`, output: n }));
    const path = transcript([first, '', second, '{"type":"user","message":{"content":"x"}}', '']);
    const before = await importFile(path);
    assert.equal(before.told, 2);
    const whole = `${JSON.stringify(third)}\n`;
    appendFileSync(path, whole.slice(0, 200));
    const cut = await importFile(path, before.cursor);
    assert.deepEqual([cut.told, cut.issues.map(({ place }) => place)], [0, [undefined]]);
    assert.deepEqual(cut.cursor, before.cursor);
    appendFileSync(path, whole.slice(200, -1));
    // Whole, but for its end: counted, and read again.
    assert.deepEqual([...(await importFile(path, cut.cursor)).calls.keys()], ['m3 req_1']);
    appendFileSync(path, '\n{"garbage\n');
    const after = await importFile(path, cut.cursor);
    assert.deepEqual([...after.calls.keys()], ['m3 req_1']);
    assert.deepEqual(
      after.issues.map(({ place }) => place),
      ['line 7'],
    );
  });

  it('that were written anew are read from the beginning', async () => {
    const rows = [1, 2, 3].map((n) => assistantLine({ id: `m${n}` }));
    const path = transcript(rows);
    const { cursor } = await importFile(path);
    writeFileSync(
      path,
      readFileSync(transcript([...rows.slice(1), assistantLine({ id: 'm4' }), assistantLine({ id: 'm5' })])),
    );
    const again = await importFile(path, cursor);
    assert.deepEqual([...again.calls.keys()], ['m2 req_1', 'm3 req_1', 'm4 req_1', 'm5 req_1']);
    const ledger = await ledgerOf(path);
    assert.equal(ledger.total.calls, 4);
  });

  describe('with bad input', () => {
    it('are read as far as they can be, each problem at its place', async () => {
      const cost = assistantLine({ id: 'm2', more: { costUSD: 'much', timestamp: 'yesterday' } });
      const usage = {
        input_tokens: -5,
        output_tokens: 'many',
        cache_creation: { ephemeral_1h_input_tokens: {} },
        cache_read_input_tokens: 7,
      };
      const path = transcript([
        assistantLine({ id: 'm1' }),
        '\u0000\u0001 binary \u0000',
        '{"type":"assistant","message":{"usage":{"input_tok',
        cost,
        assistantLine({ id: 'm3', usage }),
        assistantLine({ id: 'm4', usage: 'lots' }),
        assistantLine({ id: 'm5', usage: null }),
        '[1, 2]',
        '"usage": 5',
        assistantLine({ id: 'm6' }),
      ]);
      const { calls, issues } = await importFile(path);
      assert.deepEqual(
        issues.map(({ place, message }) => [place, message.replace(/ and is.*| so that.*|:.*/, '')]),
        [
          ['line 2', 'It is no JSON object'],
          ['line 3', 'It is no JSON object'],
          ['line 4', 'It has no valid costUSD'],
          ['line 4', 'It has no valid timestamp'],
          ['line 5', 'It has no valid input_tokens, output_tokens, ephemeral_1h_input_tokens'],
          ['line 6', 'Its usage is no object,'],
          ['line 8', 'It is no JSON object'],
          ['line 9', 'It is no JSON object'],
        ],
      );
      assert.deepEqual([...calls.keys()], ['m1 req_1', 'm2 req_1', 'm3 req_1', 'm5 req_1', 'm6 req_1']);
      assert.equal(calls.get('m3 req_1')?.cacheReadTokens, 7);
    });

    it('take null for what is not there', async () => {
      const row = assistantLine({
        id: null,
        request: null,
        model: null,
        more: { sessionId: null, uuid: null, cwd: null },
      });
      const { calls, issues } = await importFile(transcript([row]));
      const [call] = [...calls.values()];
      assert.deepEqual(issues, []);
      assert.deepEqual([call!.model, call!.account, call!.session], [undefined, undefined, sessionId(1)]);
      assert.match(String(call!.id), /^line [0-9a-f]{32}$/);
    });

    it('take any type in any field', async () => {
      const base = assistantLine({
        id: 'fine',
        usage: {
          ...{
            input_tokens: 1,
            output_tokens: 2,
            cache_creation_input_tokens: 3,
            cache_read_input_tokens: 4,
          },
          ...{
            cache_creation: { ephemeral_5m_input_tokens: 3 },
            server_tool_use: { web_search_requests: 1 },
          },
          ...{ speed: 'fast', output_tokens_details: { thinking_tokens: 1 } },
        },
        more: {
          error: { error: { type: 'x' } },
          isApiErrorMessage: false,
          costUSD: 1,
          agentId: 'a',
          forkedFrom: { sessionId: 's' },
        },
      });
      const progress = {
        ...base,
        type: 'progress',
        data: { message: base, agentId: 'b' },
        message: undefined,
      };
      const rows = [
        base,
        ...damaged(base),
        ...damaged(progress),
        ...damaged({ ...base, isApiErrorMessage: true }),
      ];
      const { calls } = await importFile(transcript(rows));
      assert.ok(calls.size > 10 && isSound([...calls.values()]), String(calls.size));
      const { total } = await ledgerOf(transcript(rows));
      assert.ok(isSound(total));
    });

    it('take deep nesting and numbers that are too large', async () => {
      const deep = `{"type":"assistant","message":{"usage":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
      const { calls, issues } = await importFile(
        transcript([assistantLine(), deep, assistantLine({ id: 'm2', input: 1e30 })]),
      );
      assert.deepEqual([calls.size, issues.map(({ place }) => place)], [2, ['line 2', 'line 3']]);
    });

    it('take a line of more than 64 MB as a problem and go on after it', async () => {
      const row = (id: string): string => JSON.stringify(assistantLine({ id }));
      const long = Buffer.alloc(64 * 1024 * 1024 + 10, 0x78);
      const path = sourceFile(
        Buffer.concat([Buffer.from(`${row('m1')}\n{"`), long, Buffer.from(`"}\n${row('m2')}\n`)]),
        'long.jsonl',
      );
      const { calls, issues } = await importFile(path);
      assert.deepEqual(
        [[...calls.keys()], issues.map(({ place }) => place)],
        [['m1 req_1', 'm2 req_1'], ['line 2']],
      );
    });
  });
});
