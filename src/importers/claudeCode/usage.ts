import { count, object, text } from '../json';
import type { Json } from '../json';
import type { CallFact } from '../../shared/facts';
import type { Usage } from '../../shared/model';

/** What `usage` of an API response says. Its buckets are disjoint as they are; `iterations` repeats them. */
export interface ReadUsage {
  readonly usage: Partial<Usage>;
  readonly more: Pick<CallFact, 'tier' | 'webSearches'>;
  readonly namesSpeed: boolean;
  /** Names of fields that hold something else than a count. */
  readonly unreadable: readonly string[];
}

const counts = ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'];
const writes = ['ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens'];
/** Of the service tiers those that have a price of their own. */
const tiers = new Set(['batch', 'flex', 'priority']);

export function usageOf(usage: Json): ReadUsage {
  const split = object(usage.cache_creation);
  const [short, long] = writes.map((name) => count(split?.[name]));
  const isSplit = short !== undefined || long !== undefined;
  const output = count(usage.output_tokens);
  const thinking = count(object(usage.output_tokens_details)?.thinking_tokens);
  return {
    usage: {
      ...told('inputTokens', count(usage.input_tokens)),
      ...told('cacheReadTokens', count(usage.cache_read_input_tokens)),
      ...told(
        'cacheWriteTokens',
        isSplit ? (short ?? 0) + (long ?? 0) : count(usage.cache_creation_input_tokens),
      ),
      ...told('cacheWrite1hTokens', long),
      ...told('outputTokens', output),
      ...told('reasoningTokens', thinking === undefined ? undefined : Math.min(thinking, output ?? 0)),
    },
    more: moreOf(usage),
    namesSpeed: text(usage.speed) !== undefined,
    unreadable: [...wrong(usage, counts), ...wrong(split, writes)],
  };
}

function moreOf(usage: Json): ReadUsage['more'] {
  const service = text(usage.service_tier);
  const tier = usage.speed === 'fast' ? 'fast' : tiers.has(service ?? '') ? service : undefined;
  const webSearches = count(object(usage.server_tool_use)?.web_search_requests);
  return { ...(tier === undefined ? {} : { tier }), ...(webSearches ? { webSearches } : {}) };
}

const told = (name: keyof Usage, tokens: number | undefined): Partial<Usage> =>
  tokens === undefined ? {} : { [name]: tokens };

const wrong = (from: Json | undefined, names: readonly string[]): string[] =>
  names.filter((name) => {
    const value = from?.[name];
    return value !== undefined && value !== null && count(value) === undefined;
  });

export const tokensIn = ({
  inputTokens = 0,
  cacheReadTokens = 0,
  cacheWriteTokens = 0,
  outputTokens = 0,
}: Partial<Usage>): number => inputTokens + cacheReadTokens + cacheWriteTokens + outputTokens;
