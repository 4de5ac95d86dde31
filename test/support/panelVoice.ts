import type { Deed } from './panelWorld';
import type { Totals } from '../../src/shared/model';
import type { RealtimeUsage } from '../../src/shared/protocol';

/** What voice sessions add to a deed. */
export interface Voice extends Pick<RealtimeUsage, 'functionCalls' | 'durationMs' | 'sessions'> {
  /** Seconds; tokens. */
  readonly audio: readonly [secondsIn: number, secondsOut: number, tokensIn: number, tokensOut: number];
  /** USD that the source itself estimated. */
  readonly estimated?: number;
}

const known = (deeds: readonly Deed[], of: (voice: Voice) => number | null | undefined): number | null =>
  deeds.reduce<number | null>((all, { voice }) => {
    const value = voice && of(voice);
    return value == null ? all : (all ?? 0) + value;
  }, null);

/** As if every deed with voice were a session of its own. */
export function realtimeOf(
  all: readonly Deed[],
  totalsOf: (deeds: readonly Deed[]) => Totals,
): RealtimeUsage | undefined {
  const deeds = all.filter(({ voice }) => voice);
  if (deeds.length === 0) return undefined;
  const totals = totalsOf(deeds);
  const guessed = deeds.filter(({ voice }) => voice?.estimated !== undefined);
  const { audioInputSeconds, audioOutputSeconds, audioInputTokens, audioOutputTokens } = totals;
  return {
    ...{ audioInputSeconds, audioOutputSeconds, audioInputTokens, audioOutputTokens },
    textInputTokens: totals.inputTokens + totals.cacheReadTokens + totals.cacheWriteTokens - audioInputTokens,
    textOutputTokens: totals.outputTokens - audioOutputTokens,
    functionCalls: known(deeds, ({ functionCalls }) => functionCalls),
    durationMs: known(deeds, ({ durationMs }) => durationMs),
    sessions: known(deeds, ({ sessions }) => sessions) ?? 0,
    computed: totals.computed,
    unpricedCalls: totals.unpricedCalls,
    ...(guessed.length === 0
      ? {}
      : {
          estimate: {
            recorded: Math.round((known(guessed, ({ estimated }) => estimated) ?? 0) * 1e9),
            computed: totalsOf(guessed).unpricedCalls > 0 ? null : totalsOf(guessed).computed,
          },
        }),
  };
}

/** A robot that keeps its own account, far too low, and a log of the API that has no price. */
export const voiceWorld: readonly Deed[] = [
  {
    session: 'realtime-usage',
    experiment: null,
    at: '2025-06-02T10:00:00Z',
    model: 'gpt-realtime',
    provider: 'openai',
    user: null,
    usd: 0.9453,
    calls: 1,
    tokens: [4200, 0, 0, 950],
    voice: {
      audio: [312.5, 148.2, 0, 0],
      functionCalls: 12,
      durationMs: null,
      sessions: 3,
      estimated: 0.046765,
    },
  },
  {
    session: 'sess_001',
    experiment: null,
    at: '2025-06-03T10:00:00Z',
    model: 'gpt-4o-realtime-preview',
    provider: 'openai',
    user: null,
    usd: 0,
    calls: 2,
    unpriced: 2,
    tokens: [472, 448, 0, 260],
    voice: { audio: [2.4, 0, 300, 208], functionCalls: 2, durationMs: 95_000, sessions: 1 },
  },
];
