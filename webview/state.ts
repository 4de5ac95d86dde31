import type { Interval, PanelQuery, Period } from '../src/shared/protocol';

/** The fields of `Filter` that the panel knows, in the order of their chips. */
export const filterFields = [
  'models',
  'providers',
  'users',
  'experiments',
  'projects',
  'branches',
  'sessions',
  'sources',
] as const;
export type FilterField = (typeof filterFields)[number];
export type FilterKey = string | null;

export const periods = [
  'today',
  '7d',
  '30d',
  '90d',
  'year',
  'all',
  'custom',
] as const satisfies readonly Period[];
export const intervals = ['auto', 'hour', 'day', 'week', 'month'] as const satisfies readonly (
  Interval | 'auto'
)[];

/** Everything of the panel that outlives its page: what is asked, and how it is looked at. Plain JSON. */
export interface PanelState {
  readonly query: PanelQuery;
  /** Names of filtered things, by `labelKey`, so that a chip has its name before an answer comes. */
  readonly labels: Readonly<Record<string, string>>;
  /** Colour slot of each model seen so far. */
  readonly slots: Readonly<Record<string, number>>;
  /** Ids of charts that are shown as tables, and of lists that are shown whole. */
  readonly open: readonly string[];
  readonly scroll: number;
}

export const initialState: PanelState = {
  query: { period: 'all', interval: 'auto', filter: {} },
  labels: {},
  slots: {},
  open: [],
  scroll: 0,
};

export const labelKey = (field: FilterField, key: FilterKey): string => `${field}:${key ?? ''}`;

/** Only days as a date field writes them; anything else is as good as empty. */
const day = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined;

export const setPeriod = ({ query, ...state }: PanelState, period: Period): PanelState => ({
  ...state,
  query: { interval: query.interval, filter: query.filter, period },
});

/** A range of days; one that ends before it starts is turned round, and an end that is no day is open. */
export function setDates({ query, ...state }: PanelState, from: string, to: string): PanelState {
  const days = [day(from), day(to)];
  if (days[0] && days[1] && days[0] > days[1]) days.reverse();
  const [since, until] = days;
  const dates = { ...(since ? { from: since } : {}), ...(until ? { to: until } : {}) };
  return { ...state, query: { period: 'custom', ...dates, interval: query.interval, filter: query.filter } };
}

export const setInterval = (state: PanelState, interval: PanelQuery['interval']): PanelState => ({
  ...state,
  query: { ...state.query, interval },
});

const withFilter = (state: PanelState, field: FilterField, keys: readonly FilterKey[]): PanelState => {
  const others = Object.entries(state.query.filter).filter(([name]) => name !== field);
  const filter = Object.fromEntries(keys.length > 0 ? [...others, [field, keys]] : others);
  return { ...state, query: { ...state.query, filter } };
};

export const filteredKeys = (state: PanelState, field: FilterField): readonly FilterKey[] =>
  state.query.filter[field] ?? [];

export interface Choice {
  readonly key: FilterKey;
  readonly label: string;
}

/** Restricts to these; choosing once more what is already chosen takes the restriction away. */
export function toggleFilter(state: PanelState, field: FilterField, choices: readonly Choice[]): PanelState {
  const now = filteredKeys(state, field);
  const same = now.length === choices.length && choices.every(({ key }) => now.includes(key));
  if (same) return withFilter(state, field, []);
  const labels = Object.fromEntries(choices.map(({ key, label }) => [labelKey(field, key), label]));
  return {
    ...withFilter(
      state,
      field,
      choices.map(({ key }) => key),
    ),
    labels: { ...state.labels, ...labels },
  };
}

/** Without a key, the whole field. */
export const removeFilter = (state: PanelState, field: FilterField, key?: FilterKey): PanelState =>
  withFilter(
    state,
    field,
    key === undefined ? [] : filteredKeys(state, field).filter((other) => other !== key),
  );

export const clearFilters = (state: PanelState): PanelState => ({
  ...state,
  query: { ...state.query, filter: {} },
});

export const hasFilters = ({ query }: PanelState): boolean =>
  Object.values(query.filter).some((keys) => keys !== undefined && keys.length > 0);

/** Shows a chart as a table or a list whole, or takes that back. */
export const toggleOpen = (state: PanelState, id: string): PanelState => ({
  ...state,
  open: state.open.includes(id) ? state.open.filter((other) => other !== id) : [...state.open, id],
});

type Json = Readonly<Record<string, unknown>>;
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const oneOf = <T extends string>(value: unknown, known: readonly T[], otherwise: T): T =>
  known.find((item) => item === value) ?? otherwise;
const isText = (value: unknown): value is string => typeof value === 'string';
const entriesOf = <T>(value: unknown, keep: (item: unknown) => item is T): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(object(value)).filter((entry): entry is [string, T] => keep(entry[1])));

function restoreFilter(value: unknown): PanelQuery['filter'] {
  const filter: Record<string, readonly FilterKey[]> = {};
  for (const field of filterFields) {
    const keys = object(value)[field];
    const known = Array.isArray(keys)
      ? keys.filter((key): key is FilterKey => key === null || isText(key))
      : [];
    if (known.length > 0) filter[field] = known;
  }
  return filter;
}

/** The state that was saved, as far as it is one: an older version's or a damaged one loses only what is damaged. */
export function restoreState(saved: unknown): PanelState {
  const { query, labels, slots, open, scroll } = object(saved);
  const { period, from, to, interval, filter } = object(query);
  const since = day(from);
  const until = day(to);
  return {
    query: {
      period: oneOf(period, periods, initialState.query.period),
      ...(since ? { from: since } : {}),
      ...(until ? { to: until } : {}),
      interval: oneOf(interval, intervals, 'auto'),
      filter: restoreFilter(filter),
    },
    labels: entriesOf(labels, isText),
    slots: entriesOf(slots, (slot): slot is number => Number.isInteger(slot) && (slot as number) >= 0),
    open: Array.isArray(open) ? open.filter(isText) : [],
    scroll: typeof scroll === 'number' && scroll > 0 ? scroll : 0,
  };
}

/** A filter that came from outside, over all time: what was filtered before would only hide it. */
export const filterRequested = (state: PanelState, filter: PanelQuery['filter']): PanelState => ({
  ...state,
  query: { period: 'all', interval: state.query.interval, filter: restoreFilter(filter) },
});
