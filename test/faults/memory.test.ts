import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { metric } from '../support/platoMonth';
import { temporaryFolder } from '../support/synthDb';

const megabyte = 1 << 20;
/** Just over the limit, or what the issue names. */
const large = (process.env.TRACE_LEDGER_LONG ? 200 : 70) * megabyte;
const mostGrowth = 300 * megabyte;

/** A text, or a text again and again up to so many bytes. */
type Part = string | { readonly again: string | Buffer; readonly bytes: number };

interface Result {
  readonly newCalls: number;
  readonly issues: readonly { readonly place?: string; readonly message: string }[];
  readonly grownBy: number;
}

describe('memory of an import', function () {
  this.timeout(300_000);
  const folder = temporaryFolder();
  after(() => folder.remove());

  function write(name: string, parts: readonly Part[]): string {
    const file = openSync(folder.file(name), 'w');
    for (const part of parts) {
      if (typeof part === 'string') {
        writeSync(file, part);
        continue;
      }
      const one = Buffer.from(part.again);
      const block = Buffer.concat(Array.from({ length: Math.ceil(megabyte / one.length) }, () => one));
      for (let written = 0; written < part.bytes; written += block.length) writeSync(file, block);
    }
    closeSync(file);
    return folder.file(name);
  }

  async function imported(name: string, parts: readonly Part[]): Promise<Result> {
    const path = write(name, parts);
    const child = resolve(__dirname, 'memoryChild.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--import=tsx',
      child,
      folder.file(`${name}.store`),
      path,
    ]);
    const result = JSON.parse(stdout) as Result;
    const message = `${name} took ${Math.round(result.grownBy / megabyte)} MB`;
    assert.ok(result.grownBy < mostGrowth, message);
    return result;
  }

  const plato = (at: number, note: string): string =>
    JSON.stringify({ ...metric({ sessionId: 's', timestamp: 1.75e12 + at }), note });
  const gemini = (id: string, note: string): string =>
    JSON.stringify({
      responseId: id,
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7 },
      modelVersion: 'gemini-1.5-flash',
      note,
    });
  /** The JSON with `parts` in place of its note. */
  const withNote = (json: string, ...parts: readonly Part[]): Part[] => {
    const [before = '', after = ''] = json.split('"NOTE"');
    return [before, ...parts, after];
  };
  const garbage = Buffer.from([0, 255, 254, 1, 2, 3, 34, 92, 200]);
  const nevil = '{"audio_input_seconds": 1, "audio_output_seconds": 2, "text_input_tokens": 3, "z": ';

  const csv = 'timestamp,sessionId,model,inputTokens,outputTokens,cost,note\n';
  const row = (at: number): string => `${1.75e12 + at},s,gpt-4o,1,2,0.1,`;
  const array = (...element: readonly Part[]): Part[] => [
    '[',
    plato(1, ''),
    ',',
    ...element,
    ',',
    plato(3, ''),
    ']',
  ];
  const lines = (...line: readonly Part[]): Part[] => [
    gemini('a', ''),
    '\n',
    ...line,
    '\n',
    gemini('c', ''),
    '\n',
  ];

  const cases: readonly (readonly [name: string, parts: readonly Part[], place: string])[] = [
    ['line.jsonl', lines(...withNote(gemini('b', 'NOTE'), '"', { again: 'x', bytes: large }, '"')), 'line 2'],
    [
      'garbage.jsonl',
      lines(
        ...withNote(gemini('b', 'NOTE'), '"', { again: 'x', bytes: 50 * megabyte }),
        ...[{ again: garbage, bytes: megabyte }, { again: 'y', bytes: 50 * megabyte }, '"'],
      ),
      'line 2',
    ],
    [
      'values.jsonl',
      lines(...withNote(gemini('b', 'NOTE'), '[', { again: '{},', bytes: 20 * megabyte }, '0]')),
      'line 2',
    ],
    ['text.json', array(...withNote(plato(2, 'NOTE'), '"', { again: 'x', bytes: large }, '"')), 'byte'],
    [
      'values.json',
      array(...withNote(plato(2, 'NOTE'), '[', { again: '{"k":1},', bytes: large }, '0]')),
      'byte',
    ],
    [
      'field.csv',
      [csv, row(1), '\n', row(2), '"', { again: 'x,""y\n', bytes: large }, '"\n', row(3), '\n'],
      'line 3',
    ],
    [
      'garbage.csv',
      [csv, row(1), '\n', row(2), { again: garbage, bytes: large }, '\n', row(3), '\n'],
      'line 3',
    ],
    [
      'commas.csv',
      [csv, row(1), '\n', row(2), { again: ',', bytes: 40 * megabyte }, '\n', row(3), '\n'],
      'line 3',
    ],
  ];
  for (const [name, parts, place] of cases) {
    it(`is bounded for ${name}, of which the rest is imported`, async () => {
      const { newCalls, issues } = await imported(name, parts);
      assert.equal(newCalls, 2);
      assert.equal(issues.length, 1);
      assert.ok(issues[0]!.place?.startsWith(place), issues[0]!.place);
      assert.match(issues[0]!.message, /longer than 64 MB/);
    });
  }

  const at = '2026-03-02T09:00:00.000Z';
  const claude = (id: string, text: string): string =>
    JSON.stringify({
      ...{ type: 'assistant', sessionId: '11111111-1111-4111-8111-111111111111', userType: 'external' },
      ...{ isSidechain: false, requestId: `req_${id}`, timestamp: at },
      message: {
        id: `msg_${id}`,
        model: 'claude-sonnet-4-5',
        content: text,
        usage: { input_tokens: 5, output_tokens: 7 },
      },
    });
  const codex = (total: number, text: string): string => {
    const usage = { input_tokens: 5, output_tokens: 7, total_tokens: 12 };
    const sum = { input_tokens: 5 * total, output_tokens: 7 * total, total_tokens: 12 * total };
    const info = { total_token_usage: sum, last_token_usage: usage };
    return JSON.stringify({ timestamp: at, type: 'event_msg', payload: { type: 'token_count', info, text } });
  };
  const codexMeta = JSON.stringify({
    timestamp: at,
    type: 'session_meta',
    payload: { id: 's', cwd: '/x', originator: 'codex_cli_rs' },
  });
  const gemini100 = (id: string, content: string): string =>
    JSON.stringify({
      id,
      timestamp: at,
      type: 'gemini',
      content,
      tokens: { input: 5, output: 7, total: 12 },
      model: 'gemini-3-flash',
    });
  const geminiHead = JSON.stringify({
    sessionId: 'ab12cd34-0000-4000-8000-000000000000',
    projectHash: 'x',
    startTime: at,
    lastUpdated: at,
    kind: 'main',
  });
  const copilot = (id: string, content: string): string =>
    JSON.stringify({
      type: 'assistant.message',
      data: { messageId: id, model: 'gpt-5', content, outputTokens: 7 },
      id: `e${id}`,
      timestamp: at,
    });
  const copilotHead = JSON.stringify({
    type: 'session.start',
    data: { sessionId: 'c', version: 1, producer: 'copilot-agent', startTime: at },
    id: 'e',
    timestamp: at,
  });
  const transcripts: readonly (readonly [
    name: string,
    head: readonly string[],
    line: (id: string, text: string) => string,
  ])[] = [
    ['claude', [], claude],
    ['codex', [codexMeta], (id, text) => codex({ a: 1, b: 2, c: 3 }[id]!, text)],
    ['gemini', [geminiHead], gemini100],
    ['copilot', [copilotHead], copilot],
  ];
  for (const [agent, head, line] of transcripts) {
    it(`is bounded for a line of 100 MB in a transcript of ${agent}, of which the rest is imported`, async () => {
      const long = withNote(line('b', 'NOTE'), '"', { again: 'x', bytes: 100 * megabyte }, '"');
      const { newCalls, issues } = await imported(`${agent}.jsonl`, [
        ...head.map((one) => `${one}\n`),
        ...[line('a', ''), '\n', ...long, '\n', line('c', ''), '\n'],
      ]);
      assert.equal(newCalls, 2);
      assert.deepEqual(
        issues.map(({ place }) => place),
        [`line ${head.length + 2}`],
      );
      assert.match(issues[0]!.message, /longer than 64 MB/);
    });
  }

  for (const [name, part] of [
    ['text', { again: 'x', bytes: large }],
    ['values', { again: '","', bytes: 40 * megabyte }],
  ] as const) {
    it(`is bounded for a file that is read as a whole, of large ${name}`, async () => {
      const { newCalls, issues } = await imported(`${name}-whole.json`, [nevil, '["', part, '"]}']);
      assert.equal(newCalls, 0);
      assert.match(
        issues[0]!.message,
        /^It is larger than 64 MB, or of more than a million values: split it/,
      );
      assert.equal(issues.length, 1);
    });
  }
});
