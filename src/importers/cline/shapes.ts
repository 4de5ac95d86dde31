import type { SourceFile } from '../importer';

/**
 * `messages`: what the panel shows (`ui_messages.json`). `history`: what was sent (`api_conversation_history.json`).
 * `tasks`: the list of tasks. `task`: one of it in a file of its own, as Roo keeps it.
 */
export type Shape = 'messages' | 'history' | 'tasks' | 'task';

export function shapeOf({ head, tables }: SourceFile): Shape | undefined {
  if (tables) return undefined;
  const has = (...names: readonly string[]): boolean =>
    names.every((name) => new RegExp(`"${name}"\\s*:`).test(head));
  if (/^\s*\{/.test(head)) return isTask(has) && has('number') ? 'task' : undefined;
  if (!/^\s*\[\s*\{/.test(head)) return undefined;
  if (isMessages(head)) return 'messages';
  if (isHistory(head)) return 'history';
  return isTask(has) ? 'tasks' : undefined;
}

const isTask = (has: (...names: readonly string[]) => boolean): boolean =>
  has('id', 'ts', 'task', 'tokensIn', 'tokensOut', 'totalCost');

const isMessages = (head: string): boolean =>
  /"ts"\s*:\s*\d{12,14}\b/.test(head) &&
  /"type"\s*:\s*"(?:say|ask)"/.test(head) &&
  /"(?:say|ask)"\s*:\s*"\w+"/.test(head);

/** Lists of messages are common; those of the Cline family carry metrics, or begin with its tags. */
const isHistory = (head: string): boolean =>
  /^\s*\[\s*\{[^{}[\]]*"role"\s*:\s*"(?:user|assistant)"/.test(head) &&
  (/"metrics"\s*:\s*\{\s*"(?:tokens|cost)"\s*:/.test(head) ||
    /"text"\s*:\s*"<(?:task|user_message)>/.test(head));

const taskId = /^(?:\d{12,14}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

/** The task whose folder the file lies in; undefined for a file that was put elsewhere. */
export function taskOf(path: string): string | undefined {
  const folder = path.split(/[\\/]/).at(-2);
  return folder !== undefined && taskId.test(folder) ? folder : undefined;
}
