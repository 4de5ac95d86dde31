import { formatCount, formatDuration } from './format';
import type { NanoUsd } from './model';
import type { Money } from './money';

/** After so long without a call a session counts as idle, in ms, where nobody says otherwise. */
export const usualIdleTimeoutMs = 300_000;

/** Nevil's documents: 0.06 USD a minute of audio in. In nano-dollars a second. */
const documentedPerSecond = 1_000_000;

/** How long nothing happened in a session. */
export interface Idle {
  /** What counts as idle, in ms. */
  readonly timeoutMs: number;
  /** From its first call's start to the end of the call that ended last, in ms. */
  readonly spanMs: number;
  /** Gaps between calls that are longer than the timeout. */
  readonly gaps: number;
  /** How long they are together. */
  readonly idleMs: number;
  /** That, less the timeout in each: what a connection that is closed after the timeout would not have been open. */
  readonly beyondMs: number;
  /** A session with voice, whose connection stays open between calls. */
  readonly isVoice: boolean;
}

/** What the time that a disconnect would have cut comes to if each second of it were billed as audio in. */
export const costIfBilled = ({ beyondMs }: Idle): NanoUsd =>
  Math.round((beyondMs / 1000) * documentedPerSecond);

/** The share of the session that it was idle. */
export const idleShare = ({ idleMs, spanMs }: Idle): number => (spanMs === 0 ? 0 : idleMs / spanMs);

const percent = (share: number): string =>
  `${(share * 100).toLocaleString('en-US', { maximumFractionDigits: 1 })}%`;

/** `2 gaps over 5 min, 1 h 10 min in all, 80% of 1 h 28 min`. */
export function idleText(idle: Idle): string {
  const { timeoutMs, gaps, idleMs, spanMs } = idle;
  const over = `over ${formatDuration(timeoutMs)}`;
  if (gaps === 0) return `no gap ${over} in ${formatDuration(spanMs)}`;
  const count = `${formatCount(gaps)} ${gaps === 1 ? 'gap' : 'gaps'} ${over}`;
  return `${count}, ${formatDuration(idleMs)} in all, ${percent(idleShare(idle))} of ${formatDuration(spanMs)}`;
}

/**
 * What closing an idle connection would have saved, in sentences: nothing by any price list, and beside that what it
 * would have been by the assumption on which Nevil's documents promise 10-15%. Empty where no connection stays open.
 */
export function savingText(idle: Idle, cost: NanoUsd, { format }: Money): string {
  if (!idle.isVoice || idle.gaps === 0) return '';
  const assumed = costIfBilled(idle);
  const share = cost > 0 ? `, ${percent(assumed / cost)} of what the session cost` : '';
  return (
    `Closing the connection after ${formatDuration(idle.timeoutMs)} would have saved ${format(0)}: audio and text are billed as they are used, ` +
    `and an open connection without them costs nothing by OpenAI's price list. Only if silence had been sent as audio all the time, ` +
    `the ${formatDuration(idle.beyondMs)} beyond the timeout would have cost ${format(assumed)} at the 0.06 USD a minute of Nevil's documents${share}; ` +
    `these documents assume 10-15%.`
  );
}
