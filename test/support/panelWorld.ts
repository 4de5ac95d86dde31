import { realtimeOf, type Voice } from './panelVoice';
import { usageFields, type Filter, type Group, type SessionRow, type Totals } from '../../src/shared/model';
import type { PanelAnswer, PanelData, PanelQuery } from '../../src/shared/protocol';

/** Some calls of one session with one model on one day; what a panel can be asked about. */
export interface Deed {
  readonly session: string;
  readonly experiment: string | null;
  /** ISO. */
  readonly at: string;
  readonly model: string | null;
  readonly provider: string | null;
  readonly user: string | null;
  readonly usd: number;
  readonly calls: number;
  readonly unpriced?: number;
  readonly inexact?: number;
  readonly errors?: number;
  /** Further calls that are excluded from analytics. */
  readonly excluded?: number;
  /** Further calls that have no time. */
  readonly untimed?: number;
  readonly tokens?: readonly [input: number, cacheRead: number, cacheWrite: number, output: number];
  readonly note?: string;
  readonly tag?: string;
  readonly voice?: Voice;
}

const noUsage = Object.fromEntries(usageFields.map((field) => [field, 0])) as Pick<
  Totals,
  (typeof usageFields)[number]
>;
const sum = (deeds: readonly Deed[], of: (deed: Deed) => number | undefined) =>
  deeds.reduce((total, deed) => total + (of(deed) ?? 0), 0);

function totalsOf(deeds: readonly Deed[]): Totals {
  const cost = Math.round(sum(deeds, ({ usd }) => usd * 1e9));
  return {
    ...noUsage,
    inputTokens: sum(deeds, ({ tokens }) => tokens?.[0]),
    cacheReadTokens: sum(deeds, ({ tokens }) => tokens?.[1]),
    cacheWriteTokens: sum(deeds, ({ tokens }) => tokens?.[2]),
    outputTokens: sum(deeds, ({ tokens }) => tokens?.[3]),
    audioInputSeconds: sum(deeds, ({ voice }) => voice?.audio[0]),
    audioOutputSeconds: sum(deeds, ({ voice }) => voice?.audio[1]),
    audioInputTokens: sum(deeds, ({ voice }) => voice?.audio[2]),
    audioOutputTokens: sum(deeds, ({ voice }) => voice?.audio[3]),
    cost,
    recorded: Math.round(cost * 0.25),
    computed: cost,
    calls: sum(deeds, ({ calls }) => calls),
    unpricedCalls: sum(deeds, ({ unpriced }) => unpriced),
    inexactCalls: sum(deeds, ({ inexact }) => inexact),
    includedCalls: 0,
    included: 0,
    excludedCalls: sum(deeds, ({ excluded }) => excluded),
    untimedCalls: sum(deeds, ({ untimed }) => untimed),
    errors: sum(deeds, ({ errors }) => errors),
    sessions: new Set(deeds.map(({ session }) => session)).size,
  };
}

type Key = string | null;

function by(deeds: readonly Deed[], keyOf: (deed: Deed) => Key): ReadonlyMap<Key, readonly Deed[]> {
  const found = new Map<Key, readonly Deed[]>();
  for (const deed of deeds) found.set(keyOf(deed), [...(found.get(keyOf(deed)) ?? []), deed]);
  return found;
}

const groups = (deeds: readonly Deed[], keyOf: (deed: Deed) => Key, none: string): readonly Group[] =>
  [...by(deeds, keyOf)]
    .map(([key, some]) => ({ ...totalsOf(some), key, filterKey: key, label: key ?? none }))
    .sort((a, b) => b.cost - a.cost);

const has = (keys: readonly Key[] | undefined, key: Key) => keys === undefined || keys.includes(key);

const matches = (deed: Deed, filter: Filter): boolean =>
  has(filter.models, deed.model) &&
  has(filter.providers, deed.provider) &&
  has(filter.users, deed.user) &&
  has(filter.experiments, deed.experiment) &&
  has(filter.sessions, deed.session);

