import { turnBegan } from './lineage';
import type { Meta } from './lineage';
import type { RolloutLine } from './lines';
import type { Millis } from '../../shared/model';

/**
 * A fork or sub-agent begins with a copy of its parent's history, stamped anew in one go. What is needed to tell where
 * that ends; plain JSON.
 */
export interface Replay {
  readonly isOn: boolean;
  readonly forkedAt?: Millis | undefined;
  /** Of the line before. */
  readonly at?: Millis | undefined;
  /** Turns of the copy have ids that tell their age, so the first turn that is new ends it, and nothing else. */
  readonly hasTurnIds?: boolean;
  /** A `session_meta` of an ancestor stood in it. */
  readonly hasAncestors?: boolean;
}

/** Nobody answers faster; a copy is written at once. */
const pauseMillis = 1000;
/** Between the clock of a turn's id and that of its line. */
const slackMillis = 1000;

export const replayOf = ({ parents, at }: Meta): Replay => ({ isOn: parents.length > 0, forkedAt: at });

/** With a `session_meta` that is not the first: of an ancestor in the copy, or its own again, after the copy. */
export const afterMeta = (replay: Replay, isOwn: boolean): Replay =>
  isOwn
    ? { ...replay, isOn: replay.isOn && replay.hasAncestors !== true }
    : { ...replay, isOn: true, hasAncestors: true };

/** With any other line. */
export function afterLine(replay: Replay, { at, payload }: RolloutLine): Replay {
  if (!replay.isOn) return replay;
  const began = turnBegan(payload);
  const next = { ...replay, at: at ?? replay.at };
  if (began !== undefined) {
    const isNew = began >= (replay.forkedAt ?? Infinity) - slackMillis;
    return { ...next, isOn: !isNew, hasTurnIds: true };
  }
  return replay.hasTurnIds === true || !paused(replay, at) ? next : { ...next, isOn: false };
}

/** Lines that kept their own times are from before the fork. */
function paused({ at: before, forkedAt }: Replay, at: Millis | undefined): boolean {
  const last = Math.max(before ?? 0, forkedAt ?? 0);
  return at !== undefined && last > 0 && at - last >= pauseMillis;
}
