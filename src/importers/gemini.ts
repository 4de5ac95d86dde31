import { modelAskedFor, responseOf } from './gemini/response';
import { recordsOf } from './gemini/records';
import type { Response } from './gemini/response';
import type { Importer, SourceFile, SourceIo } from './importer';
import type { CallFact, ImportBatch, SessionFact } from '../shared/facts';
import type { Issue } from '../shared/model';

const pageSize = 2000;

/**
 * Logs of Gemini responses with `usageMetadata` (REST and Live API, Python's spelling, the Interactions API): JSON,
 * JSON lines, saved event streams. Without an id a response is known by its content. Docs: docs/sources/gemini.md.
 */
export const gemini: Importer = {
  id: 'gemini',
  label: 'Gemini usage',

  detect: isLog,

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io) {
    const log = new Log(io);
    for await (const found of recordsOf(file, io)) {
      const problem = 'problem' in found ? found.problem : log.add(found.record);
      if (problem !== undefined) log.issues.push({ path: file.path, place: found.place, message: problem });
      if (log.size >= pageSize) yield log.take();
    }
    yield { ...log.take(), share: 1 } satisfies ImportBatch;
  },
};

const counts =
  /"(?:promptTokenCount|prompt_token_count|candidatesTokenCount|candidates_token_count|responseTokenCount)"\s*:/;
const interaction = /"usage"\s*:\s*\{[^{}]*"total_input_tokens"\s*:/;
/** A response whose text is longer than what is looked at: its usage comes after it. */
const longAnswer =
  /^\s*(?:data:\s*)?\[?\s*\{\s*"candidates"\s*:\s*\[\s*\{\s*"content"\s*:\s*\{\s*"(?:parts|role)"\s*:/;

function isLog({ head, tables }: SourceFile): boolean {
  if (tables || !/^\s*(?:(?:event|id):[^\n]*\n\s*)*(?:data:\s*)?(?:\[\s*)?\{/.test(head)) return false;
  if (/"(?:resourceSpans|resourceLogs|projectHash)"\s*:/.test(head)) return false;
  return counts.test(head) || interaction.test(head) || longAnswer.test(head);
}

/** What was read of a file and not yet handed on, and what is needed of all that was read before. */
class Log {
  private calls: CallFact[] = [];
  private sessions: SessionFact[] = [];
  issues: Issue[] = [];
  private readonly knownSessions = new Set<string>();
  /** Hash of a response -> largest total of its chunks, or how often it stood in the file. */
  private readonly seen = new Map<number, number>();
  private file: string | undefined;
  private model: string | undefined;

  constructor(private readonly io: SourceIo) {}

  get size(): number {
    return this.calls.length + this.issues.length;
  }

  take(): ImportBatch {
    const { calls, sessions, issues } = this;
    [this.calls, this.sessions, this.issues] = [[], [], []];
    return { sessions, calls, issues };
  }

  /** What is wrong with the record; undefined if nothing is, or if it tells of no response. */
  add(record: Parameters<typeof responseOf>[0]): string | undefined {
    this.model = modelAskedFor(record) ?? this.model;
    const response = responseOf(record);
    if (!response) return undefined;
    if (Object.keys(response.usage).length > 0 || response.error !== undefined) this.addCall(response);
    if (response.unreadable.length === 0) return undefined;
    return `No count of tokens: ${response.unreadable.join(', ')}. It is taken as unknown: correct it, then import again.`;
  }

  private addCall(response: Response): void {
    const content = this.contentOf(response);
    // A copy has the same first response, whatever its name, and so has a file that grew.
    this.file ??= `log-${content.slice(0, 12)}`;
    const id = this.idOf(response, content);
    if (id === undefined) return;
    const session = response.session ?? this.file;
    if (!this.knownSessions.has(session)) this.sessions.push({ id: session });
    this.knownSessions.add(session);
    this.calls.push({
      id,
      session,
      at: response.at,
      provider: 'google',
      model: response.model ?? this.model,
      ...response.usage,
      failed: response.error !== undefined,
      error: response.error,
    });
  }

  private contentOf({ responseId, session, at, model, usage, error }: Response): string {
    return this.io.hash(responseId ?? JSON.stringify([session, at, model, Object.entries(usage), error]));
  }

  /** Undefined for a chunk that says less than one before. */
  private idOf(response: Response, content: string): string | undefined {
    const key = parseInt(content.slice(0, 13), 16);
    const before = this.seen.get(key) ?? 0;
    if (response.responseId !== undefined) {
      const { inputTokens = 0, cacheReadTokens = 0, outputTokens = 0 } = response.usage;
      const total = inputTokens + cacheReadTokens + outputTokens;
      this.seen.set(key, Math.max(before, total));
      return total < before ? undefined : response.responseId;
    }
    if (response.at !== undefined) return content;
    this.seen.set(key, before + 1);
    return `${this.file} ${content} ${before + 1}`;
  }
}
