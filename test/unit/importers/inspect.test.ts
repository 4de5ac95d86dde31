import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { sums } from '../../support/arrangements';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { shuffled } from '../../support/shuffled';
import { allOf, copied, fixture, newPlace, sourceFile, tokens } from '../../support/sourceFiles';
import { python } from '../../support/synthDb';
import { damaged, isSound } from '../../support/wrongValues';

type Row = Record<string, unknown>;
const sample = (ending: string): string =>
  fixture('inspect', `2026-03-02T09-00-00-00-00_hello_tid.${ending}`);
const traps = (name: string): string => fixture('inspect', name);
const document = (path: string): Row =>
  JSON.parse(readFileSync(path, 'utf8').replaceAll('NaN', 'null')) as Row;
const log = document(traps('traps.json'));
const samples = log.samples as Row[];

/** An archive as Python writes it. */
function archive(entries: Readonly<Record<string, unknown>>, method = 'zipfile.ZIP_DEFLATED'): string {
  const path = sourceFile('', 'log.eval', newPlace());
  const code = `import zipfile
with zipfile.ZipFile(sys.argv[1], 'w', ${method}) as z:
    for name, text in json.loads(sys.argv[2]).items(): z.writestr(name, text)`;
  python(
    code,
    path,
    JSON.stringify(
      Object.fromEntries(
        Object.entries(entries).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      ),
    ),
  );
  return path;
}
const start = { version: 2, eval: log.eval };

