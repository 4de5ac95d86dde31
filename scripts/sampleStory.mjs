// @ts-check

/**
 * @typedef {object} SessionStory
 * @property {string} model
 * @property {string} user
 * @property {{ pricing_notes: string, pricing_strategy?: string, model_selection_rationale?: string }} [note]
 */

/**
 * USD for a million tokens, as the traced program knew them; a model without rates leaves its costs empty.
 * @type {Readonly<Record<string, { provider: string, input?: number, output?: number }>>}
 */
export const models = {
  'gpt-4o': { provider: 'openai', input: 2.5, output: 10 },
  'gpt-4o-mini': { provider: 'openai', input: 0.15, output: 0.6 },
  'gpt-4.1': { provider: 'openai', input: 2, output: 8 },
  'claude-sonnet-4-20250514': { provider: 'anthropic', input: 3, output: 15 },
  'claude-3-5-haiku-20241022': { provider: 'anthropic', input: 0.8, output: 4 },
  'gemini-2.5-pro': { provider: 'google', input: 1.25, output: 10 },
  'gemini-2.5-flash': { provider: 'google', input: 0.3, output: 2.5 },
  'triage-7b-internal': { provider: 'local' },
};

export const platoModels = [
  { provider: 'copilot', model: 'gpt-4o' },
  { provider: 'copilot', model: 'gpt-4o' },
  { provider: 'openai', model: 'gpt-4.1' },
  { provider: 'claude', model: 'claude-3-5-sonnet' },
];

/**
 * @param {string} model
 * @param {string} user
 * @param {SessionStory['note']} [note]
 * @returns {SessionStory}
 */
const session = (model, user, note) => ({ model, user, ...(note ? { note } : {}) });

export const experiments = [
  {
    name: 'Support triage: baseline',
    description: 'Two hundred tickets, routed by one large model.',
    sessions: [
      session('gpt-4o', 'amira'),
      session('gpt-4o', 'amira', {
        pricing_notes: 'Baseline. Every later run is compared with this one.',
        pricing_strategy: 'quality_first',
      }),
      session('gpt-4o', 'jonas'),
      session('gpt-4.1', 'jonas'),
      session('gpt-4.1', 'amira'),
      session('gpt-4o', 'amira'),
    ],
  },
  {
    name: 'Support triage: small model first',
    description: 'A small model answers; a large one only where it is unsure.',
    sessions: [
      session('gpt-4o-mini', 'jonas', {
        pricing_notes:
          'Used gpt-4o-mini for cost efficiency.\n\nAccuracy 91 % against 93 % for the baseline.',
        pricing_strategy: 'cost_optimized',
        model_selection_rationale: 'Comparable quality on the first hundred tickets.',
      }),
      session('gpt-4o-mini', 'jonas'),
      session('gpt-4o', 'amira', { pricing_notes: 'Escalations only.' }),
      session('gpt-4o-mini', 'amira'),
      session('gemini-2.5-flash', 'jonas'),
      session('triage-7b-internal', 'jonas'),
    ],
  },
  {
    name: 'Contract summaries',
    description: 'Long documents, one summary each.',
    sessions: [
      session('claude-sonnet-4-20250514', 'lena'),
      session('claude-sonnet-4-20250514', 'lena', {
        pricing_notes: 'Long inputs: a cached system prompt would save most of this.',
      }),
      session('gemini-2.5-pro', 'lena'),
      session('gemini-2.5-pro', 'amira'),
      session('claude-3-5-haiku-20241022', 'lena'),
      session('claude-sonnet-4-20250514', 'lena'),
    ],
  },
  {
    name: 'Code review agent',
    description: 'Reviews of merge requests, with tools.',
    sessions: [
      session('claude-sonnet-4-20250514', 'jonas'),
      session('gpt-4.1', 'jonas'),
      session('claude-sonnet-4-20250514', 'amira', {
        pricing_notes: 'Billed to the platform team.',
        pricing_strategy: 'quality_first',
      }),
      session('gemini-2.5-pro', 'jonas'),
      session('gpt-4o-mini', 'lena'),
      session('claude-sonnet-4-20250514', 'jonas'),
    ],
  },
];

export const looseSessions = [
  session('gpt-4o', 'lena'),
  session('gemini-2.5-flash', 'amira', { pricing_notes: 'Trying a prompt by hand.' }),
  session('gpt-4o-mini', 'jonas'),
];
