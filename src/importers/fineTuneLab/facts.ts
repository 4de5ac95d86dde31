import { instant, label, provider, text } from '../json';
import { callOf, exportedCall, isAnthropic, isCall, labelsOf, sessionOf, uuid } from './spans';
import type { Json } from '../json';
import type { CallFact, ExperimentFact, ModelFact, SessionFact } from '../../shared/facts';
import type { Issue } from '../../shared/model';

/** More would be too much memory; what was forgotten is told again, which changes nothing. */
const mostRemembered = 50_000;
const pageSize = 2000;

interface Batch {
  readonly experiments: ExperimentFact[];
  readonly sessions: SessionFact[];
  readonly models: ModelFact[];
  readonly calls: CallFact[];
  readonly merges: { readonly from: string; readonly into: string }[];
  readonly issues: Issue[];
}

const newBatch = (): Batch => ({
  experiments: [],
  sessions: [],
  models: [],
  calls: [],
  merges: [],
  issues: [],
});

/** Turns rows, in whatever order they come, into facts. */
export class Facts {
  private batch = newBatch();
  private readonly sessions = new Map<string, SessionFact>();
  private readonly traces = new Map<string, string>();

  constructor(private readonly path: string) {}

  get full(): boolean {
    const { calls, sessions, models, merges, issues } = this.batch;
    return calls.length + sessions.length + models.length + merges.length + issues.length >= pageSize;
  }

  take(): Batch {
    const { batch } = this;
    this.batch = newBatch();
    return batch;
  }

  problem(place: string | undefined, message: string): void {
    this.batch.issues.push({ path: this.path, ...(place === undefined ? {} : { place }), message });
  }

  /** A row of any table, told by its columns. */
  add(row: Json, place: string | undefined): void {
    const problem = this.addRow(row);
    if (problem !== undefined) this.problem(place, problem);
  }

  private addRow(row: Json): string | undefined {
    if ('_type' in row && row._type !== 'trace') return undefined;
    if ('span_id' in row || 'operation_type' in row) return this.addSpan(row);
    if ('traceId' in row || 'trace_id' in row || '_type' in row) return this.addExported(row);
    if ('llm_model_id' in row || 'experiment_name' in row || 'session_id' in row)
      return this.addConversation(row);
    if ('model_id' in row) return this.addModel(row);
    return 'It is no row of llm_traces, conversations or llm_models and is left out.';
  }

  private addSpan(row: Json): string | undefined {
    const call = isCall(row) ? callOf(row) : undefined;
    if (typeof call === 'string') return call;
    const session = call?.session ?? sessionOf(row);
    if (session === undefined) return undefined;
    const tag = text(row.session_tag)?.trim();
    this.learn({ id: session, user: label(row.user_id), tag, labels: labelsOf(row) });
    this.join(label(row.trace_id), label(row.conversation_id));
    if (call) this.batch.calls.push(call);
    return undefined;
  }

  private addExported(row: Json): string | undefined {
    const call = exportedCall(row);
    if (typeof call === 'string') return call;
    if (!call) return undefined;
    this.learn({ id: call.session, labels: labelsOf(row) });
    this.batch.calls.push(call);
    return undefined;
  }

  private addConversation(row: Json): string | undefined {
    const id = label(row.id);
    if (id === undefined) return 'It has no id and is left out: export the table with all its columns.';
    const experiment = text(row.experiment_name)?.trim();
    if (experiment !== undefined) this.batch.experiments.push({ id: experiment, name: experiment });
    this.learn({
      id,
      experiment,
      user: label(row.user_id),
      tag: text(row.session_id)?.trim(),
      modelId: uuid(row.llm_model_id),
      createdAt: instant(row.created_at),
    });
    return undefined;
  }

  private addModel(row: Json): string | undefined {
    const id = uuid(row.id);
    if (id === undefined) return 'It has no id and is left out: export the table with all its columns.';
    const name = text(row.model_id)?.trim() ?? text(row.name)?.trim();
    if (name === undefined) return undefined;
    const named = { model: name, provider: provider(row.provider) };
    this.batch.models.push({
      ...{ id, name, provider: named.provider, cachedBeside: isAnthropic(named) },
      version: instant(row.updated_at) ?? instant(row.created_at),
    });
    return undefined;
  }

  /** A session is told again only when there is something new to say of it. */
  private learn(fact: SessionFact): void {
    const before = this.sessions.get(fact.id);
    const after = before ? joined(before, fact) : fact;
    if (before && JSON.stringify(before) === JSON.stringify(after)) return;
    if (this.sessions.size >= mostRemembered) this.sessions.clear();
    this.sessions.set(fact.id, after);
    this.batch.sessions.push(after);
  }

  /** Spans that name only their trace belong to its conversation. A trace has one: the first that is named. */
  private join(trace: string | undefined, conversation: string | undefined): void {
    if (trace === undefined || conversation === undefined || trace === conversation) return;
    if (this.traces.has(trace)) return;
    if (this.traces.size >= mostRemembered) this.traces.clear();
    this.traces.set(trace, conversation);
    this.batch.merges.push({ from: trace, into: conversation });
  }
}

/** Of two tags the lower one: a session keeps the first that it was given, and counters only grow. */
function joined(one: SessionFact, other: SessionFact): SessionFact {
  const tags = [one.tag, other.tag].flatMap((tag) => tag ?? []).sort(byCounter);
  return {
    id: one.id,
    experiment: one.experiment ?? other.experiment,
    user: one.user ?? other.user,
    tag: tags[0],
    modelId: one.modelId ?? other.modelId,
    createdAt: one.createdAt ?? other.createdAt,
    labels: [...new Set([...(one.labels ?? []), ...(other.labels ?? [])])].sort(),
  };
}

const byCounter = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1);
