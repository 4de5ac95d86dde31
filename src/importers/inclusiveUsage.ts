import { count, object } from './json';
import type { Json } from './json';
import type { Usage } from '../shared/model';

/** Counts as most providers report them: input includes what was read from and written to a cache. */
export interface InclusiveCounts {
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly cacheWrite1h?: number | undefined;
  readonly reasoning?: number | undefined;
  readonly audioInput?: number | undefined;
  readonly audioCached?: number | undefined;
  readonly audioOutput?: number | undefined;
}

/**
 * The disjoint buckets of such counts. A part that is larger than its whole would be a mistake of the writer and is cut
 * to it; of an input that is not known, what is known of the cache is all.
 */
export function disjoint(counts: InclusiveCounts): Partial<Usage> {
  const { cacheRead = 0, cacheWrite = 0, output = 0 } = counts;
  const input = counts.input ?? cacheRead + cacheWrite;
  const read = Math.min(cacheRead, input);
  const written = Math.min(cacheWrite, input - read);
  return known({
    inputTokens: input - read - written,
    cacheReadTokens: read,
    cacheWriteTokens: written,
    outputTokens: output,
    reasoningTokens: Math.min(counts.reasoning ?? 0, output),
    audioInputTokens: Math.min(counts.audioInput ?? 0, input),
    audioCachedTokens: Math.min(counts.audioCached ?? 0, read),
    audioOutputTokens: Math.min(counts.audioOutput ?? 0, output),
    cacheWrite1hTokens: Math.min(counts.cacheWrite1h ?? 0, written),
  });
}

/** Parts of 0 are not worth telling; the four whole buckets are. */
const known = (usage: Usage | Partial<Usage>): Partial<Usage> =>
  Object.fromEntries(Object.entries(usage).filter(([name, value]) => value > 0 || whole.has(name)));

const whole = new Set(['inputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'outputTokens']);

/**
 * What a usage object in the manner of OpenAI says, of Chat Completions or of Responses, with the fields that gateways
 * take over from Anthropic's. Undefined members are not known.
 */
export function openAiCounts(usage: Json): InclusiveCounts {
  const input = object(usage.prompt_tokens_details) ?? object(usage.input_tokens_details) ?? {};
  const output = object(usage.completion_tokens_details) ?? object(usage.output_tokens_details) ?? {};
  const cached = object(input.cached_tokens_details);
  const written = object(usage.cache_creation) ?? object(input.cache_creation_token_details);
  return {
    input: count(usage.prompt_tokens) ?? count(usage.input_tokens),
    output: count(usage.completion_tokens) ?? count(usage.output_tokens),
    cacheRead: count(input.cached_tokens) ?? count(usage.cache_read_input_tokens),
    cacheWrite: count(usage.cache_creation_input_tokens) ?? count(input.cache_creation_tokens),
    cacheWrite1h: count(written?.ephemeral_1h_input_tokens),
    reasoning: count(output.reasoning_tokens),
    audioInput: count(input.audio_tokens),
    audioCached: count(cached?.audio_tokens),
    audioOutput: count(output.audio_tokens),
  };
}
