import { isAlike, joined, lineId, responseOf, wrongMoney } from './call';
import { failureOf, synthetic } from './failure';
import { tellingOf } from './line';
import { Sessions } from './sessions';
import { tokensIn, usageOf } from './usage';
import { label, object } from '../json';
import type { Telling } from './line';
import type { Place } from './place';
import type { ReadUsage } from './usage';
import type { Json } from '../json';
import type { AgentFact, CallFact, ImportBatch } from '../../shared/facts';
import type { Issue } from '../../shared/model';

/** What is known of a transcript before its first line. */
export interface Origin {
  readonly path: string;
  readonly place: Place;
  /** Session of lines that name none. */
  readonly fallback: string;
  /** What kind of agent it is, for the transcript of a sub-agent. */
  readonly agentName: string | undefined;
  readonly hash: (text: string) => string;
}

type Failure = Pick<CallFact, 'error'>;

const maxFacts = 2000;

/** Gathers what lines tell, batch by batch; it remembers nothing of the batches before. */
export class Transcript {
  private readonly sessions = new Sessions();
  private readonly calls = new Map<string, CallFact>();
  private issues: Issue[] = [];

  constructor(private readonly origin: Origin) {}

  get full(): boolean {
    return this.calls.size + this.issues.length >= maxFacts;
  }

  problem(place: string | undefined, message: string): void {
    this.issues.push({ path: this.origin.path, ...(place === undefined ? {} : { place }), message });
  }

  take(): ImportBatch {
    const batch = { sessions: this.sessions.take(), calls: [...this.calls.values()], issues: this.issues };
    this.calls.clear();
    this.issues = [];
    return batch;
  }

  add(line: Json, raw: string, place: string): void {
    const telling = tellingOf(line, raw, place);
    if (!telling) return;
    const failure = failureOf(telling.own, telling.message);
    const isSynthetic = telling.message.model === synthetic;
    const read = usageIn(telling.message);
    if (failure && (isSynthetic || !read || tokensIn(read.usage) === 0)) this.addFailure(telling, failure);
    else if (read && !isSynthetic) this.addResponse(telling, read, failure);
    else if (telling.message.usage != null && !read)
      this.problem(place, 'Its usage is no object, so that it is no call: correct it in the file.');
  }

  private addResponse(telling: Telling, read: ReadUsage, failure: Failure | undefined): void {
    const wrong = [...read.unreadable, ...wrongMoney(telling.own)];
    if (wrong.length > 0)
      this.problem(telling.place, `It has no valid ${wrong.join(', ')} and is counted without: correct it.`);
    this.addCall({
      ...this.belongings(telling),
      ...responseOf(telling, read, this.isSide(telling), this.origin.hash),
      ...(failure ? { failed: true, ...failure } : {}),
    });
  }

  /** A message made on the spot where a response should have been. */
  private addFailure(telling: Telling, failure: Failure): void {
    this.addCall({
      ...this.belongings(telling),
      id: `error ${lineId(telling, this.origin.hash)}`,
      noCall: true,
      failed: true,
      ...failure,
    });
  }

  /** Whose it is and when it was. */
  private belongings(telling: Telling): Pick<CallFact, 'session' | 'at' | 'agent'> {
    const { at, line, place } = telling;
    if (at === undefined)
      this.problem(place, 'It has no valid timestamp and is counted without: correct it.');
    const session = this.sessionOf(telling);
    const agent = this.agentOf(telling);
    this.sessions.tell(session, line, at, agent !== undefined && agent.id !== sidechain);
    return { session, ...(at === undefined ? {} : { at }), ...(agent ? { agent } : {}) };
  }

  /** What a fork copied says whose it was. */
  private sessionOf({ line }: Telling): string {
    const { place, fallback } = this.origin;
    const copiedFrom = label(object(line.forkedFrom)?.sessionId);
    return copiedFrom ?? place.parent ?? label(line.sessionId) ?? place.stem ?? fallback;
  }

  private agentOf(telling: Telling): AgentFact | undefined {
    const { place, agentName } = this.origin;
    const own = telling.isProgress ? undefined : place.agent;
    const id = telling.agentId ?? own ?? (this.isSide(telling) ? sidechain : undefined);
    if (id === undefined) return undefined;
    return id === place.agent && agentName !== undefined ? { id, name: agentName } : { id };
  }

  /** Files of sub-agents do not always say so in their lines. */
  private isSide({ line, isProgress, agentId }: Telling): boolean {
    const { parent, agent } = this.origin.place;
    const isSaid = line.isSidechain === true || isProgress || agentId !== undefined;
    return isSaid || parent !== undefined || agent !== undefined;
  }

  /** Lines of one response mostly stand one after the other: they go to the store as one. */
  private addCall(call: CallFact): void {
    const id = String(call.id);
    const known = this.calls.get(id);
    if (!known) this.calls.set(id, call);
    else if (isAlike(known, call)) this.calls.set(id, joined(known, call));
    else this.calls.set(`${id} ${this.calls.size}`, call);
  }
}

const sidechain = 'sidechain';

function usageIn({ usage }: Json): ReadUsage | undefined {
  const found = object(usage);
  return found && usageOf(found);
}
