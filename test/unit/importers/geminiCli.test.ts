import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as made from '../../support/geminiChat';
import { importFile } from '../../support/imported';
import { ledgerInSteps, ledgerOf } from '../../support/ledgerOf';
import { randomFrom, shuffled } from '../../support/shuffled';
import type { CallFact } from '../../../src/shared/facts';

const { about, answer, chatOf, documentOf, tokens } = made;
const fixtures = join(__dirname, '../../fixtures/gemini-cli');

const calls = async (...lines: unknown[]): Promise<CallFact[]> => [
  ...(await importFile(chatOf([about('s'), ...lines]))).calls.values(),
];
const figures = ({ inputTokens, cacheReadTokens, outputTokens, reasoningTokens }: CallFact) => [
  inputTokens,
  cacheReadTokens,
  outputTokens,
  reasoningTokens,
];

describe('Gemini CLI', () => {
  after(made.removeChats);

  it('reads the samples, lines and document', async () => {
    const lines = await importFile(
      join(fixtures, 'tmp/shop-api/chats/session-2026-03-02T09-00-ab12cd34.jsonl'),
    );
    assert.equal(lines.importer, 'gemini-cli');
    assert.deepEqual(lines.issues, []);
    const id = 'ab12cd34-0000-4000-8000-000000000000';
    assert.deepEqual([...lines.sessions.values()], [{ id, createdAt: made.start, durationMs: 2000 }]);
    // 1,500 of which 1,000 were cached; 120 and 60 thought. With the first copy, which has no tokens, there are two lines.
    assert.deepEqual(
      [...lines.calls.values()],
      [
        {
          id: `${id}/g1`,
          session: id,
          at: made.start + 2000,
          model: 'gemini-3-flash-preview',
          inputTokens: 500,
          cacheReadTokens: 1000,
          cacheWriteTokens: 0,
          outputTokens: 180,
          reasoningTokens: 60,
        },
      ],
    );
    const { total, issues } = await ledgerOf(fixtures);
    assert.deepEqual(issues, []);
    assert.deepEqual(
      [total.calls, total.inputTokens, total.cacheReadTokens, total.outputTokens, total.reasoningTokens],
      [2, 1000, 2000, 360, 120],
    );
  });

  it('takes the last word of a message that is told again', async () => {
    const found = await importFile(
      chatOf([
        about('s'),
        answer('a', 1, tokens(10, 1)),
        answer('a', 1, tokens(10, 7)),
        answer('b', 2, tokens(5, 5)),
      ]),
    );
    assert.equal(found.told, 3);
    assert.deepEqual([...found.calls.values()].map(figures), [
      [10, 0, 7, 0],
      [5, 0, 5, 0],
    ]);
  });

  it('reads the messages of a checkpoint, and keeps what was rewound or left out of it', async () => {
    const lines = [
      answer('a', 1, tokens(10, 1)),
      answer('b', 2, tokens(20, 2)),
      { $rewindTo: 'b' },
      answer('c', 3, null),
      {
        $set: {
          messages: [answer('c', 3, tokens(30, 3)), answer('made-up', 4, null)],
          lastUpdated: made.at(9),
        },
      },
      answer('d', 5, tokens(40, 4)),
    ];
    assert.deepEqual((await calls(...lines)).map(figures), [
      [10, 0, 1, 0],
      [20, 0, 2, 0],
      [30, 0, 3, 0],
      [40, 0, 4, 0],
    ]);
  });

  it('takes what was cached out of the input only where the total says that it is inside', async () => {
    const inside = tokens(1500, 100, 1000, 50, 200);
    const beside = { ...inside, total: inside.total + 1000 };
    const more = { ...tokens(100, 10, 900), total: 0 };
    const silent = { ...inside, total: undefined };
    const found = await calls(...[inside, beside, more, silent].map((used, i) => answer(`m${i}`, i, used)));
    assert.deepEqual(found.map(figures), [
      [700, 1000, 150, 50],
      [1700, 1000, 150, 50],
      [100, 900, 10, 0],
      [700, 1000, 150, 50],
    ]);
  });

  it('counts errors, which are no calls, without their words', async () => {
    const error = { id: 'e', timestamp: made.at(1), type: 'error', content: 'ApiError: 429 canary' };
    const parts = { ...error, id: 'f', content: [{ text: 'canary' }] };
    const found = await calls(error, parts, { ...error, id: 'i', type: 'info' });
    assert.deepEqual(
      found.map((call) => [call.id, call.failed, call.noCall, call.error]),
      [
        ['s/e', true, true, 'ApiError'],
        ['s/f', true, true, 'error'],
      ],
    );
  });

  it('makes a sub-agent an agent of the session in whose folder it lies', async () => {
    const path = chatOf(
      [about('agent', { kind: 'subagent', directories: ['/home/ana/shop'] }), answer('a', 1, tokens(1, 1))],
      'tmp/shop/chats/parent/agent.jsonl',
    );
    const found = await importFile(path);
    assert.deepEqual(
      found.batches.flatMap(({ merges = [] }) => merges),
      [{ from: 'agent', into: 'parent', agent: {} }],
    );
    const [parent, moved] = [
      chatOf([about('parent'), answer('p', 1, tokens(2, 2))]),
      chatOf([about('agent', { kind: 'subagent' }), answer('a', 1, tokens(1, 1))], 'elsewhere/agent.jsonl'),
    ];
    for (const order of [
      [parent, path],
      [path, parent],
      [moved, path, parent],
    ]) {
      const { calls: rows, total } = await ledgerOf(...order);
      assert.deepEqual(
        rows.map(({ session, agent }) => [session, agent]),
        [
          ['parent', 'agent'],
          ['parent', null],
        ],
      );
      assert.equal(total.sessions, 1);
    }
  });

  it('knows the project from the file beside the chats, else from the folders of the session', async () => {
    const lines = [about('s', { directories: ['/home/ana/of-session'] })];
    const projectOf = async (path: string) => [...(await importFile(path)).sessions.values()][0]!.project;
    assert.equal(await projectOf(chatOf(lines, 'none/chats/a.jsonl')), '/home/ana/of-session');
    for (const [said, project] of [
      ['/home/ana/shop\n', '/home/ana/shop'],
      ['C:\\Users\\ana\\shop', 'C:\\Users\\ana\\shop'],
      ['no path', '/home/ana/of-session'],
    ] as const) {
      made.file('root/.project_root', said);
      assert.equal(await projectOf(chatOf(lines, 'root/chats/a.jsonl')), project);
    }
  });

  it('counts a chat of the older builds once with the lines that it was moved to', async () => {
    const messages = [answer('a', 1, tokens(10, 1)), answer('b', 2, tokens(20, 2))];
    const paths = [
      documentOf('s', messages, 'tmp/shop/chats/session-x.json'),
      chatOf([about('s'), ...messages, answer('c', 3, tokens(30, 3))], 'tmp/shop/chats/session-x.jsonl'),
    ];
    const straight = await ledgerOf(...paths);
    // Naively 5 calls of 90 tokens.
    assert.deepEqual([straight.total.calls, straight.total.inputTokens], [3, 60]);
    assert.deepEqual(await ledgerOf(...[...paths].reverse(), ...paths), straight);
  });

  it('reads a document on one line as well, and one that was cut', async () => {
    const text = JSON.stringify({
      ...about('s'),
      messages: [answer('a', 1, tokens(1, 1)), answer('b', 2, tokens(2, 2))],
    });
    assert.equal((await importFile(made.file('one/chats/a.json', text))).calls.size, 2);
    const long = text.replaceAll('canary', 'x'.repeat(20_000));
    assert.equal((await importFile(made.file('one/chats/b.json', long))).calls.size, 2);
    const cut = await importFile(made.file('one/chats/c.json', long.slice(0, -300)));
    assert.deepEqual([cut.calls.size, cut.issues.length], [1, 1]);
    assert.match(cut.issues[0]!.place!, /^byte \d+$/);
  });

  it('is the same ledger whatever the order, copies and older states of files', async () => {
    const random = randomFrom(11);
    const chats = ['s', 't', 'u'].map((id) => [
      about(id),
      ...Array.from({ length: 12 }, (_, i) => [
        answer(`m${i}`, i, null),
        answer(`m${i}`, i, tokens(100 + i, i, 50, i % 3)),
      ]).flat(),
    ]);
    const straight = await ledgerOf(...chats.map((lines) => chatOf(lines)));
    // Of each chat 12 x 50 not cached and 0 + 1 + ... + 11; the rest of the input was cached.
    assert.deepEqual([straight.total.calls, straight.total.inputTokens], [36, 3 * (600 + 66)]);
    for (let round = 0; round < 4; round++) {
      const paths = chats.flatMap((lines) => {
        const cut = 1 + Math.floor(random() * lines.length);
        return [chatOf(lines), chatOf(lines.slice(0, cut)), chatOf(lines)];
      });
      assert.deepEqual(await ledgerOf(...shuffled(paths, random)), straight);
    }
  });

  it('costs what is new of a file that grows, and reads a cut line when it is whole', async () => {
    const lines = [
      about('s'),
      answer('a', 1, tokens(10, 1)),
      { $set: { lastUpdated: made.at(5) } },
      answer('b', 2, tokens(20, 2)),
    ];
    const text = made.textOf(lines);
    const straight = await ledgerOf(chatOf(lines));
    for (let cut = made.textOf([lines[0]]).length; cut < text.length; cut += 37) {
      const path = made.file('grow/chats/a.jsonl', text.slice(0, cut));
      const begun = await importFile(path);
      const ledger = await ledgerInSteps(
        () => [path],
        () => {
          writeFileSync(path, text);
          return [path];
        },
      );
      assert.deepEqual(ledger, straight, `cut at ${cut}`);
      const rest = await importFile(path, begun.cursor);
      assert.deepEqual(rest.issues, []);
      assert.equal((await importFile(path, rest.cursor)).told, 0);
    }
  });

  it('keeps nothing that was said', async () => {
    const said = [
      about('s', { summary: 'canary', memoryScratchpad: { canary: 'canary' } }),
      {
        id: 'u',
        timestamp: made.at(1),
        type: 'user',
        content: [{ text: 'canary' }],
        displayContent: 'canary',
      },
      answer('a', 1, tokens(1, 1), {
        toolCalls: [{ name: 'run', args: { command: 'canary' }, result: 'canary' }],
      }),
      { id: 'e', type: 'error', content: 'canary words' },
      { $set: { summary: 'canary', messages: [answer('b', 2, tokens(1, 1))] } },
      '{"canary": ',
    ];
    const found = await importFile(chatOf(said));
    assert.equal(found.calls.size, 3);
    assert.doesNotMatch(JSON.stringify(found.batches), /canary/);
    const document = await importFile(documentOf('s', said.slice(1)));
    assert.doesNotMatch(JSON.stringify(document.batches), /canary/);
  });
});