const dayMs = 86_400_000;
const dayOf = ({ at }: Deed) => Math.floor(Date.parse(at) / dayMs);

function overTime(deeds: readonly Deed[], models: readonly Group[]): Pick<PanelData, 'buckets' | 'series'> {
  const days = deeds.map(dayOf);
  const first = Math.min(...days);
  const starts =
    deeds.length > 0 ? Array.from({ length: Math.max(...days) - first + 1 }, (_, day) => first + day) : [];
  const line = (some: readonly Deed[], of: (deed: Deed) => number) =>
    starts.map((day) =>
      sum(
        some.filter((deed) => dayOf(deed) === day),
        of,
      ),
    );
  const series = (model: Key, label: string, some: readonly Deed[]) => ({
    model,
    label,
    cost: line(some, ({ usd }) => Math.round(usd * 1e9)),
    calls: line(some, ({ calls }) => calls),
  });
  const drawn = models.slice(0, 8);
  const rest = deeds.filter(({ model }) => !drawn.some(({ key }) => key === model));
  return {
    buckets: starts.map((day) => ({
      start: day * dayMs,
      label: new Date(day * dayMs).toISOString().slice(0, 10),
    })),
    series: [
      ...drawn.map(({ key, label }) =>
        series(
          key,
          label,
          deeds.filter(({ model }) => model === key),
        ),
      ),
      ...(rest.length > 0 ? [series(null, 'other', rest)] : []),
    ],
  };
}

const sessionRow = (id: string, deeds: readonly Deed[]): SessionRow => ({
  ...totalsOf(deeds),
  key: id,
  id,
  experimentKey: deeds[0]!.experiment,
  experimentName: deeds[0]!.experiment,
  at: Math.min(...deeds.map(({ at }) => Date.parse(at))),
  user: deeds[0]!.user,
  tag: deeds.find(({ tag }) => tag)?.tag ?? null,
  models: [...new Set(deeds.map(({ model }) => model ?? 'unknown'))],
  noteLine: deeds.find(({ note }) => note)?.note ?? null,
  importer: 'synth-ai',
  excluded: false,
  project: null,
  branch: null,
  agents: 0,
});

/** What the ledger would answer, had it these calls. Counts in days and in UTC, whatever is asked. */
export function answerOf(deeds: readonly Deed[], { filter }: PanelQuery): PanelAnswer {
  const found = deeds.filter((deed) => matches(deed, filter));
  const byModel = groups(found, ({ model }) => model, 'No model');
  const times = deeds.map(({ at }) => Date.parse(at));
  const realtime = realtimeOf(found, totalsOf);
  return {
    data: {
      total: totalsOf(found),
      ...overTime(found, byModel),
      byModel,
      byProvider: groups(found, ({ provider }) => provider, 'No provider'),
      byUser: groups(found, ({ user }) => user, 'No user'),
      byExperiment: groups(found, ({ experiment }) => experiment, 'No experiment'),
      byProject: [],
      byBranch: [],
      sessions: [...by(found, ({ session }) => session)]
        .map(([id, some]) => sessionRow(id!, some))
        .sort((a, b) => b.cost - a.cost)
        .slice(0, 50),
      ...(realtime ? { realtime } : {}),
      ...(deeds.length > 0 ? { span: { first: Math.min(...times), last: Math.max(...times) } } : {}),
    },
    mode: 'auto',
    zone: 'UTC',
    interval: 'day',
    status: {
      path: '/store.db',
      storage: 'file',
      revision: 1,
      calls: sum(deeds, ({ calls }) => calls),
      sessions: new Set(deeds.map(({ session }) => session)).size,
      sources: deeds.length > 0 ? 1 : 0,
    },
  };
}

