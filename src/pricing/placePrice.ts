import { parseUserPrices } from './parseUserPrices';
import type { UserPrice } from './userPrices';
import type { PlacedPrice } from '../shared/modelPrices';

/**
 * An entry among the prices of the setting: in place of the one of the same model and provider that begins at the same
 * time, else after all others. What is wrong with the whole is told, and the list is for nobody to use then.
 */
export function placePrice(list: unknown, entry: unknown): PlacedPrice {
  const before: readonly unknown[] = Array.isArray(list) ? list : [];
  const { prices, problems } = parseUserPrices([entry]);
  const [price] = prices;
  if (!price) return { prices: before, problems };
  const at = before.findIndex((other) => isInPlaceOf(parseUserPrices([other]).prices[0], price));
  const placed = at < 0 ? [...before, entry] : before.map((other, i) => (i === at ? entry : other));
  return { prices: placed, problems: parseUserPrices(placed).problems };
}

const isInPlaceOf = (other: UserPrice | undefined, { model, provider, from }: UserPrice): boolean =>
  other?.model === model && other.provider === provider && other.from === from;
