import { appendFileSync } from 'node:fs';
import { Ledger } from '../../src/worker/ledger';
import { resolvePeriod } from '../../src/shared/period';
import type { Question } from '../../src/shared/model';

const rounds = 15;

/** Asks the store argv[2] every question that tree and panel ask, and writes times as JSON lines to argv[4]. */
async function main([storePath, wasmPath, out]: readonly string[]): Promise<void> {
  const opening = performance.now();
  const ledger = await Ledger.open(storePath!, wasmPath!);
  const zone = 'Europe/Berlin';
  const everything: Question = { filter: {}, mode: 'auto', zone };
  await ledger.api.report(everything, null);
  tell(out!, 'open and first answer', [performance.now() - opening]);
  const { span } = await ledger.api.panel(everything, 'day');
  const ending = (period: { since?: number; until?: number }): Question => ({
    ...everything,
    filter: period,
  });
  const lastDays = ending(resolvePeriod('7d', undefined, undefined, span!.last, zone));
  const today = ending(resolvePeriod('today', undefined, undefined, span!.last, zone));
  const groups = await ledger.api.sessionGroups(everything);
  const { key } = (await ledger.api.sessions(everything, undefined, { limit: 1 })).rows[0]!;
  const page = { limit: 100 };
  const { api } = ledger;
  const questions: Record<string, () => Promise<unknown>> = {
    'tree: groups of sessions': () => api.sessionGroups(everything),
    'tree: sessions of a group': () => api.sessions(everything, groups[0], page),
    'tree: newest sessions': () => api.sessions(everything, undefined, page),
    'tree: calls of a session': () => api.calls(key, 'auto', page),
    'tree: session': () => api.session(key, 'auto'),
    'tree: sources': () => api.sources(),
    'palette: find a session by text': () => api.findSessions('crafter', 'auto', 50),
    'palette: find a session by cost': () => api.findSessions('>1', 'auto', 50),
    'panel: all time by week': () => api.panel(everything, 'week'),
    'panel: last 7 days by day': () => api.panel(lastDays, 'day'),
    'panel: today by hour': () => api.panel(today, 'hour'),
    'panel: all time, one model': () => api.panel({ ...everything, filter: { models: ['gpt-4o'] } }, 'week'),
    'report: by day': () => api.report(everything, 'day'),
    'report: by session': () => api.report(everything, 'session'),
  };
  for (const [name, ask] of Object.entries(questions)) tell(out!, name, await times(ask));
  tell(out!, 'yardstick: sum over the calls', await times(async () => scan(ledger)));
  ledger.close();
}

const scan = (ledger: Ledger): unknown =>
  ledger.store.db.rows(
    'SELECT model, count(*), sum(input), sum(output), sum(recorded), sum(computed) FROM call GROUP BY model',
  );

async function times(ask: () => Promise<unknown>): Promise<number[]> {
  await ask();
  const all: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await ask();
    all.push(performance.now() - start);
  }
  return all.sort((a, b) => a - b);
}

const rank = (sorted: readonly number[], share: number): number =>
  sorted[Math.ceil(share * sorted.length) - 1]!;

const tell = (out: string, name: string, all: readonly number[]): void =>
  appendFileSync(out, `${JSON.stringify({ name, p50: rank(all, 0.5), p95: rank(all, 0.95) })}\n`);

void main(process.argv.slice(2));
