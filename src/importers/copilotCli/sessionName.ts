/** Version 4: all of it is random, so that its first part tells one machine's sessions apart. */
const randomUuid = /^([0-9a-f]{8})-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** What telemetry may call the session instead of its id; undefined if that is not short for it. */
export const shortName = (session: string): string | undefined =>
  randomUuid.exec(session)?.[1]?.toLowerCase();

/** Telemetry goes before the sums of a session's own log, and calls before their sums. */
export const rankOf = {
  chatSpan: 0,
  inferenceLog: 1,
  turnLog: 2,
  agentSpan: 3,
  shutdown: 4,
  message: 5,
} as const;

export const accountOf = (session: string, rank: number): { readonly of: string; readonly rank: number } => ({
  of: `session:${shortName(session) ?? session}`,
  rank,
});
