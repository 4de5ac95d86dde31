import { count, number, object } from '../json';
import type { Json } from '../json';
import type { Usage } from '../../shared/model';

export interface ReadUsage {
  readonly usage: Partial<Usage>;
  /** Names of fields that are there and are no counts. */
  readonly unreadable: readonly string[];
}

/**
 * Tokens or seconds of a response or transcription. Undefined where no usage was given.
 */
export function usageOf(value: unknown): ReadUsage | undefined {
  const given = object(value);
  if (!given || Object.keys(given).length === 0) return undefined;
  const unreadable: string[] = [];
  const usage = given.type === 'duration' ? secondsOf(given, unreadable) : tokensOf(given, unreadable);
  return { usage, unreadable };
}

/** A year of sound. */
const longest = 31_536_000;

function secondsOf({ seconds }: Json, unreadable: string[]): Partial<Usage> {
  const read = number(seconds);
  if (read !== undefined && read >= 0 && read <= longest) return { audioInputSeconds: read };
  unreadable.push('seconds');
  return {};
}

/**
 * Input contains the cached tokens, and each modality is part of its total; a total that is missing is the sum of its
 * modalities, and a part that is larger than its whole is as large as that.
 */
function tokensOf(given: Json, unreadable: string[]): Partial<Usage> {
  const read = reader(unreadable);
  const inside = object(given.input_token_details) ?? {};
  const outside = object(given.output_token_details) ?? {};
  const input = read(given, 'input_tokens') ?? sum(read, inside);
  const output = read(given, 'output_tokens') ?? sum(read, outside);
  const cached = object(inside.cached_tokens_details) ?? {};
  const cacheRead = Math.min(read(inside, 'cached_tokens') ?? sum(read, cached), input);
  const audioInput = Math.min(read(inside, 'audio_tokens') ?? 0, input);
  // Older events do not say which part was cached: of the audio, at least what the rest has no room for.
  const leastCached = Math.max(0, audioInput - (input - cacheRead));
  const audioCached = Math.max(read(cached, 'audio_tokens') ?? 0, leastCached);
  return {
    inputTokens: input - cacheRead,
    cacheReadTokens: cacheRead,
    outputTokens: output,
    audioInputTokens: audioInput,
    audioCachedTokens: Math.min(audioCached, cacheRead, audioInput),
    audioOutputTokens: Math.min(read(outside, 'audio_tokens') ?? 0, output),
  };
}

type Read = (from: Json, name: string) => number | undefined;

const reader =
  (unreadable: string[]): Read =>
  (from, name) => {
    const counted = count(from[name]);
    const read = counted !== undefined && counted <= Number.MAX_SAFE_INTEGER ? counted : undefined;
    if (read === undefined && from[name] !== undefined && from[name] !== null) unreadable.push(name);
    return read;
  };

const sum = (read: Read, details: Json): number =>
  ['text_tokens', 'audio_tokens', 'image_tokens'].reduce((all, name) => all + (read(details, name) ?? 0), 0);

/** Length of what a base64 text stands for. */
export const bytesIn = (base64: string): number => {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((base64.length * 3) / 4) - padding);
};
