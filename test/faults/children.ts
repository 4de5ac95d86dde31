import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonCode } from '../support/sqlite/engine';

/** Numbers for `npm run test:long`, else small ones. */
export const long = process.env.TRACE_LEDGER_LONG === '1';

export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  readonly exited: Promise<{ code: number | null; signal: string | null; output: string }>;
  said(word: string): Promise<void>;
}

export function startChild(script: string, ...args: string[]): Child {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, script), ...args]);
  let output = '';
  let wake = (): void => undefined;
  child.stderr.on('data', (data: Buffer) => process.stderr.write(data));
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
    wake();
  });
  const exited = new Promise<{ code: number | null; signal: string | null; output: string }>((resolve) =>
    child.on('close', (code, signal) => {
      wake();
      resolve({ code, signal, output });
    }),
  );
  const said = async (word: string): Promise<void> => {
    while (!output.includes(word)) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`ended before "${word}": ${output}`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return { process: child, exited, said };
}

export const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const faults = (path: string): string =>
  existsSync(`${path}.faults`) ? readFileSync(`${path}.faults`, 'utf8') : '';

/** What native SQLite says of the store once nobody has it open. */
export const nativeState = (
  path: string,
): { integrity: string; sum: number; counters: Record<string, number> } =>
  JSON.parse(
    pythonCode(
      `import sqlite3,sys,json
c=sqlite3.connect(sys.argv[1])
print(json.dumps({"integrity":c.execute("pragma integrity_check").fetchone()[0],
 "sum":c.execute("select sum(bal) from acct").fetchone()[0],"counters":dict(c.execute("select proc,n from ctr"))}))`,
      path,
    ),
  ) as { integrity: string; sum: number; counters: Record<string, number> };
