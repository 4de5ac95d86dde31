import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Metric {
  readonly sessionId: string;
  readonly timestamp?: number;
  readonly model?: string;
  readonly provider?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cost?: number;
}

/** A month file of Plato in a folder of its own. A metric may be anything, to be refused. Returns the file's path. */
export async function platoMonth(metrics: readonly unknown[], name = '2025-06.json'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trace-ledger-plato-'));
  const path = join(folder, name);
  await writeFile(path, JSON.stringify({ version: '1.0', month: '2025-06', metrics }, null, 2));
  return path;
}

/** A call of Copilot that Plato itself has priced: an exact recorded cost. */
export const metric = (fields: Metric) => ({
  command: '/review',
  timestamp: Date.UTC(2025, 5, 3, 12),
  model: 'gpt-4o',
  provider: 'copilot',
  inputTokens: 1000,
  outputTokens: 500,
  totalTokens: (fields.inputTokens ?? 1000) + (fields.outputTokens ?? 500),
  cost: 0.002,
  duration: 1500,
  ...fields,
});
