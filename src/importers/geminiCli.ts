import { unnamedSession } from './appendedLines';
import { Chat } from './geminiCli/chat';
import { object, parseJson } from './json';
import { FactBatch, batchesOfLines } from './lineReader';
import type { ChatState, Place } from './geminiCli/chat';
import type { Json } from './json';
import type { Importer, SourceFile, SourceIo } from './importer';
import type { ImportBatch } from '../shared/facts';

/**
 * Chats that Gemini CLI records: lines (`chats/session-*.jsonl`, sub-agents below) and the single documents of before
 * (`.json`). A call is a message of Gemini's with tokens; of a message told again the last word goes. Docs:
 * docs/sources/gemini-cli.md.
 */
export const geminiCli: Importer = {
  id: 'gemini-cli',
  label: 'Gemini CLI',

  detect: ({ head, tables }) => !tables && isChat(head),

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io, cursor) {
    const place = await placeOf(file, io);
    const facts = new FactBatch(file.path);
    const unnamed: ChatState = { session: unnamedSession(file, io), isNamed: false };
    if (isDocument(file.head)) yield* fromDocument(file, io, new Chat(facts, place, unnamed));
    else
      yield* batchesOfLines(
        file,
        io,
        cursor,
        (state) => new Chat(facts, place, (state as ChatState | undefined) ?? unnamed),
      );
  },
};

const isChat = (head: string): boolean =>
  /^\s*\{/.test(head) &&
  /"sessionId"\s*:\s*"/.test(head) &&
  /"projectHash"\s*:\s*"/.test(head) &&
  /"(?:startTime|messages|lastUpdated)"\s*:/.test(head);

/** A document has its messages inside; lines have theirs after the first. */
function isDocument(head: string): boolean {
  const first = object(parseJson(head.split('\n', 1)[0] ?? ''));
  return first ? Array.isArray(first.messages) : true;
}

async function* fromDocument(file: SourceFile, io: SourceIo, chat: Chat): AsyncGenerator<ImportBatch> {
  chat.addSettings(settingsIn(file.head), 'messages');
  for await (const item of io.items(file.path, 'messages')) {
    if ('issue' in item) chat.facts.problem(item.issue.place, item.issue.message);
    else chat.addMessage(object(item.value) ?? {}, `messages.${item.index}`);
    if (chat.facts.full) yield chat.facts.take();
  }
  yield { ...chat.facts.take(), share: 1 };
}

/** What stands before the messages. */
function settingsIn(head: string): Json {
  const before = head.slice(0, /"messages"\s*:/.exec(head)?.index ?? head.length);
  const found = ['sessionId', 'startTime', 'lastUpdated', 'kind'].flatMap((name) => {
    const value = new RegExp(`"${name}"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*")`).exec(before)?.[1];
    return value === undefined ? [] : [[name, parseJson(value)] as const];
  });
  return Object.fromEntries(found);
}

const longestPath = 4096;

/** `<project>/chats/<file>`, or `<project>/chats/<parent session>/<file>`; `<project>/.project_root` says where it is. */
async function placeOf({ path }: SourceFile, io: SourceIo): Promise<Place> {
  const [, base, parent] = /^(.*[\\/])chats[\\/](?:([^\\/]+)[\\/])?[^\\/]+$/.exec(path) ?? [];
  if (base === undefined) return {};
  const said = await io.text(`${base}.project_root`).catch(() => '');
  const project = said.slice(0, longestPath).trim();
  return { parent, project: /^(?:\/|[a-z]:[\\/]|\\\\)[^\n]*$/i.test(project) ? project : undefined };
}
