import { label, object, provider, text } from '../json';
import { metaIn } from './lineage';
import { rolloutLine } from './lines';
import { afterLine, afterMeta, replayOf } from './replay';
import { added, countsIn, isOfCall, nothing, same, since, usageOf, written } from './usage';
import type { Meta } from './lineage';
import type { RolloutLine } from './lines';
import type { Replay } from './replay';
import type { Counts } from './usage';
import type { Json } from '../json';
import type { FactBatch, LineReader } from '../lineReader';
import type { CallFact, SessionFact } from '../../shared/facts';

/** All that the next line depends on; plain JSON. */
export interface RolloutState {
  readonly session: string;
  /** Whether a `session_meta` named it; else it is known by how the file begins. */
  readonly isNamed: boolean;
  /** Sessions whose history may be copied at its head, the nearest first. */
  readonly ancestors: readonly string[];
  /** What is known of the oldest of them, until a call of its is told. */
  readonly origin?: SessionFact | undefined;
  readonly replay: Replay;
  readonly isExec: boolean;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly tier?: string | undefined;
  /** The last cumulative sum, and the last call where there are no sums. */
  readonly sum?: Counts | undefined;
  readonly last?: Counts | undefined;
  /** Failures since the last sum. */
  readonly failures: number;
  /** Whether it counted a call of its own. */
  readonly hasOwn: boolean;
}

export const newRollout = (session: string): RolloutState => ({
  session,
  isNamed: false,
  ancestors: [],
  replay: { isOn: false },
  isExec: false,
  failures: 0,
  hasOwn: false,
});

const maxAncestors = 50;
const tiers = new Set(['fast', 'priority', 'flex', 'batch']);
/** Failures of Codex itself, without a request to a model. */
const notOfModel = new Set(['thread_rollback_failed', 'sandbox_error', 'active_turn_not_steerable']);

type Told = Omit<CallFact, 'id' | 'session'>;

/** Reads the lines of a rollout in their order and tells what they say, batch by batch. */
export class Rollout implements LineReader {
  constructor(
    readonly facts: FactBatch,
    public state: RolloutState,
  ) {}

  add(line: string, place: string): boolean {
    const found = rolloutLine(line);
    if (found === null) return false;
    if (!found) return true;
    if (found.type === 'session_meta') this.addMeta(found);
    else {
      this.state = { ...this.state, replay: afterLine(this.state.replay, found) };
      if (found.type === 'turn_context') this.addSettings(found.payload);
      else if (found.type === 'event_msg') this.addEvent(found, place);
    }
    return true;
  }

  private addMeta({ payload, at }: RolloutLine): void {
    const meta = metaIn(payload, at);
    if (!meta) return;
    const { session, isNamed, hasOwn, ancestors, replay } = this.state;
    const isOwn = meta.id === session;
    if (!isNamed) return this.begin(meta);
    // A copied history comes before anything of its own, so this is another rollout in the same file.
    if (hasOwn) return isOwn || ancestors.includes(meta.id) ? undefined : this.begin(meta);
    const related = isOwn ? [] : [meta.id, ...meta.parents];
    const all = [...new Set([...ancestors, ...related])].filter((id) => id !== session);
    this.state = {
      ...this.state,
      ancestors: all.slice(0, maxAncestors),
      origin: all.at(-1) === meta.id ? meta.fact : this.state.origin,
      replay: afterMeta(replay, isOwn),
    };
  }

  private begin(meta: Meta): void {
    this.state = {
      ...newRollout(meta.id),
      isNamed: true,
      ancestors: meta.parents,
      replay: replayOf(meta),
      isExec: meta.isExec,
      provider: meta.provider,
    };
    this.facts.session(meta.fact);
    if (meta.startedBy === undefined) return;
    const agent = meta.agent === undefined ? {} : { name: meta.agent };
    this.facts.merge({ from: meta.id, into: meta.startedBy, agent });
  }

