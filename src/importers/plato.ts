import { count, instant, number, object, parseJson, provider, text, usd } from './json';
import type { Importer, SourceFile, SourceIo } from './importer';
import type { Json } from './json';
import type { CallFact, ImportBatch, SessionFact } from '../shared/facts';
import type { Issue } from '../shared/model';

type Shape = 'month' | 'list' | 'csv' | 'index' | 'settings' | 'session';

const pageSize = 2000;
const csvFields = ['timestamp', 'sessionId', 'model', 'inputTokens', 'outputTokens', 'cost'];

/**
 * Plato's analytics (`.plato/analytics/YYYY-MM.json`), its session file (`.plato/session.json`) and its exports: JSON with
 * `metrics`, a bare JSON array, CSV. Months and exports overlap, so a call is known by its time, session, model and tokens. Docs: docs/sources/plato.md.
 */
export const plato: Importer = {
  id: 'plato',
  label: 'Plato analytics',

  detect: (file) => shapeOf(file) !== undefined,

  skips(file) {
    const shape = shapeOf(file);
    if (shape === 'index') return 'an index of the month files';
    return shape === 'settings' ? 'settings of Plato' : undefined;
  },

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io) {
    if (shapeOf(file) === 'session') yield await sessionBatch(file.path, io);
    else yield* metricBatches(file, io);
  },
};

async function* metricBatches(file: SourceFile, io: SourceIo): AsyncGenerator<ImportBatch> {
  const known = new Set<string>();
  let batch = newBatch();
  for await (const { place, value, problem } of metricsOf(file, io)) {
    const call = value && callOf(value);
    if (typeof call === 'object') add(batch, call, known);
    else
      batch.issues.push({
        path: file.path,
        place,
        message: problem ?? call ?? 'It is no metric and is left out.',
      });
    if (batch.calls.length + batch.issues.length < pageSize) continue;
    yield batch;
    batch = newBatch();
  }
  yield { ...batch, share: 1 } satisfies ImportBatch;
}

interface Batch {
  readonly sessions: SessionFact[];
  readonly calls: CallFact[];
  readonly issues: Issue[];
}

const newBatch = (): Batch => ({ sessions: [], calls: [], issues: [] });

function add(batch: Batch, call: CallFact, known: Set<string>): void {
  if (!known.has(call.session)) batch.sessions.push({ id: call.session });
  known.add(call.session);
  batch.calls.push(call);
}

