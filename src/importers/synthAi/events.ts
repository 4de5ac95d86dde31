import { errorCode } from '../errorClass';
import { count, instant, label, number, object, parseJson, provider, text } from '../json';
import { readCallRecords } from './callRecords';
import { columnOrNull } from './schema';
import type { CallRecords } from './callRecords';
import type { Schema } from './schema';
import type { SqlValue } from '../importer';
import type { CallFact } from '../../shared/facts';
import type { Issue } from '../../shared/model';

/** Up to this size JSON is read here; beyond it SQLite takes out what is needed, so that prompts are not copied. */
const wholeUpTo = 8192;

/** The rows of one page of `cais` events: ids above `?1` up to `?2`, at most `?3` of them, ordered by id. */
export function eventsQuery(schema: Schema): string {
  const column = (name: string) => columnOrNull(schema, 'events', name);
  return `SELECT events.id, events.session_id, ${column('event_time')}, ${column('model_name')}, ${column('provider')},
      ${column('input_tokens')}, ${column('output_tokens')}, ${column('total_tokens')},
      ${schema.cents ? column(schema.cents) : 'NULL'}, ${column('latency_ms')}, ${column('system_instance_id')},
      ${callRecords(schema)}, ${failureMetadata(schema)}, ${startOfStep(schema)}, ${column('created_at')}
    FROM events WHERE events.id > ?1 AND events.id <= ?2 AND +events.event_type = 'cais' ORDER BY events.id LIMIT ?3`;
}

/** JSON5 is allowed for, because Python writes NaN; malformed text comes as it is and is reported. */
function callRecords(schema: Schema): string {
  if (!schema.has('events', 'call_records')) return 'NULL';
  const json = 'events.call_records';
  return `CASE WHEN octet_length(${json}) <= ${wholeUpTo} THEN ${json}
      WHEN NOT json_valid(${json}, 2) THEN substr(${json}, 1, 64)
      ELSE (SELECT json_group_array(json_object('provider', value ->> '$.provider', 'model_name', value ->> '$.model_name',
        'latency_ms', value ->> '$.latency_ms', 'outcome', value ->> '$.outcome', 'usage', json(value -> '$.usage'),
        'error', json_object('type', value ->> '$.error.type', 'code', value ->> '$.error.code')))
        FROM json_each(${json}) WHERE type = 'object') END`;
}

/** Only a failed call's metadata is of interest. */
const failureMetadata = (schema: Schema): string =>
  schema.has('events', 'metadata')
    ? `CASE WHEN instr(events.metadata, '"error') > 0 THEN events.metadata END`
    : 'NULL';

const startOfStep = (schema: Schema): string =>
  schema.has('events', 'timestep_id') && schema.has('session_timesteps', 'started_at')
    ? `CASE WHEN ${columnOrNull(schema, 'events', 'event_time')} IS NULL THEN
         (SELECT started_at FROM session_timesteps WHERE session_timesteps.id = events.timestep_id) END`
    : 'NULL';

/** What an event may lack and its session knows. */
export interface SessionHints {
  readonly createdAt: number | undefined;
  readonly model: string | undefined;
}

/** One `cais` event as one call, however many records it has; what cannot be read goes to `report`. */
export function callOf(
  row: readonly SqlValue[],
  session: string,
  hints: SessionHints | undefined,
  report: (issue: Omit<Issue, 'path'>) => void,
): CallFact {
  const records = recordsOf(row, report);
  const failure = failureIn(row, report) ?? records?.failure;
  const tokens = tokensOf(row, records);
  return {
    id: row[0] as number,
    session,
    at: startOf(row) ?? hints?.createdAt,
    provider: providerOf(row, records),
    model: modelOf(row, records) ?? hints?.model,
    inputTokens: tokens.input,
    cacheReadTokens: tokens.cacheRead,
    cacheWriteTokens: tokens.cacheWrite,
    outputTokens: tokens.output,
    reasoningTokens: tokens.reasoning,
    recorded: centsOf(row[8]),
    recordedExact: false,
    recordedElsewhere: records?.cost,
    latencyMs: count(row[9]) ?? records?.latencyMs,
    failed: failure !== undefined,
    error: failure,
  };
}

