import { mkdtempSync, rmSync, statSync } from 'node:fs';
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
 * questions and an export of 30 days cost before and after. `node --expose-gc --import=tsx test/bench/compactionBench.ts 20000`
 */
const calls = Number(process.argv[2] ?? 1_000_000);
const year = 365 * 86_400_000;
const end = Date.UTC(2026, 6, 1);
const models = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'claude-haiku-4-5'];

const tell = (name: string, value: unknown): void =>
  void process.stdout.write(`${JSON.stringify({ name, value })}\n`);
const seconds = (since: number): number => Math.round(performance.now() - since) / 1000;
const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;
const memory = (): number => {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().rss;
};

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

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'trace-ledger-bench-'));
  const path = join(folder, 'store.db');
  const ledger = await Ledger.open(path, wasmPath);
  try {
    const empty = memory();
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
    tell('memory above the empty worker, MB', megabytes(memory() - empty));
  } finally {
    ledger.close();
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
  const recent: Question = { ...all, filter: { since: end - 30 * 86_400_000 } };
  const questions: Record<string, () => Promise<unknown>> = {
    'report by day': () => api.report(all, 'day'),
    'report by session': () => api.report(all, 'session'),
    'panel of 30 days': () => api.panel(recent, 'day'),
    'newest sessions': () => api.sessions(all, undefined, { limit: 100 }),
    'export of 30 days': () =>
      api.exportTo('bench', { question: recent, format: 'csv', level: 'call', path: `${path}.csv` }),
  };
  tell(`store ${when}, MB`, megabytes(statSync(path).size));
  for (const [name, ask] of Object.entries(questions)) {
    await ask();
    const start = performance.now();
    await ask();
    tell(`${name} ${when}, ms`, Math.round(performance.now() - start));
  }
  return JSON.stringify([(await api.report(all, 'model')).groups, (await api.report(all, 'day')).groups]);
}

void main();