  private addSettings(payload: Json): void {
    const { state } = this;
    const tier = text(payload.service_tier);
    this.state = {
      ...state,
      model: text(payload.model) ?? state.model,
      provider: provider(payload.model_provider_id) ?? state.provider,
      tier: tier === undefined ? state.tier : tiers.has(tier) ? tier : undefined,
    };
  }

  private addEvent({ payload, at }: RolloutLine, place: string): void {
    if (payload.type === 'thread_settings_applied') this.addSettings(object(payload.thread_settings) ?? {});
    else if (payload.type === 'token_count') this.addCount(payload, at, place);
    else if (payload.type === 'error' || payload.type === 'stream_error') this.addFailure(payload, at);
  }

  private addCount(payload: Json, at: number | undefined, place: string): void {
    const info = object(payload.info);
    if (!info) return;
    const unreadable: string[] = [];
    const sum = countsIn(info.total_token_usage, unreadable);
    const last = countsIn(info.last_token_usage, unreadable);
    this.facts.unreadable(place, unreadable);
    const call = this.newIn(sum, last);
    if (!call) return;
    const total = sum ?? added(this.state.sum ?? nothing, call);
    this.state = { ...this.state, sum: total, last, failures: 0 };
    if (!isOfCall(call)) return;
    const model = text(payload.model) ?? text(info.model) ?? this.state.model;
    this.tell(`${written(total)}/${written(call)}`, { ...usageOf(call), at, model, tier: this.state.tier });
  }

  /** What was used since the sum before; undefined if the same is only told again. */
  private newIn(sum: Counts | undefined, last: Counts | undefined): Counts | undefined {
    const before = this.state;
    if (sum) return same(sum, before.sum) ? undefined : (last ?? since(sum, before.sum ?? nothing));
    return same(last, before.last) ? undefined : last;
  }

  private addFailure(payload: Json, at: number | undefined): void {
    const { sum, model, failures } = this.state;
    this.state = { ...this.state, failures: failures + 1 };
    const code = codeOf(payload.codex_error_info);
    this.tell(`${written(sum ?? nothing)}/failed.${failures + 1}`, {
      at,
      model,
      failed: true,
      error: code ?? label(payload.type),
      ...(code !== undefined && notOfModel.has(code) ? { noCall: true } : {}),
    });
  }

  private tell(name: string, told: Told): void {
    const { session, ancestors, replay, isExec, isNamed, provider: vendor } = this.state;
    const oldest = ancestors.at(-1);
    if (replay.isOn && oldest !== undefined) return this.tellCopied(oldest, name, told);
    if (!isNamed) this.facts.sessionOf(session);
    this.state = { ...this.state, hasOwn: true };
    const account = isExec ? { account: { of: `thread/${session}`, rank: 0 } } : {};
    this.facts.call({ provider: vendor, ...told, id: `${session}/${name}`, session, ...account });
  }

  /**
   * What was copied from an ancestor is told as the oldest one's, and known under the name of each session between; so
   * it meets the original and every other copy, and calls of unrelated sessions never meet, however alike.
   */
  private tellCopied(oldest: string, name: string, told: Told): void {
    const { session, ancestors, origin, provider: vendor } = this.state;
    if (origin?.id === oldest) this.facts.session(origin);
    this.state = { ...this.state, origin: undefined };
    const also = [session, ...ancestors.slice(0, -1)].map((id) => `${id}/${name}`);
    this.facts.call({ provider: vendor, ...told, id: `${oldest}/${name}`, session: oldest, also });
  }
}

/** A code, such as `usage_limit_exceeded`, or `http_connection_failed 503`; never the message. */
function codeOf(info: unknown): string | undefined {
  const word = (value: string | undefined): string | undefined =>
    value !== undefined && /^\w{1,60}$/.test(value) ? value : undefined;
  const [kind, details] = Object.entries(object(info) ?? {})[0] ?? [];
  const status = label(object(details)?.http_status_code);
  const name = word(text(info)) ?? word(kind);
  return name !== undefined && word(status) !== undefined ? `${name} ${status}` : name;
}
