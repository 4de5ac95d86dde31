#!/usr/bin/env node
// @ts-check
// Stands in for desktop VS Code: `runTests` of @vscode/test-electron starts it with VS Code's own switches, it opens
// the same extension and tests in the workbench of the VS Code server, and exits with the code of the tests.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { launchBrowser, newProfile } from './browser.mjs';
import { ensureEditor } from './editor.mjs';
import { ScriptError, main } from './processes.mjs';
import { startServer, workbenchUrl, writeSettings } from './server.mjs';

/** Longer than any suite takes; a workbench that hangs must not hang whoever waits for it. */
const limitMs = Number(process.env.TRACE_LEDGER_TEST_LIMIT_MS || 300_000);

/** @param {readonly string[]} args */
function readSwitches(args) {
  const value = (/** @type {string} */ name) =>
    args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const extension = value('extensionDevelopmentPath');
  const tests = value('extensionTestsPath');
  if (!extension || !tests) {
    throw new ScriptError('The launcher needs --extensionDevelopmentPath= and --extensionTestsPath=.');
  }
  return {
    ...{ extension, tests },
    dataDir: value('user-data-dir'),
    extensionsDir: value('extensions-dir'),
    folder: args.find((arg) => !arg.startsWith('-')),
  };
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @returns {Promise<number>} the code with which the tests ended
 */
async function runInPage(browser, url) {
  const page = await (await newProfile(browser)).newPage();
  const exit = new Promise((/** @type {(code: number) => void} */ resolve, reject) => {
    void page.exposeFunction('codeAutomationExit', resolve);
    page.once('crash', () => reject(new ScriptError('The page of the workbench crashed.')));
    setTimeout(() => reject(new ScriptError(`The tests did not end within ${limitMs / 1000} s.`)), limitMs);
  });
  await page.exposeFunction('codeAutomationLog', writeLog);
  // The tests have a limit of their own; a machine under load takes its time.
  await page.goto(url, { timeout: 120_000 });
  return exit;
}

/** Lines of the tests begin with it, to be told from what the workbench itself has to say. */
const mark = `${process.pid}> `;
let workbenchLog = '';

/**
 * Passes on what the tests print; the rest is kept for the case that they fail.
 * @param {string} _type
 * @param {readonly unknown[]} args
 */
function writeLog(_type, args) {
  const text = format(...args);
  if (text.startsWith(mark)) process.stdout.write(`${text.slice(mark.length)}\n`);
  else workbenchLog += `${text}\n`;
}

await main(async () => {
  const { extension, tests, folder, ...dirs } = readSwitches(process.argv.slice(2));
  const temporary = await mkdtemp(join(tmpdir(), 'trace-ledger-test-'));
  const dataDir = dirs.dataDir ?? join(temporary, 'data');
  const extensionsDir = dirs.extensionsDir ?? join(temporary, 'extensions');
  // What lies on the machine that runs the tests is none of their business.
  await writeSettings(dataDir, { 'traceLedger.discovery.atStart': false });
  const editor = await ensureEditor();
  const server = await startServer(editor, {
    dataDir,
    extensionsDir,
    forTests: true,
    env: { TRACE_LEDGER_LOG_MARK: mark },
  });
  const browser = await launchBrowser(editor.chromium);
  try {
    const code = await runInPage(
      browser,
      workbenchUrl(server.port, folder ?? temporary, { extension, tests }),
    );
    if (code === 0) workbenchLog = '';
    return code;
  } finally {
    process.stderr.write(workbenchLog.slice(-4_000));
    await browser.close();
    server.stop();
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  }
});
