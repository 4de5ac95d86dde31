import { findProvider } from '@pydantic/genai-prices';
import { corrections, correctionsOf } from './corrections';
import { pricedProviders } from './modelNames';
import { toldRates } from './toldPrice';
import { isFree } from './rates';
import type { PriceBook } from './prices';
import type { ListedModel } from '../shared/modelPrices';

/** Models that corrections of ours name exactly, at each of their providers. */
const corrected = (provider: string): readonly string[] =>
  corrections
    .filter(({ providers }) => providers.includes(provider))
    .flatMap(({ models }) => models.filter((name) => !name.includes('*')))
    .filter((model) => !correctionsOf({ provider, model }).some(({ unpriced }) => unpriced));

/** Every model that the price lists have a price of today, by the name that says who is paid. */
export function listedModels(book: PriceBook): readonly ListedModel[] {
  const names = pricedProviders.flatMap((provider) => {
    const models = findProvider({ providerId: provider })?.models.map(({ id }) => id) ?? [];
    return [...models, ...corrected(provider)].map((model) => `${provider}/${model}`);
  });
  return [...new Set(names)].sort().flatMap((name) => {
    const rates = book.listedPrice(name);
    return rates && !isFree(rates) ? [{ name, rates: toldRates(rates) }] : [];
  });
}
