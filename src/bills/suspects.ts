import { modelKey } from './modelKey';
import { formatCount } from '../shared/format';
import { usd } from '../shared/money';
import type { LedgerUse } from './compare';
import type { KeptLine } from './overlap';
import type { Bill, ComparedDay, Comparison, Suspect } from '../shared/bill';

/** What differences are explained from. */
export interface Evidence {
  readonly provider: string | null;
  readonly bills: readonly Bill[];
  /** The lines that count, money in USD and usage. */
  readonly lines: readonly KeptLine[];
  readonly uses: readonly LedgerUse[];
  readonly comparisons: readonly Comparison[];
  /** UTC days that the bills cover. */
  readonly days: readonly string[];
  readonly zone: string;
  /** What the user excluded from analytics. */
  readonly excluded: { readonly calls: number; readonly cost: number };
  readonly untimedCalls: number;
  /** Calls that tell a service tier that is not the standard one. */
  readonly tieredCalls: number;
  /** Lines of each bill that another one stands for. */
  readonly covered: ReadonlyMap<number, number>;
}

type Found = Suspect | undefined | false;

/** Everything that may be why the two differ, what is weightiest first. */
export const suspectsOf = (evidence: Evidence): Suspect[] =>
  [
    ...callSuspects(evidence),
    ...daySuspects(evidence),
    ...modelSuspects(evidence),
    ...lineSuspects(evidence),
    zoneSuspect(evidence),
    ...fileSuspects(evidence),
  ].filter((found) => found !== undefined && found !== false);

const sumOf = (
  uses: readonly LedgerUse[],
  field: 'unpricedCalls' | 'inexactCalls' | 'includedCalls' | 'included',
): number => uses.reduce((all, { totals }) => all + totals[field], 0);

const callsOf = (count: number): string => `${formatCount(count)} ${count === 1 ? 'call' : 'calls'}`;
const is = (count: number): string => (count === 1 ? 'is' : 'are');

const most = 6;
/** `a, b and 3 more`. */
function listed(names: readonly string[]): string {
  const rest = names.length - most;
  return names.slice(0, most).join(', ') + (rest > 0 ? ` and ${formatCount(rest)} more` : '');
}

const modelsWith = (uses: readonly LedgerUse[], field: 'unpricedCalls' | 'inexactCalls'): string =>
  listed([
    ...new Set(uses.filter(({ totals }) => totals[field] > 0).map(({ model }) => model ?? 'no model')),
  ]);

function callSuspects({ uses, excluded, untimedCalls }: Evidence): Found[] {
  const unpriced = sumOf(uses, 'unpricedCalls');
  const inexact = sumOf(uses, 'inexactCalls');
  const included = sumOf(uses, 'includedCalls');
  const worth = sumOf(uses, 'included');
  return [
    unpriced > 0 && {
      kind: 'unpriced',
      calls: unpriced,
      message: `${callsOf(unpriced)} ${is(unpriced)} unpriced and add nothing to the ledger's side (${modelsWith(uses, 'unpricedCalls')}).`,
    },
    excluded.calls > 0 && {
      kind: 'excluded',
      calls: excluded.calls,
      amount: excluded.cost,
      message: `${callsOf(excluded.calls)} ${is(excluded.calls)} excluded from analytics; they would add ${usd.format(excluded.cost)}.`,
    },
    included > 0 && {
      kind: 'included',
      calls: included,
      amount: worth,
      message: `${callsOf(included)} ${is(included)} included in a subscription and cost nothing here (${usd.format(worth)} by list prices); if they were billed after all, that is missing.`,
    },
    inexact > 0 && {
      kind: 'inexact',
      calls: inexact,
      message: `${callsOf(inexact)} ${inexact === 1 ? 'has a cost that is' : 'have costs that are'} not exact (${modelsWith(uses, 'inexactCalls')}).`,
    },
    untimedCalls > 0 && {
      kind: 'untimed',
      calls: untimedCalls,
      message: `${callsOf(untimedCalls)} of this provider ${untimedCalls === 1 ? 'has' : 'have'} no known time and are on no day.`,
    },
  ];
}

function daySuspects({ days, lines, uses }: Evidence): Found[] {
  const called = new Set(uses.filter(({ totals }) => totals.calls > 0).map(({ day }) => day));
  const billed = new Set(
    lines.filter(({ amount, tokens }) => amount !== 0 || tokens.outputTokens > 0).map(({ day }) => day),
  );
  const noCalls = days.filter((day) => billed.has(day) && !called.has(day));
  const noLines = days.filter((day) => called.has(day) && !billed.has(day));
  const last = noLines.length > 0 && noLines.includes(days.at(-1)!);
  return [
    noCalls.length > 0 && {
      kind: 'noCalls',
      message: `The ledger has no call on ${dayList(noCalls)}, though the bill does: a source may be missing.`,
    },
    noLines.length > 0 && {
      kind: 'noLines',
      message: `The bill has nothing on ${dayList(noLines)}, though the ledger has calls${last ? ': it may not be complete yet' : ': they may be billed elsewhere'}.`,
    },
  ];
}

const dayList = (days: readonly string[]): string =>
  days.length === 1 ? days[0]! : `${formatCount(days.length)} days (${listed(days)})`;

