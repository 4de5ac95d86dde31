import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { addedUp, cliOk, folderState, recordedFigures, reportOf } from '../support/cli';
import { isLong } from '../support/seeds';
import { synthCalls } from '../support/synthCalls';
import { makeSynthDb, synthVariants, temporaryFolder } from '../support/synthDb';
import type { CliReport, RecordedFigures } from '../support/cli';
import type { SynthExpected } from '../support/synthDb';

const byKey = (report: CliReport): Map<string | null, RecordedFigures> =>
  new Map(report.groups.map((group) => [group.key, recordedFigures(group)]));

const sorted = <T>(map: ReadonlyMap<string | null, T>): [string, T][] =>
  [...map].map(([key, value]): [string, T] => [key ?? '(none)', value]).sort(([a], [b]) => (a < b ? -1 : 1));

function checkTotal(report: CliReport, expected: SynthExpected): void {
  assert.deepEqual(
    { ...recordedFigures(report.total), sessions: report.total.sessions },
    {
      calls: expected.counts.cais_events,
      cents: expected.cost.recorded_cents,
      input: expected.tokens.input,
      output: expected.tokens.output,
      errors: expected.error_events,
      sessions: expected.counts.sessions,
    },
  );
}

function checkExperiments(report: CliReport, path: string, expected: SynthExpected): void {
  assert.deepEqual(sorted(byKey(report)), sorted(synthCalls(path).experiment));
  const cents = byKey(report);
  for (const row of [...expected.per_experiment, expected.unlinked]) {
    assert.equal(cents.get(row.experiment_id)?.cents ?? 0, row.cost_cents, `${row.experiment_id}`);
    const group = report.groups.find(({ key }) => key === row.experiment_id);
    assert.equal(group?.sessions ?? 0, row.sessions, `sessions of ${row.experiment_id}`);
    if (group && row.name !== null) assert.equal(group.label, row.name);
  }
  const dangling = report.groups.find(({ key }) => key === 'exp_deleted0000');
  assert.equal(dangling?.sessions, expected.counts.experiments > 0 ? 1 : undefined);
}

function checkModels(report: CliReport, expected: SynthExpected): void {
  const models = new Map<string | null, Omit<RecordedFigures, 'errors'>>();
  for (const row of expected.per_model_resolved_via_call_records) {
    const figures = {
      calls: row.calls,
      cents: row.cost_cents,
      input: row.input_tokens,
      output: row.output_tokens,
    };
    assert.ok(!models.has(row.model), `${row.model} comes from one provider`);
    models.set(row.model, figures);
  }
  const found = [...byKey(report)].map(([key, { calls, cents, input, output }]) => {
    return [key, { calls, cents, input, output }] as const;
  });
  assert.deepEqual(sorted(new Map(found)), sorted(models));
}

const checkSums = (report: CliReport): void =>
  assert.deepEqual(addedUp(report.groups), addedUp([report.total]), 'groups add up to the total');

const plato = join(__dirname, '../fixtures/plato');

describe('report: every writer of synth-ai databases', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  after(() => folder.remove());

  for (const variant of synthVariants) {
    for (const wal of [false, true]) {
      // Where it is run in short, either way of writing has a seed of its own.
      for (const seed of isLong ? [41, 42] : [wal ? 42 : 41]) {
        it(`${variant}${wal ? ', rows only in the write-ahead log' : ''}, seed ${seed}`, async () => {
          const own = temporaryFolder();
          const path = own.file('data');
          const expected = makeSynthDb(path, { variant, wal, seed });
          const before = folderState(own.path);
          const experiments = await reportOf([path, '--group-by', 'experiment']);
          checkTotal(experiments, expected);
          checkExperiments(experiments, path, expected);
          checkSums(experiments);
          const models = await reportOf(['--group-by', 'model', own.path]);
          checkTotal(models, expected);
          checkModels(models, expected);
          checkSums(models);
          assert.deepEqual(folderState(own.path), before, 'the folder is as it was');
          own.remove();
        });
      }
    }
  }

  for (const variant of ['native', 'rust'] as const) {
    it(`${variant}: by provider, session, user, source and day`, async () => {
      const path = folder.file(`${variant}.db`);
      const expected = makeSynthDb(path, { variant, wal: true, seed: 43 });
      const calls = synthCalls(path, 'Asia/Kolkata');
      const store = folder.file(`${variant}-store.db`);
      await cliOk(['import', path, '--store', store]);
      for (const by of ['provider', 'session', 'day'] as const) {
        const report = await reportOf(['--store', store, '--group-by', by, '--tz', 'Asia/Kolkata']);
        assert.deepEqual(sorted(byKey(report)), sorted(calls[by]), by);
        checkSums(report);
      }
      for (const [by, key] of [
        ['user', null],
        ['source', path],
      ] as const) {
        const { total, groups } = await reportOf(['--store', store, '--group-by', by]);
        assert.deepEqual(
          groups.map((group) => [group.key, recordedFigures(group)]),
          [[key, recordedFigures(total)]],
        );
        assert.equal(groups[0]!.sessions, expected.counts.sessions);
      }
    });
  }
});

describe('report: Plato', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  after(() => folder.remove());
  // samples/expected.json, worked out by hand from the files: months and exports tell the same two calls.
  const correct = { calls: 2, cents: 0.6, input: 1800, output: 700, errors: 0 };

  it('counts calls once that stand in months and in exports of every shape', async () => {
    const { total, issues } = await reportOf([plato]);
    assert.deepEqual(recordedFigures(total), correct);
    assert.equal(total.sessions, 1);
    assert.deepEqual(issues, []);
  });

  it('finds it in a hidden folder, beside a trace database', async () => {
    cpSync(join(plato, '.plato'), folder.file('.plato'), { recursive: true });
    const expected = makeSynthDb(folder.file('traces.db'), { seed: 44 });
    const report = await reportOf([folder.path, '--group-by', 'source']);
    const month = report.groups.find(({ key }) => key?.includes('.plato'));
    const synth = report.groups.find(({ key }) => key === folder.file('traces.db'));
    assert.deepEqual(recordedFigures(month!), correct);
    assert.equal(recordedFigures(synth!).cents, expected.cost.recorded_cents);
    assert.equal(report.total.calls, expected.counts.cais_events + 2);
    assert.equal(report.total.sessions, expected.counts.sessions + 1);
    checkSums(report);
  });
});
