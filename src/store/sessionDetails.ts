import type { SessionFact } from '../shared/facts';
import type { SqlValue } from '../sqlite/connection';

type Rule = 'latest' | 'largest' | 'earliest' | 'union' | 'shortest' | 'greatest';

interface Detail {
  readonly column: string;
  readonly rule: Rule;
  readonly of: (fact: SessionFact) => SqlValue | undefined;
}

/** Columns of `session` that facts fill, each with what happens when it is told again. */
const details: readonly Detail[] = [
  // A session keeps the first tag that it got: counters only grow, by digits too.
  { column: 'tag', rule: 'shortest', of: ({ tag }) => tag },
  // 1: it was given here and never changes.
  { column: 'tag_given', rule: 'latest', of: () => undefined },
  { column: 'created_at', rule: 'earliest', of: ({ createdAt }) => createdAt },
  // A count never shrinks, since rows that a source prunes stay in the ledger.
  { column: 'steps', rule: 'largest', of: ({ steps }) => steps },
  { column: 'messages', rule: 'largest', of: ({ messages }) => messages },
  { column: 'events', rule: 'largest', of: ({ events }) => events },
  { column: 'reward', rule: 'latest', of: ({ reward }) => reward },
  { column: 'source_note', rule: 'latest', of: ({ note }) => note?.text },
  { column: 'source_strategy', rule: 'latest', of: ({ note }) => note?.strategy },
  { column: 'source_rationale', rule: 'latest', of: ({ note }) => note?.rationale },
  { column: 'function_calls', rule: 'largest', of: ({ functionCalls }) => functionCalls },
  { column: 'duration_ms', rule: 'largest', of: ({ durationMs }) => durationMs },
  { column: 'model_id', rule: 'shortest', of: ({ modelId }) => modelId },
  { column: 'labels', rule: 'union', of: ({ labels }) => (labels?.length ? listOf(labels) : undefined) },
  // Whoever changed the folder went below the one of the project.
  { column: 'project_path', rule: 'shortest', of: ({ project }) => project || undefined },
  { column: 'branch_at', rule: 'greatest', of: ({ branch }) => branch && branchAt(branch) },
];

export const detailColumns = details.map(({ column }) => column);

/** In the order of `detailColumns`; null = not told. */
const detailsOf = (fact: SessionFact): SqlValue[] => details.map(({ of }) => of(fact) ?? null);

const at = (column: string): number => detailColumns.indexOf(column);
const [tag, tagGiven, projectPath] = [at('tag'), at('tag_given'), at('project_path')];

/** Time and name in one text, so that the later of two is the greater: the name begins at character 17. */
const branchAt = ({ name, at: time }: NonNullable<SessionFact['branch']>): string =>
  `${String(Math.max(0, Math.round(time))).padStart(15, '0')} ${name}`;

export const projectPathIn = (values: readonly SqlValue[]): string | null =>
  values[projectPath] as string | null;

export const tagIn = (values: readonly SqlValue[]): string | null => values[tag] as string | null;

/** What a source says of a session that has these values: nothing of its tag if that was given here. */
export const toldOf = (fact: SessionFact, stored: readonly SqlValue[] | undefined): SqlValue[] =>
  detailsOf(stored?.[tagGiven] ? { ...fact, tag: undefined } : fact);

export const isTagGiven = (values: readonly SqlValue[]): boolean => values[tagGiven] === 1;

/** The same without a tag. */
export const untagged = (values: readonly SqlValue[]): SqlValue[] =>
  values.map((value, i) => (i === tag || i === tagGiven ? null : value));

/**
 * What is known goes before what is not; where both are, by the column's rule. Of two tags one that was given here goes
 * with who has it, and the fresh one goes before it.
 */
export const mergeDetails = (old: readonly SqlValue[], fresh: readonly SqlValue[]): SqlValue[] => {
  const isGiven = fresh[tag] !== null && (isTagGiven(old) || isTagGiven(fresh));
  const before = isGiven ? untagged(old) : old;
  return details.map(({ rule }, i) => {
    const [one, other] = [before[i]!, fresh[i]!];
    return one === null || other === null ? (other ?? one) : rules[rule](one, other);
  });
};

const rules: Record<Rule, (old: SqlValue, fresh: SqlValue) => SqlValue> = {
  latest: (_old, fresh) => fresh,
  largest: (old, fresh) => Math.max(old as number, fresh as number),
  earliest: (old, fresh) => Math.min(old as number, fresh as number),
  shortest: (old, fresh) => first(old as string, fresh as string, (text) => text.length),
  greatest: (old, fresh) => ((old as string) > (fresh as string) ? old : fresh),
  union: (old, fresh) => listOf([...listFrom(old), ...listFrom(fresh)]),
};

/** The one of less size; of two alike, the first in the alphabet. */
const first = (a: string, b: string, sizeOf: (text: string) => number): string =>
  sizeOf(a) < sizeOf(b) || (sizeOf(a) === sizeOf(b) && a < b) ? a : b;

const listOf = (values: readonly string[]): string => JSON.stringify([...new Set(values)].sort());
const listFrom = (json: SqlValue): string[] => JSON.parse(json as string) as string[];
