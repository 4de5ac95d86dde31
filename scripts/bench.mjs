// @ts-check
// `npm run bench`: prints how fast and how large the product is, as ratios to yardsticks measured in the same run.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies, root } from './project.mjs';
import { main, run } from './processes.mjs';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
    'no-editor': { type: 'boolean', default: false },
    // MiB of Claude Code's transcripts to import beside ccusage, instead of everything else; 1239 are 3,142 files.
    transcripts: { type: 'string' },
    // Of that, what happens in VS Code alone.
    'only-editor': { type: 'boolean', default: false },
  },
});

const bench = (/** @type {string} */ name) => join(root, 'out/bench', `${name}.js`);
const wasm = join(root, 'dist/sql-wasm.wasm');

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
async function must(command, args, env) {
  if ((await run(command, args, { cwd: root, quiet: true, ...(env ? { env } : {}) })) !== 0)
    throw new Error(`${args[0]} failed`);
}

/**
 * @param {string} path
 * @returns {Promise<any[]>}
 */
const jsonLines = async (path) =>
  (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** @param {number[]} all */
const median = (all) => all.sort((a, b) => a - b)[all.length >> 1] ?? NaN;
const digits = (/** @type {number} */ value) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

/** @param {string} folder */
async function makeDatabase(folder) {
  const path = join(folder, 'traces.db');
  const size = [
    '--experiments',
    '50',
    '--sessions-per-experiment',
    values.sessions,
    '--events-per-session',
    '20',
  ];
  await must('python3', [join(root, 'test/support/make_synth_db.py'), '--out', path, ...size]);
  return path;
}

/**
 * In turns, so that a machine that slows down slows down both.
 * @param {string} folder
 * @param {string} db
 */
async function importing(folder, db) {
  /** @type {Record<'python' | 'first' | 'unchanged' | 'again' | 'peak' | 'difference' | 'repriced' | 'takenBack', number[]>} */
  const all = {
    ...{ python: [], first: [], unchanged: [], again: [], peak: [] },
    ...{ difference: [], repriced: [], takenBack: [] },
  };
  let repricedCalls = 0;
  for (let round = 0; round < Number(values.rounds); round++) {
    const copy = join(folder, `copy-${round}.db`);
    const output = execFileSync('python3', [join(root, 'test/bench/copy_events.py'), db, copy], {
      encoding: 'utf8',
    });
    all.python.push(JSON.parse(output).seconds * 1000);
    const out = join(folder, `import-${round}.jsonl`);
    await must(process.execPath, [bench('importBench'), db, join(folder, `store-${round}.db`), wasm, out]);
    const [first, unchanged, again, difference, repriced, takenBack] = await jsonLines(out);
    all.first.push(first.ms);
    all.unchanged.push(unchanged.ms);
    all.again.push(again.ms);
    all.peak.push(first.peakMiB);
    all.difference.push(difference.ms);
    all.repriced.push(repriced.ms);
    all.takenBack.push(takenBack.ms);
    repricedCalls = repriced.calls;
    await rm(copy);
  }
  const python = median(all.python);
  const first = median(all.first);
  const unchanged = median(all.unchanged);
  const again = median(all.again);
  console.log(`\nImport (median of ${values.rounds}, in turns)`);
  console.log(`  Python's sqlite3 copies the same columns, indexed  ${digits(python / 1000)} s`);
  console.log(
    `  first import                                       ${digits(first / 1000)} s = ${digits(first / python)} x Python`,
  );
  console.log(
    `  nothing changed                                    ${digits(unchanged)} ms = ${digits((100 * unchanged) / first)} % of the first`,
  );
  console.log(
    `  read again by force                                ${digits(again / 1000)} s = ${digits(again / first)} x the first`,
  );
  console.log(`  peak memory of the process (the worker's own)      ${digits(median(all.peak))} MiB`);
  console.log(`\nOther prices for ${repricedCalls} calls`);
  for (const [name, what] of /** @type {const} */ ([
    ['difference', 'what they would change                            '],
    ['repriced', 'priced anew                                       '],
    ['takenBack', 'taken back                                        '],
  ])) {
    const ms = median(all[name]);
    console.log(`  ${what} ${digits(ms / 1000)} s = ${digits(ms / first)} x the first import`);
  }
  return join(folder, 'store-0.db');
}

/**
 * @param {string} folder
 * @param {string} store
 */
async function asking(folder, store) {
  const out = join(folder, 'queries.jsonl');
  await must(process.execPath, [bench('queryBench'), store, wasm, out]);
  const lines = await jsonLines(out);
  const scan = lines.at(-1);
  console.log(`\nQuestions (against a sum over all calls in the same store: ${digits(scan.p50)} ms)`);
  for (const { name, p50, p95 } of lines.slice(0, -1)) {
    console.log(
      `  ${name.padEnd(34)} p50 ${digits(p50).padStart(6)} ms  p95 ${digits(p95).padStart(6)} ms  ${digits(scan.p50 / p50).padStart(6)} x faster`,
    );
  }
}

/**
 * @param {string} folder
 * @param {string} path of what is imported
 * @param {number} [calls] that it holds: cancelled half-way and begun again
 */
async function inEditor(folder, path, calls) {
  const { runTests } = await import('@vscode/test-electron');
  const { ensureEditor, usesDesktop } = await import('./editor.mjs');
  if (!usesDesktop()) await ensureEditor();
  const out = join(folder, 'host.jsonl');
  await runTests({
    ...(usesDesktop() ? {} : { vscodeExecutablePath: join(root, 'scripts/launcher.mjs') }),
    extensionDevelopmentPath: root,
    extensionTestsPath: bench('hostBench'),
    extensionTestsEnv: {
      TRACE_LEDGER_BENCH_DB: path,
      TRACE_LEDGER_BENCH_OUT: out,
      TRACE_LEDGER_BENCH_CALLS: calls === undefined ? undefined : String(calls),
      TRACE_LEDGER_TEST_LIMIT_MS: String(60 * 60_000),
    },
    launchArgs: [
      folder,
      `--user-data-dir=${join(folder, 'data')}`,
      `--extensions-dir=${join(folder, 'extensions')}`,
    ],
  });
  const figures = await jsonLines(out);
  // A window that goes away before its end says that all is well.
  if (figures.at(-1)?.name !== 'import') throw new Error('VS Code went away during the import.');
  return Object.fromEntries(figures.map((figure) => [figure.name, figure]));
}

/**
 * @param {string} folder
 * @param {string} path
 * @param {number} [calls]
 */
async function holding(folder, path, calls) {
  const figures = await inEditor(folder, path, calls);
  const { activation, idle } = figures;
  console.log('\nExtension host');
  console.log(
    `  activation                                         ${digits(activation.ms)} ms, of it without a pause ${digits(activation.sync)} ms`,
  );
  console.log(
    `  idle: peak ${digits(idle.peakMiB)} MiB, worst event loop delay ${digits(idle.loopDelayMs)} ms`,
  );
  for (const name of ['cancelled', 'import', 'repricing'].filter((each) => each in figures)) {
    const { seconds, calls: known, peakMiB, longestRunMs, longestRun, busiest, loopDelayMs } = figures[name];
    console.log(
      `  ${name}: ${digits(seconds)} s, ${known} calls, peak ${digits(peakMiB)} MiB, worst event loop delay ${digits(loopDelayMs)} ms`,
    );
    console.log(
      `    longest run of our code                          ${digits(longestRunMs)} ms (${longestRun}; target: under 16 ms)`,
    );
    console.log(
      `    most that one run used of the processor           ${digits(busiest.cpuMs)} ms (${busiest.name})`,
    );
  }
  return figures.import.total;
}

/** What the generator of transcripts calls the tokens of a report. */
const tokenNames = {
  calls: 'calls',
  input: 'inputTokens',
  output: 'outputTokens',
  cache_write: 'cacheWriteTokens',
  cache_read: 'cacheReadTokens',
  w1h: 'cacheWrite1hTokens',
};

/**
 * Transcripts of an agent, against ccusage's own reading of them; then once more in VS Code, cancelled half-way and
 * begun again, against the totals that their generator knows.
 * @param {string} folder
 * @param {string} mebibytes
 */
async function transcripts(folder, mebibytes) {
  const corpus = join(folder, 'corpus');
  const generator = join(root, 'test/support/make_claude_corpus.py');
  await must('python3', [generator, '--out', corpus, '--size-mib', mebibytes]);
  const { correct, files } = JSON.parse(await readFile(join(corpus, 'expected.json'), 'utf8'));
  console.log(`\n${mebibytes} MiB of transcripts in ${files} files, ${correct.calls} calls`);
  if (!values['only-editor']) await besideCcusage(folder, corpus);
  if (values['no-editor']) return;
  const total = await holding(folder, corpus, correct.calls);
  for (const [name, known] of Object.entries(tokenNames))
    if (total[known] !== correct[name])
      throw new Error(`${known} are ${total[known]}; the transcripts hold ${correct[name]}.`);
  console.log('  calls and tokens are those that the transcripts hold');
}

/**
 * @param {string} folder
 * @param {string} corpus
 */
async function besideCcusage(folder, corpus) {
  const ccusage = join(root, 'node_modules/ccusage/src/cli.js');
  const start = performance.now();
  const options = ['--json', '--offline', '--mode', 'calculate'];
  execFileSync(process.execPath, [ccusage, 'claude', 'daily', ...options], {
    env: { ...process.env, CLAUDE_CONFIG_DIR: corpus },
    maxBuffer: 1e8,
  });
  const theirs = performance.now() - start;
  const out = join(folder, 'transcripts.jsonl');
  await must(process.execPath, [bench('importBench'), corpus, join(folder, 'transcripts.db'), wasm, out]);
  const [first, unchanged] = await jsonLines(out);
  console.log(`  ccusage claude daily                               ${digits(theirs / 1000)} s`);
  console.log(
    `  first import                                       ${digits(first.ms / 1000)} s = ${digits(first.ms / theirs)} x ccusage`,
  );
  console.log(
    `  nothing changed                                    ${digits(unchanged.ms)} ms = ${digits((100 * unchanged.ms) / first.ms)} % of the first`,
  );
  console.log(`  peak memory of the process (the worker's own)      ${digits(first.peakMiB)} MiB`);
}

await main(async () => {
  await ensureDependencies();
  await must(process.execPath, ['esbuild.mjs']);
  const { build } = await import('esbuild');
  await build({
    entryPoints: ['importBench', 'queryBench', 'hostBench'].map((name) =>
      join(root, 'test/bench', `${name}.ts`),
    ),
    outdir: join(root, 'out/bench'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', '../proto/compiled'],
    logLevel: 'warning',
  });
  const folder = await mkdtemp(join(tmpdir(), 'trace-ledger-bench-'));
  try {
    await mkdir(folder, { recursive: true });
    if (values.transcripts) return await transcripts(folder, values.transcripts);
    const db = await makeDatabase(folder);
    const store = await importing(folder, db);
    await asking(folder, store);
    if (!values['no-editor']) await holding(folder, db);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
