import { errorCode } from '../errorClass';
import { count, list, object, text } from '../json';
import type { Json } from '../json';

/** The model of messages that Claude Code makes itself. */
export const synthetic = '<synthetic>';

/** Whether the line tells of a failure, and its status and class as far as it has them. Never a sentence. */
export function failureOf(line: Json, message: Json): { readonly error?: string } | undefined {
  const said = saidIn(message);
  const isLimit = message.model === synthetic && said.startsWith('Claude AI usage limit reached|');
  if (line.isApiErrorMessage !== true && !isLimit) return undefined;
  const parts = [statusOf(line, said), isLimit ? 'usage_limit_reached' : classOf(line.error)];
  const error = parts.filter((part) => part !== undefined).join(' ');
  return error === '' ? {} : { error };
}

/** The beginning of the message, which is the program's own text here. */
function saidIn({ content }: Json): string {
  const first = text(content) ?? text(object(list(content)[0])?.text) ?? '';
  return first.slice(0, 40);
}

function statusOf(line: Json, said: string): string | undefined {
  const status = count(line.apiErrorStatus) ?? count(/^API Error: (\d{3})\b/.exec(said)?.[1]);
  return status !== undefined && status >= 100 && status < 600 ? String(status) : undefined;
}

/** `rate_limit`; or the innermost `type` or `code` of an object. */
function classOf(error: unknown, depth = 0): string | undefined {
  const found = object(error);
  if (!found) return errorCode(error);
  const inner = depth < 3 ? classOf(found.error, depth + 1) : undefined;
  return inner ?? errorCode(found.type) ?? errorCode(found.code);
}
