import { factsOf, fromWith } from './facts';
import type { Store } from '../store';
import type { Question, Totals } from '../../shared/model';
import type { RealtimeUsage } from '../../shared/protocol';

/**
 * Formats of voice sessions, which have function calls counted whether a call of theirs has audio or not. A session of
 * such a format without that count is one of Nevil's log of steps, which tells of no usage.
 */
const realtimeImporters = "'nevil', 'openai-realtime'";

/** Nevil's tracker is one session here; what it calls sessions stands as the events of it. */
const sessionsIn = "CASE c.importer WHEN 'nevil' THEN max(coalesce(s.events, 1), 1) ELSE 1 END";

/** Summed up by session, as `v`. */
const measures = [
  ...['input', 'cache_read', 'cache_write', 'output', 'audio_input', 'audio_output'],
  ...['audio_input_us', 'audio_output_us', 'recorded', 'computed', 'unpriced_computed', 'inexact_recorded'],
];

const answers = {
  sessions: `sum(${sessionsIn})`,
  functionCalls: 'sum(s.function_calls)',
  // Nobody speaks for no time at all: Nevil writes 0 and never counts.
  durationMs: 'nullif(sum(s.duration_ms), 0)',
  audioInputUs: 'sum(v.audio_input_us)',
  audioOutputUs: 'sum(v.audio_output_us)',
  audioInputTokens: 'sum(v.audio_input)',
  audioOutputTokens: 'sum(v.audio_output)',
  textInputTokens: 'sum(v.input + v.cache_read + v.cache_write - v.audio_input)',
  textOutputTokens: 'sum(v.output - v.audio_output)',
  computed: 'sum(v.computed)',
  unpricedCalls: 'sum(v.unpriced_computed)',
  estimated: 'sum(v.recorded) FILTER (WHERE v.inexact_recorded > 0)',
  estimatedComputed: 'sum(v.computed) FILTER (WHERE v.inexact_recorded > 0)',
  estimatedUnpriced: 'sum(v.unpriced_computed) FILTER (WHERE v.inexact_recorded > 0)',
};
type Answers = Readonly<Record<keyof typeof answers, number | null>>;

/**
 * What sessions with voice used; undefined when none has a call that is asked about. Inside a read.
 *
 * A session has voice when it comes from a format of such sessions or when any of its calls has audio, and then all its
 * calls count. Function calls and duration are known of a session as a whole: a period or filter that cuts one still
 * counts them whole.
 */
export function realtimeUsage(store: Store, question: Question, total: Totals): RealtimeUsage | undefined {
  const voice = voiceSessions(store, total);
  if (voice === undefined) return undefined;
  const facts = factsOf(store, question, { session: true });
  const [row] = store.db.rows(
    `SELECT ${Object.values(answers).join(', ')}
       FROM (SELECT f.session, ${measures.map((name) => `sum(f.${name}) AS ${name}`).join(', ')}
               ${fromWith(facts, `f.session IN (${voice})`)}
              GROUP BY f.session) v JOIN session s ON s.id = v.session JOIN scope c ON c.id = s.scope`,
    facts.params,
  );
  return usageFrom(Object.fromEntries(Object.keys(answers).map((name, i) => [name, row![i]])) as Answers);
}

/** Ids of the sessions with voice, as SQL; undefined when there can be none among what is asked about. */
function voiceSessions(store: Store, total: Totals): string | undefined {
  const isHeard =
    total.audioInputTokens + total.audioOutputTokens + total.audioInputSeconds + total.audioOutputSeconds > 0;
  const scopes = store.db.rows(`SELECT id FROM scope WHERE importer IN (${realtimeImporters})`).flat();
  const parts = [
    ...(scopes.length > 0
      ? [`SELECT id FROM session WHERE function_calls IS NOT NULL AND scope IN (${scopes.join(', ')})`]
      : []),
    ...(isHeard
      ? [
          `SELECT session FROM usage_session
            WHERE audio_input + audio_output + audio_input_us + audio_output_us > 0`,
        ]
      : []),
  ];
  return parts.length === 0 ? undefined : parts.join(' UNION ');
}

function usageFrom(sums: Answers): RealtimeUsage | undefined {
  if (!sums.sessions) return undefined;
  const { functionCalls, durationMs, estimated, estimatedComputed, estimatedUnpriced } = sums;
  return {
    audioInputSeconds: sums.audioInputUs! / 1e6,
    audioOutputSeconds: sums.audioOutputUs! / 1e6,
    audioInputTokens: sums.audioInputTokens!,
    audioOutputTokens: sums.audioOutputTokens!,
    textInputTokens: sums.textInputTokens!,
    textOutputTokens: sums.textOutputTokens!,
    functionCalls,
    sessions: sums.sessions,
    durationMs,
    computed: sums.computed!,
    unpricedCalls: sums.unpricedCalls!,
    ...(estimated === null
      ? {}
      : { estimate: { recorded: estimated, computed: estimatedUnpriced ? null : estimatedComputed } }),
  };
}
