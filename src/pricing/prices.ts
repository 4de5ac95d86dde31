import { calcPrice, findProvider } from '@pydantic/genai-prices';
import type { ConditionalPrice, ModelInfo } from '@pydantic/genai-prices';
import { amend, complete, correctionsOf, correctionsVersion, termsOf } from './corrections';
import type { Correction } from './corrections';
import { candidates } from './modelNames';
import { turnsOf } from './priceTurns';
import type { Candidate } from './modelNames';
import { ratesOfSet, setsByImporter, setsVersion } from './priceSets';
import { compileRates, freeRates } from './rates';
import { isIncludedBy } from './included';
import { inForceOf, ownPrices } from './userPrices';
import { versionOf } from './rulesVersion';
import type { InclusionRules } from './included';
import type { Holding } from './priceTurns';
import type { ChosenSets } from './priceSets';
import type { PriceRow, Rates, Terms } from './rates';
import type { FittingPrice, UserPrice } from './userPrices';
import type { PriceSource } from '../shared/explanation';
import type { Millis } from '../shared/model';

/** Of which release of the library the prices are; `package.json` pins it. */
const libraryVersion = '0.1.8';
const dayMs = 86_400_000;

export interface PriceBook {
  /**
   * The price of a model, spelled as a trace spells it, at an instant; today's if the instant is unknown.
   * The user's own prices go first; then a price set that is chosen for the importer of the call and has the model.
   * Undefined when no price is known: unknown and local models, own deployments, empty rows. Never throws.
   */
  priceOf(
    provider: string | undefined,
    model: string,
    at: Millis | undefined,
    importer?: string,
  ): Rates | undefined;
  /** Instants after `first`, not after `last`, at which another price of a model may begin to hold. */
  turnsOf(provider: string | undefined, model: string, first: Millis, last: Millis): readonly Millis[];
  /** Every price of a model that there is, whenever it holds: the user's own first, then price sets, then what is listed. */
  periodsOf(provider: string | undefined, model: string): readonly PricePeriod[];
  /** The price of today that the lists have of a model as `sameAs` names it: `anthropic/claude-sonnet-4-5`. */
  listedPrice(name: string): Rates | undefined;
  /** Whether the user says that a subscription pays for calls of a source or at a provider. */
  isIncluded(provider: string | undefined, importer: string | undefined): boolean | undefined;
  /** From now on these hold. Calls that are priced already are for the caller to price anew. */
  choose(rules: ChosenRules): void;
  /** Changes whenever a price may have changed. */
  readonly version: string;
}

/** A price of a model and when it holds. */
export interface PricePeriod {
  readonly rates: Rates;
  readonly from?: Millis;
  readonly until?: Millis;
  /** Only of calls of this importer, by a price set that is chosen for it. */
  readonly importer?: string;
}

/** What the user chose of prices; what is absent is not chosen. */
export interface ChosenRules {
  readonly own?: readonly UserPrice[];
  readonly sets?: ChosenSets;
  readonly included?: InclusionRules;
}

/** Which prices came with this program: changes with the library, our corrections or the price sets. */
export const listedVersion = `genai-prices ${libraryVersion}, corrections ${correctionsVersion}, sets ${setsVersion}`;

interface Period {
  readonly rates: Rates | undefined;
  readonly from?: Millis | undefined;
  /** Only at these times of the UTC day, in milliseconds; `until` may lie on the next day. */
  readonly daily?: { readonly from: number; readonly until: number } | undefined;
}

/**
 * The user's own prices first, then the price sets chosen for an importer, then our corrections, then the price library.
 * Names are resolved once, then remembered.
 */
