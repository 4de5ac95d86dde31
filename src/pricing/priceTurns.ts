import type { Millis } from '../shared/model';

/** When a price holds: from and until an instant, or only at times of each UTC day, in milliseconds. */
export interface Holding {
  readonly from?: Millis | undefined;
  readonly until?: Millis | undefined;
  readonly daily?: { readonly from: number; readonly until: number } | undefined;
}

const dayMs = 86_400_000;

/** Instants after `first`, not after `last`, at which one of these begins or ends to hold. */
export const turnsOf = (all: readonly Holding[], first: Millis, last: Millis): readonly Millis[] =>
  first >= last
    ? []
    : all
        .flatMap(({ from, until, daily }) => [
          ...[from, until].filter((at) => at !== undefined),
          ...(daily ? daysOf(first, last).flatMap((day) => [day + daily.from, day + daily.until]) : []),
        ])
        .filter((at) => at > first && at <= last);

/** The beginnings of UTC days from the one of `first` to that of `last`. */
function daysOf(first: Millis, last: Millis): readonly Millis[] {
  const day = Math.floor(first / dayMs);
  return Array.from({ length: Math.floor(last / dayMs) - day + 1 }, (_, i) => (day + i) * dayMs);
}
