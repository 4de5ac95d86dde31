import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importFile } from './imported';
import { temporaryFolder } from './synthDb';
import type { CallFact } from '../../src/shared/facts';

export const langfuseSamples = join(__dirname, '../fixtures/langfuse');
export const langfuseSample = (name: string): string => join(langfuseSamples, name);

const folder = temporaryFolder();
process.once('exit', () => folder.remove());
let files = 0;

/** A file of its own with this text, or this value as JSON. */
export function writeFile(content: unknown, name = 'file.json'): string {
  const path = folder.file(`${++files}-${name}`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** An observation of a request to a model. A test names what it is about. */
export const generation = (fields: object = {}) => ({
  id: 'o1',
  traceId: 't1',
  type: 'GENERATION',
  startTime: '2026-03-02T09:00:00Z',
  model: 'gpt-4o',
  ...fields,
});

export const callsIn = async (path: string): Promise<CallFact[]> => [
  ...(await importFile(path)).calls.values(),
];

/** The call that an observation with these fields is. */
export const callWith = async (fields: object): Promise<CallFact> =>
  (await callsIn(writeFile([generation(fields)])))[0]!;

export const pick = (call: CallFact, ...names: readonly (keyof CallFact)[]) =>
  names.map((name) => call[name] ?? 0);

/** Input, cache read, cache write, output, reasoning. */
export const tokensOf = (call: CallFact) =>
  pick(call, 'inputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'outputTokens', 'reasoningTokens');
