// @ts-check
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ScriptError, run, start, stop } from './processes.mjs';

/**
 * @typedef {object} ServerOptions
 * @property {string} dataDir settings, global storage and logs of this server; kept between starts by whoever wants to
 * @property {string} extensionsDir
 * @property {number} [port] 0, the default, takes a free one
 * @property {boolean} [forTests] honours what a page's address says about extensions under development and their tests
 * @property {NodeJS.ProcessEnv} [env] added to the environment, which the extension host inherits
 * @property {number} [startMs] how long it may take until it listens
 */

/**
 * Starts the VS Code server on 127.0.0.1 and waits until it listens.
 * @param {{ node: string, server: string }} editor
 * @param {ServerOptions} options
 * @returns {Promise<{ port: number, log: () => string, closed: Promise<void>, stop: () => void }>}
 */
export async function startServer(
  { node, server },
  { dataDir, extensionsDir, port = 0, forTests = false, env, startMs = 60_000 },
) {
  const child = start(
    node,
    [
      server,
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'],
      ...folders(dataDir, extensionsDir),
      ...['--telemetry-level', 'off', '--disable-workspace-trust', '--reconnection-grace-time', '30'],
      ...(forTests ? ['--enable-smoke-test-driver'] : []),
    ],
    { env: { ...serverEnvironment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  const closed = new Promise((/** @type {(value: void) => void} */ resolve) =>
    child.once('close', () => resolve()),
  );
  const listening = await new Promise((/** @type {(port: number) => void} */ resolve, reject) => {
    const fail = (/** @type {string} */ why) => {
      stop(child);
      reject(new ScriptError(`The VS Code server did not start: ${why}.\n${log}`));
    };
    const timer = setTimeout(() => fail(`no answer within ${startMs / 1000} s`), startMs);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        log = (log + String(chunk)).slice(-200_000);
        const match = /Extension host agent listening on (\d+)/.exec(log);
        if (!match) return;
        // It has started: nothing may end it any more but whoever started it.
        clearTimeout(timer);
        resolve(Number(match[1]));
      });
    }
    child.once('error', (error) => fail(error.message));
    child.once('close', (code) => {
      clearTimeout(timer);
      fail(`it ended with code ${code}`);
    });
  });
  return { port: listening, log: () => log, closed, stop: () => stop(child) };
}

/**
 * Installs a packaged extension.
 * @param {{ node: string, server: string }} editor
 * @param {{ vsix: string, dataDir: string, extensionsDir: string }} options
 */
export async function installExtension({ node, server }, { vsix, dataDir, extensionsDir }) {
  const args = [server, '--install-extension', vsix, '--force', ...folders(dataDir, extensionsDir)];
  const code = await run(node, args, { env: serverEnvironment(), quiet: true, timeoutMs: 120_000 });
  if (code !== 0) throw new ScriptError(`VS Code refused to install ${vsix}; see its messages above.`);
}

/**
 * Settings of everyone who opens this server. Quiet ones are always there: nothing that distracts, nothing that asks.
 * They are written as VS Code would: what it finds written in an older way it opens and rewrites at the start, and with
 * a JSON document open it starts all that belongs to JSON.
 * @param {string} dataDir
 * @param {Readonly<Record<string, unknown>>} [settings]
 */
export async function writeSettings(dataDir, settings = {}) {
  const folder = join(dataDir, 'data', 'Machine');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));
}

const quietSettings = {
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'extensions.ignoreRecommendations': true,
  'extensions.autoUpdate': 'off',
  'extensions.autoCheckUpdates': false,
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'remote.autoForwardPorts': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.showReleaseNotes': false,
};

/**
 * @param {string} dataDir
 * @param {string} extensionsDir
 */
const folders = (dataDir, extensionsDir) => [
  ...['--accept-server-license-terms', '--server-data-dir', dataDir, '--extensions-dir', extensionsDir],
];

/** Without what an outer VS Code or npm left behind: a test started in VS Code's terminal must not talk to that one. */
const serverEnvironment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|npm_)/.test(name)),
  );

/**
 * The address of a workbench.
 * @param {number} port
 * @param {string} folder absolute path of the workspace
 * @param {{ extension?: string, tests?: string }} [development] absolute paths; honoured by a server `forTests`
 */
export function workbenchUrl(port, folder, { extension, tests } = {}) {
  const remote = (/** @type {string} */ path) => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
    ...(extension ? [['extensionDevelopmentPath', remote(extension)]] : []),
    ...(tests ? [['extensionTestsPath', remote(tests)]] : []),
  ];
  const query = new URLSearchParams({ folder });
  if (extension || tests) query.set('payload', JSON.stringify(payload));
  return `http://127.0.0.1:${port}/?${query}`;
}
