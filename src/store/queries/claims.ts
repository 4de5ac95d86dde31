import { claimState, claimText } from '../../shared/claims';
import { usd } from '../../shared/money';
import type { ClaimCheck, ClaimSums, DaysCompared, FoundSums } from '../../shared/claims';
import type { Issue } from '../../shared/model';
import type { Connection, SqlValue } from '../../sqlite/connection';

const claimed = 'c.calls, c.recorded, c.input, c.output, c.tokens';
/** Of several sources that tell of the same, the one that knows of the most calls is the newest. */
const newestFirst =
  'ORDER BY c.calls DESC, c.recorded DESC, c.tokens DESC, c.input DESC, c.output DESC, source.path';
/** Excluded from analytics or not: it is the data that is checked. */
const found = `coalesce(sum(u.calls), 0), coalesce(sum(u.errors), 0), coalesce(sum(u.recorded), 0),
  coalesce(sum(u.input + u.cache_read + u.cache_write), 0), coalesce(sum(u.output), 0)`;

const claimOf = (row: readonly SqlValue[]): ClaimSums => {
  const [calls, recorded, inputTokens, outputTokens, tokens] = row as (number | null)[];
  return {
    calls: calls!,
    recorded: recorded!,
    inputTokens: inputTokens!,
    outputTokens: outputTokens!,
    tokens: tokens!,
  };
};

const sumsOf = (row: readonly SqlValue[]): FoundSums => {
  const [calls, errors, recorded, inputTokens, outputTokens] = row as number[];
  return {
    calls: calls!,
    errors: errors!,
    recorded: recorded!,
    inputTokens: inputTokens!,
    outputTokens: outputTokens!,
  };
};

/** Inside a read: the total that a source tells of a session, beside what its calls add up to; undefined if none does. */
export function claimOfSession(db: Connection, session: number): ClaimCheck | undefined {
  const [told] = db.rows(
    `SELECT ${claimed} FROM claim c JOIN source ON source.id = c.source JOIN session s ON s.scope = source.scope
      WHERE s.id = ? AND c.session = s.own_id AND c.session <> '' AND c.day = '' AND c.model = '' ${newestFirst} LIMIT 1`,
    [session],
  );
  if (!told) return undefined;
  const [here] = db.rows(`SELECT ${found} FROM usage_session u WHERE u.session = ?`, [session]);
  return { claimed: claimOf(told), found: sumsOf(here!) };
}

export interface SourceClaims {
  readonly compared: DaysCompared;
  /** A day and model that differ, each with both figures. */
  readonly issues: readonly Issue[];
}

interface DayClaim {
  readonly source: number;
  readonly path: string;
  readonly scope: number;
  readonly day: string;
  readonly model: string;
  readonly claimed: ClaimSums;
}

/** Inside a read: how the totals of days that sources tell compare with the calls, by source. */
export function dayClaims(db: Connection): ReadonlyMap<number, SourceClaims> {
  const claims = newest(allDayClaims(db));
  const sums = new Map<number, DaySums>();
  const bySource = new Map<number, DayClaim[]>();
  for (const claim of claims) bySource.set(claim.source, [...(bySource.get(claim.source) ?? []), claim]);
  for (const { scope } of claims)
    if (!sums.has(scope))
      sums.set(
        scope,
        sumsByDay(
          db,
          scope,
          claims.filter((claim) => claim.scope === scope),
        ),
      );
  return new Map([...bySource].map(([source, own]) => [source, compared(own, sums)]));
}

function allDayClaims(db: Connection): DayClaim[] {
  return db
    .rows(
      `SELECT c.source, source.path, source.scope, c.day, c.model, ${claimed} FROM claim c
         JOIN source ON source.id = c.source WHERE c.day <> '' AND c.session = '' ${newestFirst}`,
    )
    .map(([source, path, scope, day, model, ...sums]) => ({
      source: source as number,
      path: path as string,
      scope: scope as number,
      day: day as string,
      model: model as string,
      claimed: claimOf(sums),
    }));
}

/** The first word on a day and model of a format. */
function newest(claims: readonly DayClaim[]): DayClaim[] {
  const first = new Map<string, DayClaim>();
  for (const claim of claims) {
    const key = JSON.stringify([claim.scope, claim.day, claim.model]);
    if (!first.has(key)) first.set(key, claim);
  }
  return [...first.values()].sort((a, b) => (keyOf(a.day, a.model) < keyOf(b.day, b.model) ? -1 : 1));
}

const dayMillis = 86_400_000;
const slotsOfDay = 96;

type DaySums = ReadonlyMap<string, FoundSums>;

const keyOf = (day: string, model: string): string => `${day} ${model}`;

/** Sums of a format's calls by UTC day, and by day and model, for the span of the claims. */
function sumsByDay(db: Connection, scope: number, claims: readonly DayClaim[]): DaySums {
  const days = claims.map(({ day }) => Date.parse(day) / dayMillis);
  const rows = db.rows(
    `SELECT u.slot / ${slotsOfDay}, m.name, ${found} FROM usage_slot u JOIN model m ON m.id = u.model
      WHERE u.slot >= ? AND u.slot < ? AND u.session IN (SELECT id FROM session WHERE scope = ?) GROUP BY 1, 2`,
    [least(days) * slotsOfDay, (most(days) + 1) * slotsOfDay, scope],
  );
  const sums = new Map<string, FoundSums>();
  for (const [number, model, ...row] of rows) {
    const day = new Date((number as number) * dayMillis).toISOString().slice(0, 10);
    for (const key of new Set([keyOf(day, ''), keyOf(day, model as string)]))
      sums.set(key, added(sums.get(key) ?? nothing, sumsOf(row)));
  }
  return sums;
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b));

const nothing: FoundSums = { calls: 0, errors: 0, recorded: 0, inputTokens: 0, outputTokens: 0 };

const added = (a: FoundSums, b: FoundSums): FoundSums => ({
  calls: a.calls + b.calls,
  errors: a.errors + b.errors,
  recorded: a.recorded + b.recorded,
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
});

/** A day of which no call was imported is no difference: its calls may come later. */
function compared(claims: readonly DayClaim[], sums: ReadonlyMap<number, DaySums>): SourceClaims {
  const sumOf = ({ scope }: DayClaim, key: string): FoundSums => sums.get(scope)?.get(key) ?? nothing;
  const days = new Set(claims.map(({ day }) => day));
  const present = claims.filter((claim) => sumOf(claim, keyOf(claim.day, '')).calls > 0);
  const differing = present.flatMap((claim) => {
    const check = { claimed: claim.claimed, found: sumOf(claim, keyOf(claim.day, claim.model)) };
    return claimState(check) === 'same' ? [] : [{ claim, check }];
  });
  return {
    compared: {
      days: days.size,
      differ: new Set(differing.map(({ claim }) => claim.day)).size,
      absent: days.size - new Set(present.map(({ day }) => day)).size,
    },
    issues: differing.map(({ claim, check }) => issueOf(claim, check)),
  };
}

function issueOf({ path, day, model }: DayClaim, check: ClaimCheck): Issue {
  const of = model === '' ? '' : `, ${model}`;
  const remedy = check.found.calls < (check.claimed.calls ?? 0) ? ' Import the other calls of that day.' : '';
  return {
    path,
    place: day,
    message: `The source's own total of ${day} (UTC)${of}: ${claimText(check, usd.exact)}.${remedy}`,
  };
}
