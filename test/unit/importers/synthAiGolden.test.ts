import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importFile } from '../../support/imported';
import { makeSynthDb, synthVariants, temporaryFolder } from '../../support/synthDb';
import type { Imported } from '../../support/imported';
import type { SynthExpected } from '../../support/synthDb';
import type { CallFact } from '../../../src/shared/facts';

const cents = (call: CallFact): number => (call.recorded ?? 0) / 10_000_000;
const input = (call: CallFact): number =>
  (call.inputTokens ?? 0) + (call.cacheReadTokens ?? 0) + (call.cacheWriteTokens ?? 0);
const sum = <T>(items: Iterable<T>, of: (item: T) => number): number =>
  [...items].reduce((n, item) => n + of(item), 0);

/** What the importer found, in the generator's words. */
function figures(found: Imported): unknown {
  const calls = [...found.calls.values()];
  const sessions = [...found.sessions.values()];
  return {
    told: found.told,
    experiments: found.experiments.size,
    sessions: sessions.length,
    timesteps: sum(sessions, ({ steps }) => steps!),
    events: sum(sessions, ({ events }) => events!),
    messages: sum(sessions, ({ messages }) => messages!),
    calls: calls.length,
    errors: calls.filter(({ failed }) => failed).length,
    cents: sum(calls, cents),
    input: sum(calls, input),
    output: sum(calls, ({ outputTokens }) => outputTokens ?? 0),
    notes: sessions.filter(({ note }) => note?.text !== undefined).length,
    models: byKey(
      calls,
      ({ provider, model }) => `${provider ?? '-'} ${model}`,
      (own) => ({
        calls: own.length,
        cents: sum(own, cents),
        input: sum(own, input),
        output: sum(own, ({ outputTokens }) => outputTokens ?? 0),
      }),
    ),
    linked: byKey(
      calls,
      (call) => found.sessions.get(call.session)!.experiment ?? '-',
      (own) => sum(own, cents),
    ),
    sessionsOf: byKey(
      sessions,
      ({ experiment }) => experiment ?? '-',
      (own) => own.length,
    ),
  };
}

function byKey<T, R>(
  items: readonly T[],
  key: (item: T) => string,
  of: (items: T[]) => R,
): Record<string, R> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return Object.fromEntries(
    [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, own]) => [name, of(own)]),
  );
}

function expectedFigures(e: SynthExpected): unknown {
  // gemini and google are one vendor; the generator writes both.
  const models = e.per_model_resolved_via_call_records.map((row) => ({
    key: `${(row.provider === 'gemini' ? 'google' : row.provider) ?? '-'} ${row.model}`,
    value: { calls: row.calls, cents: row.cost_cents, input: row.input_tokens, output: row.output_tokens },
  }));
  const experiments = [...e.per_experiment, { ...e.unlinked, experiment_id: '-' }].filter(
    (row) => row.sessions > 0,
  );
  // The session whose experiment was deleted still names it.
  const dangling = e.counts.sessions - experiments.reduce((n, row) => n + row.sessions, 0);
  const sorted = <T>(pairs: [string, T][]) => Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
  const danglingCents = e.cost.recorded_cents - experiments.reduce((n, row) => n + row.cost_cents, 0);
  const rows = (of: (row: (typeof experiments)[number]) => number, rest: number) =>
    sorted([
      ...experiments.map((row): [string, number] => [row.experiment_id!, of(row)]),
      ...(dangling ? [['exp_deleted0000', rest] as [string, number]] : []),
    ]);
  return {
    told: e.counts.cais_events,
    experiments: e.counts.experiments,
    sessions: e.counts.sessions,
    timesteps: e.counts.timesteps,
    events: e.counts.events,
    messages: e.counts.messages,
    calls: e.counts.cais_events,
    errors: e.error_events,
    cents: e.cost.recorded_cents,
    input: e.tokens.input,
    output: e.tokens.output,
    notes: e.sessions_with_pricing_notes,
    models: sorted(models.map(({ key, value }) => [key, value])),
    linked: rows((row) => row.cost_cents, danglingCents),
    sessionsOf: rows((row) => row.sessions, dangling),
  };
}

const digests = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder).map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );

describe('synth-ai: every writer of the format', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());

  for (const variant of synthVariants) {
    for (const wal of [false, true]) {
      for (const seed of [11, 12]) {
        it(`${variant}${wal ? ' with rows only in the write-ahead log' : ''}, seed ${seed}`, async () => {
          const own = temporaryFolder();
          const path = own.file('data');
          const expected = makeSynthDb(path, { variant, wal, seed });
          const before = digests(own.path);
          const found = await importFile(path);
          assert.deepEqual(figures(found), expectedFigures(expected));
          assert.deepEqual(digests(own.path), before, 'the folder is as it was');
          assert.deepEqual(
            found.issues.map(({ place }) => place),
            ['session_traces.dirty_malformed_metadata'],
          );
          own.remove();
        });
      }
    }
  }
});
