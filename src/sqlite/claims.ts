import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { isAlive, newOwner } from './owner';

/** S shared, R reserved, P pending; W is a writer's ticket in the queue. */
export type ClaimKind = 'S' | 'R' | 'P' | 'W';

const recheckMs = 20;
const ticketBeatMs = 50;
const ticketLifeMs = 250;

/**
 * The claims of one connection: empty files `<kind>-<owner>` in the lock directory of a database. Owners' names are
 * never used again, so anyone may delete a dead owner's claims at any time without a lock.
 */
export class Claims {
  readonly owner = newOwner();
  private held = '';
  private checkedAt = 0;
  private ticket: { readonly file: string; beat: number } | undefined;

  constructor(private readonly directory: string) {
    this.makeDirectory();
    if (!isAlive(this.owner, this.file('S'))) throw new Error('no usable liveness test on this system');
  }

  file(kind: ClaimKind): string {
    return join(this.directory, `${kind}-${this.owner}`);
  }

  add(kind: ClaimKind): void {
    // A step up must not hide that what is held already has been taken away.
    if (this.held) this.check();
    else this.checkedAt = performance.now();
    this.touch(this.file(kind));
    if (!this.held.includes(kind)) this.held += kind;
  }

  drop(kind: ClaimKind): void {
    if (!this.held.includes(kind)) return;
    remove(this.file(kind));
    this.held = this.held.replace(kind, '');
  }

  /** Names of living others' claims of these kinds; those of dead owners are removed on the way. */
  others(...kinds: ClaimKind[]): string[] {
    return readdirSync(this.directory).filter((name) => {
      const owner = name.slice(2).split('~')[0] ?? '';
      if (!kinds.includes(name[0] as ClaimKind) || owner === this.owner) return false;
      const file = join(this.directory, name);
      if (this.isAlive(owner, file)) return true;
      remove(file);
      return false;
    });
  }

  /** Throws if a claim was removed from outside. Looks only after a pause that was long enough for that. */
  guard(): void {
    if (performance.now() - this.checkedAt >= recheckMs) this.check();
  }

  enqueue(): void {
    const now = performance.now();
    if (!this.ticket) {
      this.ticket = { file: `${this.file('W')}~${String(Date.now()).padStart(15, '0')}`, beat: now };
      this.touch(this.ticket.file);
    } else if (now - this.ticket.beat > ticketBeatMs) {
      this.ticket.beat = now;
      refresh(this.ticket.file);
    }
  }

  dequeue(): void {
    if (this.ticket) remove(this.ticket.file);
    this.ticket = undefined;
  }

  /** Whether someone has waited longer. A ticket that nobody refreshes is a frozen waiter and does not count. */
  mustQueue(): boolean {
    const mine = this.ticket ? drawnAt(basename(this.ticket.file)) : '~';
    return this.others('W').some((name) => drawnAt(name) < mine && this.isFresh(name));
  }

  /** A method so that a test can show what goes wrong with another rule. */
  protected isAlive(owner: string, file: string): boolean {
    return isAlive(owner, file);
  }

  private isFresh(name: string): boolean {
    try {
      return Date.now() - statSync(join(this.directory, name)).mtimeMs < ticketLifeMs;
    } catch {
      return false;
    }
  }

  private check(): void {
    for (const kind of this.held)
      if (!existsSync(this.file(kind as ClaimKind))) throw new Error(`lock lost: ${kind}`);
    this.checkedAt = performance.now();
  }

  private touch(file: string): void {
    try {
      closeSync(openSync(file, 'w', 0o600));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      this.makeDirectory();
      closeSync(openSync(file, 'w', 0o600));
    }
  }

  private makeDirectory(): void {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
  }
}

/** Time first, then the owner's name, so that no two tickets are equal. */
const drawnAt = (name: string): string => `${name.split('~')[1]}${name}`;

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function refresh(file: string): void {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // Removed from outside: only our place in the queue is lost.
  }
}
