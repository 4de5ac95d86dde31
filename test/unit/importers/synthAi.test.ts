import assert from 'node:assert/strict';
import { copyFileSync, unlinkSync } from 'node:fs';
import { positions } from '../../../src/importers/synthAi/anchors';
import { importFile, newDiskIo, share } from '../../support/imported';
import { makeSynthDb, python, synthVariants, temporaryFolder } from '../../support/synthDb';
import { builtInImporters } from '../../../src/importers/index';
import { recognise } from '../../../src/ingest/recognise';
import type { CallFact } from '../../../src/shared/facts';

const folder = temporaryFolder();
let files = 0;
const newPath = (): string => folder.file(`${++files}.db`);
const sql = (path: string, script: string): void =>
  void python('d=sqlite3.connect(sys.argv[1]); d.executescript(sys.argv[2]); d.commit()', path, script);
const made = (options: Parameters<typeof makeSynthDb>[1] = {}): string => {
  const path = newPath();
  makeSynthDb(path, options);
  return path;
};

const addCall = (columns: string, values: string): string =>
  `INSERT INTO events (session_id, event_type, ${columns}) VALUES ('s', 'cais', ${values});`;

/** One session with the given calls in an otherwise empty native database. */
async function callsOf(...events: string[]): Promise<{ calls: CallFact[]; places: (string | undefined)[] }> {
  const path = newPath();
  python('d=sqlite3.connect(sys.argv[1]); d.executescript(open(sys.argv[2]).read())', path, schema);
  const session = `INSERT INTO session_traces VALUES ('s', '2025-11-02T08:00:00.507537+00:00', 0, 0, 0, '{"model": "from-session", "user_id": 7}', NULL, NULL);`;
  sql(path, session + events.join(''));
  const found = await importFile(path);
  assert.equal(found.sessions.get('s')?.user, '7');
  return { calls: [...found.calls.values()], places: found.issues.map(({ place }) => place) };
}
const schema = `${__dirname}/../../support/synth-ai-schema.sql`;

