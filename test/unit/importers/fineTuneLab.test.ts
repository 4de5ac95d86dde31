import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvOf, lastStates, makeWorkspace, nested } from '../../support/fineTuneLab';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { python, temporaryFolder } from '../../support/synthDb';
import { fineTuneLab } from '../../../src/importers/fineTuneLab';
import type { Ledger } from '../../support/ledgerOf';

const fixtures = join(__dirname, '../../fixtures');
const samples = join(fixtures, 'finetunelab');
const sample = (name: string): string => join(samples, name);

const totals = ({ total }: Ledger) => ({
  ...{ calls: total.calls, input: total.inputTokens, output: total.outputTokens },
  ...{ errors: total.errors, recorded: total.recorded, sessions: total.sessions },
});

/**
 * Worked out by hand from the samples (samples/expected.json says the same): x1 is a call of 1,300 + 220 tokens, at
 * 0.15 and 0.60 USD a million 0.000327 USD; x3 failed; x2 is a tool. One conversation.
 */
const correct = { calls: 2, input: 1300, output: 220, errors: 1, recorded: 327_000, sessions: 1 };
const conversation = 'c0ffee00-0000-4000-8000-000000000001';

describe('FineTuneLab', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());
  const write = (name: string, content: string): string => {
    writeFileSync(folder.file(name), content);
    return folder.file(name);
  };

  describe('the samples', () => {
    it('are two calls of one session, whatever tells of them and in whatever order', async () => {
      const names = readdirSync(samples)
        .filter((name) => statSync(sample(name)).isFile())
        .sort();
      for (const order of [names, [...names].reverse(), [...names.slice(2), ...names.slice(0, 2)]]) {
        const ledger = await ledgerOf(...order.map(sample));
        assert.deepEqual(totals(ledger), correct);
        assert.deepEqual(ledger.issues, []);
        const [session] = ledger.sessions;
        assert.deepEqual(
          [session!.own_id, session!.person, session!.experiment, session!.model_id, session!.labels],
          [
            conversation,
            '9b2d…',
            'GPT-4o mini',
            '4f9a1c00-0000-4000-8000-000000000000',
            '["ab_test_group_a","production"]',
          ],
        );
      }
    });

    for (const name of ['llm_traces-rows.json', 'api-analytics-traces-get.json']) {
      it(`reads ${name}`, async () => {
        const found = await importFile(sample(name));
        assert.deepEqual([found.importer, found.issues], ['finetunelab', []]);
        assert.deepEqual(
          [...found.calls.values()].map((call) => [
            ...[
              call.id,
              call.session,
              call.at,
              call.provider,
              call.model,
              call.inputTokens,
              call.outputTokens,
            ],
            ...[
              call.recorded,
              call.recordedExact,
              call.failed,
              call.error,
              call.latencyMs,
              call.ttftMs,
              call.version,
            ],
          ]),
          [
            [
              ...['span_1766300000000_x1', conversation, 1766302400000, 'openai', 'gpt-4o-mini', 1300, 220],
              ...[327_000, false, false, undefined, 2500, 700, 1766302402600],
            ],
            [
              ...['span_1766300100000_x3', conversation, 1766302400000, 'openai', 'gpt-4o-mini', 0, 0],
              ...[undefined, false, true, 'RateLimitError', 2500, 700, 1766302402600],
            ],
          ],
        );
        assert.equal(found.sessions.get(conversation)!.tag, 'chat_model_4f9a1c_003');
      });
    }

    for (const name of ['unified-export-trace.json', 'unified-export-trace.jsonl']) {
      it(`reads ${name}, in which columns are missing`, async () => {
        const ledger = await ledgerOf(sample(name));
        assert.deepEqual(totals(ledger), { ...correct, calls: 1, errors: 0, recorded: 0 });
        assert.deepEqual([ledger.total.unpricedCalls, ledger.issues], [1, []]);
        assert.equal(ledger.calls[0]!.key, 'trace:trace_1766300000000_ab12cd|1300|220');
      });
    }

    it('leaves the files of others alone', async () => {
      const others = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter(
        (name) => !name.startsWith('finetunelab') && statSync(join(fixtures, name)).isFile(),
      );
      assert.ok(others.length > 5);
      for (const name of others) {
        const path = join(fixtures, name);
        const head = readFileSync(path).subarray(0, 16_384).toString('utf8');
        assert.equal(fineTuneLab.detect({ path, head }), false, name);
      }
    });

    it('is recognised by members, not by what stands in texts', () => {
      const row = { trace_id: 't', span_id: 's', operation_type: 'llm_call', parent_trace_id: null };
      const text = JSON.stringify(row);
      for (const other of [{ text }, { nested: { deep: row } }, { data: { deep: [row] } }, text, [[row]]]) {
        for (const head of [
          JSON.stringify(other),
          JSON.stringify([other]),
          JSON.stringify({ data: [{ x: other }] }),
        ])
          assert.equal(fineTuneLab.detect({ path: 'x.json', head }), false, head);
      }
      for (const own of [[row], { data: [row] }, { traces: [row], total: 1 }, row])
        assert.equal(fineTuneLab.detect({ path: 'x.json', head: JSON.stringify(own) }), true);
    });
  });

  describe('shapes', () => {
    const { conversations, states } = makeWorkspace(99);
    const rows = lastStates(states);

    it('reads the nested answer, newline JSON, CSV and SQLite alike', async () => {
      const database = folder.file('copy.db');
      const json = write('all.json', JSON.stringify(rows));
      python(
        `
rows = json.load(open(sys.argv[2])); d = sqlite3.connect(sys.argv[1])
names = sorted({n for r in rows for n in r})
d.execute('create table llm_traces (%s)' % ','.join(names))
for r in rows: d.execute('insert into llm_traces values (%s)' % ','.join('?' * len(names)),
  [json.dumps(r[n]) if isinstance(r.get(n), (dict, list)) else r.get(n) for n in names])
d.commit()`.replace(/^\n/, ''),
        database,
        json,
      );
      const expected = await ledgerOf(json);
      assert.ok(expected.calls.length > 8);
      const files = [
        database,
        write('lines.jsonl', rows.map((row) => JSON.stringify(row)).join('\r\n')),
        write('table.csv', `\uFEFF${csvOf(rows)}`),
        write('answer.json', JSON.stringify({ success: true, data: nested(rows), pagination: { total: 9 } })),
      ];
      for (const path of files) {
        assert.deepEqual(await ledgerOf(path), expected, path);
      }
    });

    it('names models of llm_models that stand in the same file', async () => {
      const id = '4f9a1c00-0000-4000-8000-000000000001';
      const model = { id, name: 'Mini', provider: 'openai', model_id: 'gpt-4o-mini', api_key: 'CANARY' };
      const span = {
        ...rows.find((row) => row.operation_type === 'llm_call')!,
        model_name: id.toUpperCase(),
      };
      const unnamed = { ...span, model_provider: null };
      const lines = write('mixed.jsonl', [model, unnamed].map((row) => JSON.stringify(row)).join('\n'));
      const database = folder.file('models.db');
      python(
        `
d = sqlite3.connect(sys.argv[1])
d.execute('create table llm_traces (span_id, trace_id, operation_type, model_name, input_tokens, cost_usd, status)')
d.execute("insert into llm_traces values ('s', 't', 'llm_call', ?, '100', '0.5', 'completed')", [sys.argv[2]])
d.execute('create table llm_models (id, name, provider, model_id)')
d.execute("insert into llm_models values (?, 'Mini', 'openai', 'gpt-4o-mini')", [sys.argv[2]])
d.commit()`.replace(/^\n/, ''),
        database,
        id,
      );
      for (const path of [lines, database]) {
        const [call] = (await ledgerOf(path)).calls;
        assert.deepEqual([call!.model, call!.provider], ['gpt-4o-mini', 'openai'], path);
      }
      const { calls } = await ledgerOf(write('alone.json', JSON.stringify([unnamed])));
      assert.equal(calls[0]!.model, id.toUpperCase());
    });

    it('reads conversations in every shape, without their titles', async () => {
      const expected = (await ledgerOf(write('c.json', JSON.stringify(conversations)))).sessions;
      assert.equal(expected.length, 3);
      for (const text of [csvOf(conversations), conversations.map((row) => JSON.stringify(row)).join('\n')])
        assert.deepEqual((await ledgerOf(write('c', text))).sessions, expected);
    });

    it('reads the CSV of the unified export, with its mark and its empty columns', async () => {
      const header =
        'trace_id,operation,model,input_tokens,output_tokens,cache_read_input_tokens,cache_creation_input_tokens,latency_ms,cost,status,error_type,retry_count,retry_reason,created_at';
      const text = `\uFEFF${header}\ntrace_1,,,1300,220,,,,,completed,,0,,2025-12-21T07:33:20.100Z\ntrace_2,tool_call,,,,,,,,completed,,0,,2025-12-21T07:33:21.100Z\n`;
      const { calls, issues } = await importFile(write('export.csv', text));
      assert.deepEqual(issues, []);
      assert.deepEqual(
        [...calls.values()].map(({ id, inputTokens, recorded, at }) => [id, inputTokens, recorded, at]),
        [['trace:trace_1|1300|220', 1300, undefined, Date.UTC(2025, 11, 21, 7, 33, 20, 100)]],
      );
    });

    it('passes over exports of other data', () => {
      const texts = [
        '{"export":{"version":"2.0","exportType":"conversation"},"data":{"conversations":[{"messages":[]}]}}',
        '{"_type":"metadata","export":{"version":"2.0","exportType":"analytics"}}\n{"_type":"quality"}',
      ];
      const reasons = [/conversation data/, /analytics data/];
      for (const [i, head] of texts.entries())
        assert.match(fineTuneLab.skips!({ path: 'x', head })!, reasons[i]!);
    });
  });
});
