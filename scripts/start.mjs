// @ts-check
// `npm start`: VS Code with this extension and sample data to try it on, from a bare clone on.
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from './cache.mjs';
import { ensureServer } from './editor.mjs';
import { ScriptError, findProgram, main, run } from './processes.mjs';
import { ensureDependencies, npm, root } from './project.mjs';
import { installExtension, startServer, workbenchUrl, writeSettings } from './server.mjs';

/** A copy of the sample, so that whoever tries things out does not change the checkout. */
async function makeWorkspace() {
  const workspace = join(cacheFolder(), 'demo/workspace');
  await mkdir(workspace, { recursive: true });
  await cp(join(root, 'media/sample'), workspace, { recursive: true });
  return workspace;
}

/**
 * @param {string} code
 * @param {string} workspace
 */
async function openDesktop(code, workspace) {
  const exitCode = await run(code, [`--extensionDevelopmentPath=${root}`, workspace]);
  if (exitCode !== 0) {
    throw new ScriptError('VS Code did not open; `npm start -- --server` opens it in a browser instead.');
  }
  console.log('VS Code is open. Choose Trace Ledger in the activity bar and load the sample data.');
}

/**
 * @param {string} workspace
 * @param {{ port: number, check: boolean }} options
 */
async function serve(workspace, { port, check }) {
  const editor = await ensureServer();
  const vsix = join(root, 'out/trace-ledger.vsix');
  await mkdir(join(root, 'out'), { recursive: true });
  const pack = ['scripts/package.mjs', '--no-build', '--unchecked', '--out', vsix];
  if ((await run(process.execPath, pack, { cwd: root, quiet: true })) !== 0) {
    throw new ScriptError('The extension could not be packed; see the messages above.');
  }
  const profile = {
    dataDir: join(cacheFolder(), 'demo/data'),
    extensionsDir: join(cacheFolder(), 'demo/extensions'),
  };
  await writeSettings(profile.dataDir);
  await installExtension(editor, { ...profile, vsix });
  const server = await startServer(editor, { ...profile, port });
  const url = workbenchUrl(server.port, workspace);
  const { status } = await fetch(url);
  if (status !== 200) throw new ScriptError(`The VS Code server answers ${url} with ${status}.`);
  console.log(`\nVS Code with Trace Ledger: ${url}`);
  if (check) return;
  console.log('Choose Trace Ledger in the activity bar and load the sample data. Ctrl+C ends it.');
  await server.closed;
  throw new ScriptError(`The VS Code server ended.\n${server.log().slice(-2000)}`);
}

await main(async () => {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, check: { type: 'boolean' }, server: { type: 'boolean' } },
  });
  const port = Number(values.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new ScriptError('--port takes a port number.');
  await ensureDependencies();
  await npm('run', 'build', '--silent');
  const workspace = await makeWorkspace();
  const code = values.server ? undefined : findProgram('code', 'code.cmd', 'code-insiders');
  if (code) await openDesktop(code, workspace);
  else await serve(workspace, { port, check: values.check ?? false });
});