describe('synth-ai: calls', () => {
  after(() => folder.remove());

  it('takes cents for cents, and a 0 for not recorded', async () => {
    const { calls } = await callsOf(
      addCall('input_tokens, output_tokens, cost_usd', '10, 5, 28'),
      addCall('input_tokens, output_tokens, cost_usd', '10, 5, 0'),
      addCall('input_tokens, output_tokens, cost_usd', '10, 5, 1.5'),
      addCall('input_tokens, output_tokens', '10, 5'),
    );
    assert.deepEqual(
      calls.map(({ recorded, recordedExact }) => [recorded, recordedExact]),
      [
        [280_000_000, false],
        [undefined, false],
        [15_000_000, false],
        [undefined, false],
      ],
    );
  });

  it('splits cached tokens off the input and never goes below 0', async () => {
    const usage = (fields: string) => `'[{"provider": "gemini", "model_name": "m", "usage": {${fields}}}]'`;
    const { calls } = await callsOf(
      addCall(
        'input_tokens, output_tokens, call_records',
        `1000, 50, ${usage('"input_tokens": 9, "cache_read_tokens": 600, "cache_write_tokens": 100, "reasoning_tokens": 20, "cost_usd": 0.0045')}`,
      ),
      addCall(
        'input_tokens, output_tokens, call_records',
        `10, 5, ${usage('"cache_read_tokens": 600, "reasoning_tokens": 20, "cost_usd": NaN')}`,
      ),
      addCall('call_records', usage('"input_tokens": 300, "output_tokens": 30')),
      addCall('input_tokens, total_tokens', '300, 330'),
    );
    assert.deepEqual(
      calls.map((c) => [
        c.inputTokens,
        c.cacheReadTokens,
        c.cacheWriteTokens,
        c.outputTokens,
        c.reasoningTokens,
        c.recordedElsewhere,
      ]),
      [
        [300, 600, 100, 50, 20, 4_500_000],
        [0, 10, 0, 5, 5, undefined],
        [300, 0, 0, 30, 0, undefined],
        [300, 0, 0, 30, 0, undefined],
      ],
    );
    assert.equal(calls[0]!.provider, 'google');
  });

  it('adds up records, whose cost is known only if each says it', async () => {
    const record = (usage: string) => `{"model_name": "m", "outcome": "success", "usage": {${usage}}}`;
    const tokens = '"input_tokens": 10, "output_tokens": 1';
    const { calls } = await callsOf(
      addCall(
        'call_records',
        `'[${record(`${tokens}, "cost_usd": 0.25`)}, ${record(`${tokens}, "cost_usd": 0.5`)}]'`,
      ),
      addCall('call_records', `'[${record(`${tokens}, "cost_usd": 0.25`)}, ${record(tokens)}]'`),
    );
    assert.deepEqual(
      calls.map(({ inputTokens, outputTokens, recordedElsewhere }) => [
        inputTokens,
        outputTokens,
        recordedElsewhere,
      ]),
      [
        [20, 2, 750_000_000],
        [20, 2, undefined],
      ],
    );
  });

  it('reads long records without their prompts, with the same result', async () => {
    const prompt = 'x'.repeat(20_000);
    const record = `{"input_text": "${prompt}", "provider": "Groq", "model_name": "m", "outcome": "timeout", "usage": {"input_tokens": 7, "output_tokens": 3, "cost_usd": NaN}}`;
    const { calls, places } = await callsOf(
      addCall('call_records', `'[${record}]'`),
      addCall('call_records', `'[${record}'`),
    );
    const { provider, model, inputTokens, outputTokens, failed, error } = calls[0]!;
    assert.deepEqual(
      [provider, model, inputTokens, outputTokens, failed, error],
      ['groq', 'm', 7, 3, true, 'timeout'],
    );
    assert.deepEqual(places, ['events.2']);
  });

  it('falls back for model, provider and time', async () => {
    const step = `INSERT INTO session_timesteps (id, session_id, step_id, step_index, started_at) VALUES (5, 's', 'a', 0, '2025-11-02 09:00:00');`;
    const { calls } = await callsOf(
      step,
      addCall('system_instance_id, model_name, timestep_id', `'lm_custom_endpoint_my_model', '', 5`),
      addCall('system_instance_id', `'llm'`),
      addCall('system_instance_id, event_time', `'lm_unknown_a/b_c', 1762070400.25`),
    );
    assert.deepEqual(
      calls.map(({ provider, model, at }) => [provider, model, new Date(at!).toISOString()]),
      [
        ['custom_endpoint', 'my_model', '2025-11-02T09:00:00.000Z'],
        [undefined, 'from-session', '2025-11-02T08:00:00.507Z'],
        [undefined, 'a/b_c', '2025-11-02T08:00:00.250Z'],
      ],
    );
  });

  it('keeps the class of a failure and nothing of its text', async () => {
    const { calls, places } = await callsOf(
      addCall('metadata', `'{"error": "my prompt", "error_type": "RateLimitError"}'`),
      addCall('metadata', `'{"error": "openai.BadRequestError: my prompt"}'`),
      addCall('metadata', `'{"error": "my prompt"}'`),
      addCall('metadata', `'{"error": null, "error_rate": NaN}'`),
      addCall('metadata', `'{"error'`),
    );
    assert.deepEqual(
      calls.map(({ failed, error }) => [failed, error]),
      [
        [true, 'RateLimitError'],
        [true, 'openai.BadRequestError'],
        [true, 'error'],
        [false, undefined],
        [false, undefined],
      ],
    );
    assert.deepEqual(places, ['events.5']);
  });

  it('takes any text as an id and a note', async () => {
    const path = made({ experiments: 1, sessions: 1, events: 4 });
    const id = `a'b"c\n<script>🧪`;
    python(
      `d=sqlite3.connect(sys.argv[1]); d.execute("INSERT INTO session_traces VALUES (?, '2025-01-01', 0, 0, 0, ?, ?, NULL)", [sys.argv[2], json.dumps({"pricing_notes": "n"*10000, "x": float("nan")}), sys.argv[2]]); d.execute("INSERT INTO events (session_id, event_type) VALUES (?, 'cais')", [sys.argv[2]]); d.commit()`,
      path,
      id,
    );
    const found = await importFile(path);
    const session = found.sessions.get(id)!;
    assert.deepEqual([session.experiment, session.note?.text?.length, session.events], [id, 10_000, 1]);
    assert.equal([...found.calls.values()].at(-1)!.session, id);
  });
});

