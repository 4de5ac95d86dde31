import { picoOf, rateNames } from './explain';
import type { PricePeriod } from './prices';
import type { Rates } from './rates';
import type { ToldPrice, ToldRate } from '../shared/modelPrices';

/** Rates in the units in which they are sold, each tier of long requests after its rate. */
export const toldRates = (rates: Rates): readonly ToldRate[] =>
  rateNames.flatMap((part) => {
    const rate = rates[part];
    if (!rate) return [];
    const unit = picoOf(part);
    return [
      { part, usd: rate.base / unit },
      ...rate.tiers.map(({ over, price }) => ({ part, usd: price / unit, over })),
    ];
  });

/** A price as people read it. */
export const toldPrice = ({ rates, from, until, importer }: PricePeriod): ToldPrice => ({
  rates: toldRates(rates),
  factors: rates.tiers ?? {},
  ...(rates.source ? { source: rates.source } : {}),
  ...(from === undefined ? {} : { from }),
  ...(until === undefined ? {} : { until }),
  ...(importer === undefined ? {} : { importer }),
});
