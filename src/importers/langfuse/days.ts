import { count, instant, list, object, text } from '../json';
import { nanoUsd } from './money';
import type { Json } from '../json';
import type { ClaimFact } from '../../shared/facts';

/** A day of `metrics/daily`: sums of observations by model. */
export const isDay = (record: Json): boolean =>
  record.date !== undefined && record.countObservations !== undefined && record.id === undefined;

/** What a day's sums say that its calls add up to; undefined if it does not say of which day. */
export function claimsOfDay(record: Json): ClaimFact[] | undefined {
  const at = instant(text(record.date));
  if (at === undefined) return undefined;
  const day = new Date(at).toISOString().slice(0, 10);
  const models = list(record.usage).flatMap((usage) => claimOfModel(day, object(usage)));
  const total = nanoUsd(record.totalCost);
  // The day as a whole says more only where it holds cost of no model.
  const ofModels = models.reduce((sum, { recorded = 0 }) => sum + recorded, 0);
  const isMore = total !== undefined && Math.abs(total - ofModels) > models.length;
  return isMore ? [...models, { day, recorded: total }] : models;
}

/**
 * The sums of one model. Observations without a model are spans too, so their number says nothing; `inputUsage` is with
 * or without what was cached, by the server's version, so `totalUsage` alone is told of the tokens.
 */
function claimOfModel(day: string, usage: Json | undefined): ClaimFact[] {
  const model = text(usage?.model);
  if (!usage || model === undefined) return [];
  const claim = {
    calls: count(usage.countObservations),
    recorded: nanoUsd(usage.totalCost),
    tokens: count(usage.totalUsage),
  };
  const says = Object.values(claim).some((sum) => sum !== undefined && sum > 0);
  return says ? [{ day, model, ...claim }] : [];
}