/** Four sessions whose sums can be worked out by hand: $4.50 in 8 calls, 2 of them unpriced. */
export const smallWorld: readonly Deed[] = [
  {
    session: 's-1',
    experiment: 'baseline',
    at: '2025-06-01T10:00:00Z',
    model: 'gpt-4o',
    provider: 'openai',
    user: 'ada',
    usd: 1.5,
    calls: 3,
    tokens: [1000, 200, 0, 500],
    note: 'Cheaper than last week',
  },
  {
    session: 's-2',
    experiment: 'baseline',
    at: '2025-06-01T11:00:00Z',
    model: 'claude-sonnet-4',
    provider: 'anthropic',
    user: 'ada',
    usd: 2.25,
    calls: 2,
    tokens: [800, 0, 100, 400],
  },
  {
    session: 's-3',
    experiment: 'long prompts',
    at: '2025-06-03T09:30:00Z',
    model: 'gpt-4o',
    provider: 'openai',
    user: 'bob',
    usd: 0.75,
    calls: 1,
    inexact: 1,
    tokens: [300, 0, 0, 100],
  },
  {
    session: '<img src=x onerror=alert(1)>',
    experiment: null,
    at: '2025-06-03T12:00:00Z',
    model: '<b>bold</b> model',
    provider: null,
    user: null,
    usd: 0,
    calls: 2,
    unpriced: 2,
    errors: 1,
    note: '</td><script>alert(2)</script>',
  },
];

const rich = [
  ['claude-sonnet-4-5', 'anthropic', 3.1],
  ['gpt-5', 'openai', 2.2],
  ['gemini-2.5-pro', 'google', 1.4],
  ['claude-opus-4-1', 'anthropic', 2.6],
  ['gpt-5-mini', 'openai', 0.6],
  ['gpt-4o', 'openai', 0.9],
  ['gemini-2.5-flash', 'google', 0.3],
  ['claude-haiku-4-5', 'anthropic', 0.45],
  ['o4-mini', 'openai', 0.24],
  ['qwen3-coder-480b', 'openrouter', 0.12],
  ['llama-3.3-70b-instruct', 'groq', 0.05],
] as const;
const experiments = [
  'crafter-agent-v2',
  'prompt-ablation',
  'tool-use-long-horizon',
  'swe-bench-lite',
  null,
] as const;
const users = ['ada', 'grace', 'linus', null] as const;
const notes = [
  'Opus only for planning; Sonnet writes the code. Saves about 40 %.',
  'Cache was cold after the deploy, ignore the spike.',
  'Batch price applies: half of list.',
];

/** A month of work by a small team, the same each time; for pictures. */
export const richWorld: readonly Deed[] = Array.from({ length: 260 }, (_, index): Deed => {
  const wave = (factor: number) => ((index * factor) % 97) / 97;
  const day = Math.floor(wave(31) * 30);
  const [model, provider, price] = rich[Math.floor(wave(13) ** 1.6 * rich.length)]!;
  const isWeekend = day % 7 === 5 || day % 7 === 6;
  const session = Math.floor(index / 3);
  const calls = 3 + Math.floor(wave(57) * 40);
  return {
    session: `chat_model_${(session * 48271 + 1048576).toString(16).slice(0, 6)}_${session}`,
    experiment: experiments[session % 5]!,
    at: new Date(Date.UTC(2025, 4, 20 + day, 8 + (index % 10), (index * 7) % 60)).toISOString(),
    model,
    provider,
    user: users[session % 4]!,
    usd: Math.round(price * calls * wave(71) * (isWeekend ? 12 : 60) * 1e5) / 1e8,
    calls,
    unpriced: index % 83 === 7 ? 1 : 0,
    inexact: index % 41 === 3 ? 2 : 0,
    errors: index % 37 === 5 ? 1 : 0,
    tokens: [calls * 2100, calls * 9400, calls * 800, calls * 650],
    ...(session % 4 === 1 ? { note: notes[session % 3]! } : {}),
  };
});
