import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync, statSync } from 'node:fs';

/**
 * Who holds a claim, as a name that is never used again: boot, pid namespace, pid, thread id, start time of the thread,
 * and a random part for the connection. Linux only, as everything in this file.
 */
export function newOwner(): string {
  // A synchronous call runs on the calling thread, so this is the id of this very (worker) thread.
  const tid = readlinkSync('/proc/thread-self').split('/').pop() ?? '';
  const start = threadState(String(process.pid), tid)?.start ?? '';
  return [bootId(), pidNamespace(), process.pid, tid, start, randomBytes(4).toString('hex')].join('.');
}

/** This thread where its end can be told, and the process elsewhere. */
export const thisOwner = (): string =>
  process.platform === 'linux' ? newOwner() : `${process.platform}.${process.pid}`;

/** Whether what `thisOwner` named is there still. Elsewhere than on Linux a process id may have been given again. */
export function isOwnerAlive(owner: string): boolean {
  if (process.platform === 'linux') return owner.split('.')[0] === bootId() && isAlive(owner, '');
  try {
    process.kill(Number(owner.split('.')[1]), 0);
    return true;
  } catch {
    return false;
  }
}

/** The process id in an owner's name. */
export const pidOf = (owner: string): number => Number(owner.split('.')[2]);

/**
 * False only if the owner is certainly gone, which is for ever: the kernel has no such thread, or the id was given to
 * another one. Never decided by a clock, so a frozen owner keeps what it holds. In doubt an owner is alive.
 */
export function isAlive(owner: string, claimFile: string): boolean {
  const [boot, namespace, pid = '', tid = '', start] = owner.split('.');
  if (boot !== bootId()) return isYoungerThanBoot(claimFile);
  if (namespace !== pidNamespace()) return true; // another container: its process ids mean nothing here
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'; // EPERM: another user's
  }
  const thread = threadState(pid, tid);
  if (!thread) return !existsSync(`/proc/${pid}/stat`); // hidden from us (hidepid) is not gone
  return thread.start === start && !/[ZXx]/.test(thread.state); // else a reused id, or a zombie nobody reaped
}

function threadState(pid: string, tid: string): { state: string; start: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'latin1');
    const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const start = fields[18];
    return state && start ? { state, start } : undefined;
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function isYoungerThanBoot(claimFile: string): boolean {
  const bootSeconds = Number(/^btime (\d+)/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1]);
  try {
    return statSync(claimFile).mtimeMs > bootSeconds * 1000 - 2000;
  } catch {
    return false;
  }
}

const once = <T>(read: () => T) => {
  let value: T | undefined;
  return () => (value ??= read());
};
const bootId = once(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8));
const pidNamespace = once(() => readlinkSync('/proc/self/ns/pid').replace(/\D/g, ''));
