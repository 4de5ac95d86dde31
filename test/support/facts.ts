import type { CallFact } from '../../src/shared/facts';

let next = 1;

/** 2026-01-15, 12:00 UTC. */
export const noon = Date.UTC(2026, 0, 15, 12);

/** A call worth 0.0025 USD (1,000 input tokens of gpt-4o at 2.50 USD a million). A test names what it is about. */
export const call = (fields: Partial<CallFact> = {}): CallFact => ({
  id: next++,
  session: 'session-1',
  at: noon,
  provider: 'openai',
  model: 'gpt-4o',
  inputTokens: 1000,
  ...fields,
});
