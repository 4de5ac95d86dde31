import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cliEnvironment, cliOk } from './cli';

/** Tokens and cost of a model, or of a model on a day; amounts in USD. */
export interface Sums {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly usd: number;
}

/** `2026-03-02 claude-opus-4-6`, or the model alone, to its sums. */
export type Table = ReadonlyMap<string, Sums>;

export const none: Sums = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, usd: 0 };

export const added = (one: Sums, other: Sums, sign: 1 | -1 = 1): Sums => ({
  input: one.input + sign * other.input,
  cacheRead: one.cacheRead + sign * other.cacheRead,
  cacheWrite: one.cacheWrite + sign * other.cacheWrite,
  output: one.output + sign * other.output,
  usd: one.usd + sign * other.usd,
});

/** What one table says more than another, where it is anything. */
export function differences(one: Table, other: Table): Record<string, Sums> {
  const keys = [...new Set([...one.keys(), ...other.keys()])].sort();
  const all = keys.map((key) => [key, added(one.get(key) ?? none, other.get(key) ?? none, -1)] as const);
  return Object.fromEntries(
    all
      .map(([key, sums]) => [key, { ...sums, usd: Math.round(sums.usd * 1e9) / 1e9 }] as const)
      .filter(([, sums]) => Object.values(sums).some((value) => value !== 0)),
  );
}

const script = join(dirname(createRequire(__filename).resolve('ccusage/package.json')), 'src/cli.js');

interface Breakdown {
  readonly modelName: string;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheCreationTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
}

interface Row {
  readonly date?: string;
  readonly modelBreakdowns: readonly Breakdown[];
}

/** Runs `ccusage` offline with days in UTC. @returns its JSON. */
export function ccusage(args: readonly string[], environment: Readonly<Record<string, string>>): unknown {
  const options = ['--json', '--offline', '--mode', 'calculate', '--timezone', 'UTC'];
  const output = execFileSync(process.execPath, [script, ...args, ...options], {
    env: cliEnvironment(environment),
    maxBuffer: 1e8,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output.toString()) as unknown;
}

/**
 * What one of the two reports of `ccusage claude` says of the files below `folder`/projects: by day and model, or by
 * model. It calls fast calls another model; here they belong to their own.
 */
export function ccusageClaude(report: 'daily' | 'session', folder: string): Table {
  const told = ccusage(['claude', report], { CLAUDE_CONFIG_DIR: folder }) as Record<string, Row[]>;
  const rows = told.daily ?? told.sessions ?? [];
  return tableOf(
    rows.flatMap(({ date, modelBreakdowns }) =>
      modelBreakdowns.map((model) => {
        const name = model.modelName.replace(/-fast$/, '');
        const { inputTokens: input, cacheReadTokens: cacheRead, outputTokens: output } = model;
        const sums = { input, cacheRead, cacheWrite: model.cacheCreationTokens, output, usd: model.cost };
        return [date === undefined ? name : `${date} ${name}`, sums] as const;
      }),
    ),
  );
}

type Exported = Readonly<Record<string, number>> & { readonly day: string; readonly model: string };

/** What `trace-ledger export` says of the files in a folder: by day and model, or by model. */
export async function ours(by: 'day' | 'model', folder: string): Promise<Table> {
  const how = ['--level', 'day', '--format', 'json', '--tz', 'UTC', '--cost-mode', 'computed'];
  const { stdout } = await cliOk(['export', folder, ...how]);
  const rows = (JSON.parse(stdout) as Exported[]).filter(({ model }) => model);
  return tableOf(
    rows.map((row) => [
      by === 'day' ? `${row.day} ${row.model}` : row.model,
      {
        ...{ input: row.inputTokens!, cacheRead: row.cacheReadTokens!, cacheWrite: row.cacheWriteTokens! },
        ...{ output: row.outputTokens!, usd: row.computedUsd! },
      },
    ]),
  );
}

function tableOf(rows: readonly (readonly [key: string, sums: Sums])[]): Table {
  const table = new Map<string, Sums>();
  for (const [key, sums] of rows) table.set(key, added(table.get(key) ?? none, sums));
  return table;
}

/** A table without some of its rows. */
export const without = (table: Table, pattern: RegExp): Table =>
  new Map([...table].filter(([key]) => !pattern.test(key)));
