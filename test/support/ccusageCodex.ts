import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

const versionOf = (name: string): string | undefined => {
  const path = join(root, 'node_modules', name, 'package.json');
  if (!existsSync(path)) return undefined;
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version;
};

/**
 * Whether there is a build of this very ccusage for this machine. For others than Linux on x64 not every version can be
 * had from npm everywhere, so package.json overrides theirs by one that can, lest `npm ci` fail.
 */
export const hasCcusage =
  versionOf(`@ccusage/ccusage-${process.platform}-${process.arch}`) === versionOf('ccusage');

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
