import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEngine } from '../../../src/sqlite/engine';

const root = join(__dirname, '../../..');
export const wasmPath = join(root, 'node_modules/sql.js/dist/sql-wasm.wasm');
export const engine = () => loadEngine(wasmPath);

/** A folder of its own for each suite, removed afterwards. */
export function useFolder(): () => string {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'trace-ledger-sqlite-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

export const python = (script: string, ...args: string[]): string =>
  execFileSync('python3', [join(__dirname, script), ...args], { encoding: 'utf8' });

export const pythonCode = (code: string, ...args: string[]): string =>
  execFileSync('python3', ['-c', code, ...args], { encoding: 'utf8' }).trim();

/** Starts a script and waits until it says that it is ready. */
export async function startPython(
  script: string,
  ...args: string[]
): Promise<{ exited: Promise<string>; isRunning: () => boolean }> {
  const child = spawn('python3', [join(__dirname, script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let running = true;
  const exited = new Promise<string>((resolve) =>
    child.on('close', () => {
      running = false;
      resolve(output);
    }),
  );
  await new Promise<void>((resolve) =>
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.includes('ready')) resolve();
    }),
  );
  return { exited, isRunning: () => running };
}

/** Names, bytes and modification times of a folder: equal if nobody touched anything. */
export function traces(folder: string): Record<string, string> {
  const stamp = (path: string) => statSync(path, { bigint: true }).mtimeNs;
  const files = readdirSync(folder).map((name) => {
    const path = join(folder, name);
    return [name, `${stamp(path)} ${createHash('sha1').update(readFileSync(path)).digest('hex')}`] as const;
  });
  return Object.fromEntries([['.', String(stamp(folder))], ...files]);
}
