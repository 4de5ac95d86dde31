// @ts-check
// `npm test`: everything that must hold, from a bare clone on. Until the dependencies are there it uses Node alone.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ScriptError, main, run } from './processes.mjs';
import { ensureDependencies, root } from './project.mjs';

const minute = 60_000;
const reporter = join(root, 'test/support/countingReporter.cjs');

/**
 * A step of the run. A suite counts its tests, and one that ran none has failed; any other step passes or fails whole
 * and adds to the count only when it fails.
 * @typedef {object} Step
 * @property {string} name
 * @property {readonly string[]} command run by Node, relative to the checkout
 * @property {boolean} [suite]
 * @property {readonly string[]} [needs] steps without which this one says nothing
 * @property {string} [beside] runs at once with its neighbours of which the same is said
 * @property {number} limitMs
 */

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * @param {string} glob
 * @param {string[]} options
 */
const mocha = (glob, ...options) => [
  ...[
    'node_modules/mocha/bin/mocha.js',
    '--no-config',
    '--import=tsx',
    '--reporter',
    reporter,
    ...options,
    glob,
  ],
];

/**
 * @param {boolean} long
 * @returns {readonly Step[]}
 */
const steps = (long) => [
  { name: 'build', command: ['esbuild.mjs'], limitMs: minute },
  {
    name: 'typecheck',
    command: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'],
    beside: 'checks',
    limitMs: 6 * minute,
  },
  {
    name: 'typecheck:webview',
    command: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'webview'],
    beside: 'checks',
    limitMs: 6 * minute,
  },
  {
    name: 'lint',
    command: ['node_modules/eslint/bin/eslint.js', '.'],
    beside: 'checks',
    limitMs: 6 * minute,
  },
  {
    name: 'format',
    command: ['node_modules/prettier/bin/prettier.cjs', '--check', '.'],
    beside: 'checks',
    limitMs: 6 * minute,
  },
  {
    name: 'package',
    command: ['scripts/package.mjs', '--no-build', '--out', 'out/trace-ledger.vsix'],
    limitMs: 6 * minute,
    needs: ['build'],
    beside: 'checks',
  },
  { name: 'editor', command: ['scripts/editor.mjs'], beside: 'checks', limitMs: 10 * minute },
  {
    name: 'faults',
    suite: true,
    command: mocha('test/faults/**/*.test.ts', '--timeout', '120000'),
    limitMs: (long ? 60 : 15) * minute,
    needs: ['build'],
  },
  {
    name: 'cli',
    suite: true,
    command: mocha('test/cli/**/*.test.ts', '--parallel', '--jobs', '2', '--timeout', '60000'),
    limitMs: (long ? 60 : 15) * minute,
    needs: ['build'],
  },
  {
    name: 'vscode',
    suite: true,
    command: ['test/vscode/runner.mjs'],
    limitMs: 12 * minute,
    needs: ['build', 'editor'],
  },
  {
    name: 'unit',
    suite: true,
    command: mocha(
      'test/unit/**/*.test.ts',
      ...['--parallel', '--jobs', '2', '--timeout', '60000', '--reporter-option', 'style=dot'],
    ),
    limitMs: (long ? 60 : 20) * minute,
  },
  {
    name: 'ui',
    suite: true,
    // A busy machine makes a workbench miss a key now and then; what is broken fails twice.
    // Sorted, so that the suites that share a window come one after the other.
    command: mocha('test/ui/**/*.test.ts', '--timeout', '120000', '--retries', '1', '--sort'),
    limitMs: 20 * minute,
    needs: ['build', 'package', 'editor'],
  },
];

/**
 * The steps asked for, and those that they need.
 * @param {readonly Step[]} all
 * @param {readonly string[]} names
 */
function select(all, names) {
  const unknown = names.filter((name) => !all.some((step) => step.name === name));
  if (unknown.length > 0) {
    throw new ScriptError(
      `There is no ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}.`,
    );
  }
  const needed = new Set(
    names.flatMap((name) => [name, ...(all.find((step) => step.name === name)?.needs ?? [])]),
  );
  return all.filter(({ name }) => needed.has(name));
}

