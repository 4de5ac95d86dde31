import { count, number, object, text } from '../json';
import type { Json } from '../json';

/** What a model has used when a session was shut down; nano-AIU last, -1 if it does not say. */
export type Counters = readonly [
  requests: number,
  input: number,
  output: number,
  cacheRead: number,
  cacheWrite: number,
  reasoning: number,
  nanoAiu: number,
];

export type Shutdown = Readonly<Record<string, Counters>>;

/** What is known of the session beside its shutdowns; counters of before were `null` if there was none. */
export interface Evidence {
  readonly before: Shutdown | null;
  /** Output of all answers so far, and of those before the last shutdown. */
  readonly spoken: number;
  readonly spokenBefore: number;
  /** The session's running total, which is never reset; null if none was told. */
  readonly checkpoint: number | null;
}

/** The counters of each model in a `session.shutdown`. */
export function countersIn(data: Json): Shutdown {
  const models = Object.entries(object(data.modelMetrics) ?? {}).flatMap(([model, metrics]) => {
    const found = object(metrics);
    return found && model !== '' ? [[model, found] as const] : [];
  });
  const own = models.map(([, metrics]) => nano(metrics.totalNanoAiu));
  const rest = nano(data.totalNanoAiu);
  const unnamed = own.indexOf(undefined) < 0 ? -1 : placeOfRest(data, models, own);
  const known = own.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  return Object.fromEntries(
    models.map(([model, metrics], i) => {
      const share = i === unnamed && rest !== undefined ? Math.max(0, rest - known) : undefined;
      return [model, countersOf(metrics, own[i] ?? share)];
    }),
  );
}

/** Credits that no model names are those of the model that was in use, or of the first. */
function placeOfRest(
  { currentModel }: Json,
  models: readonly (readonly [string, Json])[],
  own: readonly (number | undefined)[],
): number {
  const current = models.findIndex(([model], i) => model === text(currentModel) && own[i] === undefined);
  return current >= 0 ? current : own.indexOf(undefined);
}

function countersOf(metrics: Json, nanoAiu: number | undefined): Counters {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } =
    object(metrics.usage) ?? {};
  const [requests, input, output, read, written, reasoning] = [
    ...[object(metrics.requests)?.count, inputTokens, outputTokens],
    ...[cacheReadTokens, cacheWriteTokens, reasoningTokens],
  ].map((value) => count(value) ?? 0);
  return [requests!, input!, output!, read!, written!, reasoning!, nanoAiu ?? -1];
}

const nano = (value: unknown): number | undefined => {
  const read = number(value);
  return read === undefined || read < 0 || read > 1e17 ? undefined : read;
};

/** The sum over all models of the counter at that place. */
const total = (shutdown: Shutdown, place: number): number =>
  Object.values(shutdown).reduce((sum, counters) => sum + Math.max(0, counters[place] ?? 0), 0);

const [outputAt, nanoAiuAt] = [2, 6];

/** What came since the last shutdown: the counters themselves, unless they went on from it. */
export function sinceLast(now: Shutdown, evidence: Evidence): Shutdown {
  const { before } = evidence;
  if (!before || !goesOn(now, before, evidence)) return now;
  return Object.fromEntries(
    Object.entries(now).map(([model, counters]) => {
      const earlier = before[model];
      const less = (value: number, i: number): number =>
        value < 0 ? value : value - Math.max(0, earlier?.[i] ?? 0);
      return [model, counters.map(less) as unknown as Counters];
    }),
  );
}

/**
 * Some builds count a session from its beginning, others begin again when it is resumed. They go on if nothing shrank and
 * they cover what the session's running total, or its answers, say of the time before.
 */
function goesOn(now: Shutdown, before: Shutdown, { spoken, spokenBefore, checkpoint }: Evidence): boolean {
  const shrank = Object.entries(before).some(([model, counters]) =>
    counters.some((value, i) => value > (now[model]?.[i] ?? 0)),
  );
  if (shrank) return false;
  const nanoAiu = total(now, nanoAiuAt);
  if (checkpoint !== null && nanoAiu > 0) return nanoAiu >= checkpoint;
  return spokenBefore > 0 && total(now, outputAt) >= spoken;
}
