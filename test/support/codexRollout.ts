import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { temporaryFolder } from './synthDb';

/** Made-up rollouts of the Codex CLI. */
const folder = temporaryFolder();
let files = 0;

export const noon = Date.UTC(2026, 2, 2, 12);
/** So many seconds after noon, as Codex writes it. */
export const at = (seconds: number): string => new Date(noon + Math.round(seconds * 1000)).toISOString();

/** Input, cached, output, reasoning. */
export type Tokens = readonly [number, number, number, number];

export const usage = ([input, cached, output, reasoning]: Tokens) => ({
  input_tokens: input,
  cached_input_tokens: cached,
  output_tokens: output,
  reasoning_output_tokens: reasoning,
  total_tokens: input + output,
});

export const line = (seconds: number, type: string, payload: object) => ({
  timestamp: at(seconds),
  type,
  payload,
});
export const meta = (seconds: number, id: string, more: object = {}) =>
  line(seconds, 'session_meta', {
    id,
    timestamp: at(seconds),
    cwd: '/home/ana/shop',
    originator: 'codex_cli_rs',
    cli_version: '0.144.0',
    source: 'cli',
    model_provider: 'openai',
    git: { branch: 'main' },
    ...more,
  });
export const context = (seconds: number, model: string, more: object = {}) =>
  line(seconds, 'turn_context', { cwd: '/home/ana/shop', model, ...more });
export const event = (seconds: number, type: string, more: object = {}) =>
  line(seconds, 'event_msg', { type, ...more });
export const tokens = (seconds: number, sum: Tokens, last: Tokens) =>
  event(seconds, 'token_count', {
    info: { total_token_usage: usage(sum), last_token_usage: usage(last), model_context_window: 272_000 },
    rate_limits: null,
  });
export const spawnedBy = (parent: string, role = 'explorer') => ({
  source: { subagent: { thread_spawn: { parent_thread_id: parent, depth: 1, agent_role: role } } },
});
/** An id of a turn that began then: UUID, version 7. */
export const turnId = (seconds: number): string => {
  const millis = Math.round(noon + seconds * 1000)
    .toString(16)
    .padStart(12, '0');
  return `${millis.slice(0, 8)}-${millis.slice(8)}-7000-8000-000000000000`;
};

export const textOf = (lines: readonly unknown[]): string =>
  lines.map((one) => `${typeof one === 'string' ? one : JSON.stringify(one)}\n`).join('');

/** A file of these lines: values, or text as it is. */
export function rolloutOf(lines: readonly unknown[], name = `rollout-${++files}.jsonl`): string {
  const path = folder.file(name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, textOf(lines));
  return path;
}

export const removeRollouts = (): void => folder.remove();