describe('Inspect', () => {
  // samples/expected.json; naive: the sample's and the run's sums again.
  const expected = {
    calls: 1,
    input: 300,
    cacheRead: 1000,
    cacheWrite: 0,
    output: 220,
    recorded: 0,
    errors: 0,
  };

  it('counts the requests of a run once, whichever of its two logs are there', async () => {
    for (const paths of [
      [sample('eval')],
      [sample('json')],
      [sample('json'), sample('eval')],
      [copied(sample('eval'), 'x.zip'), sample('eval'), sample('json')],
    ]) {
      const ledger = await ledgerOf(...paths);
      assert.deepEqual([sums(ledger), ledger.total.sessions, ledger.issues], [expected, 1, []]);
    }
    for (const ending of ['eval', 'json']) {
      const { calls, sessions, experiments } = await importFile(sample(ending));
      const [call] = calls.values();
      assert.deepEqual(
        [
          call!.id,
          call!.session,
          call!.at,
          call!.latencyMs,
          call!.provider,
          call!.model,
          tokens(call!),
          call!.failed,
        ],
        [
          's-uuid 1',
          's-uuid',
          Date.UTC(2026, 2, 2, 9),
          2500,
          'openai',
          'gpt-4o-mini-2024-07-18',
          [300, 1000, 0, 220, 20],
          false,
        ],
      );
      assert.deepEqual(
        [...experiments.values()],
        [{ id: 'tid', name: 'hello', createdAt: Date.UTC(2026, 2, 2, 9) }],
      );
      assert.deepEqual(sessions.get('s-uuid'), {
        id: 's-uuid',
        experiment: 'tid',
        labels: ['smoke'],
        createdAt: Date.UTC(2026, 2, 2, 9),
      });
    }
  });

  for (const name of ['traps.json', 'traps.eval']) {
    it(`takes requests where they were logged, else the sums of the sample: ${name}`, async () => {
      const { calls, issues } = await importFile(traps(name));
      assert.deepEqual(issues, []);
      assert.deepEqual(
        [...calls.values()].map((call) => [
          call.id,
          call.provider,
          call.model,
          tokens(call),
          call.recorded,
          call.error,
        ]),
        [
          ['sample-one 1', 'anthropic', 'claude-sonnet-4-5', [40, 900, 60, 50, 10], 1_500_000, undefined],
          // Of Inspect's own cache. Naive: 40 and 900 tokens once more.
          ['sample-one 2', 'anthropic', 'claude-sonnet-4-5', [0, 0, 0, 0, 0], 0, undefined],
          ['sample-one 3', 'anthropic', 'claude-sonnet-4-5', [0, 0, 0, 0, 0], undefined, 'RateLimitError'],
          ['sample-one 4', 'openrouter', 'qwen3', [70, 0, 0, 30, 0], undefined, undefined],
          [
            'sample-two anthropic/claude-sonnet-4-5',
            'anthropic',
            'claude-sonnet-4-5',
            [10, 0, 0, 5, 0],
            undefined,
            undefined,
          ],
          ['sample-two openai/gpt-4o', 'openai', 'gpt-4o', [7, 0, 0, 3, 0], undefined, undefined],
        ],
      );
    });
  }

  it('counts the sums of a run only where no log with its samples is there', async () => {
    const whole = {
      calls: 6,
      input: 127,
      cacheRead: 900,
      cacheWrite: 60,
      output: 88,
      recorded: 1_500_000,
      errors: 1,
    };
    const paths = ['header-only.json', 'traps.json', 'traps.eval'].map(traps);
    assert.deepEqual(sums(await ledgerOf(paths[0]!)), { ...whole, calls: 3, errors: 0, recorded: 0 });
    for (let seed = 1; seed < 6; seed++) {
      const ledger = await ledgerOf(...shuffled([...paths, copied(paths[1]!)], seed));
      assert.deepEqual(sums(ledger), whole);
    }
  });

  it('knows a sample that was copied into the log of a retry (naive: its requests again)', async () => {
    const again = {
      ...log,
      eval: { ...(log.eval as Row), eval_id: 'ev10', run_id: 'run10' },
      samples: [samples[0], { ...samples[1], uuid: 'sample-three' }],
    };
    const { total } = await ledgerOf(traps('traps.json'), sourceFile(again));
    assert.deepEqual([total.calls, total.inputTokens], [8, 127 + 17]);
  });

  it('reads a run that was broken off, which has no header yet', async () => {
    const path = archive({
      '_journal/start.json': start,
      'samples/q1_epoch_1.json': samples[0],
      '_journal/summaries/1.json': [],
    });
    const { calls, experiments } = await importFile(path);
    assert.deepEqual([calls.size, [...experiments.keys()]], [4, ['tid9']]);
    const old = { ...samples[0], uuid: undefined };
    const one = await importFile(
      archive({ '_journal/start.json': start, 'samples/q1_epoch_1.json': old }, 'zipfile.ZIP_STORED'),
    );
    assert.deepEqual([...one.sessions.keys()], ['tid9 q1 1']);
    const other = await importFile(sourceFile({ ...log, samples: [old] }));
    assert.deepEqual([...other.calls.keys()], [...one.calls.keys()]);
  });

  it('reads the samples beside a damaged one, and a document up to where it was cut', async () => {
    const broken = JSON.stringify(samples[0]).slice(0, 900);
    const path = archive({
      '_journal/start.json': start,
      'samples/a_epoch_1.json': broken,
      'samples/b_epoch_1.json': 'no JSON',
      'samples/c_epoch_2.json': samples[1],
    });
    const found = await importFile(path);
    assert.deepEqual([...found.sessions.keys()], ['sample-two']);
    assert.deepEqual(
      found.issues.map(({ place }) => place!.split(',')[0]),
      ['samples/a_epoch_1.json', 'samples/b_epoch_1.json'],
    );
    const text = JSON.stringify({ ...log, samples: [samples[1], samples[0]] });
    const cut = await importFile(sourceFile(text.slice(0, text.indexOf('"function"'))));
    assert.deepEqual([[...cut.sessions.keys()], cut.issues.length], [['sample-two'], 1]);
    assert.match(cut.issues[0]!.place!, /^byte \d+$/);
  });

  it('says of a damaged archive what is wrong with it', async () => {
    const bytes = readFileSync(traps('traps.eval'));
    await assert.rejects(importFile(sourceFile(bytes.subarray(0, 900), 'cut.eval')), /damaged archive/);
    const { issues } = await ledgerOf(sourceFile(bytes.subarray(0, 900), 'cut.eval'));
    assert.match(issues[0]!.message, /damaged archive/);
    const spoiled = Buffer.from(bytes);
    spoiled.fill(0xa5, bytes.indexOf('q1_epoch_1.json') + 40, bytes.indexOf('q1_epoch_1.json') + 140);
    const rest = await importFile(sourceFile(spoiled, 'spoiled.eval'));
    assert.deepEqual([[...rest.sessions.keys()], rest.issues.length], [['sample-two'], 1]);
  });

  it('takes any type in any field', async () => {
    const all = [...damaged(samples[0])].map((one, i) => ({ ...(one as Row), uuid: `s${i}` }));
    const found = await importFile(sourceFile({ ...log, samples: [...all, 17, null, [], samples[1]] }));
    assert.deepEqual(found.issues, []);
    assert.ok(found.calls.size > all.length);
    assert.ok([...found.calls.values()].every(isSound));
    for (const one of damaged(log.eval)) {
      const { importer, issues } = await importFile(sourceFile({ ...log, eval: one }));
      assert.ok(importer === undefined || issues.length <= 1);
    }
  });

  it('reads a sample of many megabytes without holding it', async () => {
    const long = 'x'.repeat(30_000_000);
    const event = (samples[0]!.events as Row[])[1]!;
    const big = {
      ...samples[0],
      messages: [{ content: long }],
      events: [event, { ...event, input: [long] }],
    };
    const before = process.memoryUsage().arrayBuffers;
    const { calls } = await importFile(sourceFile({ ...log, samples: [big] }));
    assert.equal(calls.size, 2);
    assert.ok(process.memoryUsage().arrayBuffers - before < 50_000_000);
  });

  it('keeps nothing that was asked or answered', async () => {
    for (const name of ['traps.json', 'traps.eval', 'header-only.json']) {
      const found = await importFile(traps(name));
      assert.ok(found.told > 0);
      assert.ok(!allOf(found).includes('CANARY'), name);
    }
  });
});
