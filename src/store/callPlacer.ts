import { flag, usageFrom, usageNumbers } from './measures';
import { isModelId, namedModel, withCachedInInput } from './namedModels';
import { priceCall } from '../pricing/cost';
import { inferProvider } from '../pricing/modelNames';
import type { Agents } from './agents';
import type { PlacedCall } from './callRow';
import type { Dictionary } from './dictionary';
import type { SessionWriter, Target } from './sessionWriter';
import type { CallFigures } from '../pricing/cost';
import type { PriceBook } from '../pricing/prices';
import type { CallFact } from '../shared/facts';
import type { Connection } from '../sqlite/connection';

type CallPrice = Pick<PlacedCall, 'computed' | 'flags' | 'pricedBy'>;

const unpriced: CallPrice = { computed: undefined, flags: 0, pricedBy: undefined };

/** Makes rows of calls: names become ids of the store, figures are priced. */
export class CallPlacer {
  /** Whose calls they are: a price set may be chosen for it. */
  importer = '';

  constructor(
    private readonly db: Connection,
    private readonly book: PriceBook,
    private readonly sessions: SessionWriter,
    private readonly models: Dictionary,
    private readonly versions: Dictionary,
    private readonly agents: Agents,
  ) {}

  /** Inside a write. */
  place(target: Target, fact: CallFact): PlacedCall {
    const provider =
      fact.provider ?? (fact.model === undefined ? undefined : inferProvider(fact.model)) ?? '';
    const model = this.models.id(provider, fact.model ?? '');
    const figures = fact.provider === undefined ? { ...fact, provider } : fact;
    const { session, agent } = this.actor(target, fact);
    const { computed, flags, pricedBy } = this.priceOf(figures, toldFlags(fact));
    // Every new call comes through here: one literal without spreads takes a tenth of the time.
    return this.named(target.scope, {
      session,
      agent,
      at: fact.at,
      model,
      source: target.source,
      usage: usageNumbers(fact),
      recorded: fact.recorded,
      recordedElsewhere: fact.recordedElsewhere,
      latencyMs: fact.latencyMs,
      error: fact.error,
      command: fact.command,
      version: fact.version,
      ttftMs: fact.ttftMs,
      responseId: fact.responseId,
      account: fact.account?.of,
      rank: fact.account?.rank,
      tier: fact.tier,
      webSearches: fact.webSearches,
      duplicateOf: undefined,
      toldModel: isModelId(fact.model) ? model : undefined,
      computed,
      flags,
      pricedBy,
    });
  }

  /** The session that made it, or which agent of it. */
  private actor(target: Target, fact: CallFact): Pick<PlacedCall, 'session' | 'agent'> {
    const { session, agent } = this.sessions.place(target, fact.session);
    const actor = fact.agent ? { parent: agent?.id, ...fact.agent } : agent;
    return { session, agent: actor && this.agents.id(session, actor) };
  }

  /** One call told twice: what is known goes before what is not, the better word before the other. Priced anew. */
  combine(scope: number, better: PlacedCall, other: PlacedCall): PlacedCall {
    return this.named(scope, this.combineTold(this.asTold(better), this.asTold(other)));
  }

  private combineTold(better: PlacedCall, other: PlacedCall): PlacedCall {
    const [provider, name] = this.modelOf(better, other);
    const model = this.models.id(provider, name);
    const used = better.usage.some((count) => count > 0) ? better : other;
    const { session, agent, at } = this.whereOf(better, other);
    const kept = {
      session,
      agent,
      at,
      model,
      source: better.source,
      usage: used.usage,
      recorded: first(better.recorded, other.recorded),
      recordedElsewhere: first(better.recordedElsewhere, other.recordedElsewhere),
      latencyMs: first(better.latencyMs, other.latencyMs),
      error: first(better.error, other.error),
      command: first(better.command, other.command),
      version: first(better.version, other.version),
      ttftMs: first(better.ttftMs, other.ttftMs),
      responseId: first(better.responseId, other.responseId),
      account: first(better.account, other.account),
      rank: lowest(better.rank, other.rank),
      tier: first(better.tier, other.tier),
      webSearches: first(better.webSearches, other.webSearches),
      duplicateOf: first(better.duplicateOf, other.duplicateOf),
      toldModel: isModelId(name) ? model : undefined,
      ...unpriced,
    };
    const figures = Object.assign(figuresOf(kept, better, other), { provider, model: name });
    const either = (better.flags | other.flags) & flag.providerKnown;
    const both = better.flags & other.flags & (flag.noCall | flag.joins);
    return this.priced(figures, either | both | (used.flags & flag.cachedInside), kept);
  }

  /** A call that tells its model by id, under the name that is known for it. */
  private named(scope: number, call: PlacedCall): PlacedCall {
    if (call.toldModel === undefined) return call;
    const [recorded, id] = this.modelNames(call.toldModel);
    const found = namedModel(this.db, scope, id);
    if (!found) return call;
    const own = recorded || found.provider;
    const provider = own || (inferProvider(found.name) ?? '');
    const isBack = found.cachedBeside && (call.flags & flag.cachedInside) !== 0;
    const usage = isBack ? withCachedInInput(call.usage, 1) : call.usage;
    const fresh = { ...call, model: this.models.id(provider, found.name), usage };
    const figures = { ...figuresOf(fresh, call, call), provider, model: found.name };
    const kept = call.flags & (flag.noCall | flag.joins | flag.cachedInside);
    return this.priced(
      figures,
      kept | (own ? flag.providerKnown : 0) | (isBack ? flag.cachedPutBack : 0),
      fresh,
    );
  }