export function createPriceBook(now: Millis = Date.now()): PriceBook {
  const scheduleOf = rememberedSchedules();
  let ofSet = ratesOfSet({});
  let own = ownPrices([]);
  let included: InclusionRules = new Map();
  let version = listedVersion;
  const listed: PriceBook['priceOf'] = (provider, model, at) => {
    const periods = scheduleOf(provider, model);
    const rates = inForce(periods, at ?? now);
    return rates && at === undefined && periods.length > 1 ? { ...rates, assumed: true } : rates;
  };
  return {
    get version() {
      return version;
    },
    choose(rules) {
      ofSet = ratesOfSet(rules.sets ?? {});
      own = ownPrices(rules.own ?? []);
      included = rules.included ?? new Map();
      version = listedVersion + versionOf(rules);
    },
    isIncluded: (provider, importer) => isIncludedBy(included, provider, importer),
    priceOf(provider, model, at, importer) {
      const price = inForceOf(own(provider, model), at, now);
      if (price)
        return price.over(
          price.sameAs === undefined ? listed(provider, model, at) : listed(undefined, price.sameAs, at),
        );
      const special = importer === undefined ? undefined : ofSet(importer, model);
      return special ?? listed(provider, model, at);
    },
    turnsOf(provider, model, first, last) {
      const ofOwn = own(provider, model).flatMap((price) => holdingsOf(price, scheduleOf));
      return turnsOf([...ofOwn, ...scheduleOf(provider, model)], first, last);
    },
    listedPrice: (name) => listed(undefined, name, now),
    periodsOf(provider, model) {
      const ofModel = scheduleOf(provider, model);
      const ofOwn = own(provider, model).flatMap((price) =>
        price.sameAs === undefined
          ? ownPeriod(price, inForce(ofModel, price.from ?? now))
          : dated(scheduleOf(undefined, price.sameAs)).flatMap((period) => clipped(price, period)),
      );
      return [...ofOwn, ...periodsOfSets(ofSet, model), ...dated(ofModel)];
    },
  };
}

type ScheduleOf = (provider: string | undefined, model: string) => readonly Period[];

function rememberedSchedules(): ScheduleOf {
  const known = new Map<string, readonly Period[]>();
  return (provider, model) => {
    const key = `${provider ?? ''}\n${model}`;
    let periods = known.get(key);
    if (!periods) known.set(key, (periods = schedule(provider, model)));
    return periods;
  };
}

/** What decides when an entry of the user's holds, and which price it takes then. */
const holdingsOf = (price: FittingPrice, listed: ScheduleOf): readonly Holding[] =>
  price.sameAs === undefined ? [price] : [price, ...listed(undefined, price.sameAs)];

const periodsOfSets = (ofSet: ReturnType<typeof ratesOfSet>, model: string): readonly PricePeriod[] =>
  Object.keys(setsByImporter).flatMap((importer) => {
    const rates = ofSet(importer, model);
    return rates ? [{ rates, importer }] : [];
  });

const ownPeriod = (price: FittingPrice, listed: Rates | undefined): readonly PricePeriod[] => {
  const rates = price.over(listed);
  return rates
    ? [{ rates, ...(price.from === undefined ? {} : { from: price.from }), ...untilOf(price) }]
    : [];
};

const untilOf = ({ until }: Pick<FittingPrice, 'until'>): Pick<PricePeriod, 'until'> =>
  until === undefined ? {} : { until };

/** A listed price of another model, as long as an entry takes it. */
function clipped(price: FittingPrice, { rates, from, until }: PricePeriod): readonly PricePeriod[] {
  const taken = price.over(rates);
  const start = Math.max(price.from ?? -Infinity, from ?? -Infinity);
  const end = Math.min(price.until ?? Infinity, until ?? Infinity);
  if (!taken || start >= end) return [];
  return [
    {
      rates: taken,
      ...(Number.isFinite(start) ? { from: start } : {}),
      ...(Number.isFinite(end) ? { until: end } : {}),
    },
  ];
}

/** Each with its end; the first holds for all that was before, too. */
function dated(periods: readonly Period[]): readonly PricePeriod[] {
  return periods.flatMap(({ rates, from }, i) => {
    const until = periods.find((other, j) => j > i && other.from !== undefined && other.from !== from)?.from;
    return rates
      ? [
          {
            rates,
            ...(from === undefined || i === 0 ? {} : { from }),
            ...(until === undefined ? {} : { until }),
          },
        ]
      : [];
  });
}

/** Whether a price list knows a model by this name, `anthropic/claude-sonnet-4-5`. */
export const isListed = (name: string): boolean =>
  schedule(undefined, name).some(({ rates }) => rates !== undefined);

function inForce(periods: readonly Period[], at: Millis): Rates | undefined {
  for (let i = periods.length - 1; i >= 0; i--) {
    const period = periods[i];
    if (period && applies(period, at)) return period.rates;
  }
  return periods[0]?.rates;
}

