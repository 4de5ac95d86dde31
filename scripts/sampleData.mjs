// Writes media/sample: what the command "Load Sample Data" imports. The same every time; run it after a change here.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import initSqlJs from 'sql.js';
import { main } from './processes.mjs';
import { root } from './project.mjs';
import { experiments, looseSessions, models, platoModels } from './sampleStory.mjs';

const folder = join(root, 'media/sample');
const hour = 3_600_000;
/** 2026-03-20, the last day of the sample. */
const end = Date.UTC(2026, 2, 20, 16);

/** Numbers that look random and are the same in every run (mulberry32). */
function randomNumbers(/** @type {number} */ seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomNumbers(20260320);
const between = (/** @type {number} */ low, /** @type {number} */ high) =>
  Math.floor(low + random() * (high - low));
const hex = (/** @type {number} */ length) =>
  Array.from({ length }, () => between(0, 16).toString(16)).join('');
const iso = (/** @type {number} */ at) => new Date(at).toISOString().replace('Z', '000+00:00');

/** @typedef {import('sql.js').Database} Database */

/**
 * @param {Database} db
 * @param {string} table
 * @param {Readonly<Record<string, string | number | null>>} row
 */
function insert(db, table, row) {
  const columns = Object.keys(row);
  const places = columns.map(() => '?').join(', ');
  db.run(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`, Object.values(row));
}

/**
 * @param {Database} db
 * @param {import('./sampleStory.mjs').SessionStory} story
 * @param {string | null} experimentId
 * @param {number} at
 */
function insertSession(db, story, experimentId, at) {
  const session_id = `session_${hex(12)}`;
  const calls = between(7, 14);
  const { user, note, model } = story;
  insert(db, 'session_traces', {
    ...{ session_id, created_at: iso(at), num_timesteps: calls, num_events: calls * 2, num_messages: 0 },
    ...{ metadata: JSON.stringify({ model, user_id: user, ...note }), experiment_id: experimentId },
  });
  let time = at;
  for (let index = 0; index < calls; index++) {
    const event = callEvent(model, random() < 0.03);
    time += (event.latency_ms ?? 0) + between(2_000, 60_000);
    insert(db, 'events', { session_id, event_type: 'cais', event_time: time / 1000, ...event });
    const step = { event_time: (time + 500) / 1000, system_instance_id: 'environment' };
    insert(db, 'events', { session_id, event_type: 'environment', ...step, reward: random() < 0.2 ? 1 : 0 });
  }
  insert(db, 'outcome_rewards', {
    ...{ session_id, total_reward: between(1, 9), achievements_count: between(1, 6), total_steps: calls },
    created_at: iso(time),
  });
}

/**
 * @param {string} model
 * @param {boolean} failed
 */
function callEvent(model, failed) {
  const { provider, input, output } = models[model] ?? {
    provider: 'unknown',
    input: undefined,
    output: undefined,
  };
  const common = { system_instance_id: 'llm', model_name: model, provider };
  if (failed) {
    const metadata = JSON.stringify({
      function: 'call_llm',
      error: 'Request timed out.',
      error_type: 'TimeoutError',
    });
    return { ...common, latency_ms: 30_000, metadata };
  }
  const tokens = { input_tokens: between(2_000, 42_000), output_tokens: between(150, 3_800) };
  const usd =
    input === undefined
      ? null
      : (tokens.input_tokens * input + tokens.output_tokens * (output ?? 0)) / 1_000_000;
  return {
    ...{ ...common, ...tokens, total_tokens: tokens.input_tokens + tokens.output_tokens },
    // Whole cents, cut off: this is how the format stores its costs.
    cost_usd: usd === null ? null : Math.trunc(usd * 100),
    latency_ms: between(900, 14_000),
    metadata: JSON.stringify({ function: 'call_llm' }),
  };
}

async function writeDatabase() {
  const SQL = await initSqlJs();
  const db = new SQL.Database();
  db.run(await readFile(join(root, 'scripts/sample-schema.sql'), 'utf8'));
  experiments.forEach(({ name, description, sessions }, index) => {
    const experiment_id = `exp_${hex(12)}`;
    const first = end - (27 - index * 7) * 24 * hour;
    const created_at = new Date(first).toISOString().slice(0, 19).replace('T', ' ');
    insert(db, 'experiments', { experiment_id, name, description, created_at, updated_at: created_at });
    sessions.forEach((story, place) =>
      insertSession(db, story, experiment_id, first + place * 26 * hour + between(0, 5 * hour)),
    );
  });
  looseSessions.forEach((story, index) => insertSession(db, story, null, end - (3 - index) * 20 * hour));
  db.run('VACUUM');
  await writeFile(join(folder, 'traces.db'), db.export());
}

async function writePlato() {
  const analytics = join(folder, '.plato/analytics');
  await mkdir(analytics, { recursive: true });
  for (const month of ['2026-02', '2026-03']) {
    const start = Date.parse(`${month}-01T08:00:00Z`);
    const metrics = Array.from({ length: 24 }, (_, index) => platoMetric(start + index * 19 * hour));
    const totalCost = Number(metrics.reduce((sum, { cost }) => sum + cost, 0).toFixed(6));
    const metadata = {
      createdAt: start,
      updatedAt: metrics.at(-1)?.timestamp,
      count: metrics.length,
      totalCost,
    };
    const text = JSON.stringify({ version: '1.0.0', month, metrics, metadata }, null, 2);
    await writeFile(join(analytics, `${month}.json`), `${text}\n`);
  }
}

function platoMetric(/** @type {number} */ start) {
  const { provider, model } = platoModels[between(0, platoModels.length)] ?? {
    provider: 'copilot',
    model: 'gpt-4o',
  };
  const [inputTokens, outputTokens] = [between(800, 16_000), between(100, 2_400)];
  const cost = provider === 'copilot' ? Number((inputTokens * 2e-6 + outputTokens * 8e-6).toFixed(6)) : 0;
  return {
    timestamp: start + between(0, 6 * hour),
    sessionId: `session-${start - (start % (72 * hour))}`,
    ...{ model, inputTokens, outputTokens, totalTokens: inputTokens + outputTokens, cost, provider },
    ...{ command: ['/analyze', '/explain', '/review'][between(0, 3)], duration: between(700, 9_000) },
  };
}

await main(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeDatabase();
  await writePlato();
});
