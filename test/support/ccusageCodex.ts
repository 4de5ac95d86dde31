import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** Whether there is a build of ccusage for this machine: npm leaves it out where there is none. */
export const hasCcusage = existsSync(
  join(root, `node_modules/@ccusage/ccusage-${process.platform}-${process.arch}/package.json`),
);

/** What `ccusage codex session` and `ccusage codex daily` tell of the files in a home of Codex. */
export interface CodexReport {
  readonly totals: CodexSums;
}

export interface CodexSums {
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly outputTokens: number;
  readonly reasoningOutputTokens: number;
  readonly costUSD: number;
}

/** Runs `ccusage codex` offline, with days in UTC. */
export function ccusageCodex(report: 'session' | 'daily', home: string): CodexReport {
  const script = join(root, 'node_modules/ccusage/src/cli.js');
  const options = ['--json', '--offline', '--timezone', 'UTC'];
  const output = execFileSync(process.execPath, [script, 'codex', report, ...options], {
    env: { ...process.env, CODEX_HOME: home },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output.toString()) as CodexReport;
}
