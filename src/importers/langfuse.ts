import { label } from './json';
import { claimsOfDay, isDay } from './langfuse/days';
import { callOf } from './langfuse/observation';
import { recordsOf } from './langfuse/records';
import { kindOf, sessionOf, traceIdOf } from './langfuse/sessions';
import { shapeOf } from './langfuse/shapes';
import type { Json } from './json';
import type { Importer } from './importer';
import type { CallFact, ClaimFact, ImportBatch, SessionFact } from '../shared/facts';
import type { Issue } from '../shared/model';

const pageSize = 2000;

/**
 * Exports of Langfuse (JSON, JSONL, CSV; legacy and version 4) and saved answers of its API (observations v1 and v2,
 * traces, sessions). A call is one observation, known by its id. Costs are exact USD. Daily sums are compared with the calls. Docs: docs/sources/langfuse.md.
 */
export const langfuse: Importer = {
  id: 'langfuse',
  label: 'Langfuse',

  detect: (file) => shapeOf(file) !== undefined,

  skips: (file) => shapeOf(file)?.skipped,

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io) {
    let batch = new Batch();
    const { layout } = shapeOf(file) ?? { layout: 'lines' };
    for await (const found of recordsOf(file, io, layout)) {
      batch.size++;
      const problem = 'problem' in found ? found.problem : batch.add(found.record);
      if (problem !== undefined) batch.issues.push({ path: file.path, place: found.place, message: problem });
      if (batch.size < pageSize) continue;
      yield batch.facts();
      batch = new Batch();
    }
    yield { ...batch.facts(), share: 1 } satisfies ImportBatch;
  },
};

class Batch {
  private readonly calls: CallFact[] = [];
  /** By their content: most observations say the same of their session. */
  private readonly sessions = new Map<string, SessionFact>();
  private readonly claims: ClaimFact[] = [];
  private readonly merges = new Map<string, { from: string; into: string }>();
  readonly issues: Issue[] = [];
  size = 0;

  /** Why the record is left out; undefined if it is not. */
  add(record: Json): string | undefined {
    return isDay(record) ? this.addDay(record) : this.addRecord(record);
  }

  private addDay(record: Json): string | undefined {
    const claims = claimsOfDay(record);
    this.claims.push(...(claims ?? []));
    return claims ? undefined : 'The daily sums have no valid date and are left out: save the answer again.';
  }

  private addRecord(record: Json): string | undefined {
    const kind = kindOf(record);
    if (!kind) return 'It is no observation, trace or session of Langfuse and is left out.';
    const id = label(record.id);
    if (id === undefined) return `The ${kind} has no id and is left out: export it again with its id.`;
    const session = sessionOf(record, kind, id);
    this.sessions.set(JSON.stringify(session), session);
    const trace = traceIdOf(record, kind, id);
    if (kind !== 'session' && trace !== session.id) {
      this.merges.set(JSON.stringify([trace, session.id]), { from: trace, into: session.id });
    }
    const call = kind === 'observation' ? callOf(record, id, session.id) : undefined;
    if (call) this.calls.push(call);
    return undefined;
  }

  facts(): ImportBatch {
    return {
      sessions: [...this.sessions.values()],
      calls: this.calls,
      merges: [...this.merges.values()],
      ...(this.claims.length > 0 ? { claims: this.claims } : {}),
      issues: this.issues,
    };
  }
}
