import { disjoint } from '../inclusiveUsage';
import { count, instant, label, number, object, parseJson } from '../json';
import { errorClass } from '../errorClass';
import type { Json } from '../json';
import type { CostUnit, LatencyUnit, Mapping, TimeUnit } from '../../shared/mapping';
import type { Millis, NanoUsd, Usage } from '../../shared/model';

const perMilli: Readonly<Record<Exclude<TimeUnit, 'auto' | 'iso'>, number>> = {
  s: 1e-3,
  ms: 1,
  us: 1e3,
  ns: 1e6,
};
const nanoUsd: Readonly<Record<CostUnit, number>> = { usd: 1e9, cents: 1e7, microUsd: 1e3, nanoUsd: 1 };
const latest = 253_402_300_799_999;
/** As of all recorded costs: a million USD for one call is nonsense. */
const mostNanoUsd = 1e15;

/** A point in time in the unit of the mapping; `auto` tells the unit of a number by its size. */
export function timeIn(value: unknown, unit: TimeUnit = 'auto'): Millis | undefined {
  if (unit === 'auto') return instant(value);
  const counted = number(value);
  if (unit === 'iso') return counted === undefined ? instant(value) : undefined;
  if (counted === undefined) return undefined;
  const at = Math.round(unit === 's' ? counted * 1e3 : counted / perMilli[unit]);
  return at > 0 && at <= latest ? at : undefined;
}

/** Milliseconds, from a number in the unit of the mapping. */
export function latencyIn(value: unknown, unit: LatencyUnit = 'ms'): number | undefined {
  const read = number(value);
  return read === undefined ? undefined : count(unit === 's' ? read * 1e3 : read / perMilli[unit]);
}

/** Rounded half up; a dollar sign or `USD` may stand with it. */
export function costIn(value: unknown, unit: CostUnit = 'usd'): NanoUsd | undefined {
  const bare =
    typeof value === 'string' ? value.replace(/^\s*(?:US)?\$\s*|^\s*USD\s*|\s*USD\s*$/i, '') : value;
  const read = number(bare);
  if (read === undefined || read < 0 || read * nanoUsd[unit] > mostNanoUsd) return undefined;
  return Math.round(read * nanoUsd[unit]);
}

export interface Counts {
  readonly input?: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly output?: number | undefined;
  readonly reasoning?: number | undefined;
}

/** The disjoint buckets; nothing if no count is told. A part that is larger than its whole must stand beside it. */
export function usageIn(counts: Counts, mapping: Mapping): Partial<Usage> {
  if (Object.values(counts).every((value) => value === undefined)) return {};
  const { input = 0, cacheRead = 0, cacheWrite = 0, output = 0, reasoning = 0 } = counts;
  const cached = cacheRead + cacheWrite;
  const whole = (own: number, part: number, isInside: boolean): number =>
    isInside && part <= own ? own : own + part;
  return disjoint({
    input: whole(input, cached, mapping.cachedInside !== false),
    cacheRead,
    cacheWrite,
    output: whole(output, reasoning, mapping.reasoningInside !== false),
    reasoning,
  });
}

const noError =
  /^\s*(?:|0|false|none|null|nil|ok|okay|success(?:ful)?|succeeded|completed?|done|finished|no[ _]?error|[123]\d\d)\s*$/i;
/** A code or class of one word; anything longer may quote a prompt. */
const code = /^[A-Za-z][\w.:/-]{0,59}$/;

/** The class or code of an error; undefined where the record tells of none. */
export function errorIn(value: unknown): string | undefined {
  if (value === undefined || value === null || value === false) return undefined;
  const told = object(value) ?? (typeof value === 'string' ? object(parseJson(value)) : undefined);
  if (!told) return errorCalled(value);
  return Object.keys(told).length === 0 ? undefined : codeOf(told);
}

const codeOf = (told: Json): string =>
  errorCalled(label(told.code) ?? label(told.type) ?? label(told.name)) ?? 'error';

function errorCalled(value: unknown): string | undefined {
  const said = label(value)?.trim();
  if (said === undefined) return typeof value === 'string' || value === undefined ? undefined : 'error';
  if (noError.test(said)) return undefined;
  if (/^\d+$/.test(said)) return /^[45]\d\d$/.test(said) ? said : 'error';
  const known = errorClass(said) ?? 'error';
  return known === 'error' && code.test(said) ? said : known;
}
