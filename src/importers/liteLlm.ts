import { layoutOf } from './liteLlm/layout';
import { recordsOf } from './liteLlm/records';
import { requestOf } from './liteLlm/request';
import type { Importer } from './importer';
import type { CallFact, Cursor, ImportBatch, SessionFact } from '../shared/facts';
import type { Issue } from '../shared/model';

const pageSize = 2000;

/**
 * LiteLLM: its table SpendLogs (JSON of `/spend/logs`, JSON lines, CSV) and the payloads that its loggers write. A call
 * is one request, known by its id in both. Costs are exact USD. Docs: docs/sources/litellm.md.
 */
export const liteLlm: Importer = {
  id: 'litellm',
  label: 'LiteLLM spend logs',

  detect: (file) => layoutOf(file) !== undefined,

  skips: (file) => layoutOf(file)?.skipped,

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io, cursor) {
    const layout = layoutOf(file);
    if (!layout) return;
    let batch = new Batch();
    for await (const found of recordsOf(file, io, layout, cursor)) {
      const problem =
        'record' in found ? batch.add(found.record) : 'problem' in found ? found.problem : undefined;
      if (problem !== undefined) batch.issues.push({ path: file.path, place: found.place, message: problem });
      batch.cursor = found.cursor ?? batch.cursor;
      if (++batch.size < pageSize) continue;
      yield batch.facts();
      batch = new Batch();
    }
    yield { ...batch.facts(), share: 1 } satisfies ImportBatch;
  },
};

class Batch {
  private readonly calls: CallFact[] = [];
  /** By their content: most requests say the same of their session. */
  private readonly sessions = new Map<string, SessionFact>();
  readonly issues: Issue[] = [];
  cursor: Cursor | undefined;
  size = 0;

  /** Why the record is left out; undefined if it is not. */
  add(record: Parameters<typeof requestOf>[0]): string | undefined {
    const request = requestOf(record);
    if (typeof request === 'string') return request;
    if (!request.call) return undefined;
    this.sessions.set(JSON.stringify(request.session), request.session);
    this.calls.push(request.call);
    return undefined;
  }

  facts(): ImportBatch {
    return {
      sessions: [...this.sessions.values()],
      calls: this.calls,
      issues: this.issues,
      ...(this.cursor ? { cursor: this.cursor } : {}),
    };
  }
}
