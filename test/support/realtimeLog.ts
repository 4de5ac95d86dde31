import { mkdirSync, writeFileSync } from 'node:fs';
import { temporaryFolder } from './synthDb';

/** Made-up events of OpenAI's Realtime API, and logs of them. */
const folder = temporaryFolder();
let files = 0;

/** A log of these lines: events, or text as it is. */
export function logOf(lines: readonly unknown[], ending = '\n'): string {
  const path = folder.file(`log-${++files}.jsonl`);
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  // Two test files may share this process, and the first to end removes the folder.
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(path, text.join('\n') + ending);
  return path;
}

export const session = (id: string, more: object = {}) => ({
  type: 'session.created',
  session: { id, object: 'realtime.session', model: 'gpt-realtime', ...more },
});
export const usage = (input: number, output: number) => ({ input_tokens: input, output_tokens: output });
export const done = (id: string, more: object = { usage: usage(10, 20) }) => ({
  type: 'response.done',
  response: { id, status: 'completed', output: [], ...more },
});
export const audio = (response: string, bytes: number) => ({
  type: 'response.output_audio.delta',
  response_id: response,
  item_id: 'item_9',
  delta: Buffer.alloc(bytes, 7).toString('base64'),
});

export const removeLogs = (): void => folder.remove();
