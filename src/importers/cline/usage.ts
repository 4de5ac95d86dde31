import { disjoint } from '../inclusiveUsage';
import { count, object, provider, text, usd } from '../json';
import type { Json } from '../json';
import type { CallFact } from '../../shared/facts';
import type { NanoUsd, Usage } from '../../shared/model';

/** What a message says of its request, as written down. */
export interface Figures {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite: number;
  readonly cacheRead: number;
  readonly cost: NanoUsd;
}

export const nothing: Figures = { input: 0, output: 0, cacheWrite: 0, cacheRead: 0, cost: 0 };

export const figuresOf = (told: Json): Figures => ({
  input: count(told.tokensIn) ?? 0,
  output: count(told.tokensOut) ?? 0,
  cacheWrite: count(told.cacheWrites) ?? 0,
  cacheRead: count(told.cacheReads) ?? 0,
  cost: usd(told.cost) ?? 0,
});

const each = (one: Figures, other: Figures, of: (a: number, b: number) => number): Figures => ({
  input: of(one.input, other.input),
  output: of(one.output, other.output),
  cacheWrite: of(one.cacheWrite, other.cacheWrite),
  cacheRead: of(one.cacheRead, other.cacheRead),
  cost: of(one.cost, other.cost),
});

export const plus = (one: Figures, other: Figures): Figures => each(one, other, (a, b) => a + b);
export const less = (one: Figures, other: Figures): Figures => each(one, other, (a, b) => Math.max(0, a - b));
export const isSomething = (figures: Figures): boolean => Object.values(figures).some((value) => value > 0);

/** Roo counted the cache in its input from version 3.30 on, whatever the provider. */
const inputIsWholeSince = Date.UTC(2025, 10, 1);

/**
 * The buckets. Cline's input is net of the cache. Roo and Kilo name the protocol: OpenAI's input includes the cache,
 * and so does Anthropic's in newer versions.
 */
export function bucketsOf(figures: Figures, protocol: unknown, at: number): Partial<Usage> {
  const { input, output, cacheWrite, cacheRead } = figures;
  const cached = cacheWrite + cacheRead;
  const whole =
    protocol === 'openai' || (protocol === 'anthropic' && at >= inputIsWholeSince && input >= cached);
  return disjoint({ input: whole ? input : input + cached, output, cacheWrite, cacheRead });
}

const vendors: ReadonlyMap<string, string> = new Map([
  ['openai-native', 'openai'],
  ['openai-codex', 'openai'],
  ['claude-code', 'anthropic'],
  ['vscode-lm', 'copilot'],
]);

export function modelOf(info: unknown): Pick<CallFact, 'provider' | 'model'> {
  const { modelId, providerId } = object(info) ?? {};
  const vendor = provider(providerId);
  return {
    provider: vendor === undefined ? undefined : (vendors.get(vendor) ?? vendor),
    model: text(modelId),
  };
}

/** Exact as recorded. A 0 beside tokens is that of a subscription, of a local model, or of one without a price. */
export function costOf(cost: NanoUsd | undefined, used: boolean, info: unknown): Partial<CallFact> {
  if (cost !== undefined && (cost > 0 || !used)) return { recorded: cost, recordedExact: true };
  return provider(object(info)?.providerId) === 'claude-code' ? { included: true } : {};
}