function applies({ from, daily }: Period, at: Millis): boolean {
  if (from !== undefined && at < from) return false;
  if (!daily) return true;
  const time = ((at % dayMs) + dayMs) % dayMs;
  return daily.until < daily.from
    ? time >= daily.from || time < daily.until
    : time >= daily.from && time < daily.until;
}

function schedule(provider: string | undefined, model: string): readonly Period[] {
  const places = candidates(provider, model);
  if (/:free$/i.test(model.trim()) && places.length > 0) return [{ rates: freeRates }];
  for (const place of places) {
    const applied = correctionsOf(place);
    const unpriced = applied.some((correction) => correction.unpriced);
    const periods = periodsOf(place, unpriced ? undefined : lookUp(place), applied);
    if (unpriced) return periods;
    if (periods.length > 0) return periods;
  }
  return [];
}

/** Asks with empty usage whether the library knows the model: nothing in that can throw, unlike pricing a call. */
function lookUp({ provider, model }: Candidate): ModelInfo | undefined {
  if (!findProvider({ providerId: provider })) return undefined;
  return calcPrice({}, model, { providerId: provider, timestamp: new Date(0) })?.model;
}

function periodsOf(
  { provider, model }: Candidate,
  found: ModelInfo | undefined,
  applied: readonly Correction[],
): readonly Period[] {
  const own = applied.flatMap((correction) =>
    (correction.periods ?? []).map((period) => ({ correction, ...period })),
  );
  const terms = termsOf(applied);
  const listed = found === undefined || own.some(({ from }) => from === undefined) ? [] : conditionsOf(found);
  const inLibrary: PriceSource = {
    kind: 'library',
    where: `genai-prices ${libraryVersion}`,
    listedAs: `${provider}/${found?.id ?? model}`,
  };
  return [
    ...listed.map((entry) => compilePeriod(entry, applied, { ...terms, source: inLibrary })),
    ...own.map(({ correction, from, daily, prices }): Period => ({
      rates: compileRates(complete(prices, applied), {
        ...terms,
        source: sourceOf(correction, `${provider}/${model}`, from, daily),
      }),
      from: from === undefined ? undefined : Date.parse(from),
      daily: daily && { from: timeOfDay(daily.start), until: timeOfDay(daily.end) },
    })),
  ];
}

const conditionsOf = ({ prices }: ModelInfo): readonly ConditionalPrice[] =>
  Array.isArray(prices) ? prices : [{ prices }];

function compilePeriod(
  { prices, constraint }: ConditionalPrice,
  applied: readonly Correction[],
  terms: Terms & { readonly source: PriceSource },
): Period {
  const compiled = (when: Pick<PriceSource, 'from' | 'daily'>): Rates | undefined =>
    compileRates(amend(prices, applied), {
      ...terms,
      source: { ...terms.source, ...when, ...amendments(prices, applied) },
    });
  if (!constraint) return { rates: compiled({}) };
  if (constraint.type === 'start_date') {
    const from = constraint.start_date;
    return { rates: compiled({ from }), from: Date.parse(from) };
  }
  const [start, end] = [constraint.start_time, constraint.end_time];
  return {
    rates: compiled({ daily: { start, end } }),
    daily: { from: timeOfDay(start), until: timeOfDay(end) },
  };
}

const sourceOf = (
  { source, checked, unverified }: Correction,
  listedAs: string,
  from: string | undefined,
  daily: PriceSource['daily'],
): PriceSource => ({
  kind: 'correction',
  where: source,
  listedAs,
  checked,
  ...(unverified === undefined ? {} : { unverified }),
  ...(from === undefined ? {} : { from }),
  ...(daily === undefined ? {} : { daily }),
});

/** Corrections that change this row of the library and do not replace it. */
function amendments(row: PriceRow, applied: readonly Correction[]): Pick<PriceSource, 'amended'> {
  const amended = applied
    .filter((entry) => JSON.stringify(amend(row, [entry])) !== JSON.stringify(row))
    .map(({ source, checked }) => ({ where: source, checked }));
  return amended.length === 0 ? {} : { amended };
}

/** `16:30:00Z` or with an offset -> milliseconds of the UTC day. */
const timeOfDay = (text: string): number => ((Date.parse(`1970-01-01T${text}`) % dayMs) + dayMs) % dayMs;
