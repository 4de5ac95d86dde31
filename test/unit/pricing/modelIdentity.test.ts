import assert from 'node:assert/strict';
import { identityKey, modelIdentity } from '../../../src/pricing/modelIdentity';
import { parseUserPrices } from '../../../src/pricing/parseUserPrices';
import { createPriceBook } from '../../../src/pricing/prices';

/** Identity -> providers and names as traces tell them. */
const spellings: Readonly<Record<string, readonly (readonly [provider: string, model: string])[]>> = {
  'anthropic/claude-sonnet-4-5': [
    ['', 'claude-sonnet-4-5'],
    ['', 'anthropic/claude-sonnet-4-5'],
    ['anthropic', 'Claude-Sonnet-4-5 '],
    ['anthropic', 'anthropic/claude-sonnet-4-5[1m]'],
  ],
  'anthropic/claude-sonnet-4-5-20250929': [['', 'claude-sonnet-4-5-20250929']],
  'openrouter/anthropic/claude-sonnet-4-5': [
    ['openrouter', 'anthropic/claude-sonnet-4-5'],
    ['', 'openrouter/anthropic/claude-sonnet-4-5'],
  ],
  'azure/gpt-4o': [
    ['azure_openai', 'gpt-4o'],
    ['az.ai.openai', 'azure/gpt-4o'],
    ['', 'azure/gpt-4o'],
  ],
  'google/gemini-2.5-pro': [
    ['vertex_ai', 'gemini-2.5-pro'],
    ['google', 'models/gemini-2.5-pro'],
    ['', 'gemini-2.5-pro'],
  ],
  'ollama/llama3.1:8b': [['ollama', 'llama3.1:8b']],
  '/our-own': [['', 'Our-Own']],
  'github-copilot/gpt-4o': [
    ['copilot', 'gpt-4o'],
    ['github_copilot', 'gpt-4o'],
  ],
};
const every = Object.values(spellings).flat();

describe('the identity of a model', () => {
  for (const [identity, names] of Object.entries(spellings))
    it(`is ${identity} for ${names.map(([provider, model]) => `${model} at "${provider}"`).join(', ')}`, () => {
      for (const name of names) assert.equal(identityKey(modelIdentity(...name)), identity);
    });

  it('is its own identity', () => {
    for (const name of every) {
      const once = modelIdentity(...name);
      assert.deepEqual(modelIdentity(once.provider, once.model), once);
    }
  });

  it('names a model in the prices of the user, whatever its spelling', () => {
    for (const [provider, model] of every) {
      const id = modelIdentity(provider, model);
      const at = id.provider === '' ? {} : { provider: id.provider };
      const book = createPriceBook();
      book.choose({
        own: parseUserPrices([{ ...at, model: id.model, prices: { input: 7 } }]).prices,
      });
      const rates = book.priceOf(provider || undefined, model, undefined);
      assert.equal(rates?.input?.base, 7_000_000, `${model} at "${provider}"`);
    }
  });
});
