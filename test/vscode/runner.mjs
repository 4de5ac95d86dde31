// @ts-check
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import * as esbuild from 'esbuild';
import { ensureEditor, usesDesktop } from '../../scripts/editor.mjs';
import { main } from '../../scripts/processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const outdir = join(root, 'out/test/vscode');

/** Bundles each test file of this folder; out/test/vscode/index.js runs whatever lies there. */
async function build() {
  await rm(outdir, { recursive: true, force: true });
  const names = await readdir(here);
  await esbuild.build({
    entryPoints: names.filter((name) => name.endsWith('.ts')).map((name) => join(here, name)),
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}

await main(async () => {
  await build();
  if (!usesDesktop()) await ensureEditor();
  const temporary = await mkdtemp(join(tmpdir(), 'trace-ledger-vscode-'));
  try {
    const counts = process.env.TRACE_LEDGER_COUNTS ?? join(temporary, 'counts.jsonl');
    const code = await runTests({
      ...(usesDesktop() ? {} : { vscodeExecutablePath: join(root, 'scripts/launcher.mjs') }),
      extensionDevelopmentPath: root,
      extensionTestsPath: join(outdir, 'index.js'),
      extensionTestsEnv: {
        TRACE_LEDGER_REPORTER: join(root, 'test/support/countingReporter.cjs'),
        TRACE_LEDGER_COUNTS: counts,
        TRACE_LEDGER_GREP: process.argv[2],
      },
      launchArgs: [
        join(root, 'media/sample'),
        `--user-data-dir=${join(temporary, 'data')}`,
        `--extensions-dir=${join(temporary, 'extensions')}`,
      ],
    });
    // A window that goes away before its tests have ended says that all is well.
    if (existsSync(counts)) return code;
    console.error(
      'The tests did not come to their end: one of them may wait for an answer that nobody gives.',
    );
    return 1;
  } catch (error) {
    // Its message is the exit code, which is known; what failed stands above.
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  }
});
