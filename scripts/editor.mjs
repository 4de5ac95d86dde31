// @ts-check
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached, withLock, cacheFolder } from './cache.mjs';
import { ScriptError, findProgram, isExecutable, main, run } from './processes.mjs';

/** The whole VS Code server and web workbench, as the npm registry carries it: 4.139.1 holds VS Code 1.139.1. */
const serverVersion = '4.139.1';
/** The server's own modules are built for this major; it dies at start under an older one. */
const nodeVersion = '24.20.0';

/**
 * @typedef {object} Editor
 * @property {string} node Node of the version that the server needs
 * @property {string} server the server's entry point
 * @property {string} chromium
 */

/** Whether tests run in desktop VS Code, downloaded by @vscode/test-electron, instead of the server. */
export const usesDesktop = () => process.env.VSCODE_TEST === 'download' || process.platform !== 'linux';

/**
 * VS Code as a server with a browser to open it in, set up on first use (about a minute, 600 MB) and kept in the cache.
 * @returns {Promise<Editor>}
 * @throws {ScriptError} naming what is missing
 */
export async function ensureEditor() {
  const [folder, chromium] = [await ensureServer(), await ensureChromium()];
  return { ...folder, chromium };
}

/**
 * The server without the browser: what `npm start` needs.
 * @returns {Promise<{ node: string, server: string }>}
 */
export async function ensureServer() {
  if (process.platform !== 'linux') {
    throw new ScriptError(
      'The VS Code server of npm runs on Linux only: install VS Code, with `code` on the PATH.',
    );
  }
  const nodePackage = `node-linux-${process.arch}`;
  const folder = await cached(
    `vscode-${serverVersion}-node-${nodeVersion}-${process.arch}`,
    async (partial) => {
      await ensurePrograms({ python3: 'python3', make: 'make', 'g++': 'g++' });
      await installServer(partial, nodePackage);
    },
  );
  return {
    node: join(folder, 'node_modules', nodePackage, 'bin', 'node'),
    server: join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js'),
  };
}

/**
 * @param {string} folder
 * @param {string} nodePackage
 */
async function installServer(folder, nodePackage) {
  console.log('Setting up VS Code from npm; this happens once and takes about a minute.');
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }));
  // Without its scripts: code-server's own would build modules that neither tests nor the demo need.
  await npm(
    folder,
    'install',
    `code-server@${serverVersion}`,
    `${nodePackage}@${nodeVersion}`,
    '--ignore-scripts',
  );
  const server = join(folder, 'node_modules/code-server/lib/vscode');
  await npm(server, 'install', '--omit=dev', '--ignore-scripts');
  const nodeFolder = join(folder, 'node_modules', nodePackage);
  const env = {
    npm_config_nodedir: nodeFolder,
    PATH: [join(nodeFolder, 'bin'), process.env.PATH].join(delimiter),
  };
  // The extension host does not start without these two, and they come without binaries.
  await npmWith(env, server, 'rebuild', '@vscode/spdlog', '@vscode/native-watchdog');
}

/**
 * @param {string} cwd
 * @param {string[]} args
 */
const npm = (cwd, ...args) => npmWith({}, cwd, ...args);

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} cwd
 * @param {string[]} args
 */
async function npmWith(env, cwd, ...args) {
  const all = [...args, '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await run('npm', all, { cwd, env: { ...outsideOfNpm(), ...env }, quiet: true });
  if (code !== 0) throw new ScriptError(`\`npm ${args.join(' ')}\` failed; see its messages above.`);
}

/** The environment without what an outer `npm run` put there: its settings belong to another folder. */
const outsideOfNpm = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(package|lifecycle|config_(local_)?prefix)/.test(name),
    ),
  );

/** @returns {Promise<string>} the path of a Chromium, Chrome or Edge */
export async function ensureChromium() {
  const given = process.env.TRACE_LEDGER_CHROMIUM;
  if (given && !isExecutable(given))
    throw new ScriptError(`TRACE_LEDGER_CHROMIUM names ${given}, which cannot be run.`);
  const found = () =>
    given ||
    findProgram('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge');
  if (!found()) await ensurePrograms({ chromium: 'chromium' });
  return /** @type {string} */ (found());
}

/**
 * Looks for programs and installs the missing ones where this process may.
 * @param {Readonly<Record<string, string>>} packages program -> Debian package
 */
async function ensurePrograms(packages) {
  const isMissing = (/** @type {string} */ name) => !findProgram(name);
  const missing = Object.keys(packages).filter(isMissing);
  if (missing.length === 0) return;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(`Installing ${missing.join(', ')}.`);
    await withLock(join(cacheFolder(), 'apt.lock'), () =>
      aptInstall(missing.map((name) => packages[name] ?? name)),
    );
  }
  const absent = missing.filter(isMissing);
  if (absent.length > 0) {
    throw new ScriptError(
      `VS Code from npm needs ${absent.join(', ')}: install ${absent.length > 1 ? 'them' : 'it'} and run this again.`,
    );
  }
}

/** @param {string[]} packages */
async function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const wait = ['-o', 'DPkg::Lock::Timeout=300', '-qq'];
  await run('apt-get', [...wait, 'update'], { env, quiet: true });
  await run('apt-get', [...wait, 'install', '-y', ...packages], { env, quiet: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  void main(async () => {
    const { node, server, chromium } = await ensureEditor();
    console.log(`VS Code server ${serverVersion} in ${dirname(server)}\nNode ${node}\nBrowser ${chromium}`);
  });
}
