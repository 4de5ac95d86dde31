import { errorClass } from '../errorClass';
import { count, instant, label, number, provider, text } from '../json';
import { nested } from './fields';
import { nanoUsd } from './money';
import { usageOf } from './usage';
import type { KnownUsage } from './usage';
import type { Json } from '../json';
import type { CallFact } from '../../shared/facts';
import type { Millis, NanoUsd } from '../../shared/model';

/** The call of an observation with id `id`; undefined for a span, a tool or an agent without usage of its own. */
export function callOf(observation: Json, id: string, session: string): CallFact | undefined {
  const known = usageOf(observation);
  const recorded = costOf(observation, known !== undefined);
  const model = label(observation.model) ?? label(observation.providedModelName);
  const type = text(observation.type)?.toUpperCase();
  const isRequest = type === undefined ? model !== undefined : requests.has(type);
  if (!isRequest && !known && !recorded) return undefined;
  return {
    id,
    session,
    version: versionOf(observation, known),
    at: startOf(observation),
    provider: providerOf(observation),
    model,
    ...known?.usage,
    recorded,
    recordedExact: recorded === undefined ? undefined : true,
    ...timesOf(observation),
    ...outcomeOf(observation),
  };
}

/** Types that ask a model by their nature; any other type is a call only if it used or cost something itself. */
const requests: ReadonlySet<string> = new Set(['GENERATION', 'EMBEDDING']);

const startOf = (observation: Json): Millis | undefined =>
  instant(observation.startTime) ??
  instant(observation.endTime) ??
  instant(observation.createdAt) ??
  instant(observation.traceTimestamp);

/**
 * When it was written down: an observation is read while it is still being filled. Sums of input and output say less
 * than buckets, however new, so they have none.
 */
function versionOf(observation: Json, known: KnownUsage | undefined): Millis | undefined {
  if (!known?.detailed) return undefined;
  return instant(observation.updatedAt) ?? instant(observation.endTime) ?? instant(observation.startTime);
}

const providerFields = ['provider', 'ls_provider', 'gen_ai.provider.name', 'gen_ai.system'];

function providerOf(observation: Json): string | undefined {
  const metadata = nested(observation.metadata) ?? {};
  const attributes = nested(metadata.attributes) ?? {};
  const found = [metadata, attributes].flatMap((from) => providerFields.map((field) => from[field]));
  return [...found, nested(observation.modelParameters)?.provider].map(provider).find((name) => name);
}

/** In milliseconds. The observations of version 4's export name the unit; all others are in seconds. */
function timesOf(observation: Json): Pick<CallFact, 'latencyMs' | 'ttftMs'> {
  const start = instant(observation.startTime);
  const until = (field: string): number | undefined => {
    const end = instant(observation[field]);
    return start === undefined || end === undefined || end < start ? undefined : end - start;
  };
  return {
    latencyMs: count(observation.latencyMs) ?? seconds(observation.latency) ?? until('endTime'),
    ttftMs:
      count(observation.timeToFirstTokenMs) ??
      seconds(observation.timeToFirstToken) ??
      until('completionStartTime'),
  };
}

function seconds(value: unknown): number | undefined {
  const read = number(value);
  return read === undefined ? undefined : count(Math.round(read * 1000));
}

function outcomeOf(observation: Json): Pick<CallFact, 'failed' | 'error'> {
  const level = text(observation.level)?.toUpperCase();
  if (level !== 'ERROR') return level === undefined ? {} : { failed: false };
  // The application writes it, and may quote a prompt in it.
  return { failed: true, error: errorClass(observation.statusMessage) };
}

/**
 * What Langfuse recorded, exact. A 0 beside an empty `costDetails` means that it has no price for the model; so does
 * none at all. What was given goes before what Langfuse worked out.
 */
function costOf(observation: Json, used: boolean): NanoUsd | undefined {
  const details = nested(observation.costDetails);
  const fromDetails = sumOf(nested(observation.providedCostDetails)) ?? sumOf(details);
  if (fromDetails !== undefined) return fromDetails;
  const total = totalOf(observation);
  return total === 0 && details && used ? undefined : total;
}

function sumOf(details: Json | undefined): NanoUsd | undefined {
  if (!details) return undefined;
  const { total, ...buckets } = details;
  return nanoUsd(total) ?? nanoUsd(...Object.values(buckets).filter((cost) => nanoUsd(cost) !== undefined));
}

function totalOf(observation: Json): NanoUsd | undefined {
  const usage = nested(observation.usage) ?? {};
  const total = [observation.totalCost, observation.calculatedTotalCost, usage.totalCost];
  const known = total.map((cost) => nanoUsd(cost)).find((cost) => cost !== undefined);
  if (known !== undefined) return known;
  const pairs = [
    [observation.inputCost, observation.outputCost],
    [observation.calculatedInputCost, observation.calculatedOutputCost],
    [usage.inputCost, usage.outputCost],
  ];
  return pairs
    .map((pair) => nanoUsd(...pair.filter((cost) => nanoUsd(cost) !== undefined)))
    .find((cost) => cost !== undefined);
}
