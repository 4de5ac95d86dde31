import type { SourceFile } from '../importer';

/** A database, or one of the JSON files of before there was one. */
export type Shape = 'database' | 'message' | 'session' | 'user' | 'part' | 'project';

/** Files that hold no calls, and why. */
export const withoutCalls: Partial<Record<Shape, string>> = {
  user: "a user's message, which used nothing",
  part: 'a part of a message, whose usage stands in the message',
  project: 'the folder of a project',
};

/** What OpenCode wrote there; undefined for anything else. */
export function shapeOf({ head, tables }: SourceFile): Shape | undefined {
  if (tables) return isDatabase(tables) ? 'database' : undefined;
  if (!/^\s*\{/.test(head)) return undefined;
  return documents.find(({ tells }) => tells(head))?.shape;
}

const has = (head: string, ...names: readonly string[]): boolean =>
  names.every((name) => new RegExp(`"${name}"\\s*:`).test(head));

/** The id of the document itself: it is not inside of another object. */
const isOf = (head: string, prefix: string): boolean =>
  new RegExp(`^\\s*\\{[^{}[\\]]*"id"\\s*:\\s*"${prefix}_\\w+"`).test(head) ||
  new RegExp(`"id"\\s*:\\s*"${prefix}_\\w+"[^{}[\\]]*\\}\\s*$`).test(head);

/** What follows a long text is beyond the part of the file that is looked at. */
const isCut = (head: string): boolean => head.length > 12_000;

const role = (head: string): string | undefined => /"role"\s*:\s*"(user|assistant)"/.exec(head)?.[1];
const isMessage = (head: string): boolean => isOf(head, 'msg') && (has(head, 'sessionID') || isCut(head));

const documents: readonly { readonly shape: Shape; readonly tells: (head: string) => boolean }[] = [
  { shape: 'message', tells: (head) => isMessage(head) && role(head) === 'assistant' },
  { shape: 'user', tells: (head) => isMessage(head) && role(head) === 'user' },
  { shape: 'part', tells: (head) => isOf(head, 'prt') && (has(head, 'messageID') || isCut(head)) },
  { shape: 'session', tells: (head) => isOf(head, 'ses') && has(head, 'time', 'title', 'version') },
  { shape: 'project', tells: (head) => has(head, 'id', 'worktree', 'time') && !has(head, 'role') },
];

function isDatabase(tables: NonNullable<SourceFile['tables']>): boolean {
  const table = (name: string, ...columns: readonly string[]): boolean =>
    columns.every((column) => tables.get(name)?.includes(column));
  return (
    table('session', 'id', 'directory', 'parent_id') &&
    (table('message', 'id', 'session_id', 'data') || table('session_message', 'id', 'session_id', 'data'))
  );
}
