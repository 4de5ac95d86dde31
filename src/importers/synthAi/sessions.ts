import { maxNoteLength } from '../../shared/model';
import { instant, label, number, object, parseJson, text } from '../json';
import { columnOrNull } from './schema';
import type { SessionHints } from './events';
import type { Json } from '../json';
import type { Schema } from './schema';
import type { ForeignDb, SqlValue } from '../importer';
import type { ExperimentFact, SessionFact } from '../../shared/facts';
import type { Issue } from '../../shared/model';

const pageSize = 1000;

/** Up to this size metadata is read whole; beyond it, which is where prompts stand, SQLite takes out what is needed. */
const wholeUpTo = 8192;
const wanted = ['user_id', 'model', 'pricing_notes', 'pricing_strategy', 'model_selection_rationale'];

/** Experiments by the page; none for writers that have no such table. */
export async function* experimentPages(db: ForeignDb, schema: Schema): AsyncGenerator<ExperimentFact[]> {
  if (!schema.has('experiments', 'experiment_id')) return;
  const select = ['experiment_id', 'name', 'created_at'].map((name) =>
    columnOrNull(schema, 'experiments', name),
  );
  for await (const rows of pages(db, `SELECT rowid, ${select.join(', ')} FROM experiments`)) {
    yield rows.flatMap(([, id, name, createdAt]) => {
      const own = label(id);
      if (own === undefined) return [];
      return { id: own, name: text(name), createdAt: instant(createdAt) };
    });
  }
}

export interface SessionPage {
  readonly sessions: SessionFact[];
  readonly issues: Omit<Issue, 'path'>[];
}

/** How many rows of its own a session has, by table. Undefined: nothing was counted. */
export type RowCounts = (
  ids: readonly string[],
) => Promise<(id: string) => Pick<SessionFact, 'steps' | 'messages' | 'events'>>;

/** Sessions by the page, none above the row id `upTo`; `hints` collects what their events may need of them. */
export async function* sessionPages(
  db: ForeignDb,
  schema: Schema,
  upTo: number,
  counts: RowCounts,
  hints: Map<string, SessionHints>,
): AsyncGenerator<SessionPage> {
  const rewards = await rewardsOf(db, schema);
  const select = `SELECT rowid, session_id, created_at, ${columnOrNull(schema, 'session_traces', 'experiment_id')},
    ${metadataColumn(schema)} FROM session_traces`;
  for await (const rows of pages(db, select, upTo)) {
    const countsOf = await counts(rows.flatMap(([, id]) => label(id) ?? []));
    const page: SessionPage = { sessions: [], issues: [] };
    for (const row of rows) {
      const id = label(row[1]);
      if (id === undefined) {
        page.issues.push({
          place: `session_traces.${row[0] as number}`,
          message: 'It has no session_id and is left out.',
        });
        continue;
      }
      const metadata = metadataOf(id, row[4], page.issues);
      const createdAt = instant(row[2]);
      hints.set(id, { createdAt, model: text(metadata?.model) });
      const experiment = label(row[3]);
      page.sessions.push(
        sessionOf({ id, createdAt, experiment, reward: rewards.get(id), ...countsOf(id) }, metadata),
      );
    }
    yield page;
  }
}

const sessionOf = (fact: SessionFact, metadata: Json | undefined): SessionFact => ({
  ...fact,
  user: label(metadata?.user_id),
  note: noteOf(metadata),
});

function noteOf(metadata: Json | undefined): SessionFact['note'] {
  const [note, strategy, rationale] = ['pricing_notes', 'pricing_strategy', 'model_selection_rationale'].map(
    (key) => text(metadata?.[key])?.slice(0, maxNoteLength),
  );
  return (note ?? strategy ?? rationale) ? { text: note, strategy, rationale } : undefined;
}

function metadataOf(
  id: string,
  value: SqlValue | undefined,
  issues: Omit<Issue, 'path'>[],
): Json | undefined {
  const json = text(value);
  if (json === undefined) return undefined;
  const parsed = parseJson(json);
  if (parsed === undefined) {
    const message = 'Its metadata is not valid JSON; the session is imported without its user and notes.';
    issues.push({ place: `session_traces.${id}`, message });
  }
  return object(parsed);
}

/** JSON functions fail on malformed text, so they are asked only about what is valid (JSON5, for Python's NaN). */
function metadataColumn(schema: Schema): string {
  if (!schema.has('session_traces', 'metadata')) return 'NULL';
  const json = 'session_traces.metadata';
  const fields = wanted.map((key) => `'${key}', json_extract(${json}, '$.${key}')`);
  return `CASE WHEN octet_length(${json}) <= ${wholeUpTo} THEN ${json}
      WHEN NOT json_valid(${json}, 2) THEN substr(${json}, 1, 64)
      WHEN json_type(${json}) = 'object' THEN json_object(${fields.join(', ')}) END`;
}

/** Total outcome reward by session. */
async function rewardsOf(db: ForeignDb, schema: Schema): Promise<ReadonlyMap<string, number>> {
  const rewards = new Map<string, number>();
  if (!schema.has('outcome_rewards', 'total_reward') || !schema.has('outcome_rewards', 'session_id'))
    return rewards;
  const sums = await db.all('SELECT session_id, sum(total_reward) FROM outcome_rewards GROUP BY session_id');
  for (const [id, sum] of sums) {
    const [own, reward] = [label(id), number(sum)];
    if (own !== undefined && reward !== undefined) rewards.set(own, reward);
  }
  return rewards;
}

async function* pages(
  db: ForeignDb,
  select: string,
  upTo = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<SqlValue[][]> {
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const rows = await db.all(`${select} WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ${pageSize}`, [
      after,
      upTo,
    ]);
    if (rows.length > 0) yield rows;
    if (rows.length < pageSize) return;
    after = rows.at(-1)![0] as number;
  }
}
