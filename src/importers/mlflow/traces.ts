import { hasMetadata, hasSpans, metadataKeys, metadataQuery, spansQuery, traceColumns } from './schema';
import { costOf, decoded, spanOf, usageOf } from './span';
import { ranksOf } from './tree';
import { count, instant, label } from '../json';
import type { Span } from './span';
import type { ForeignDb, SqlValue } from '../importer';
import type { CallFact, ImportBatch, SessionFact } from '../../shared/facts';
import type { Issue } from '../../shared/model';

type Trace = Readonly<Record<(typeof traceColumns)[number], SqlValue | undefined>>;
type Metadata = ReadonlyMap<string, string>;

/** What some rows of `trace_info` tell, with their spans and metadata. */
export async function batchOf(
  path: string,
  db: ForeignDb,
  rows: readonly SqlValue[][],
): Promise<ImportBatch> {
  const traces = rows.map(
    (row) => Object.fromEntries(traceColumns.map((name, i) => [name, row[i]])) as Trace,
  );
  const ids = traces.map(({ id }) => label(id)).filter((id) => id !== undefined);
  const metadata = hasMetadata(db.tables) ? await metadataOf(db, ids) : new Map<string, Metadata>();
  const spans = hasSpans(db.tables) ? await spansOf(db, ids) : new Map<string, Span[]>();
  const [sessions, calls, issues]: [SessionFact[], CallFact[], Issue[]] = [[], [], []];
  const merges: { from: string; into: string }[] = [];
  for (const trace of traces) {
    const id = label(trace.id);
    const place = `trace_info.${String(trace.row)}`;
    if (id === undefined) {
      issues.push({
        path,
        place,
        message: 'It has no request_id and is left out: it cannot be told from others.',
      });
      continue;
    }
    const told = callsOf(trace, id, metadata.get(id) ?? new Map<string, string>(), spans.get(id) ?? []);
    if (told.isBroken)
      issues.push({
        path,
        place,
        message: 'A span of it is no JSON: it is counted with what else is known.',
      });
    if (told.calls.length > 0) sessions.push(told.session);
    // Its spans may have been read before its session was known.
    if (told.calls.length > 0 && told.session.id !== id) merges.push({ from: id, into: told.session.id });
    calls.push(...told.calls);
  }
  return { sessions, calls, merges, issues };
}

interface Told {
  readonly session: SessionFact;
  readonly calls: readonly CallFact[];
  readonly isBroken: boolean;
}

function callsOf(trace: Trace, id: string, metadata: Metadata, spans: readonly Span[]): Told {
  const session = metadata.get(metadataKeys.session) ?? id;
  const whole = wholeOf(trace, id, session, metadata);
  const open = openOf(trace);
  const anyUsed = spans.some(({ used }) => used);
  const ranks = ranksOf(spans);
  const told = spans.flatMap((span): CallFact[] => {
    const rank = ranks.get(span.id);
    if (rank === undefined) return [];
    // Where only the trace tells what was used, its sum goes before requests that tell nothing.
    const account = { of: id, rank: open + (whole && !anyUsed ? rank + 3 : rank) };
    return [{ ...span.facts, id: `${id}/${span.id}`, session, account }];
  });
  const experiment = label(trace.experiment);
  const user = metadata.get(metadataKeys.user);
  return {
    session: {
      id: session,
      createdAt: instant(trace.at),
      ...(experiment === undefined ? {} : { experiment }),
      ...(user === undefined ? {} : { user }),
    },
    calls: whole ? [...told, whole] : told,
    isBroken: spans.some(({ isBroken }) => isBroken),
  };
}

/** What is said of a trace that is under way goes after what is said when it is done: spans around others come last. */
const openOf = ({ status }: Trace): number => (status === 'OK' || status === 'ERROR' ? 0 : 5);

/** The sum of a trace, which counts where its spans are not in the database. */
function wholeOf(trace: Trace, id: string, session: string, metadata: Metadata): CallFact | undefined {
  const told = (name: keyof typeof metadataKeys) => decoded(metadata.get(metadataKeys[name]));
  const [usage, recorded] = [usageOf(told('usage')), costOf(told('cost'))];
  if (!usage && recorded === undefined) return undefined;
  const failed = { OK: false, ERROR: true }[String(trace.status)];
  return {
    ...{ id, session, at: instant(trace.at), latencyMs: count(trace.latency), ...usage },
    ...(recorded === undefined ? {} : { recorded, recordedExact: true }),
    ...(failed === undefined ? {} : { failed }),
    account: { of: id, rank: openOf(trace) + 2 },
  };
}

async function metadataOf(db: ForeignDb, ids: readonly string[]): Promise<Map<string, Metadata>> {
  const found = new Map<string, Map<string, string>>();
  for (const [trace, key, value] of ids.length > 0 ? await db.all(metadataQuery(ids.length), ids) : []) {
    const [id, own] = [label(trace), label(value)];
    if (id === undefined || typeof key !== 'string' || own === undefined) continue;
    found.set(id, (found.get(id) ?? new Map<string, string>()).set(key, own));
  }
  return found;
}

async function spansOf(db: ForeignDb, ids: readonly string[]): Promise<Map<string, Span[]>> {
  const found = new Map<string, Span[]>();
  for (const row of ids.length > 0 ? await db.all(spansQuery(ids.length), ids) : []) {
    const span = spanOf(row);
    if (!span) continue;
    const known = found.get(span.trace);
    if (known) known.push(span);
    else found.set(span.trace, [span]);
  }
  return found;
}
