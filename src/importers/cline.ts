import { answerOf, TaskMessages } from './cline/messages';
import { shapeOf, taskOf } from './cline/shapes';
import { count, instant, label, object, parseJson, text, usd } from './json';
import type { Importer, SourceFile, SourceIo } from './importer';
import type { Json } from './json';
import type { CallFact, ClaimFact, Cursor, ImportBatch, SessionFact } from '../shared/facts';
import type { Issue } from '../shared/model';

const pageSize = 1000;

/**
 * Cline, Roo and Kilo: the messages of a task, the history beside them, and the list of tasks. A call is one request,
 * known by its time and that of its task. Costs are exact USD. Docs: docs/sources/cline.md.
 */
export const cline: Importer = {
  id: 'cline',
  label: 'Cline, Roo and Kilo tasks',
  // Of what was deleted since the last import the file keeps only the sum.
  cumulative: true,

  detect: (file) => shapeOf(file) !== undefined,

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io, cursor) {
    const shape = shapeOf(file);
    if (shape === 'messages') yield* messageBatches(file, io, cursor);
    else if (shape === 'history') yield* historyBatches(file, io);
    else if (shape === 'tasks') yield* taskBatches(file, io);
    else yield taskBatch(file, parseJson(await io.text(file.path)));
  },
};

/** The messages of a list, with what is wrong in it. */
async function* elements(file: SourceFile, io: SourceIo): AsyncGenerator<{ value?: Json; issue?: Issue }> {
  for await (const item of io.items(file.path, '')) {
    if ('issue' in item) yield { issue: { path: file.path, ...item.issue } };
    else {
      const value = object(item.value);
      const message = 'It is no message of a task and is left out.';
      yield value ? { value } : { issue: { path: file.path, place: `messages.${item.index}`, message } };
    }
  }
}

async function* messageBatches(
  file: SourceFile,
  io: SourceIo,
  cursor: Cursor | undefined,
): AsyncGenerator<ImportBatch> {
  const task = new TaskMessages(taskOf(file.path), cursor);
  let calls: CallFact[] = [];
  let issues: Issue[] = [];
  for await (const { value, issue } of elements(file, io)) {
    const found = value ? task.add(value) : undefined;
    if (issue) issues.push(issue);
    else if (typeof found === 'string') issues.push({ path: file.path, message: found });
    else if (found) calls.push(found);
    if (calls.length + issues.length < pageSize) continue;
    yield { calls, issues };
    [calls, issues] = [[], []];
  }
  const sessions = task.session === undefined ? [] : [{ id: task.session }];
  yield { sessions, calls: [...calls, ...task.rest()], issues, cursor: task.position, share: 1 };
}

async function* historyBatches(file: SourceFile, io: SourceIo): AsyncGenerator<ImportBatch> {
  let session = taskOf(file.path);
  let calls: CallFact[] = [];
  let issues: Issue[] = [];
  for await (const { value, issue } of elements(file, io)) {
    const at = instant(value?.ts);
    if (at !== undefined) session ??= `history-${at}`;
    const call = value && session !== undefined ? answerOf(value, session) : undefined;
    if (issue) issues.push(issue);
    if (call) calls.push(call);
    if (calls.length + issues.length < pageSize) continue;
    yield { calls, issues };
    [calls, issues] = [[], []];
  }
  yield { calls, issues, share: 1 };
}

async function* taskBatches(file: SourceFile, io: SourceIo): AsyncGenerator<ImportBatch> {
  for await (const { value, issue } of elements(file, io)) {
    if (issue) yield { issues: [issue] };
    if (value) yield taskBatch(file, value);
  }
  yield { share: 1 };
}

/** The folder of a task, and the sums that its calls are compared with. */
function taskBatch(file: SourceFile, value: unknown): ImportBatch {
  const task = object(value) ?? {};
  const id = label(task.id);
  if (id === undefined)
    return { issues: [{ path: file.path, message: 'A task has no id and is left out.' }] };
  const project = text(task.cwdOnTaskInitialization) ?? text(task.workspace);
  const session: SessionFact = { id, project };
  // Roo's input may or may not include the cache.
  return {
    sessions: [session],
    ...(task.cwdOnTaskInitialization === undefined ? {} : { claims: [claimOf(id, task)] }),
  };
}

const claimOf = (session: string, task: Json): ClaimFact => {
  const [input, output] = [count(task.tokensIn), count(task.tokensOut)];
  const cached = (count(task.cacheWrites) ?? 0) + (count(task.cacheReads) ?? 0);
  return {
    session,
    recorded: usd(task.totalCost) || undefined,
    inputTokens: input === undefined ? undefined : input + cached,
    outputTokens: output,
  };
};