  /** The reverse of `named`, but for the price: what was told of the call, whatever its model is called. */
  private asTold(call: PlacedCall): PlacedCall {
    if (call.toldModel === undefined) return call;
    const [recorded] = this.modelNames(call.toldModel);
    const isBack = (call.flags & flag.cachedPutBack) !== 0;
    const kept = call.flags & ~(flag.providerKnown | flag.cachedPutBack);
    return {
      ...call,
      model: call.toldModel,
      usage: isBack ? withCachedInInput(call.usage, -1) : call.usage,
      flags: kept | (recorded ? flag.providerKnown : 0),
    };
  }

  /** Sets the price of a call that nobody else has yet. */
  private priced(figures: CallFigures, told: number, call: PlacedCall): PlacedCall {
    return Object.assign(call, this.priceOf(figures, told));
  }

  private priceOf(figures: CallFigures, told: number): CallPrice {
    const { computed, computedExact, included } = priceCall(figures, this.book, this.importer);
    const flags =
      told |
      (figures.recordedExact ? flag.recordedExact : 0) |
      (computedExact ? flag.computedExact : 0) |
      (included ? flag.included : 0) |
      (figures.included ? flag.toldIncluded : 0) |
      (figures.included === undefined ? 0 : flag.inclusionKnown) |
      (figures.failed ? flag.failed : 0) |
      (figures.failed === undefined ? 0 : flag.failureKnown);
    return { computed, flags, pricedBy: this.versions.id(this.book.version) };
  }

  /** A call belongs to where it was told of earliest; at the same time, to the session with the smaller id. */
  private whereOf(a: PlacedCall, b: PlacedCall): Pick<PlacedCall, 'session' | 'agent' | 'at'> {
    const [first, second] = this.isFirst(a, b) ? [a, b] : [b, a];
    const agent = first.agent ?? (first.session === second.session ? second.agent : undefined);
    return { session: first.session, agent, at: first.at ?? second.at };
  }

  private isFirst(a: PlacedCall, b: PlacedCall): boolean {
    const [atA, atB] = [a.at ?? Infinity, b.at ?? Infinity];
    if (atA !== atB) return atA < atB;
    return a.session === b.session || this.ownId(a.session) < this.ownId(b.session);
  }

  private ownId(session: number): string {
    return this.db.rows('SELECT own_id FROM session WHERE id = ?', [session])[0]![0] as string;
  }

  /** A recorded provider goes before one that was inferred, whoever tells it. */
  private modelOf(better: PlacedCall, other: PlacedCall): [provider: string, name: string] {
    const [own, name] = this.modelNames(better.model);
    const [others, otherName] = this.modelNames(other.model);
    const isRecorded = (call: PlacedCall): boolean => (call.flags & flag.providerKnown) !== 0;
    const provider = !isRecorded(better) && isRecorded(other) ? others : own || others;
    return [provider, name || otherName];
  }

  private modelNames(id: number): [string, string] {
    const [provider, name] = this.models.textOf(id);
    return [provider!, name!];
  }
}

const toldFlags = ({ provider, noCall, account, cachedInside }: CallFact): number =>
  (provider === undefined ? 0 : flag.providerKnown) |
  (noCall ? flag.noCall : 0) |
  (account?.joins ? flag.joins : 0) |
  (cachedInside ? flag.cachedInside : 0);

const lowest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

type Told = Pick<PlacedCall, 'recorded' | 'flags'>;

/** What the cost of `call` depends on besides its model, as `better` says it, or else `other`. */
const figuresOf = (
  call: Pick<PlacedCall, 'at' | 'tier' | 'webSearches' | 'usage' | 'recorded' | 'recordedElsewhere'>,
  better: Told,
  other: Told,
): CallFigures =>
  // Where all calls are priced anew this is done a million times: not by spreads, nor by lists of what is known.
  Object.assign(usageFrom(call.usage), {
    at: call.at,
    tier: call.tier,
    webSearches: call.webSearches,
    recorded: call.recorded,
    recordedElsewhere: call.recordedElsewhere,
    recordedExact: ((better.recorded === undefined ? other : better).flags & flag.recordedExact) !== 0,
    included: told(better, other, flag.inclusionKnown, flag.toldIncluded),
    failed: told(better, other, flag.failureKnown, flag.failed),
  });

/** What the cost of a call that stands in the store depends on, besides its provider and model. */
export const figuresOfStored = (call: Parameters<typeof figuresOf>[0] & Told): CallFigures =>
  figuresOf(call, call, call);

/** What the better one says, or else the other; nothing if neither says anything. */
function told(better: Told, other: Told, isKnown: number, isSo: number): boolean | undefined {
  const teller = (better.flags & isKnown) !== 0 ? better : other;
  return (teller.flags & isKnown) === 0 ? undefined : (teller.flags & isSo) !== 0;
}

/** What the better word says, or else the other. */
const first = <T>(better: T | undefined, other: T | undefined): T | undefined =>
  better === undefined ? other : better;