/** Models that only one side knows, over all days. */
function modelSuspects({ provider, lines, uses }: Evidence): Found[] {
  const keyOf = ({ model }: { readonly model: string | null }): string | null =>
    model === null ? null : modelKey(provider, model);
  const billed = new Set(lines.map(keyOf));
  // A bill without models has none to miss.
  if (lines.every(({ model }) => model === null)) return [];
  const used = new Set(uses.map(keyOf));
  const onlyBilled = lines.filter((line) => line.model !== null && !used.has(keyOf(line)));
  const onlyUsed = uses.filter((use) => use.totals.calls > 0 && !billed.has(keyOf(use)));
  const names = (of: readonly { readonly model: string | null }[]): string =>
    listed([...new Set(of.map(({ model }) => model ?? 'no model'))]);
  const amount = onlyBilled.reduce((all, line) => all + (line.amount ?? 0), 0);
  const cost = onlyUsed.reduce((all, { totals }) => all + totals.cost, 0);
  const calls = onlyUsed.reduce((all, { totals }) => all + totals.calls, 0);
  return [
    onlyBilled.length > 0 && {
      kind: 'onlyBilled',
      amount,
      message: `Only the bill has ${names(onlyBilled)}${amount === 0 ? '' : ` (${usd.format(amount)})`}: a source may be missing.`,
    },
    onlyUsed.length > 0 && {
      kind: 'onlyLedger',
      ...{ calls, amount: cost },
      message: `Only the ledger has ${names(onlyUsed)} (${callsOf(calls)}, ${usd.format(cost)}): billed under another name, to another account, or not billed.`,
    },
  ];
}

const sumOfLines = (lines: readonly KeptLine[]): number =>
  lines.reduce((all, { amount }) => all + (amount ?? 0), 0);

function lineSuspects({ lines, tieredCalls }: Evidence): Found[] {
  const items = lines.filter(({ model, item, amount }) => model === null && item !== '' && (amount ?? 0) > 0);
  const credits = sumOfLines(lines.filter(({ amount }) => (amount ?? 0) < 0));
  return [
    tierSuspect(lines, tieredCalls),
    items.length > 0 && {
      kind: 'items',
      amount: sumOfLines(items),
      message: `${usd.format(sumOfLines(items))} is for what names no model (${listed([...new Set(items.map(({ item }) => item))])}): searches, storage, sessions, training and taxes are known to the ledger only where a source counts them.`,
    },
    credits < 0 && {
      kind: 'credits',
      amount: credits,
      message: `Credits and corrections take ${usd.exact(-credits)} off the bill.`,
    },
  ];
}

function tierSuspect(lines: readonly KeptLine[], calls: number): Found {
  const tiered = lines.filter(({ tier }) => tier !== '');
  const tells = `${callsOf(calls)} of the ledger ${calls === 1 ? 'tells' : 'tell'}`;
  if (tiered.length === 0)
    return (
      calls > 0 && {
        kind: 'tiers',
        calls,
        message: `${tells} a service tier of its own (batch, flex, priority or fast), and the bill does not say which lines do.`,
      }
    );
  const amount = sumOfLines(tiered);
  const names = listed([...new Set(tiered.map(({ tier }) => tier))]);
  return {
    kind: 'tiers',
    calls,
    amount,
    message: `${amount === 0 ? 'Usage' : usd.format(amount)} of the bill is at other service tiers (${names}); ${calls === 0 ? 'no call of the ledger tells' : tells} such a tier, and those that do not are priced at the standard one.`,
  };
}

/** Whether the days of another clock would explain what differs from day to day. */
function zoneSuspect({ comparisons, zone }: Evidence): Found {
  const costs = comparisons.find(({ kind }) => kind === 'cost');
  const days = costs?.days.filter(({ ledgerLocal }) => ledgerLocal !== null) ?? [];
  const off = (of: (day: ComparedDay) => number): number =>
    days.reduce((all, day) => all + Math.abs(of(day)), 0);
  const utc = off(({ difference }) => difference);
  const local = off(({ billed, ledgerLocal }) => billed - ledgerLocal!);
  const moved = off(({ ledger, ledgerLocal }) => ledger - ledgerLocal!);
  if (moved === 0) return undefined;
  const fits = local < utc * 0.5;
  return {
    kind: 'zone',
    amount: utc - local,
    message: fits
      ? `By days of ${zone} the ledger's days would be off by ${usd.format(local)} in all instead of ${usd.format(utc)}: this bill seems to count in local days.`
      : `Bills count in UTC days, and so does this comparison; views in ${zone} put some calls on the day before or after (off by ${usd.format(local)} in all instead of ${usd.format(utc)}).`,
  };
}

function fileSuspects({ bills, covered }: Evidence): Found[] {
  return bills.flatMap((bill): Found[] => [
    ...bill.notes.map((message): Suspect => ({ kind: 'file', message: `${nameOf(bill)}: ${message}` })),
    (covered.get(bill.id) ?? 0) > 0 && {
      kind: 'overlap',
      message: `${formatCount(covered.get(bill.id)!)} lines of ${nameOf(bill)} do not count: a bill that was imported later has the same days and models.`,
    },
  ]);
}

const nameOf = ({ path }: Bill): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
