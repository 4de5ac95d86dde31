import type { Usage } from '../shared/model';

/** Counts as an instrumentation wrote them down; what it did not is undefined. */
export interface ToldCounts {
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  readonly total?: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly reasoning?: number | undefined;
  readonly audioInput?: number | undefined;
  readonly audioOutput?: number | undefined;
  /** Whether the writer is known to count what was cached beside the input. */
  readonly cacheBeside?: boolean | undefined;
}

/**
 * The disjoint buckets of counts of which input should include what was cached, and output the reasoning. Instrumentations
 * differ in that, so a part that is larger than its whole, or that fills the total up exactly, stands beside it.
 * Undefined if nothing is told.
 */
export function disjointUsage(told: ToldCounts): Partial<Usage> | undefined {
  const { cacheRead = 0, cacheWrite = 0, reasoning = 0, total } = told;
  const cached = cacheRead + cacheWrite;
  const sides = sidesOf(told, cached);
  if (!sides) return undefined;
  const [input, output] = sides;
  const beside = besideOf(total === undefined ? 0 : total - input - output, input, output, cached, reasoning);
  return {
    inputTokens: beside.cached || told.cacheBeside ? input : input - cached,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    outputTokens: beside.reasoning ? output + reasoning : output,
    reasoningTokens: reasoning,
    ...positive('audioInputTokens', told.audioInput),
    ...positive('audioOutputTokens', told.audioOutput),
  };
}

/** Input and output. One of them follows from the total; a total alone is input. */
function sidesOf(
  { input, output, total }: ToldCounts,
  cached: number,
): readonly [input: number, output: number] | undefined {
  const known = input ?? output;
  if ((known ?? total) === undefined && cached === 0) return undefined;
  const rest = total === undefined ? undefined : Math.max(0, total - (known ?? 0));
  if (input === undefined) return [rest ?? cached, output ?? 0];
  return [input, output ?? rest ?? 0];
}

function besideOf(...[excess, input, output, cached, reasoning]: [number, number, number, number, number]): {
  readonly cached: boolean;
  readonly reasoning: boolean;
} {
  const both = cached > 0 && reasoning > 0 && excess === cached + reasoning;
  const isCached = cached > input || (cached > 0 && excess === cached) || both;
  const isFilled = isCached && excess === cached;
  return {
    cached: isCached,
    reasoning: reasoning > output || both || (reasoning > 0 && excess === reasoning && !isFilled),
  };
}

const positive = (name: keyof Usage, tokens = 0): Partial<Usage> => (tokens === 0 ? {} : { [name]: tokens });
