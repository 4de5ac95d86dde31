import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { parseCommandLine, usage } from './cli/commandLine';
import { commands } from './cli/commands';
import { defaultStorePath } from './cli/storePath';
import { messageOf, UserError } from './shared/errors';
import { Ledger } from './worker/ledger';
import type { CommandLine } from './cli/commandLine';

/** Exit codes: 0 imported or answered, 1 nothing could be read, 2 wrong use. */
async function main(args: readonly string[]): Promise<number> {
  const parsed = parseCommandLine(args);
  if ('help' in parsed) {
    process.stdout.write(usage);
    return 0;
  }
  if ('wrong' in parsed) {
    process.stderr.write(`${parsed.wrong}\n\n${usage}`);
    return 2;
  }
  return withLedger(parsed, (ledger) => commands[parsed.command](ledger, parsed));
}

/** With paths and no store, everything is read into a store of its own that is removed again. */
function withLedger(line: CommandLine, work: (ledger: Ledger) => Promise<number>): Promise<number> {
  // Paths of bills are no traces: there has to be a ledger to hold them against.
  const keeps = line.command === 'import' || line.command === 'reconcile';
  const temporary = line.store === undefined && line.paths.length > 0 && !keeps;
  return withStore(temporary ? temporaryStorePath() : defaultStorePath(line.store), work);
}

async function withStore(path: string, work: (ledger: Ledger) => Promise<number>): Promise<number> {
  const ledger = await Ledger.open(path, join(__dirname, 'sql-wasm.wasm'));
  try {
    for (const problem of ledger.openingProblems) process.stderr.write(`${problem}\n`);
    return await work(ledger);
  } finally {
    ledger.close();
  }
}

/** A place for a store that is gone when the process is, however that ends short of a kill. */
function temporaryStorePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trace-ledger-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.on('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      remove();
      process.kill(process.pid, signal);
    });
  }
  return join(folder, 'store.db');
}

/**
 * Most commands take a third of a second, and Node does not end before the optimizing compiler has, which by default
 * takes up SQLite's functions at once and then works for longer than the command. With this budget (V8 counts bytes
 * executed per function, by default 1.8 million) it begins where there is work for a second and more. V8 tells the
 * whole terminal of a flag that it does not know: only versions are asked that were looked at.
 */
if (Number(process.versions.node.split('.')[0]) <= 24) setFlagsFromString('--wasm-tiering-budget=200000000');

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    const known = error instanceof UserError || (error instanceof Error && error.name === 'UserError');
    process.stderr.write(
      `${known ? messageOf(error) : error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exitCode = 1;
  },
);
