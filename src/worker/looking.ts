import { freshMs, whySilent } from '../budgets/told';
import { knownCrossings, snoozedUntil } from '../store/alerts';
import type { Noticed } from '../budgets/told';
import type { Alert, AlertChoice } from '../shared/alerts';
import type { Millis } from '../shared/model';
import type { SpentCall } from '../store/queries/spending';
import type { Store } from '../store/store';

/** What is looked at, and since when each limit holds. */
export interface Look {
  readonly choice: AlertChoice;
  /** By `limitId`. */
  readonly since: Readonly<Record<string, Millis>>;
  readonly now: Millis;
  /** Id of the last call that was looked at. */
  readonly after: number;
}

/** One look at the store. */
export interface Looking extends Look {
  readonly store: Store;
  /** Sessions with new calls, or with calls of the last minutes. */
  readonly touched: readonly number[];
  /** Calls of the last minutes, oldest first; read when first needed. */
  readonly recent: () => readonly SpentCall[];
}

/** Of those, the ones that are not in the log. */
export function unknown<T extends Pick<Alert, 'crossing'>>({ store }: Looking, found: readonly T[]): T[] {
  if (found.length === 0) return [];
  const known = knownCrossings(
    store.db,
    found.map(({ crossing }) => crossing),
  );
  return found.filter(({ crossing }) => !known.has(crossing));
}

/** The alert with the reason why it is silent, if it is. */
export function judged(
  { store, since, now }: Looking,
  alert: Alert,
  at: Millis | 'before',
  limit: string,
): Noticed {
  const why = whySilent(at, { now, since: since[limit] ?? now, snoozedUntil: snoozedUntil(store.db) });
  return why === undefined ? alert : { ...alert, why };
}

/** Calls no older than news, oldest first. */
export const freshOf = ({ recent, now }: Looking): readonly SpentCall[] =>
  recent().filter(({ at }) => at >= now - freshMs);
