import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { usageFields } from '../../src/shared/model';

/** The program as it is shipped. TRACE_LEDGER_CLI names another build of it. */
export const cliPath = process.env.TRACE_LEDGER_CLI ?? resolve(__dirname, '../../dist/cli.js');

export interface CliResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
  /** User and group to run as; needs root. */
  readonly uid?: number;
}

/** A child's environment: nothing of the ledger of whoever runs the tests, and one zone everywhere. */
export const cliEnvironment = (own: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  TZ: 'UTC',
  ...(process.env.TMPDIR ? { TMPDIR: process.env.TMPDIR } : {}),
  ...own,
});

/** Runs `trace-ledger` to its end. */
export function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [cliPath, ...args], {
      env: cliEnvironment(options.env),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    const out = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => void (out[name] += text));
    }
    // A program that has ended before it read its input is no failure of the test.
    child.stdin.on('error', () => undefined).end(options.input ?? '');
    child.on('error', fail).on('close', (code) => done({ code, ...out }));
  });
}

/** Runs it and wants exit code 0. */
export async function cliOk(args: readonly string[], options?: CliOptions): Promise<CliResult> {
  const result = await cli(args, options);
  if (result.code !== 0) throw new Error(`exit code ${result.code} of ${args.join(' ')}: ${result.stderr}`);
  return result;
}

export type Figures = Readonly<Record<string, number>>;

export interface CliReport {
  readonly total: Figures;
  readonly groups: readonly ReportGroup[];
  readonly issues: readonly {
    readonly path: string;
    readonly place: string | null;
    readonly message: string;
  }[];
}

export type ReportGroup = Figures & { readonly key: string | null; readonly label: string };

/** `report --json`, parsed. */
export async function reportOf(args: readonly string[], options?: CliOptions): Promise<CliReport> {
  return JSON.parse((await cliOk(['report', ...args, '--json'], options)).stdout) as CliReport;
}

/** What recorded figures say, in the words of the generator of synth-ai databases. */
export const recordedFigures = (figures: Figures) => ({
  calls: figures.calls,
  cents: Math.round(figures.recordedUsd! * 1e9) / 1e7,
  input: figures.inputTokens! + figures.cacheReadTokens! + figures.cacheWriteTokens!,
  output: figures.outputTokens,
  errors: figures.errors,
});

export type RecordedFigures = ReturnType<typeof recordedFigures>;

const summed = [
  ...['costUsd', 'recordedUsd', 'computedUsd', 'includedUsd'],
  ...['calls', 'unpricedCalls', 'inexactCalls', 'includedCalls', 'errors'],
  ...usageFields,
];

/** Every figure of a report that groups must add up to; amounts in nano-dollars, so that sums are exact. */
export const addedUp = (parts: readonly Figures[]): Record<string, number> =>
  Object.fromEntries(
    summed.map((name) => [
      name,
      parts.reduce(
        (sum, part) => sum + (name.endsWith('Usd') ? Math.round(part[name]! * 1e9) : part[name]!),
        0,
      ),
    ]),
  );

/** Name, bytes and times of all that lies in a folder. */
export const folderState = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder).map((name) => {
      const path = join(folder, name);
      const { mtimeNs, mode } = statSync(path, { bigint: true });
      const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
      return [name, `${digest} ${mtimeNs} ${mode}`];
    }),
  );
