import { countIn } from './attributes';
import { disjointUsage } from '../disjointUsage';
import { number, usd } from '../json';
import type { Attributes } from './attributes';
import type { NanoUsd, Usage } from '../../shared/model';

/**
 * By what names the counts go: the conventions' own, present then deprecated; those of OpenLLMetry, Pydantic AI and
 * OpenLIT; OpenInference, flattened; the Vercel AI SDK, new then old.
 */
const names = {
  input: [
    ...['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens', 'llm.usage.prompt_tokens'],
    ...['llm.token_count.prompt', 'ai.usage.inputTokens', 'ai.usage.promptTokens'],
  ],
  output: [
    ...['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens', 'llm.usage.completion_tokens'],
    ...['llm.token_count.completion', 'ai.usage.outputTokens', 'ai.usage.completionTokens'],
  ],
  total: [
    ...['llm.usage.total_tokens', 'gen_ai.usage.total_tokens', 'llm.token_count.total'],
    ...['ai.usage.totalTokens', 'ai.usage.tokens'],
  ],
  cacheRead: [
    ...['gen_ai.usage.cache_read.input_tokens', 'gen_ai.usage.cache_read_input_tokens'],
    ...['gen_ai.usage.details.cache_read_tokens', 'gen_ai.usage.cached_input_tokens'],
    ...['llm.usage.cache_read_input_tokens', 'llm.token_count.prompt_details.cache_read'],
    ...['ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens'],
  ],
  cacheWrite: [
    ...['gen_ai.usage.cache_creation.input_tokens', 'gen_ai.usage.cache_creation_input_tokens'],
    ...['gen_ai.usage.cache_write.input_tokens', 'gen_ai.usage.details.cache_write_tokens'],
    ...['llm.usage.cache_creation_input_tokens', 'llm.token_count.prompt_details.cache_write'],
    'ai.usage.inputTokenDetails.cacheWriteTokens',
  ],
  reasoning: [
    ...['gen_ai.usage.reasoning.output_tokens', 'gen_ai.usage.reasoning_tokens'],
    ...['gen_ai.usage.details.reasoning_tokens', 'llm.usage.reasoning_tokens'],
    ...['llm.token_count.completion_details.reasoning', 'ai.usage.outputTokenDetails.reasoningTokens'],
    'ai.usage.reasoningTokens',
  ],
  audioInput: ['llm.token_count.prompt_details.audio', 'gen_ai.usage.details.input_audio_tokens'],
  audioOutput: ['llm.token_count.completion_details.audio', 'gen_ai.usage.details.output_audio_tokens'],
} as const;

/** What the span used, in disjoint buckets; undefined if it tells nothing of it. */
export function usageOf(attributes: Attributes): Partial<Usage> | undefined {
  const told = (kind: keyof typeof names) => countIn(attributes, names[kind]);
  return disjointUsage({
    ...{ input: told('input'), output: told('output'), total: told('total') },
    ...{ cacheRead: told('cacheRead'), cacheWrite: told('cacheWrite'), reasoning: told('reasoning') },
    ...{ audioInput: told('audioInput'), audioOutput: told('audioOutput') },
  });
}

const totals = ['gen_ai.usage.cost', 'gen_ai.usage.total_cost', 'gen_ai.cost.total_cost', 'llm.cost.total'];
const parts = [
  ['gen_ai.usage.input_cost', 'gen_ai.usage.output_cost'],
  ['gen_ai.cost.input_cost', 'gen_ai.cost.output_cost'],
  ['llm.cost.prompt', 'llm.cost.completion'],
] as const;
/** Billionths of a Copilot credit; a credit is 0.01 USD. */
const credits = ['copilot_chat.copilot_usage_nano_aiu', 'github.copilot.nano_aiu'];

/** What an instrumentation wrote as the cost. Where it has no price it writes 0, so a 0 says nothing; no credits are none. */
export function costOf(attributes: Attributes): NanoUsd | undefined {
  const nano = countIn(attributes, credits);
  if (nano !== undefined) return Math.round(nano / 100);
  const cost = (name: string): NanoUsd | undefined => usd(number(attributes.get(name)));
  const whole = totals.map(cost).find((own) => own !== undefined && own > 0);
  if (whole !== undefined) return whole;
  const sums = parts.map(([input, output]) => (cost(input) ?? 0) + (cost(output) ?? 0));
  return sums.find((sum) => sum > 0);
}
