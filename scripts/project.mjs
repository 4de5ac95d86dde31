// @ts-check
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ScriptError, run } from './processes.mjs';

/** The checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** @typedef {{ version: string, integrity?: string, optional?: boolean, dev?: boolean }} LockedPackage */

/** Installs the dependencies where they are missing or other than package-lock.json says. */
export async function ensureDependencies() {
  if (await areDependenciesCurrent()) return;
  console.log('Installing dependencies.');
  await npm('ci', '--no-audit', '--no-fund', '--loglevel=error');
}

async function areDependenciesCurrent() {
  const wanted = await lockedPackages('package-lock.json');
  const present = await lockedPackages('node_modules/.package-lock.json').catch(() => undefined);
  if (!present) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    return present[path] ? present[path].version === version : optional === true;
  });
}

/**
 * @param {string} path
 * @returns {Promise<Record<string, LockedPackage>>}
 */
async function lockedPackages(path) {
  return JSON.parse(await readFile(join(root, path), 'utf8')).packages;
}

/**
 * Runs npm in the checkout.
 * @param {string[]} args
 */
export async function npm(...args) {
  const command = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  if ((await run(command, args, { cwd: root })) !== 0)
    throw new ScriptError(`\`npm ${args.join(' ')}\` failed.`);
}

/** @returns {Promise<{ name: string, version: string, publisher: string }>} */
export async function readManifest() {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
}
