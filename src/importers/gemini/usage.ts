import { count, list, object, text } from '../json';
import type { Json } from '../json';
import type { Usage } from '../../shared/model';

/** Spellings of one figure: REST and Live API, Python, and the Interactions API. */
const fields = {
  prompt: ['promptTokenCount', 'prompt_token_count', 'total_input_tokens'],
  cached: ['cachedContentTokenCount', 'cached_content_token_count', 'total_cached_tokens'],
  tool: ['toolUsePromptTokenCount', 'tool_use_prompt_token_count', 'total_tool_use_tokens'],
  output: [
    ...['candidatesTokenCount', 'candidates_token_count', 'responseTokenCount', 'response_token_count'],
    'total_output_tokens',
  ],
  thoughts: ['thoughtsTokenCount', 'thoughts_token_count', 'total_thought_tokens'],
  total: ['totalTokenCount', 'total_token_count', 'total_tokens'],
} as const;

const details = {
  prompt: ['promptTokensDetails', 'prompt_tokens_details'],
  cached: ['cacheTokensDetails', 'cache_tokens_details'],
  tool: ['toolUsePromptTokensDetails', 'tool_use_prompt_tokens_details'],
  output: [
    ...['candidatesTokensDetails', 'candidates_tokens_details', 'responseTokensDetails'],
    'response_tokens_details',
  ],
} as const;

/** The usage that a record holds, whatever its spelling; undefined if it holds none. */
export const usageObject = (record: Json): Json | undefined => {
  const usage = object(record.usageMetadata) ?? object(record.usage_metadata);
  if (usage) return usage;
  const interaction = object(record.usage);
  if (interaction && 'total_input_tokens' in interaction) return interaction;
  return 'promptTokenCount' in record || 'prompt_token_count' in record ? record : undefined;
};

/**
 * Tokens in disjoint buckets. Worked out from the counts, as neither totals nor details add up: cached tokens stand
 * inside the prompt's, thoughts and tool results beside. Undefined if there is no count at all.
 */
export function usageFrom(usage: Json): Partial<Usage> | undefined {
  const known = (name: keyof typeof fields): number | undefined => first(usage, fields[name]);
  const whole = (name: keyof typeof details): number => known(name) ?? sumOf(detailsIn(usage, name));
  const [prompt, cached, tool, output] = [whole('prompt'), whole('cached'), whole('tool'), whole('output')];
  const thoughts = known('thoughts') ?? 0;
  if (prompt + cached + tool + output + thoughts === 0) {
    const total = known('total');
    return total ? { inputTokens: total } : undefined;
  }
  const audioCached = Math.min(cached, audio(usage, 'cached'));
  const audioInput = Math.max(audioCached, audio(usage, 'prompt') + audio(usage, 'tool'));
  return {
    inputTokens: Math.max(0, prompt - cached) + tool,
    cacheReadTokens: cached,
    outputTokens: output + thoughts,
    reasoningTokens: thoughts,
    audioInputTokens: Math.min(Math.max(prompt, cached) + tool, audioInput),
    audioCachedTokens: audioCached,
    audioOutputTokens: Math.min(output, audio(usage, 'output')),
  };
}

const first = (usage: Json, names: readonly string[]): number | undefined =>
  names.map((name) => count(usage[name])).find((tokens) => tokens !== undefined);

interface Detail {
  readonly modality: string;
  readonly tokens: number;
}

function detailsIn(usage: Json, name: keyof typeof details): Detail[] {
  const found = details[name].map((field) => list(usage[field])).find((entries) => entries.length > 0) ?? [];
  return found.flatMap((entry) => {
    const { modality, tokenCount, token_count } = object(entry) ?? {};
    const tokens = count(tokenCount) ?? count(token_count);
    return tokens === undefined ? [] : [{ modality: modalityOf(modality), tokens }];
  });
}

/** Python prints an enumeration's member as `MediaModality.AUDIO`, or as an object. */
const modalityOf = (value: unknown): string =>
  (text(value) ?? text(object(value)?.value) ?? '').toUpperCase().replace(/^.*\./, '');

const sumOf = (found: readonly Detail[]): number => found.reduce((sum, { tokens }) => sum + tokens, 0);

const audio = (usage: Json, name: keyof typeof details): number =>
  sumOf(detailsIn(usage, name).filter(({ modality }) => modality === 'AUDIO'));

/** Names of counts that hold something else than a count. */
export const unreadableCounts = (usage: Json): string[] =>
  Object.values(fields)
    .flat()
    .filter((name) => usage[name] !== undefined && usage[name] !== null && count(usage[name]) === undefined);