function shapeOf({ head, tables, path }: SourceFile): Shape | undefined {
  if (tables) return undefined;
  if (/^\s*\[\s*\{/.test(head)) return hasMetric(head) ? 'list' : undefined;
  if (!/^\s*\{/.test(head)) return isCsv(head) ? 'csv' : undefined;
  if (/"metrics"\s*:\s*\[/.test(head)) return isMonth(head) || isExport(head) ? 'month' : undefined;
  return withoutMetrics.find(({ tells }) => tells(head, path))?.shape;
}

const has = (head: string, ...names: readonly string[]): boolean =>
  names.every((name) => new RegExp(`"${name}"\\s*:`).test(head));

const hasMetric = (head: string): boolean =>
  has(head, 'sessionId', 'inputTokens', 'outputTokens', 'provider', 'cost');

/** Files of Plato that repeat what the month files say, or say nothing of calls. */
const withoutMetrics: readonly {
  readonly shape: Shape;
  readonly tells: (head: string, path: string) => boolean;
}[] = [
  { shape: 'index', tells: (head) => has(head, 'files', 'totalMetrics') },
  { shape: 'settings', tells: (head) => has(head, 'enableTracking', 'retentionMonths') },
  {
    shape: 'session',
    tells: (head, path) => has(head, 'costAnalytics') || /[\\/]\.plato[\\/]session\.json$/.test(path),
  },
];

const isMonth = (head: string): boolean => /"month"\s*:\s*"\d{4}-\d\d"/.test(head) && has(head, 'version');

const isExport = (head: string): boolean =>
  has(head, 'exportDate') && (hasMetric(head) || /"metrics"\s*:\s*\[\s*\]/.test(head));

function isCsv(head: string): boolean {
  const names = (/^[^\r\n]*/.exec(head)?.[0] ?? '')
    .split(',')
    .map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  return csvFields.every((name) => names.includes(name));
}

interface Metric {
  readonly place: string | undefined;
  readonly value?: Json | undefined;
  readonly problem?: string;
}

async function* metricsOf(file: SourceFile, io: SourceIo): AsyncGenerator<Metric> {
  const shape = shapeOf(file);
  if (shape === 'csv') {
    for await (const record of io.records(file.path)) {
      if ('issue' in record) yield { place: record.issue.place, problem: record.issue.message };
      else yield { place: `line ${record.line}`, value: record.value };
    }
  } else if (shape === 'month' || shape === 'list') {
    const pointer = shape === 'list' ? '' : 'metrics';
    for await (const item of io.items(file.path, pointer)) {
      if ('issue' in item) yield { place: item.issue.place, problem: item.issue.message };
      else yield { place: `metrics.${item.index}`, value: object(item.value) };
    }
  }
}

const longestSession = 16 * 1024 * 1024;

/**
 * What the session file says of its session: how many interactions there were, and sums of tokens and money. These are
 * of calls in the month files, which they are compared with and never counted again.
 */
async function sessionBatch(path: string, io: SourceIo): Promise<ImportBatch> {
  const parts: string[] = [];
  let size = 0;
  for await (const line of io.lines(path)) {
    if ((size += line.text.length) > longestSession)
      return { issues: [{ path, message: 'It is larger than 16 MB and is left out: it holds no calls.' }] };
    parts.push(line.text);
  }
  const session = object(parseJson(parts.join('\n')));
  if (!session) return { issues: [{ path, message: 'It is not valid JSON: let Plato write it again.' }] };
  const sums = object((object(session.sessionMetadata) ?? session).costAnalytics);
  const id = text(sums?.sessionId);
  // A session of a build that tracked no costs.
  if (!sums) return { share: 1 };
  if (id === undefined)
    return { issues: [{ path, message: 'Its costAnalytics has no sessionId: it is left out.' }] };
  const claim = {
    session: id,
    calls: count(sums.interactionCount),
    recorded: usd(sums.totalCost),
    inputTokens: count(sums.totalInputTokens),
    outputTokens: count(sums.totalOutputTokens),
  };
  return { sessions: [{ id, steps: claim.calls }], claims: [claim], share: 1 };
}

/** The call, or why it cannot be counted. */
function callOf(metric: Json): CallFact | string {
  const at = instant(metric.timestamp);
  const session = text(metric.sessionId);
  if (at === undefined)
    return 'It has no valid timestamp and is left out: correct it in the file, then import again.';
  if (session === undefined)
    return 'It has no sessionId and is left out: correct it in the file, then import again.';
  const model = text(metric.model);
  const tokens = tokensOf(metric);
  return {
    id: `${at}|${session}|${model ?? ''}|${tokens.inputTokens}|${tokens.outputTokens}`,
    session,
    at,
    model,
    ...tokens,
    ...costOf(metric, tokens.inputTokens + tokens.outputTokens),
    latencyMs: count(metric.duration),
    // What follows the command is the user's own text.
    command: /^\S+/.exec(text(metric.command)?.trim() ?? '')?.[0].slice(0, 100),
  };
}

/** Early builds wrote no total; where only the total and one part are known, the other follows. */
function tokensOf(metric: Json): { readonly inputTokens: number; readonly outputTokens: number } {
  const [input, output, total] = [
    count(metric.inputTokens),
    count(metric.outputTokens),
    count(metric.totalTokens),
  ];
  const rest = Math.max(0, (total ?? 0) - (input ?? output ?? 0));
  if (input === undefined && output === undefined) return { inputTokens: 0, outputTokens: 0 };
  return { inputTokens: input ?? rest, outputTokens: output ?? rest };
}

const vendors: ReadonlyMap<string, string> = new Map([
  ['claude', 'anthropic'],
  ['github-copilot', 'copilot'],
  ['github', 'copilot'],
]);

/**
 * Plato prices by provider and has prices for `copilot` alone: of the others it records 0, which means that it does
 * not know. Copilot calls without a cost are part of a subscription.
 */
function costOf(metric: Json, tokens: number): Partial<CallFact> {
  const recorded = provider(metric.provider);
  const vendor = recorded === undefined ? undefined : (vendors.get(recorded) ?? recorded);
  const cost = number(metric.cost) === 0 && tokens > 0 ? undefined : usd(metric.cost);
  const copilot = vendor === 'copilot';
  if (cost === undefined) return { provider: vendor, included: copilot };
  return { provider: vendor, recorded: cost, recordedExact: copilot };
}
