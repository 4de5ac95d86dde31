import type { Rate } from './rates';

/** One direction of a call: text tokens, and sound that is charged either by tokens or by seconds. */
export interface Sound {
  readonly text: number;
  readonly tokens: number;
  /** Above 0 only where sound is sold by time. */
  readonly seconds: number;
  readonly exact: boolean;
}

interface Told {
  readonly text: number;
  /** Audio tokens that were not cached. */
  readonly tokens: number;
  readonly seconds: number;
  /** All audio tokens, cached ones included. */
  readonly toldTokens: number;
}

interface SoldBy {
  readonly hour: Rate | undefined;
  readonly token: Rate | undefined;
  /** Tokens a second. */
  readonly perSecond: number | undefined;
}

/**
 * Sound in the unit in which it is sold. Told in both, it counts in that unit alone; told in the other, it is converted
 * where the vendor says how, and is not exact. Seconds beside text tokens, where nothing says what they cost, are left
 * out and make the rest inexact.
 */
export function soundOf({ text, tokens, seconds, toldTokens }: Told, sold: SoldBy): Sound {
  const { hour, token, perSecond } = sold;
  if (hour && seconds > 0) return { text, tokens: 0, seconds, exact: true };
  if (hour && !token && perSecond && tokens > 0)
    return { text, tokens: 0, seconds: tokens / perSecond, exact: false };
  if (seconds === 0 || toldTokens > 0) return { text, tokens, seconds: 0, exact: true };
  const converted = perSecond === undefined ? 0 : Math.round(seconds * perSecond);
  return { text, tokens: converted, seconds: 0, exact: false };
}
