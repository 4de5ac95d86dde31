import type { Clock } from './clock';

/** What lives that long is no file that an editor or a tool writes beside another one and renames. */
const settled = 200;
const growth = 4;
const longest = 60_000;
const mostKnown = 10_000;
const passing = /(?:~|\.(?:tmp|temp|part|partial|swp|swx|crdownload|lock|bak))$|\.tmp[-.]/i;

interface Stranger {
  readonly looks: number;
  readonly notBefore: number;
  /** What it was like when nothing in it could be imported. */
  readonly print: string;
}

/**
 * Files in watched folders in which nothing could be imported so far: a transcript that has no first line yet, or a log
 * that is none of ours and grows all day. The more often one was looked at in vain, the longer it waits.
 */
export class Strangers {
  private readonly known = new Map<string, Stranger>();

  constructor(private readonly clock: Clock) {}

  /** How long to wait with a look at it; undefined for what is never looked at. */
  waitFor(path: string): number | undefined {
    if (passing.test(path)) return undefined;
    const known = this.known.get(path);
    return known ? Math.max(settled, known.notBefore - this.clock.now()) : settled;
  }

  isUnchanged(path: string, print: string): boolean {
    return this.known.get(path)?.print === print;
  }

  /** There was nothing to import. */
  passOver(path: string, print: string): void {
    const looks = (this.known.get(path)?.looks ?? 0) + 1;
    const wait = Math.min(longest, settled * growth ** looks);
    this.known.delete(path);
    this.known.set(path, { looks, notBefore: this.clock.now() + wait, print });
    const [oldest] = this.known.keys();
    if (this.known.size > mostKnown && oldest !== undefined) this.known.delete(oldest);
  }

  forget(path: string): void {
    this.known.delete(path);
  }
}
