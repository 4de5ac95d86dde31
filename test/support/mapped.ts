import { execFileSync } from 'node:child_process';
import { mappedImporter } from '../../src/importers/mapped';
import { parseMapping } from '../../src/shared/parseMapping';
import { builtInImporters } from '../../src/importers/index';
import { database } from './sourceFiles';
import type { Dice } from './arrangements';
import type { Statement } from './sourceFiles';
import type { Importer } from '../../src/importers/importer';
import type { Mapping } from '../../src/shared/mapping';

/** The mapping that is written so in the settings. */
export function mapping(value: unknown, name = 'Gateway'): Mapping {
  const parsed = parseMapping(name, value);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

/** All built-in formats, and one of a mapping. */
export const withMapping = (value: unknown, name = 'Gateway'): readonly Importer[] => [
  ...builtInImporters,
  mappedImporter(name, mapping(value, name)),
];

/** A database of a gateway that no importer knows: cents, seconds of the epoch, counts inside of JSON. */
export const gateway = {
  files: { format: 'sqlite', table: 'requests', columns: ['id', 'created_at', 'usage'] },
  id: ['id'],
  ids: 'perFile',
  fields: {
    time: 'created_at',
    session: 'chat',
    user: 'who',
    model: 'model',
    inputTokens: 'usage.prompt_tokens',
    cacheReadTokens: 'usage.details.cached',
    outputTokens: 'usage.completion_tokens',
    reasoningTokens: 'usage.reasoning',
    cost: 'price_cents',
    latency: 'took_s',
    error: 'status',
  },
  units: { time: 's', cost: 'cents', latency: 's' },
  reasoningInside: false,
};

export const gatewayTable = `CREATE TABLE requests (id INTEGER PRIMARY KEY, created_at INTEGER, chat TEXT, who TEXT,
  model TEXT, usage TEXT, price_cents REAL, took_s REAL, status TEXT, prompt TEXT)`;

export interface Request {
  readonly id: number;
  readonly at: number;
  readonly chat: string;
  readonly model: string;
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
  readonly cents: number | null;
  readonly failed: boolean;
}

const start = Date.UTC(2026, 2, 2, 9) / 1000;

export function request(id: number, { below, chance, of }: Dice): Request {
  const input = below(5000);
  return {
    ...{ id, at: start + id * 7, chat: `c${below(4)}`, model: of(['gpt-4o', 'in-house-7b']) },
    ...{ input, cached: below(input + 1), output: 1 + below(900), reasoning: below(300) },
    ...{ cents: chance(0.7) ? (1 + below(5000)) / 1000 : null, failed: chance(0.2) },
  };
}

export const usageOf = ({ input, cached, output, reasoning }: Request) => ({
  ...{ prompt_tokens: input, completion_tokens: output, reasoning, details: { cached } },
});

export const insertRequests = (requests: readonly Request[]): Statement => [
  'INSERT OR IGNORE INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  requests.map((one) => [
    ...[one.id, one.at, one.chat, 'ana', one.model, JSON.stringify(usageOf(one)), one.cents, 1.5],
    ...[one.failed ? 'RateLimitError: CANARY said' : 'ok', 'CANARY prompt'],
  ]),
];

export const gatewayDatabase = (requests: readonly Request[]): string =>
  database([[gatewayTable], insertRequests(requests)]);

const adder = `import json, sqlite3, sys
d = sqlite3.connect(sys.argv[1])
print(json.dumps(d.execute("""SELECT count(*), sum(json_extract(usage, '$.prompt_tokens') - json_extract(usage, '$.details.cached')),
  sum(json_extract(usage, '$.details.cached')), 0,
  sum(json_extract(usage, '$.completion_tokens') + json_extract(usage, '$.reasoning')),
  CAST(sum(round(coalesce(price_cents, 0) * 10000000)) AS INTEGER), sum(status <> 'ok') FROM requests""").fetchone()))`;

/** What its rows add up to, by Python's SQLite. */
export function addedUp(path: string): Record<string, number> {
  const row = JSON.parse(execFileSync('python3', ['-c', adder, path], { encoding: 'utf8' })) as number[];
  const names = ['calls', 'input', 'cacheRead', 'cacheWrite', 'output', 'recorded', 'errors'];
  return Object.fromEntries(names.map((name, i) => [name, row[i]!]));
}