/**
 * @param {Step} step
 * @param {string} folder for the counts
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<Counts>}
 */
async function runStep(step, folder, environment) {
  const file = join(folder, `${step.name.replace(':', '-')}.jsonl`);
  const env = { ...environment, TRACE_LEDGER_COUNTS: file };
  const code = await run(process.execPath, step.command, { cwd: root, env, timeoutMs: step.limitMs });
  const counts = existsSync(file)
    ? sum((await readFile(file, 'utf8')).trim().split('\n').map(parseCounts))
    : zero;
  const hasRun = !step.suite || counts.passed + counts.failed > 0;
  if (!hasRun) console.error(`${step.name}: no test ran.`);
  // A suite that ended badly although no test failed has broken down on the way.
  const failed = counts.failed || (code === 0 && hasRun ? 0 : 1);
  return { ...counts, failed };
}

/** @type {Counts} */
const zero = { passed: 0, failed: 0, skipped: 0 };

/**
 * @param {string} line
 * @returns {Counts}
 */
const parseCounts = (line) => JSON.parse(line);

/** @param {readonly Counts[]} all */
const sum = (all) =>
  all.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    zero,
  );

/** @param {Counts} counts */
const format = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;

/**
 * Steps that run one after the other, or several at once.
 * @param {readonly Step[]} selected
 */
function groupsOf(selected) {
  /** @type {Step[][]} */
  const groups = [];
  for (const step of selected) {
    const last = groups.at(-1);
    if (step.beside && last?.[0]?.beside === step.beside) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

/**
 * @param {readonly Step[]} selected
 * @param {NodeJS.ProcessEnv} environment
 */
async function runAll(selected, environment) {
  const folder = await mkdtemp(join(tmpdir(), 'trace-ledger-counts-'));
  /** @type {{ step: Step, counts: Counts, seconds: number }[]} */
  const results = [];
  /** @param {Step} step */
  const outcomeOf = async (step) => {
    const began = Date.now();
    console.log(`\n== ${step.name}`);
    const broken = results.find(
      (result) => step.needs?.includes(result.step.name) && result.counts.failed > 0,
    );
    if (broken) console.error(`${step.name} was not run: it needs ${broken.step.name}.`);
    const counts = broken ? { ...zero, failed: 1 } : await runStep(step, folder, environment);
    return { step, counts, seconds: (Date.now() - began) / 1000 };
  };
  for (const group of groupsOf(selected)) results.push(...(await Promise.all(group.map(outcomeOf))));
  await rm(folder, { recursive: true, force: true });
  return results;
}

/**
 * The PATH with the folder of the real Python first: what a version manager puts there in its stead takes ten times as
 * long to start, and the tests start Python some hundred times.
 */
function pathWithPython() {
  const path = process.env.PATH ?? '';
  try {
    const real = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
    return `${dirname(real.trim())}${delimiter}${path}`;
  } catch {
    return path;
  }
}

await main(async () => {
  const { values } = parseArgs({ options: { long: { type: 'boolean' }, only: { type: 'string' } } });
  const all = steps(values.long ?? false);
  const selected = values.only ? select(all, values.only.split(',')) : all;
  await ensureDependencies();
  await mkdir(join(root, 'out'), { recursive: true });
  const results = await runAll(selected, {
    ...process.env,
    PATH: pathWithPython(),
    ...(values.long ? { TRACE_LEDGER_LONG: '1' } : {}),
  });
  console.log();
  for (const { step, counts, seconds } of results) {
    const outcome = step.suite ? format(counts) : counts.failed ? 'failed' : 'ok';
    console.log(`${step.name.padEnd(18)} ${outcome.padEnd(36)} ${seconds.toFixed(1).padStart(6)} s`);
  }
  const total = sum(results.map(({ counts }) => counts));
  console.log(`\n${format(total)}`);
  return total.failed === 0 ? 0 : 1;
});