const providerOf = (row: readonly SqlValue[], records: CallRecords | undefined): string | undefined =>
  provider(row[4]) ?? records?.provider ?? fromInstance(row[10], 1, provider);

const modelOf = (row: readonly SqlValue[], records: CallRecords | undefined): string | undefined =>
  text(row[3]) ?? records?.model ?? fromInstance(row[10], 2, text);

const startOf = (row: readonly SqlValue[]): number | undefined =>
  instant(row[2]) ?? instant(row[13]) ?? instant(row[14]);

function recordsOf(
  row: readonly SqlValue[],
  report: (issue: Omit<Issue, 'path'>) => void,
): CallRecords | undefined {
  const json = text(row[11]);
  if (json === undefined) return undefined;
  const records = readCallRecords(json);
  if (!records) {
    const message = 'Its call_records are not valid JSON; the call is imported with what its columns say.';
    report({ place: `events.${row[0] as number}`, message });
  }
  return records;
}

interface Tokens {
  /** Without what was read from or written to a cache. */
  readonly input: number | undefined;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number | undefined;
  readonly reasoning: number;
}

/** Cached tokens are part of the input that is stored; more of them than input would be a mistake of the writer. */
function tokensOf(row: readonly SqlValue[], records: CallRecords | undefined): Tokens {
  const [input, output] = inputAndOutput(row, records);
  if (!records) return { input, output, cacheRead: 0, cacheWrite: 0, reasoning: 0 };
  const cacheRead = Math.min(records.cacheRead, input ?? 0);
  const cacheWrite = Math.min(records.cacheWrite, (input ?? 0) - cacheRead);
  return {
    input: input === undefined ? undefined : input - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    output,
    reasoning: Math.min(records.reasoning, output ?? 0),
  };
}

/** The columns; what is NULL there from the records; and if only one is known, the other from their total. */
function inputAndOutput(
  row: readonly SqlValue[],
  records: CallRecords | undefined,
): [number | undefined, number | undefined] {
  const input = count(row[5]) ?? records?.input;
  const output = count(row[6]) ?? records?.output;
  const total = count(row[7]);
  if (total === undefined || (input === undefined) === (output === undefined)) return [input, output];
  const rest = Math.max(0, total - (input ?? output ?? 0));
  return [input ?? rest, output ?? rest];
}

/** Nano-dollars from cents. Writers store 0 where the vendor named no price, and for all below one cent. */
function centsOf(value: SqlValue | undefined): number | undefined {
  const cents = number(value);
  return cents ? Math.round(cents * 1e7) : undefined;
}

/** `lm_<vendor>_<model>`, as the LM class names its instances; one vendor has an underscore in its name. */
const lmInstance = /^lm_(custom_endpoint|[^_]+)_(.+)$/s;

const fromInstance = (
  value: SqlValue | undefined,
  part: 1 | 2,
  read: (value: unknown) => string | undefined,
): string | undefined =>
  typeof value === 'string' && value.startsWith('lm_') ? read(lmInstance.exec(value)?.[part]) : undefined;

function failureIn(
  row: readonly SqlValue[],
  report: (issue: Omit<Issue, 'path'>) => void,
): string | undefined {
  const json = text(row[12]);
  if (json === undefined) return undefined;
  const parsed = parseJson(json);
  if (parsed === undefined) {
    const message = 'Its metadata is not valid JSON; whether the call failed is not known.';
    report({ place: `events.${row[0] as number}`, message });
  }
  const metadata = object(parsed);
  const type = label(metadata?.error_type);
  return errorCode(type) ?? classIn(type ?? metadata?.error)?.slice(0, 200);
}

/** The class that a message begins with (`TimeoutError: ...`). The rest may quote a prompt and is not kept. */
const classIn = (error: unknown): string | undefined =>
  error === undefined || error === null || error === false || error === ''
    ? undefined
    : (/^[A-Za-z_][\w.]*(?:Error|Exception|Timeout)\b/.exec(String(text(error) ?? ''))?.[0] ?? 'error');
