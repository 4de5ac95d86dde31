import { inferProvider, providerId, withoutPrefix } from './modelNames';

/** What a model is called whoever names it: who is paid, and its name there. */
export interface ModelIdentity {
  /** As the price table spells it; '' where neither the trace nor the name tells it. */
  readonly provider: string;
  /** In lower case, without prefixes that say who is paid, and without a mark for long contexts. */
  readonly model: string;
}

/**
 * One identity for all spellings of a model at one provider: `claude-sonnet-4-5`, `anthropic/claude-sonnet-4-5` and
 * `Claude-Sonnet-4-5[1m]` are the same, at another provider it is another. Of a name alone, so that it outlives every
 * change of price tables; a dated version is a model of its own, since it may have a price of its own.
 */
export function modelIdentity(provider: string | undefined, model: string): ModelIdentity {
  const name = model.trim().toLowerCase();
  const told = provider?.trim() ? provider : inferProvider(name);
  const payee = told === undefined ? '' : providerId(told);
  const full = name.replace(/\[1m\]$/, '') || name;
  return { provider: payee, model: payee === '' ? full : withoutPrefix(payee, full) };
}

export const identityKey = ({ provider, model }: ModelIdentity): string => `${provider}/${model}`;
