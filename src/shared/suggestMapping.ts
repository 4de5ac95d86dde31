import { mappedFields } from './mapping';
import type { ColumnLook, CostUnit, LatencyUnit, MappedField, MappedPlace, Mapping } from './mapping';

/** Which column is what, as chosen or suggested: null for none. */
export type ChosenColumns = Readonly<Partial<Record<MappedField | 'id', string | null>>>;

/** Names that writers use, the likelier ones first; compared in snake case. */
const names: Readonly<Record<MappedField | 'id', readonly RegExp[]>> = {
  id: [
    /^(?:id|uuid|guid)$/,
    /^(?:request|call|generation|completion|event|span|log|row|message)_?(?:id|uuid)$/,
  ],
  time: [
    /^(?:timestamp|ts|created_at|created|time|datetime|at)$/,
    /^(?:start|started|begin|request|event|log)(?:ed)?_?(?:at|time|timestamp|ts|date)$/,
    /(?:timestamp|created|datetime)/,
    /^(?:date|when)$/,
  ],
  session: [
    /^(?:session|conversation|chat|thread)(?:_?(?:id|uuid|key))?$/,
    /(?:session|conversation|thread)_?id$/,
    /^(?:trace|run|group)_?(?:id|uuid)$/,
  ],
  user: [/^(?:user|end_user|customer|account|username|user_?name|who|email)(?:_?id)?$/, /user_?id$/],
  model: [/^(?:model|model_?name|model_?id|llm|engine|deployment)$/, /(?:^|_)model(?:_?name|_?id)?$/],
  provider: [/^(?:provider|vendor|llm_provider|api_provider|system)$/, /provider/],
  inputTokens: [
    /^(?:prompt|input|in)_?tokens?(?:_count)?$/,
    /^tokens?_?(?:in|input|prompt)$/,
    /^(?:num|n|total|count)_(?:prompt|input)_tokens?$|^(?:prompt|input)_tokens_total$/,
    /^(?:prompt|input)_token_count$/,
  ],
  cacheReadTokens: [
    /^(?:cache_read|cached)(?:_(?:prompt|input))?_?tokens?(?:_count)?$/,
    /^tokens?_cached$|^cached_?content_?token_?count$|^cache_?hits?_?tokens?$/,
    /cache.*read|cached.*token/,
  ],
  cacheWriteTokens: [
    /^cache_(?:creation|write|written)(?:_(?:prompt|input))?_?tokens?(?:_count)?$/,
    /cache.*(?:creat|writ)/,
  ],
  outputTokens: [
    /^(?:completion|output|out|generated)_?tokens?(?:_count)?$/,
    /^tokens?_?(?:out|output|completion)$/,
    /^(?:num|n|total|count)_(?:completion|output)_tokens?$|^(?:completion|output)_tokens_total$/,
    /^(?:completion|output|candidates)_token_count$/,
  ],
  reasoningTokens: [/^(?:reasoning|thinking|thoughts?)_?tokens?(?:_count)?$/, /(?:reasoning|thought).*token/],
  cost: [
    /^(?:total_)?cost(?:_(?:usd|cents?|micros?|microusd|nanos?|nanousd|dollars?))?$/,
    /^(?:usd|spend|price|amount|charge|cents)(?:_(?:usd|cents?|micros?))?$/,
    /(?:^|_)(?:cost|price|spend)(?:_|$)/,
  ],
  latency: [
    /^(?:latency|duration|elapsed|took|response_time|runtime)(?:_?(?:ms|s|us|ns|secs?|seconds?|millis(?:econds)?))?$/,
    /(?:latency|duration|elapsed)/,
  ],
  error: [
    /^(?:error|error_(?:code|type|class)|exception)$/,
    /^(?:status|status_?code|http_status)$/,
    /error/,
  ],
};

