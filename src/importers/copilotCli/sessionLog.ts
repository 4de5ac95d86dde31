import { costOfNanoAiu } from '../copilotCredits';
import { disjoint } from '../inclusiveUsage';
import { count, instant, label, number, object, text } from '../json';
import { accountOf, rankOf, shortName } from './sessionName';
import { countersIn, sinceLast } from './shutdown';
import type { Json } from '../json';
import type { LineReader } from '../lineLog';
import type { Counters, Evidence } from './shutdown';
import type { CallFact, ImportBatch, SessionFact } from '../../shared/facts';

/** All that the next event depends on; plain JSON. */
export interface SessionState extends Evidence {
  readonly session: string | null;
  /** When it was started or resumed last. */
  readonly since: number | null;
  readonly model: string | null;
  /** Sub-agents by the call of the tool that started them: id and kind. */
  readonly agents: readonly (readonly [string, string])[];
}

const newState: SessionState = {
  ...{ session: null, since: null, model: null, agents: [] },
  ...{ before: null, spoken: 0, spokenBefore: 0, checkpoint: null },
};

const rememberedAgents = 50;

/** Whether a file begins like the log of a session. */
export const isSessionLog = (head: string): boolean =>
  /^\s*\{/.test(head) &&
  /"type"\s*:\s*"session\.(?:start|resume)"/.test(head) &&
  /"data"\s*:\s*\{/.test(head) &&
  /"(?:sessionId|copilotVersion|resumeTime)"\s*:/.test(head);

/** The events of one session: answers, and the sums that are written when it is shut down. */
export class SessionLog implements LineReader {
  private now: SessionState;
  private calls: CallFact[] = [];
  private sessions: SessionFact[] = [];
  private merges: { from: string; into: string }[] = [];

  constructor(
    private readonly fallback: string,
    state: SessionState | undefined,
  ) {
    this.now = state ?? newState;
  }

  get state(): SessionState {
    return this.now;
  }

  get size(): number {
    return this.calls.length;
  }

  read(event: Json): string | undefined {
    const type = text(event.type);
    const data = object(event.data);
    if (type === undefined) return 'It is no event and is left out.';
    if (!data) return undefined;
    if (type === 'session.start' || type === 'session.resume') this.start(data, event);
    else if (type === 'session.model_change') this.change({ model: text(data.newModel) ?? this.now.model });
    else if (type === 'subagent.started') this.startAgent(data);
    else if (type === 'assistant.message') this.answer(data, event);
    else if (type === 'session.usage_checkpoint')
      this.change({ checkpoint: number(data.totalNanoAiu) ?? this.now.checkpoint });
    else if (type === 'session.shutdown') return this.shutdown(data, event);
    return undefined;
  }

  take(): ImportBatch {
    const { sessions, merges, calls } = this;
    [this.sessions, this.merges, this.calls] = [[], [], []];
    return { sessions, merges, calls };
  }

  private get session(): string {
    return this.now.session ?? this.fallback;
  }

  private change(fields: Partial<SessionState>): void {
    this.now = { ...this.now, ...fields };
  }

  private start(data: Json, event: Json): void {
    const at = instant(event.timestamp) ?? instant(data.resumeTime) ?? instant(data.startTime);
    const session = label(data.sessionId) ?? this.now.session;
    this.change({ session, since: at ?? null, model: text(data.selectedModel) ?? this.now.model });
    const createdAt = event.type === 'session.start' ? (instant(data.startTime) ?? at) : undefined;
    this.sessions.push({ id: this.session, createdAt, ...placeIn(object(data.context), at) });
    const short = shortName(this.session);
    if (short !== undefined) this.merges.push({ from: short, into: this.session });
  }

  private startAgent({ toolCallId, agentName }: Json): void {
    const [id, name] = [label(toolCallId), text(agentName)];
    if (id === undefined || name === undefined) return;
    this.change({ agents: [...this.now.agents, [id, name.slice(0, 100)] as const].slice(-rememberedAgents) });
  }

  /** Of an answer only its output is told. It counts where the session has neither telemetry nor a shutdown. */
  private answer(data: Json, event: Json): void {
    const output = count(data.outputTokens);
    this.change({ spoken: this.now.spoken + (output ?? 0) });
    const id = label(data.messageId) ?? label(event.id);
    if (id === undefined) return;
    const agent = label(data.parentToolCallId);
    const name = this.now.agents.find(([own]) => own === agent)?.[1];
    this.calls.push({
      id: `${this.session}/message/${id}`,
      session: this.session,
      at: instant(event.timestamp),
      provider: 'copilot',
      model: text(data.model) ?? this.now.model ?? undefined,
      ...(output === undefined ? {} : { outputTokens: output }),
      ...(agent === undefined ? {} : { agent: name === undefined ? { id: agent } : { id: agent, name } }),
      account: accountOf(this.session, rankOf.message),
    });
  }

  private shutdown(data: Json, event: Json): string | undefined {
    const at = this.now.since ?? instant(data.sessionStartTime) ?? instant(event.timestamp);
    const counters = countersIn(data);
    const id = label(event.id) ?? (at === undefined ? undefined : String(at));
    if (id === undefined) return 'This shutdown has neither an id nor a time and is left out.';
    for (const [model, used] of Object.entries(sinceLast(counters, this.now)))
      if (used.some((value) => value > 0)) this.calls.push(this.sumOf(id, model, used, at));
    this.change({ before: counters, spokenBefore: this.now.spoken });
    return undefined;
  }

  /** What a model used between two shutdowns, as one call: how many there were is known, but not what each of them used. */
  private sumOf(id: string, model: string, used: Counters, at: number | undefined): CallFact {
    const [, input, output, cacheRead, cacheWrite, reasoning, nanoAiu] = used;
    return {
      id: `${this.session}/shutdown/${id}/${model}`,
      session: this.session,
      at,
      provider: 'copilot',
      model,
      ...disjoint({ input, output, cacheRead, cacheWrite, reasoning }),
      ...costOfNanoAiu(nanoAiu, at),
      account: accountOf(this.session, rankOf.shutdown),
    };
  }
}

function placeIn(context: Json | undefined, at: number | undefined): Pick<SessionFact, 'project' | 'branch'> {
  const [project, name] = [text(context?.cwd), text(context?.branch)];
  return { project, ...(name === undefined || at === undefined ? {} : { branch: { name, at } }) };
}
