import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { temporaryFolder } from './synthDb';

/** Made-up chats of Gemini CLI. */
const folder = temporaryFolder();
let files = 0;

export const start = Date.UTC(2026, 2, 2, 9);
export const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

export const about = (sessionId: string, more: object = {}) => ({
  sessionId,
  projectHash: '9f86d081',
  startTime: at(0),
  lastUpdated: at(0),
  kind: 'main',
  ...more,
});

/** Tokens whose total has what was cached inside the input. */
export const tokens = (input: number, output: number, cached = 0, thoughts = 0, tool = 0) => ({
  input,
  output,
  cached,
  thoughts,
  tool,
  total: input + output + thoughts + tool,
});

export const answer = (id: string, seconds: number, used: object | null, more: object = {}) => ({
  id,
  timestamp: at(seconds),
  type: 'gemini',
  content: 'canary',
  thoughts: [{ subject: 'canary', description: 'canary' }],
  tokens: used,
  model: 'gemini-3-flash-preview',
  ...more,
});

export const textOf = (lines: readonly unknown[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

function write(name: string, text: string): string {
  const path = folder.file(name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

export const chatOf = (lines: readonly unknown[], name = `tmp/shop/chats/session-${++files}.jsonl`): string =>
  write(name, textOf(lines));

/** The single document of the older builds. */
export const documentOf = (
  sessionId: string,
  messages: readonly unknown[],
  name = `tmp/shop/chats/session-${++files}.json`,
): string => write(name, JSON.stringify({ ...about(sessionId), messages }, null, 2));

export const file = write;
export const removeChats = (): void => folder.remove();