const numeric: ReadonlySet<string> = new Set<MappedField>([
  ...(['inputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'outputTokens', 'reasoningTokens'] as const),
  ...(['cost', 'latency'] as const),
]);

/** The column that a field is probably in, by its name and what stands in it; undefined for none. */
export function suggestColumn(
  field: MappedField | 'id',
  columns: readonly ColumnLook[],
  taken: readonly string[] = [],
): string | undefined {
  const free = columns.filter((column) => !taken.includes(column.path) && fits(field, column));
  for (const pattern of names[field]) {
    const found = free.filter(({ path }) => pattern.test(snake(path)));
    // Of several the one nearest to the top.
    found.sort((a, b) => a.path.split('.').length - b.path.split('.').length);
    if (found[0]) return found[0].path;
  }
  return undefined;
}

/** Suggestions for all fields, no column twice. */
export function suggestColumns(columns: readonly ColumnLook[]): ChosenColumns {
  const chosen: Partial<Record<MappedField | 'id', string | null>> = {};
  for (const field of ['id', ...mappedFields] as const)
    chosen[field] =
      suggestColumn(
        field,
        columns,
        Object.values(chosen).filter((path) => path !== null),
      ) ?? null;
  return chosen;
}

function fits(field: MappedField | 'id', { examples }: ColumnLook): boolean {
  if (field === 'time') return examples.every((text) => /^\d{4}-\d\d/.test(text) || Number(text) > 1e8);
  return (
    !numeric.has(field) ||
    examples.every((text) => /^(?:US)?\$?\s*[\d.]+(?:e[+-]?\d+)?(?: USD)?$/i.test(text))
  );
}

/** The last name of a path, `promptTokens` as `prompt_tokens`. */
const snake = (path: string): string =>
  path
    .slice(path.lastIndexOf('.') + 1)
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z\d]+/g, '_')
    .toLowerCase();

export function suggestCostUnit(path: string): CostUnit {
  const name = snake(path);
  if (/nano/.test(name)) return 'nanoUsd';
  if (/micro/.test(name)) return 'microUsd';
  return /(?:^|_)cents?(?:_|$)/.test(name) ? 'cents' : 'usd';
}

export function suggestLatencyUnit({ path, examples }: ColumnLook): LatencyUnit {
  const name = snake(path);
  if (/(?:_|^)(?:s|secs?|seconds?)$/.test(name)) return 's';
  if (/(?:_us|micro(?:s|seconds?)?)$/.test(name)) return 'us';
  if (/(?:_ns|nano(?:s|seconds?)?)$/.test(name)) return 'ns';
  const looksLikeSeconds =
    examples.some((text) => text.includes('.')) && examples.every((text) => Number(text) < 100);
  return !/ms|milli/.test(name) && looksLikeSeconds ? 's' : 'ms';
}

/** Anthropic counts them beside the input, most others inside. */
export const suggestCachedInside = (paths: readonly string[]): boolean =>
  !paths.some((path) => /cache_(?:read|creation)_input/.test(snake(path)));

/** Small whole numbers are counted in each file anew. */
export const suggestIds = (examples: readonly string[]): 'everywhere' | 'perFile' =>
  examples.length > 0 && examples.every((text) => /^\d{1,10}$/.test(text)) ? 'perFile' : 'everywhere';

/** A time of which the unit cannot be told by its size. */
export const isUnclearTime = ({ examples }: ColumnLook): boolean =>
  examples.some((text) => /^[\d.]+$/.test(text) && (Number(text) < 1e8 || Number(text) > 1e20));

/** The columns that a file must have to be read by these choices: those chosen that its first records all have. */
export function columnsNeeded(
  place: MappedPlace,
  paths: readonly string[],
  columns: readonly ColumnLook[],
): string[] {
  const inFile = new Set(columns.filter(({ isAlwaysThere }) => isAlwaysThere).map(({ path }) => path));
  const needed = paths.flatMap((path) => {
    if (inFile.has(path)) return [path];
    if (place.format === 'json' || place.format === 'jsonLines') return [];
    // In the JSON of a column.
    return [...inFile].filter((name) => path.startsWith(`${name}.`)).slice(0, 1);
  });
  const unique = [...new Set(needed)];
  return unique.length > 0 ? unique : [paths[0]!];
}

export interface Choices extends Omit<Mapping, 'files' | 'id' | 'fields' | 'ids'> {
  readonly place: MappedPlace;
  readonly columns: readonly ColumnLook[];
  readonly chosen: ChosenColumns;
}

/** The mapping of what was chosen. */
export function mappingOf({ place, columns, chosen, ...rest }: Choices): Mapping {
  const { id, ...others } = chosen;
  const fields: Mapping['fields'] = Object.fromEntries(
    mappedFields.flatMap((field) => (others[field] == null ? [] : [[field, others[field]]])),
  );
  const examplesOf = (path: string | null | undefined): readonly string[] =>
    columns.find((column) => column.path === path)?.examples ?? [];
  const paths = [...(id == null ? [] : [id]), ...Object.values(fields)];
  const ids = [examplesOf(id), examplesOf(fields.session)].map(suggestIds);
  return {
    files: { ...place, columns: columnsNeeded(place, paths, columns) },
    ...(id == null ? {} : { id: [id] }),
    ...(ids.includes('perFile') ? { ids: 'perFile' as const } : {}),
    fields,
    ...rest,
  };
}
