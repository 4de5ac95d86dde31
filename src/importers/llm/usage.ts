import { disjoint, openAiCounts } from '../inclusiveUsage';
import { count, object, parseJson } from '../json';
import type { Json } from '../json';
import type { Usage } from '../../shared/model';

/**
 * What a row used. `token_details` is what the model's plugin left of its provider's usage: OpenAI's and Gemini's cached
 * tokens are part of the input, Anthropic's stand beside it. Nothing if no count is known.
 */
export function usageOf(input: unknown, output: unknown, details: unknown): Partial<Usage> {
  const [sent, received] = [count(input), count(output)];
  const usage = object(typeof details === 'string' ? parseJson(details) : details) ?? {};
  if (sent === undefined && received === undefined) return {};
  const counts = { ...openAiCounts(usage), ...geminis(usage), input: sent, output: received };
  const known = disjoint(counts);
  return besideInput(usage) ? { ...known, ...beside(usage, sent) } : known;
}

const geminis = (usage: Json) => {
  const cacheRead = count(usage.cachedContentTokenCount);
  const reasoning = count(usage.thoughtsTokenCount);
  return {
    ...(cacheRead === undefined ? {} : { cacheRead }),
    ...(reasoning === undefined ? {} : { reasoning }),
  };
};

/** Anthropic's own names, at the top and not among OpenAI's details. */
const besideInput = (usage: Json): boolean =>
  !object(usage.prompt_tokens_details) &&
  (count(usage.cache_read_input_tokens) ?? count(usage.cache_creation_input_tokens)) !== undefined;

function beside(usage: Json, input = 0): Partial<Usage> {
  const written = count(usage.cache_creation_input_tokens) ?? 0;
  const long = Math.min(count(object(usage.cache_creation)?.ephemeral_1h_input_tokens) ?? 0, written);
  return {
    inputTokens: input,
    cacheReadTokens: count(usage.cache_read_input_tokens) ?? 0,
    cacheWriteTokens: written,
    ...(long > 0 ? { cacheWrite1hTokens: long } : {}),
  };
}
