// @ts-check
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What a script could not do, in one sentence for the person who ran it. */
export class ScriptError extends Error {}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Starts a program in a process group of its own, so that `stop` ends it with everything it started.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { ...options, detached: process.platform !== 'win32' });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/**
 * Ends a program that `start` started, and its children.
 * @param {import('node:child_process').ChildProcess} child
 */
export function stop(child) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It is gone already, which is what was asked for.
  }
}

/** Whatever ends this process, ends what it started: a detached group would outlive it. */
process.once('exit', () => running.forEach(stop));
for (const signal of signals) process.once(signal, () => process.exit(1));

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, timeoutMs?: number }} [options]
 *   `quiet` keeps the output back unless the program fails.
 * @returns {Promise<number>} its exit code; 1 when a signal or the time limit ended it
 */
export function run(command, args, { cwd, env, quiet = false, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = start(command, args, { cwd, env: env ?? process.env, stdio: quiet ? 'pipe' : 'inherit' });
    /** @type {Buffer[]} */
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk));
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => expire(child, command, timeoutMs), timeoutMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      if (code !== 0) process.stderr.write(Buffer.concat(output));
      resolve(code ?? 1);
    });
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} command
 * @param {number} timeoutMs
 */
function expire(child, command, timeoutMs) {
  process.stderr.write(`${command} was stopped: it took longer than ${timeoutMs / 1000} s.\n`);
  stop(child);
}

/**
 * The first of some programs that the PATH has.
 * @param {readonly string[]} names
 * @returns {string | undefined} its full path
 */
export function findProgram(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      if (folder && isExecutable(join(folder, name))) return join(folder, name);
    }
  }
  return undefined;
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The main function of a script: a ScriptError becomes its sentence, anything else a stack; both exit with 1.
 * @param {() => Promise<number | void>} body resolves with the exit code, or nothing for 0
 */
export async function main(body) {
  try {
    process.exit((await body()) ?? 0);
  } catch (error) {
    console.error(error instanceof ScriptError ? error.message : error);
    process.exit(1);
  }
}
