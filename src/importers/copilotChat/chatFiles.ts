import { beginning, positionIn } from '../appendedLines';
import { object, parseJson, text } from '../json';
import { lineLog } from '../lineLog';
import { ChatLog, RequestForgotten } from './chatLog';
import type { ChatState } from './chatLog';
import type { Json } from '../json';
import type { SourceFile, SourceIo } from '../importer';
import type { Cursor, ImportBatch } from '../../shared/facts';
import type { Issue } from '../../shared/model';

export type ChatShape = 'document' | 'log' | 'workspace';

const callsInBatch = 500;

const has = (head: string, ...names: readonly string[]): boolean =>
  names.some((name) => new RegExp(`"${name}"\\s*:`).test(head));

/** What a file of VS Code's chat is, by how it begins; undefined if it is none. */
export function chatShape({ head, tables }: SourceFile): ChatShape | undefined {
  if (tables || !/^\s*\{/.test(head)) return undefined;
  if (/^\s*\{\s*"kind"\s*:\s*0\s*,\s*"v"\s*:\s*\{/.test(head))
    return has(head, 'sessionId', 'responderUsername') && has(head, 'requests', 'creationDate', 'version')
      ? 'log'
      : undefined;
  if (/^\s*\{\s*"(?:folder|workspace|configuration)"\s*:\s*"[\w+.-]+:\/\/[^"]*"\s*\}\s*$/.test(head))
    return 'workspace';
  const isConversation =
    (/"requests"\s*:\s*\[/.test(head) && has(head, 'requestId', 'creationDate', 'initialLocation')) ||
    (has(head, 'responderUsername') && has(head, 'requesterUsername', 'initialLocation'));
  return isConversation && /"version"\s*:\s*\d/.test(head) ? 'document' : undefined;
}

/** The calls of a conversation; its words, its title and the names of those who speak are not read. */
export async function* conversationIn(
  file: SourceFile,
  io: SourceIo,
  cursor: Cursor | undefined,
): AsyncGenerator<ImportBatch> {
  const project = await projectOf(file.path, io);
  const fallback = stem(file.path) ?? `chat-${io.hash(file.head).slice(0, 12)}`;
  if (chatShape(file) === 'document')
    yield* documentBatches(file, io, new ChatLog(file.path, fallback, project));
  else yield* logFrom(file, io, cursor, (state) => new ChatLog(file.path, fallback, project, state));
}

/** Where the last import stopped, if what was written since changes nothing older. */
async function* logFrom(
  file: SourceFile,
  io: SourceIo,
  cursor: Cursor | undefined,
  newLog: (state?: ChatState) => ChatLog,
): AsyncGenerator<ImportBatch> {
  const start = await positionIn(file.path, io, cursor);
  try {
    if (start && typeof cursor?.state === 'string') {
      yield* lineLog(file.path, io, newLog(JSON.parse(cursor.state) as ChatState), start);
      return;
    }
  } catch (error) {
    if (!(error instanceof RequestForgotten)) throw error;
  }
  yield* lineLog(file.path, io, newLog(), beginning);
}

const stem = (path: string): string | undefined => /([^\\/]+)\.jsonl?$/i.exec(path)?.[1];

async function* documentBatches(
  { path }: SourceFile,
  io: SourceIo,
  log: ChatLog,
): AsyncGenerator<ImportBatch> {
  log.about(await topLevel(path, io));
  let issues: Issue[] = [];
  for await (const item of io.items(path, 'requests')) {
    if ('issue' in item) issues.push({ path, ...item.issue });
    else {
      const message = log.add(item.value);
      if (message !== undefined) issues.push({ path, place: `requests.${item.index}`, message });
    }
    if (log.size + issues.length < callsInBatch) continue;
    yield withIssues(log.take(), issues);
    issues = [];
  }
  yield { ...withIssues(log.take(), issues), share: 1 };
}

const withIssues = (batch: ImportBatch, issues: readonly Issue[]): ImportBatch => ({
  ...batch,
  issues: [...issues, ...(batch.issues ?? [])],
});

/**
 * The fields of a document beside its requests, which come before and after them. It is written with one field a line, or
 * on one line; texts hold no line breaks, so a line that begins like a field is one.
 */
async function topLevel(path: string, io: SourceIo): Promise<Json> {
  const fields: Record<string, unknown> = {};
  let indent: string | undefined;
  for await (const { text: line, number } of io.lines(path)) {
    if (number === 1 && line.trim() !== '{') return object(parseJson(line)) ?? fields;
    indent ??= /^([ \t]+)"/.exec(line)?.[1];
    const [, before, name, value] =
      /^([ \t]+)"(\w+)"\s*:\s*("[^"\\]*"|\d+)\s*,?\s*$/.exec(line.slice(0, 500)) ?? [];
    if (before === indent && name !== undefined) fields[name] = parseJson(value!);
  }
  return fields;
}

/** The folder that the window had open, which stands in a file beside the conversations. */
async function projectOf(path: string, io: SourceIo): Promise<string | undefined> {
  const [, storage] = /^(.*[\\/])chatSessions[\\/][^\\/]+$/.exec(path) ?? [];
  if (storage === undefined) return undefined;
  try {
    const { folder, workspace, configuration } =
      object(parseJson(await io.text(`${storage}workspace.json`))) ?? {};
    return text(folder) ?? text(workspace) ?? text(configuration);
  } catch {
    return undefined; // A window without a folder, or a copy of the conversations alone.
  }
}
