import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wasmPath } from '../support/engine';
import { random } from '../support/randomWorld';
import { all, globalIds } from '../support/store';
import { Ledger } from '../../src/worker/ledger';
import type { CallFact } from '../../src/shared/facts';
import type { Question } from '../../src/shared/model';

/**
 * A year of so many calls (argv[2], by default a million): how long compacting takes, what becomes of the file, and what
 * questions and an export of 30 days cost before and after, and how much more memory a process takes that opens the compacted
 * store and is asked the same than one with an empty store. `node --expose-gc --import=tsx test/bench/compactionBench.ts 20000`
 */
const calls = Number(process.argv[2] ?? 1_000_000);
const year = 365 * 86_400_000;
const end = Date.UTC(2026, 6, 1);
const models = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'claude-haiku-4-5'];

const tell = (name: string, value: unknown): void =>
  void process.stdout.write(`${JSON.stringify({ name, value })}\n`);
const seconds = (since: number): number => Math.round(performance.now() - since) / 1000;
const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;

/** Sessions of forty calls within two hours, one after the other. */
function* batches(): Generator<CallFact[]> {
  const dice = random(1);
  const sessions = Math.ceil(calls / 40);
  for (let at = 0; at < calls; at += 2000)
    yield Array.from({ length: Math.min(2000, calls - at) }, (_, i) => {
      const n = at + i;
      const session = Math.floor(n / 40);
      return {
        id: `call-${n}`,
        session: `session-${session}`,
        at: end - year + Math.floor((session / sessions) * year) + (n % 40) * 180_000,
        provider: 'openai',
        model: models[session % models.length]!,
        command: ['/review', '/fix', '/explain'][n % 3]!,
        responseId: `resp-${n}`,
        inputTokens: 100 + dice.below(20_000),
        cacheReadTokens: dice.below(50_000),
        outputTokens: dice.below(2000),
        latencyMs: 500 + dice.below(9000),
      };
    });
}

/** Resident bytes of a process that has opened the store and asked it everything, twice. */
const memoryWith = (path: string): number =>
  Number(execFileSync(process.execPath, ['--expose-gc', '--import=tsx', __filename, 'memory', path]));

async function tellMemory(path: string): Promise<void> {
  const ledger = await Ledger.open(path, wasmPath);
  for (const ask of [
    ...Object.values(questionsTo(ledger, path)),
    ...Object.values(questionsTo(ledger, path)),
  ])
    await ask();
  (globalThis as { gc?: () => void }).gc?.();
  process.stdout.write(String(process.memoryUsage().rss));
  ledger.close();
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'trace-ledger-bench-'));
  const path = join(folder, 'store.db');
  const ledger = await Ledger.open(path, wasmPath);
  try {
    const empty = join(folder, 'empty.db');
    (await Ledger.open(empty, wasmPath)).close();
    fill(ledger);
    const before = await measure(ledger, path, 'before');
    const start = performance.now();
    const ages = { before: end - 30 * 86_400_000 };
    await ledger.api.compact('bench', ages);
    tell('compacting to quarter hours, s', seconds(start));
    const days = performance.now();
    while (ledger.store.compactDays(end - 183 * 86_400_000));
    tell('compacting to days, s', seconds(days));
    await ledger.api.compact('bench', ages);
    const after = await measure(ledger, path, 'after');
    tell('totals are equal', before === after);
    if (before !== after) process.exitCode = 1;
    ledger.close();
    const compacted = join(folder, 'compacted.db');
    copyFileSync(path, compacted);
    tell('memory of a process with an empty store, MB', megabytes(memoryWith(empty)));
    tell('memory of a process with the compacted store, MB', megabytes(memoryWith(compacted)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fill(ledger: Ledger): void {
  const start = performance.now();
  const opened = ledger.store.openSource('/bench.jsonl', 'bench', globalIds);
  for (const batch of batches()) ledger.store.apply(opened, { calls: batch });
  tell('calls', calls);
  tell('importing, s', seconds(start));
}

async function measure(ledger: Ledger, path: string, when: string): Promise<string> {
  const { api } = ledger;
  tell(`store ${when}, MB`, megabytes(statSync(path).size));
  for (const [name, ask] of Object.entries(questionsTo(ledger, path))) {
    await ask();
    const start = performance.now();
    await ask();
    tell(`${name} ${when}, ms`, Math.round(performance.now() - start));
  }
  return JSON.stringify([(await api.report(all, 'model')).groups, (await api.report(all, 'day')).groups]);
}

function questionsTo({ api }: Ledger, path: string): Record<string, () => Promise<unknown>> {
  const recent: Question = { ...all, filter: { since: end - 30 * 86_400_000 } };
  return {
    'report by day': () => api.report(all, 'day'),
    'report by session': () => api.report(all, 'session'),
    'panel of 30 days': () => api.panel(recent, 'day'),
    'newest sessions': () => api.sessions(all, undefined, { limit: 100 }),
    'export of 30 days': () =>
      api.exportTo('bench', { question: recent, format: 'csv', level: 'call', path: `${path}.csv` }),
  };
}

if (process.argv[2] === 'memory') void tellMemory(process.argv[3]!);
else void main();
