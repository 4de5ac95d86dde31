import { label, text } from './json';

const className = /^\s*(?:[\w.]+\.)?((?:[A-Za-z_]\w*)?(?:Error|Exception|Timeout|Interrupt|Refused|Limit))\b/;
const status = /^\s*(?:(?:API|HTTP|Request|Status)[\w ]*?(?:error|code|status)?:?\s*)?\(?([45]\d\d)\b/i;

/**
 * What of an error message may be kept: the class that it begins with, or the HTTP status. The rest may quote a prompt.
 * `error` if it says neither; undefined for no error at all.
 */
export function errorClass(message: unknown): string | undefined {
  if (message === undefined || message === null || message === false || message === '') return undefined;
  const said = text(message) ?? '';
  return (className.exec(said)?.[1] ?? status.exec(said)?.[1] ?? 'error').slice(0, 200);
}

/** A class or code that has a field of its own: one word, whatever the writer put there. */
export function errorCode(value: unknown): string | undefined {
  const code = label(value)?.trim();
  return code !== undefined && /^[\w.:/-]{1,100}$/.test(code) ? code : undefined;
}
