import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';

/** What VS Code calls to run the tests: every *.test.js beside this file, as test/vscode/runner.mjs has built them. */
export async function run(): Promise<void> {
  markReport(process.env.TRACE_LEDGER_LOG_MARK ?? '');
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 60_000,
    color: false,
    reporter: process.env.TRACE_LEDGER_REPORTER ?? 'spec',
    ...(process.env.TRACE_LEDGER_GREP ? { grep: new RegExp(process.env.TRACE_LEDGER_GREP) } : {}),
  });
  for (const name of readdirSync(__dirname).sort()) {
    if (name.endsWith('.test.js')) mocha.addFile(join(__dirname, name));
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
}

/** scripts/launcher.mjs tells by the mark what the tests report from what the workbench prints. */
function markReport(mark: string): void {
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => {
    for (const line of format(...args).split('\n')) console.log('%s', mark + line);
  };
}