describe('synth-ai: a file that changes', () => {
  const grow = (path: string) =>
    sql(
      path,
      `INSERT INTO session_traces (session_id, created_at, num_timesteps, num_events, num_messages, metadata) VALUES ('new', '2025-11-05', 0, 0, 0, '{}');
      INSERT INTO events (session_id, event_type, input_tokens, output_tokens, event_time) VALUES ('new', 'cais', 3, 4, 1762300000);
      INSERT INTO messages (session_id, message_type, content) SELECT session_id, 'user', 'x' FROM session_traces ORDER BY rowid LIMIT 1;`,
    );

  it('reads only what was appended, and counts again only where rows came', async () => {
    const path = made();
    const first = await importFile(path);
    grow(path);
    const second = await importFile(path, first.cursor);
    assert.equal(second.told, 1);
    const counted = [...second.sessions.values()].filter(({ events }) => events !== undefined);
    const oldest = [...first.sessions.values()][0]!;
    assert.deepEqual(
      counted.map(({ id, events, messages }) => [id, events, messages]),
      [
        [oldest.id, oldest.events, oldest.messages! + 1],
        ['new', 1, 0],
      ],
    );
    assert.equal((await importFile(path, second.cursor)).told, 0);
    assert.ok(share(first, second));
  });

  it('reads all again when the row at the watermark is another one', async () => {
    const path = made();
    const first = await importFile(path);
    sql(path, 'UPDATE events SET input_tokens = 1 WHERE id = (SELECT max(id) FROM events)');
    assert.equal((await importFile(path, first.cursor)).told, first.told);
    sql(path, 'DELETE FROM events WHERE id = (SELECT max(id) FROM events)');
    assert.ok((await importFile(path, first.cursor)).told >= first.told - 1);
  });

  it('goes on from any batch', async () => {
    const path = made({ experiments: 2, sessions: 20, events: 200 });
    const whole = await importFile(path);
    const partial = whole.batches.find((batch) => batch.cursor !== undefined)!;
    const rest = await importFile(path, partial.cursor);
    assert.ok(rest.told > 0 && rest.told < whole.told);
    assert.equal(rest.told + partial.calls!.length, whole.told);
  });

  it('is the same database after it was copied, grew, or lost its oldest rows', async () => {
    for (const variant of synthVariants) {
      const path = made({ variant, sessions: 10, events: 30 });
      const first = await importFile(path);
      const copy = newPath();
      copyFileSync(path, copy);
      assert.ok(share(first, await importFile(copy)), `${variant} copied`);
      sql(
        path,
        'DELETE FROM events WHERE id < (SELECT max(id) * 0.8 FROM events); DELETE FROM session_traces WHERE rowid < 25; VACUUM;',
      );
      for (let round = 0; round < 3; round++) {
        sql(
          path,
          'INSERT INTO events (session_id, event_type, event_time) SELECT session_id, event_type, event_time + 1 FROM events',
        );
      }
      assert.ok(share(first, await importFile(path)), `${variant} pruned and grown`);
    }
  });

  it('is the same database when other tables and columns were added', async () => {
    const path = made({ variant: 'fixture' });
    const first = await importFile(path);
    sql(
      path,
      'CREATE TABLE experiments (experiment_id, name); ALTER TABLE events ADD COLUMN extra; CREATE INDEX i ON events (session_id);',
    );
    assert.ok(share(first, await importFile(path)));
  });

  it('is another database than those of another seed or writer, whatever ids they share', async () => {
    const all = [];
    for (const variant of synthVariants)
      for (const seed of [1, 2, 3]) all.push(await importFile(made({ variant, seed })));
    for (const [index, one] of all.entries()) {
      for (const other of all.slice(index + 1)) assert.ok(!share(one, other));
    }
  });

  it('keeps the positions of anchors, or some of them, while a file grows', () => {
    for (let high = 1; high < 100_000; high = Math.ceil(high * 1.7)) {
      const before = positions(1, high);
      assert.ok(before.length < 60);
      const later = new Set(positions(1, high * 2));
      const kept = before.filter((at) => later.has(at));
      assert.ok(
        kept.some((at) => at > high * 0.8),
        `${high}`,
      );
    }
  });

  it('fails with one sentence, after what it could read, when the file vanishes', async () => {
    const path = made();
    const io = await newDiskIo();
    const { file } = await recognise({ path, root: path, given: true }, io);
    unlinkSync(path);
    await assert.rejects(async () => {
      for await (const batch of builtInImporters[0]!.import(file!, io)) assert.ok(batch);
    }, /is (?:gone|not there)/);
    io.dispose();
  });
});
