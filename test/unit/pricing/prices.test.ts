import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import corrections from '../../../src/pricing/corrections.json';
import { inferProvider } from '../../../src/pricing/modelNames';
import { createPriceBook } from '../../../src/pricing/prices';

describe('createPriceBook', () => {
  it('names the release of the library that package.json pins', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    assert.match(
      createPriceBook().version,
      new RegExp(`\\b${dependencies['@pydantic/genai-prices'] ?? 'none'}\\b`),
    );
  });

  it('prices a call without a time at the price of now', () => {
    const before = createPriceBook(Date.parse('2025-06-01')).priceOf('openai', 'o3', undefined);
    const after = createPriceBook(Date.parse('2025-07-01')).priceOf('openai', 'o3', undefined);
    assert.equal(before?.input?.base, 10_000_000);
    assert.equal(after?.input?.base, 2_000_000);
    assert.equal(after?.assumed, true);
  });

  it('looks a name up once: every call in a period has the very same rates', () => {
    const book = createPriceBook();
    const rates = [0, 1, 2].map((i) =>
      book.priceOf('anthropic', 'claude-sonnet-4-6', 1_770_000_000_000 + i * 1000),
    );
    assert.ok(rates[0]);
    assert.ok(rates.every((other) => other === rates[0]));
  });
});

describe('corrections', () => {
  for (const { models, source, checked, ...entry } of corrections.corrections) {
    it(`of ${models.join(', ')} say where they come from, and in order of time`, () => {
      assert.ok(source.length > 10);
      assert.match(checked, /^\d{4}-\d{2}-\d{2}$/);
      const times = (('periods' in entry && entry.periods) || []).map((period) =>
        'from' in period ? Date.parse(period.from as string) : -Infinity,
      );
      assert.deepEqual(
        times,
        [...times].sort((a, b) => a - b),
      );
      assert.ok(!times.some(Number.isNaN));
    });
  }
});

describe('inferProvider', () => {
  const vendors: readonly (readonly [string, string | undefined])[] = [
    ['gpt-4o-mini', 'openai'],
    ['o3-mini', 'openai'],
    ['text-embedding-3-small', 'openai'],
    ['ft:gpt-4o-mini-2024-07-18:acme::x', 'openai'],
    ['claude-opus-4-5', 'anthropic'],
    ['gemini-2.5-pro', 'google'],
    ['models/gemini-2.5-pro', 'google'],
    ['grok-4', 'x-ai'],
    ['DeepSeek-Chat', 'deepseek'],
    ['mistral-large-latest', 'mistral'],
    ['groq/llama-3.3-70b-versatile', 'groq'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'aws'],
    ['copilot/gpt-4o', 'openai'],
    ['llama-3.1-8b-instruct', undefined],
    ['gpt-oss-20b', undefined],
    ['mistral:latest', undefined],
    ['my-model', undefined],
    ['', undefined],
  ];
  for (const [model, vendor] of vendors) {
    it(`${model || 'nothing'} is of ${vendor ?? 'nobody known'}`, () =>
      assert.equal(inferProvider(model), vendor));
  }
});
