// @ts-check
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const minute = 60_000;
const day = 24 * 60 * minute;
/** 2026-03-20, the last day of the sample. */
const end = Date.UTC(2026, 2, 20, 15);

/** Kinds of sub-agents of the sessions of each project, newest session first. */
const projects = {
  'shop-api': { branch: 'main', sessions: [['Explore', 'code-reviewer'], [], ['Explore'], ['test-runner']] },
  'shop-web': { branch: 'checkout-redesign', sessions: [['Explore'], [], ['code-reviewer', 'Explore']] },
  'data-pipeline': { branch: 'main', sessions: [[], ['Explore']] },
};

const models = ['claude-opus-4-6', 'claude-sonnet-4-5-20250929', 'claude-sonnet-4-5-20250929'];

/**
 * Writes a made-up home in which Claude Code and Codex have worked, the same every time: for pictures.
 * @param {string} home
 */
export async function writeAgentsHome(home) {
  let number = 0;
  for (const [project, { branch, sessions }] of Object.entries(projects)) {
    const cwd = `/home/ana/${project}`;
    for (const [index, kinds] of sessions.entries()) {
      const id = `${hex(++number, 8)}-5a1e-4c0d-9b7e-${hex(number * 7, 12)}`;
      const at = end - index * 3 * day - number * 47 * minute;
      const common = { sessionId: id, cwd, gitBranch: branch, version: '2.1.20' };
      const folder = join(home, '.claude/projects', cwd.replaceAll('/', '-'));
      await writeTranscript(
        join(folder, `${id}.jsonl`),
        { ...common, isSidechain: false },
        at,
        14 + (number % 5),
      );
      for (const [place, kind] of kinds.entries()) {
        const agentId = hex(number * 31 + place, 7);
        const path = join(folder, id, 'subagents', `agent-${agentId}`);
        await writeTranscript(
          `${path}.jsonl`,
          { ...common, isSidechain: true, agentId },
          at + minute,
          6 + place * 3,
        );
        await writeFile(`${path}.meta.json`, JSON.stringify({ agentType: kind }));
      }
    }
  }
  await writeRollout(join(home, '.codex/sessions/2026/03/19'), '/home/ana/data-pipeline');
}

/** Digits that look random and are the same in every run. */
const hex = (/** @type {number} */ seed, /** @type {number} */ length) =>
  Array.from({ length }, (_, i) =>
    ((Math.imul(seed + 11, 2654435761 + i * 40503) >>> 9) & 15).toString(16),
  ).join('');

/**
 * @param {string} path
 * @param {Readonly<Record<string, unknown>> & { agentId?: string }} common
 * @param {number} at
 * @param {number} calls
 */
async function writeTranscript(path, common, at, calls) {
  const lines = Array.from({ length: calls }, (_, index) => {
    const id = `${hex(at / minute, 6)}${common.agentId ?? ''}${index}`;
    const model = common.agentId === undefined ? models[index % 3] : 'claude-haiku-4-5-20251001';
    const usage = {
      input_tokens: 40 + ((index * 37) % 200),
      cache_creation_input_tokens: 2_000 + ((index * 911) % 9_000),
      cache_read_input_tokens: 18_000 + index * 5_200,
      output_tokens: 300 + ((index * 577) % 2_400),
    };
    const message = { id: `msg_${id}`, type: 'message', role: 'assistant', model, content: [], usage };
    const timestamp = new Date(at + index * minute).toISOString();
    return JSON.stringify({
      type: 'assistant',
      uuid: id,
      requestId: `req_${id}`,
      timestamp,
      ...common,
      message,
    });
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${lines.join('\n')}\n`);
}

/**
 * @param {string} folder
 * @param {string} cwd
 */
async function writeRollout(folder, cwd) {
  const id = '0199c3d4-7a10-7000-8000-00000000a11c';
  const at = (/** @type {number} */ index) => new Date(end - day + index * minute).toISOString();
  const total = {
    input_tokens: 0,
    cached_input_tokens: 0,
    output_tokens: 0,
    reasoning_output_tokens: 0,
    total_tokens: 0,
  };
  const counts = Array.from({ length: 9 }, (_, index) => {
    const last = {
      input_tokens: 21_000,
      cached_input_tokens: 16_000,
      output_tokens: 900,
      reasoning_output_tokens: 300,
    };
    total.input_tokens += last.input_tokens;
    total.cached_input_tokens += last.cached_input_tokens;
    total.output_tokens += last.output_tokens;
    total.reasoning_output_tokens += last.reasoning_output_tokens;
    total.total_tokens += last.input_tokens + last.output_tokens;
    const info = { total_token_usage: { ...total }, last_token_usage: { ...last, total_tokens: 21_900 } };
    return { timestamp: at(index + 1), type: 'event_msg', payload: { type: 'token_count', info } };
  });
  const meta = {
    id,
    timestamp: at(0),
    cwd,
    originator: 'codex_cli_rs',
    cli_version: '0.101.0',
    git: { branch: 'main' },
  };
  const lines = [
    { timestamp: at(0), type: 'session_meta', payload: meta },
    { timestamp: at(0), type: 'turn_context', payload: { cwd, model: 'gpt-5.3-codex' } },
    ...counts,
  ];
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, `rollout-2026-03-19T15-00-00-${id}.jsonl`),
    `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
  );
}
