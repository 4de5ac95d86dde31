import { inSession, recordIn } from './telemetry';
import type { Json } from '../json';
import type { LineReader } from '../lineLog';
import type { TelemetryCall } from './telemetry';
import type { CallFact, ImportBatch } from '../../shared/facts';

/** All that the next line depends on; plain JSON. */
export interface TelemetryState {
  /** Traces and the conversation that a record of theirs has named. */
  readonly named: readonly (readonly [trace: string, session: string])[];
  /** Calls of traces in which no record has named one yet. */
  readonly waiting: readonly (readonly [trace: string, call: TelemetryCall])[];
}

const rememberedTraces = 100;
const mostWaiting = 50;

/** The records of the flat file. Spans are written when they end, so what names the conversation may come last. */
export class TelemetryLog implements LineReader {
  private readonly named: Map<string, string>;
  private waiting: (readonly [string, TelemetryCall])[];
  private calls: CallFact[] = [];
  private merges: { from: string; into: string }[] = [];

  constructor(
    private readonly hash: (text: string) => string,
    state: TelemetryState = { named: [], waiting: [] },
  ) {
    this.named = new Map(state.named);
    this.waiting = [...state.waiting];
  }

  get state(): TelemetryState {
    return { named: [...this.named], waiting: this.waiting };
  }

  get size(): number {
    return this.calls.length;
  }

  read(line: Json): string | undefined {
    const { trace, session, call } = recordIn(line, () => this.hash(JSON.stringify(line)));
    if (trace !== undefined && session !== undefined) this.name(trace, session);
    if (!call) return undefined;
    const found = trace === undefined ? undefined : this.named.get(trace);
    if (session !== undefined) this.calls.push(inSession(call, session));
    else if (found !== undefined) this.calls.push(placed(call, found));
    else if (trace === undefined) this.calls.push(inSession(call, withoutSession));
    else this.wait(trace, call);
    return undefined;
  }

  /** Calls that still wait are told by their trace, and again when it is named. */
  take(atEnd: boolean): ImportBatch {
    const { calls, merges } = this;
    [this.calls, this.merges] = [[], []];
    const waiting = atEnd ? this.waiting.map(([trace, call]) => inSession(call, `trace:${trace}`)) : [];
    return { calls: [...calls, ...waiting], merges };
  }

  private name(trace: string, session: string): void {
    if (this.named.get(trace) === session) return;
    this.named.delete(trace);
    this.named.set(trace, session);
    const [oldest] = this.named.keys();
    if (this.named.size > rememberedTraces && oldest !== undefined) this.named.delete(oldest);
    const found = this.waiting.filter(([of]) => of === trace);
    if (found.length === 0) return;
    this.waiting = this.waiting.filter(([of]) => of !== trace);
    this.merges.push({ from: `trace:${trace}`, into: session });
    for (const [, call] of found) this.calls.push(placed(call, session));
  }

  private wait(trace: string, call: TelemetryCall): void {
    this.waiting.push([trace, call]);
    const oldest = this.waiting.length > mostWaiting ? this.waiting.shift() : undefined;
    if (oldest) this.calls.push(inSession(oldest[1], `trace:${oldest[0]}`));
  }
}

const withoutSession = 'no-session';

/** Placed by another record: a copy of the file in which that is missing is not believed whenever it comes. */
const placed = (call: TelemetryCall, session: string): CallFact => ({
  ...inSession(call, session),
  version: 1,
});
