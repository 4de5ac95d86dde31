import { instant, label, object, text } from '../json';
import type { Json } from '../json';
import type { Millis } from '../../shared/model';

/** A line that tells of a response, or of a failure: the fields of the line, and the response in it. */
export interface Telling {
  /** With `cwd`, `sessionId`, ... */
  readonly line: Json;
  /** With `uuid`, `requestId`, `costUSD`, ... of the response: the line itself, or what it shows. */
  readonly own: Json;
  readonly message: Json;
  readonly at: Millis | undefined;
  readonly messageId: string | undefined;
  readonly requestId: string | undefined;
  /** A sub-agent's response, shown in its parent's transcript while it ran. */
  readonly isProgress: boolean;
  readonly agentId: string | undefined;
  /** As it stands in the file. */
  readonly raw: string;
  /** Where it stands. */
  readonly place: string;
}

/**
 * What a line tells; undefined for one that holds no response. Totals of finished sub-agents in `toolUseResult` are
 * none.
 */
export function tellingOf(line: Json, raw: string, place: string): Telling | undefined {
  const type = text(line.type);
  if (type === 'progress') {
    const data = object(line.data);
    return data && toldBy({ line, raw, place, isProgress: true }, object(data.message), label(data.agentId));
  }
  if (type !== undefined && type !== 'assistant') return undefined;
  return toldBy({ line, raw, place, isProgress: false }, line, undefined);
}

function toldBy(
  about: Pick<Telling, 'line' | 'raw' | 'place' | 'isProgress'>,
  own: Json | undefined,
  agentId: string | undefined,
): Telling | undefined {
  const message = object(own?.message);
  if (!own || !message) return undefined;
  return {
    ...about,
    own,
    message,
    at: instant(own.timestamp) ?? instant(about.line.timestamp),
    messageId: label(message.id),
    requestId: label(own.requestId),
    agentId: label(own.agentId) ?? agentId ?? label(about.line.agentId),
  };
}
