import assert from 'node:assert/strict';
import {
  mappingOf,
  suggestColumns,
  suggestCostUnit,
  suggestLatencyUnit,
} from '../../../src/shared/suggestMapping';
import { parseMapping } from '../../../src/shared/parseMapping';
import type { ColumnLook } from '../../../src/shared/mapping';

const column = (path: string, ...examples: string[]): ColumnLook => ({
  ...{ path, examples },
  isAlwaysThere: !path.includes('.'),
});
const chosen = (...columns: ColumnLook[]) =>
  Object.fromEntries(Object.entries(suggestColumns(columns)).filter(([, path]) => path !== null));

describe('suggestions for a mapping', () => {
  it('know the names that tools use', () => {
    assert.deepEqual(
      chosen(
        ...[
          column('request_id', 'a1'),
          column('createdAt', '2026-01-02'),
          column('updated_at', '2026-01-02'),
        ],
        ...[column('conversation_id', 'c'), column('user_id', 'u'), column('model_name', 'gpt-4o')],
        ...[column('provider'), column('usage.prompt_tokens', '10'), column('usage.completion_tokens', '1')],
        ...[column('usage.details.cached_tokens', '3'), column('cache_creation_input_tokens', '0')],
        ...[column('usage.reasoning_tokens'), column('cost_cents', '1.5'), column('durationMs', '900')],
        ...[column('error'), column('prompt', 'words')],
      ),
      {
        ...{ id: 'request_id', time: 'createdAt', session: 'conversation_id', user: 'user_id' },
        ...{ model: 'model_name', provider: 'provider', inputTokens: 'usage.prompt_tokens' },
        ...{
          cacheReadTokens: 'usage.details.cached_tokens',
          cacheWriteTokens: 'cache_creation_input_tokens',
        },
        ...{ outputTokens: 'usage.completion_tokens', reasoningTokens: 'usage.reasoning_tokens' },
        ...{ cost: 'cost_cents', latency: 'durationMs', error: 'error' },
      },
    );
    assert.deepEqual(
      chosen(column('ts', '1772442000'), column('tokens_in', '1'), column('tokens_out', '2')),
      {
        ...{ time: 'ts', inputTokens: 'tokens_in', outputTokens: 'tokens_out' },
      },
    );
  });

  it('look at what stands in a column', () => {
    assert.deepEqual(chosen(column('timestamp', 'noon'), column('created_at', '1772442000')), {
      time: 'created_at',
    });
    assert.deepEqual(chosen(column('cost', 'high'), column('price', '$0.25')), { cost: 'price' });
    assert.deepEqual(chosen(column('recipe', 'soup'), column('cooked', 'yes')), {});
  });

  it('tell units by names and values', () => {
    assert.deepEqual(['cost', 'cost_cents', 'costMicroUsd', 'nano_usd', 'recent_cost'].map(suggestCostUnit), [
      ...['usd', 'cents', 'microUsd', 'nanoUsd', 'usd'],
    ]);
    assert.deepEqual(
      [
        ...[column('took_s', '5'), column('latency_ms', '0.5'), column('duration', '1.5', '0.25')],
        ...[column('duration', '900'), column('elapsed_us'), column('elapsed_ns')],
      ].map(suggestLatencyUnit),
      ['s', 'ms', 's', 'ms', 'us', 'ns'],
    );
  });

  it('make a mapping that holds', () => {
    const columns = [column('id', '1', '2'), column('usage'), column('usage.in', '5'), column('note')];
    const mapping = mappingOf({
      ...{ place: { format: 'sqlite', table: 't' }, columns },
      chosen: { id: 'id', inputTokens: 'usage.in', cost: null },
      units: { cost: 'usd' },
    });
    assert.deepEqual(mapping, {
      files: { format: 'sqlite', table: 't', columns: ['id', 'usage'] },
      ...{ id: ['id'], ids: 'perFile', fields: { inputTokens: 'usage.in' }, units: { cost: 'usd' } },
    });
    assert.deepEqual(parseMapping('x', mapping), mapping);
  });
});
