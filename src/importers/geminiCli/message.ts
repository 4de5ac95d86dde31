import { errorClass } from '../errorClass';
import { count, instant, label, list, object, text } from '../json';
import type { Json } from '../json';
import type { CallFact } from '../../shared/facts';

export interface ReadMessage {
  readonly call: CallFact;
  /** Names of counts that are there and are none. */
  readonly unreadable: readonly string[];
}

/**
 * What a message of a chat tells: a call if Gemini answered and tokens were counted, a failure that is none if it is an
 * error, else nothing. Answers without tokens are not yet counted, or were put in by Gemini CLI itself.
 */
export function messageOf(message: Json, session: string): ReadMessage | undefined {
  const id = label(message.id);
  if (id === undefined) return undefined;
  const known = { id: `${session}/${id}`, session, at: instant(message.timestamp) };
  if (message.type === 'error') {
    const error = errorClass(wordsOf(message.content)) ?? 'error';
    return { call: { ...known, failed: true, noCall: true, error }, unreadable: [] };
  }
  const tokens = message.type === 'gemini' ? object(message.tokens) : undefined;
  if (!tokens) return undefined;
  const unreadable: string[] = [];
  const call = { ...known, model: text(message.model), ...usageOf(tokens, unreadable) };
  return { call, unreadable };
}

/** A content is text, or parts of which some are. */
const wordsOf = (content: unknown): string =>
  text(content) ??
  list(content)
    .map((part) => text(object(part)?.text) ?? '')
    .join('');

const names = ['input', 'output', 'cached', 'thoughts', 'tool', 'total'] as const;

/**
 * Thoughts and what tools gave back stand beside output and input. What was cached is part of the input, unless the
 * total is only reached with it, or it is more than all input.
 */
function usageOf(tokens: Json, unreadable: string[]): Partial<CallFact> {
  const [input, output, cached, thoughts, tool, total] = names.map((name) => {
    const read = count(tokens[name]);
    if (read === undefined && tokens[name] !== undefined && tokens[name] !== null) unreadable.push(name);
    return read ?? 0;
  }) as [number, number, number, number, number, number];
  const without = input + output + thoughts + tool;
  const isBeside = total === without + cached || (cached > input && total !== without);
  const cacheRead = isBeside ? cached : Math.min(cached, input);
  return {
    inputTokens: (isBeside ? input : input - cacheRead) + tool,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: 0,
    outputTokens: output + thoughts,
    reasoningTokens: thoughts,
  };
}
