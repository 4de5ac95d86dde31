import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { langfuse } from '../../../src/importers/langfuse';
import { importFile } from '../../support/imported';
import { generation, langfuseSample, writeFile } from '../../support/langfuse';
import { ledgerOf } from '../../support/ledgerOf';

describe('Langfuse: input that is bad, private or not its own', () => {
  const wrong = [null, true, -7, 1e30, 'NaN', '', 'words', [], [1], {}, { a: { a: {} } }];

  it('takes any type in any field', async () => {
    const names = [
      ...Object.keys(
        (JSON.parse(readFileSync(langfuseSample('ui-export-observations.json'), 'utf8')) as object[])[0]!,
      ),
      ...['usage', 'sessionId', 'tags', 'release', 'calculatedTotalCost', 'providedModelName', 'latencyMs'],
    ].filter((name) => name !== 'id');
    const rows = names.flatMap((name, i) =>
      wrong.map((value, j) => generation({ id: `${i} ${j}`, usageDetails: { input: 1 }, [name]: value })),
    );
    const ledger = await ledgerOf(writeFile(rows));
    assert.deepEqual([ledger.issues, ledger.total.calls], [[], rows.length]);
    assert.ok(Object.values(ledger.total).every((value) => Number.isFinite(value)));
  });

  it('names the records that it leaves out, and imports the rest', async () => {
    const rows = [
      generation(),
      17,
      null,
      { traceId: 't' },
      generation({ id: null }),
      generation({ id: 'o2', startTime: 'soon' }),
    ];
    const found = await importFile(writeFile(rows));
    assert.deepEqual(
      found.issues.map(({ place }) => place),
      ['records.1', 'records.2', 'records.3', 'records.4'],
    );
    assert.deepEqual(
      [...found.calls.values()].map(({ id, at }) => [id, at]),
      [
        ['o1', Date.UTC(2026, 2, 2, 9)],
        ['o2', undefined],
      ],
    );
  });

  it('reads the lines beside a broken one', async () => {
    const lines = [
      `{"id": "x", "traceId": "t", "startTime": 1, "type": "SPAN", "us`,
      JSON.stringify(generation()),
      '{"id": "y',
    ];
    const found = await importFile(writeFile(lines.join('\n'), 'x.jsonl'));
    assert.deepEqual(
      found.issues.map(({ place }) => place),
      ['line 1', 'line 3'],
    );
    assert.equal(found.calls.size, 1);
  });

  it('reads an answer up to where it was cut off', async () => {
    const text = JSON.stringify({ data: [generation(), generation({ id: 'o2' })], meta: {} });
    for (const cut of [text.slice(0, -30), text.slice(0, -60)]) {
      const found = await importFile(writeFile(cut));
      assert.ok(found.calls.size >= 1);
      assert.match(found.issues[0]!.place!, /^byte \d+$/);
    }
  });

  it('takes deep nesting', async () => {
    const deep = `${'{"data":['.repeat(5000)}${']}'.repeat(5000)}`;
    const text = `${JSON.stringify(generation())}\n${deep}\n${JSON.stringify(generation({ id: 'o2' }))}`;
    assert.equal((await importFile(writeFile(text, 'deep.jsonl'))).calls.size, 2);
  });

  it('keeps no prompt, no answer and no free text', async () => {
    const secret = 'CANARY-7f3a';
    const row = generation({
      ...{
        input: secret,
        output: { text: secret },
        name: secret,
        comments: [secret],
        toolCalls: [secret],
        version: secret,
      },
      ...{
        metadata: { note: secret },
        modelParameters: { system: secret },
        traceName: secret,
        promptName: secret,
      },
      ...{ usageDetails: { input: 1, [secret]: 5 }, score: secret, statusMessage: secret, level: 'DEFAULT' },
    });
    const trace = {
      id: 't1',
      timestamp: 1,
      sessionId: 's1',
      release: 'r',
      tags: [],
      name: secret,
      input: secret,
      metadata: secret,
    };
    const found = await importFile(writeFile([row, trace]));
    assert.equal(found.calls.size, 1);
    assert.ok(!JSON.stringify([found.batches, found.issues]).includes(secret));
  });

  it('leaves the files of others alone', () => {
    for (const head of [
      '',
      '[]',
      '{}',
      '[1, 2]',
      '{"data": [{"id": "a", "created_at": "x"}]}',
      '{"success":true,"data":[{"id":"a","trace_id":"t","span_id":"s","start_time":"x","operation_type":"llm_call"}]}',
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"a","spanId":"b","startTimeUnixNano":"1"}]}]}]}',
      '{"data":[{"id":"sc","traceId":"t","name":"quality","value":1,"dataType":"NUMERIC","timestamp":"x"}]}',
      'timestamp,provider,model,inputTokens,outputTokens,totalTokens,cost,sessionId',
    ]) {
      assert.equal(langfuse.detect({ path: 'x', head }), false, head);
    }
  });
});
