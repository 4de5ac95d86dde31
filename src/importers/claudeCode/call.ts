import { tokensIn } from './usage';
import { count, label, text, usd } from '../json';
import type { Telling } from './line';
import type { ReadUsage } from './usage';
import type { Json } from '../json';
import type { CallFact } from '../../shared/facts';

type Hash = (text: string) => string;

/** What a response says of itself, wherever it is told. */
export const responseOf = (telling: Telling, read: ReadUsage, isSide: boolean, hash: Hash) => ({
  ...identityOf(telling, hash),
  ...moneyOf(telling.own, tokensIn(read.usage)),
  ...read.usage,
  ...read.more,
  ...modelOf(telling.message),
  ...accountOf(telling, isSide),
  // Of the lines of one call the fullest counts, wherever it stands.
  version: weightOf(telling, read),
});

/** A response with an id is known by it and its request; without one, each line is a call of its own. */
function identityOf(telling: Telling, hash: Hash): Pick<CallFact, 'id' | 'responseId'> {
  const { messageId, requestId } = telling;
  if (messageId === undefined) return { id: `line ${lineId(telling, hash)}` };
  return { id: requestId === undefined ? messageId : `${messageId} ${requestId}`, responseId: messageId };
}

/** The same in every copy of the line. */
export const lineId = ({ own, raw }: Telling, hash: Hash): string => label(own.uuid) ?? hash(raw);

/** A side conversation may repeat a response under another request; a line may leave the request out. */
function accountOf({ messageId, requestId }: Telling, isSide: boolean): Pick<CallFact, 'account'> {
  if (messageId === undefined) return {};
  const account = { of: messageId, rank: isSide ? 1 : 0 };
  return { account: requestId === undefined ? { ...account, joins: true } : account };
}

/** Largest total first, then one that names its speed, then a line of its own. */
const weightOf = ({ isProgress }: Telling, { usage, namesSpeed }: ReadUsage): number =>
  tokensIn(usage) * 4 + (namesSpeed ? 2 : 0) + (isProgress ? 0 : 1);

/** A cost of 0 for tokens is one that was not known. */
function moneyOf(own: Json, tokens: number): Pick<CallFact, 'recorded' | 'recordedExact' | 'latencyMs'> {
  const recorded = usd(own.costUSD);
  const latencyMs = count(own.durationMs);
  return {
    ...(recorded === undefined || (recorded === 0 && tokens > 0) ? {} : { recorded, recordedExact: true }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
  };
}

function modelOf(message: Json): Pick<CallFact, 'model'> {
  const model = text(message.model);
  return model === undefined ? {} : { model };
}

/** Names of fields that should hold an amount and do not. */
export const wrongMoney = ({ costUSD }: Json): string[] =>
  costUSD === undefined || costUSD === null || usd(costUSD) !== undefined ? [] : ['costUSD'];

/** Whether two lines of one call say the same of everything but the response. */
export const isAlike = (one: CallFact, other: CallFact): boolean =>
  one.session === other.session &&
  one.agent?.id === other.agent?.id &&
  one.account?.rank === other.account?.rank;

/** Two lines of one call: the fuller one, with what only the other one says, at the earlier time. */
export function joined(known: CallFact, call: CallFact): CallFact {
  const [fuller, other] = (call.version ?? 0) > (known.version ?? 0) ? [call, known] : [known, call];
  const at = [known.at, call.at].filter((time) => time !== undefined);
  return { ...other, ...fuller, ...(at.length > 0 ? { at: Math.min(...at) } : {}) };
}
