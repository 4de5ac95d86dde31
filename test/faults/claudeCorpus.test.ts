import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { long } from './children';
import { cliEnvironment, cliPath, reportOf } from '../support/cli';
import { assistantLine, transcript } from '../support/claudeCode';
import { useFolder } from '../support/sqlite/engine';
import { hasCcusage } from '../support/ccusageCodex';
import { ccusageClaude } from '../support/ccusageClaude';
import type { CliReport } from '../support/cli';

/** With TRACE_LEDGER_LONG as much as somebody has whose figures were published: 1,239 MiB in 3,142 files. */
const mebibytes = long ? 1239 : 16;
/** What a run may need beside what an import of one line needs. It does not grow with the files. */
const mostMebibytes = 192;

interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly cache_write: number;
  readonly cache_read: number;
  readonly w1h: number;
  readonly calls: number;
}

interface Expected {
  readonly files: number;
  readonly mib: number;
  readonly correct: Tokens;
  readonly models: Readonly<Record<string, Tokens>>;
  readonly stored_cost_usd: number;
  readonly contains: Readonly<Record<string, number>>;
}

interface Run {
  readonly seconds: number;
  readonly peakMebibytes: number;
  readonly code: number | null;
  readonly said: string;
}

const onExit = `process.on('exit', () => console.error('peak', process.resourceUsage().maxRSS / 1024))`;

/** Imports with the built program, and says what it needed. */
function run(args: readonly string[], killAfterMs?: number): Promise<Run> {
  const began = Date.now();
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(onExit)}`, cliPath, ...args],
    {
      env: cliEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (said += text));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((done, fail) => {
    child.on('error', fail).on('close', (code) => {
      clearTimeout(timer);
      const peakMebibytes = Number(/^peak ([\d.]+)$/m.exec(said)?.[1] ?? NaN);
      done({ seconds: (Date.now() - began) / 1000, peakMebibytes, code, said });
    });
  });
}

const tokensOf = (figures: CliReport['total']): Tokens => ({
  input: figures.inputTokens!,
  output: figures.outputTokens!,
  cache_write: figures.cacheWriteTokens!,
  cache_read: figures.cacheReadTokens!,
  w1h: figures.cacheWrite1hTokens!,
  calls: figures.calls!,
});

/** The generator calls fast calls another model. */
function expectedModels({ models }: Expected): Record<string, Tokens> {
  const all: Record<string, Tokens> = {};
  for (const [name, tokens] of Object.entries(models)) {
    const model = name.replace(/-fast$/, '');
    const names = Object.keys(tokens) as (keyof Tokens)[];
    all[model] = Object.fromEntries(
      names.map((key) => [key, tokens[key] + (all[model]?.[key] ?? 0)]),
    ) as unknown as Tokens;
  }
  return all;
}

function secondsOf(work: () => unknown): number {
  const began = Date.now();
  work();
  return (Date.now() - began) / 1000;
}

async function check(store: string, expected: Expected): Promise<void> {
  const { total, groups } = await reportOf(['--store', store, '--group-by', 'model']);
  assert.deepEqual(tokensOf(total), expected.correct);
  const models = groups.filter(({ key, calls }) => key !== null && calls! > 0);
  assert.deepEqual(
    Object.fromEntries(models.map((group) => [group.key!, tokensOf(group)])),
    expectedModels(expected),
  );
  assert.equal(total.errors, expected.contains.synthetic);
  assert.ok(Math.abs(total.recordedUsd! - expected.stored_cost_usd) < 1e-5);
}

describe(`${mebibytes} MiB of Claude Code's transcripts`, function () {
  this.timeout(long ? 30 * 60_000 : 120_000);
  const folder = useFolder();
  let expected: Expected;
  const corpus = (): string => join(folder(), 'corpus');
  const print = (name: string, { seconds, peakMebibytes }: Run): void =>
    console.log(`      ${name}: ${seconds.toFixed(1)} s, peak ${peakMebibytes.toFixed(0)} MiB`);

  before(() => {
    const generator = resolve(__dirname, '../support/make_claude_corpus.py');
    execFileSync('python3', [generator, '--out', corpus(), '--size-mib', String(mebibytes)], {
      stdio: 'ignore',
    });
    expected = JSON.parse(readFileSync(join(corpus(), 'expected.json'), 'utf8')) as Expected;
  });
  after(() => rmSync(corpus(), { recursive: true, force: true }));

  it('are imported with the totals that their generator knows, in bounded memory, and cost a glance the next time', async () => {
    const one = join(folder(), 'one');
    mkdirSync(one);
    const idle = await run([
      'import',
      transcript([assistantLine()], 'one.jsonl', one),
      '--store',
      join(folder(), 'one.db'),
    ]);
    const store = join(folder(), 'whole.db');
    const first = await run(['import', corpus(), '--store', store]);
    const again = await run(['import', corpus(), '--store', store]);
    print('one line', idle);
    print(`${expected.files} files, ${expected.mib} MiB`, first);
    print('again', again);
    if (hasCcusage)
      console.log(
        `      ccusage claude daily: ${secondsOf(() => ccusageClaude('daily', corpus())).toFixed(1)} s`,
      );
    assert.deepEqual([idle.code, first.code, again.code], [0, 0, 0], first.said);
    assert.match(first.said, new RegExp(`^${expected.files} files read`, 'm'));
    assert.match(
      again.said,
      new RegExp(`^${expected.files} files read \\(${expected.files} unchanged\\)`, 'm'),
    );
    await check(store, expected);
    const above = first.peakMebibytes - idle.peakMebibytes;
    assert.ok(above < mostMebibytes, `${above} MiB above an import of one line`);
  });

  it('are the same when the import is killed and begun again', async () => {
    const store = join(folder(), 'killed.db');
    const whole = 1000 * (long ? 60 : 6);
    let kills = 0;
    for (const part of [0.1, 0.3, 0.2])
      if ((await run(['import', corpus(), '--store', store], part * whole)).code === null) kills++;
    assert.ok(kills > 0);
    const last = await run(['import', corpus(), '--store', store]);
    print('the rest', last);
    assert.equal(last.code, 0, last.said);
    await check(store, expected);
  });
});
