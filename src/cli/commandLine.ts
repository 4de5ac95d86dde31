import { parseArgs } from 'node:util';
import { billColumns, billOptions } from './billOptions';
import { messageOf } from '../shared/errors';
import { firstDays, isZone, parseWhen } from '../shared/period';
import { currencyAt, type Currency } from '../shared/currency';
import type { BillColumns } from '../shared/bill';
import type { CostMode, GroupBy } from '../shared/model';
import type { FirstDay } from '../shared/period';
import type { ExportFormat, ExportLevel } from '../shared/protocol';
import type { SummaryPeriod, SummaryQuery } from '../shared/summary';

export const usage = `Usage:
  trace-ledger import  PATH...  [--store FILE] [--verbose]
  trace-ledger report  [PATH...] [--store FILE] [--group-by model|provider|day|experiment|session|user|source|tag|project|branch] [filters] [--json]
  trace-ledger export  [PATH...] [--store FILE] --format csv|json --level call|session|day [--out FILE] [filters]
  trace-ledger session ID [PATH...] [--store FILE] [--json]
  trace-ledger summary [PATH...] [--store FILE] --period day|week|month [--of DATE] | --from DATE --to DATE [--first-day monday|sunday|saturday] [--tz ZONE] [--cost-mode MODE] [--json]
  trace-ledger latency [PATH...] [--store FILE] [--group-by model|provider|day] [filters] [--json]
  trace-ledger explain ID [PATH...] [--store FILE] [--call CALL] [--json]
  trace-ledger note    ID [TEXT|-] [--store FILE]
  trace-ledger reconcile BILL... [--store FILE] [--cost-mode auto|recorded|computed] [--tz ZONE] [--column FIELD=NAME]... [--provider NAME]
               [--day-first|--month-first] [--cached-inside] [--json]
  trace-ledger compact --before T [--store FILE] [--dry-run]
filters: --since T --until T --tz ZONE --cost-mode auto|recorded|computed
  --verbose, wherever PATHs may stand: names every file of a folder that was passed over, however many.
  --column and what comes after it say what stands where in a table of no known provider; FIELD is one of date, model, amount,
    currency, item, inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens.
  ID is a session's id, key or tag.
  report, session, summary and explain take --currency CODE=RATE, such as EUR=0.92: what people read is shown in it, at so many to the US dollar.
  T is an ISO date or time, or an age such as 7d or 24h; --since is inclusive, --until is not.
`;

export type Command =
  | 'import'
  | 'report'
  | 'export'
  | 'session'
  | 'summary'
  | 'latency'
  | 'explain'
  | 'note'
  | 'reconcile'
  | 'compact';

export interface CommandLine {
  readonly command: Command;
  /** Files and folders. */
  readonly paths: readonly string[];
  /** `session`, `explain` and `note`: which one. */
  readonly id?: string;
  /** `explain`: which call of it, by the source's own id. */
  readonly call?: string;
  /** `note`: the new text; `-` = from standard input. */
  readonly text?: string;
  /** `summary`: of which period. */
  readonly period?: SummaryQuery;
  readonly firstDay: FirstDay;
  readonly store?: string;
  readonly out?: string;
  readonly groupBy: GroupBy | null;
  readonly format: ExportFormat;
  readonly level: ExportLevel;
  readonly json: boolean;
  /** `reconcile`: what stands where in a table of no known provider. */
  readonly billColumns?: BillColumns;
  /** Tell of every file that was passed over. */
  readonly verbose: boolean;
  readonly mode: CostMode;
  readonly zone: string;
  /** In what amounts are shown to people; US dollars where it is missing. */
  readonly currency?: Currency;
  readonly since?: number;
  readonly until?: number;
  /** `compact`: calls from before this become sums. */
  readonly before?: number;
  /** Tell what would be done and do nothing. */
  readonly dryRun: boolean;
}

const groupBys: readonly GroupBy[] = [
  'model',
  'provider',
  'day',
  'experiment',
  'session',
  'user',
  'source',
  'tag',
  'project',
  'branch',
];
const modes: readonly CostMode[] = ['auto', 'recorded', 'computed'];
const formats: readonly ExportFormat[] = ['csv', 'json'];
const calendarPeriods: readonly Exclude<SummaryPeriod, 'custom'>[] = ['day', 'week', 'month'];
const levels: readonly ExportLevel[] = ['call', 'session', 'day'];

const common = ['store', 'help'];
const filters = ['since', 'until', 'tz', 'cost-mode'];
const optionsOf: Record<Command, readonly string[]> = {
  import: [...common, 'verbose'],
  report: [...common, ...filters, 'group-by', 'currency', 'json', 'verbose'],
  export: [...common, ...filters, 'format', 'level', 'out', 'verbose'],
  session: [...common, 'currency', 'json', 'tz', 'cost-mode', 'verbose'],
  summary: [
    ...common,
    ...['period', 'of', 'from', 'to', 'first-day'],
    ...['currency', 'json', 'tz', 'cost-mode', 'verbose'],
  ],
  latency: [...common, ...filters, 'group-by', 'currency', 'json', 'verbose'],
  explain: [...common, 'call', 'currency', 'json', 'tz', 'cost-mode', 'verbose'],
  note: common,
  reconcile: [...common, 'cost-mode', 'tz', 'json', ...Object.keys(billOptions)],
  compact: [...common, 'before', 'dry-run', 'tz'],
};

export type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

class WrongUse extends Error {}

/** What was asked for, or what is wrong with it. */
export function parseCommandLine(
  args: readonly string[],
): CommandLine | { readonly wrong: string } | { readonly help: true } {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        store: text,
        'group-by': text,
        format: text,
        level: text,
        out: text,
        call: text,
        period: text,
        of: text,
        from: text,
        to: text,
        'first-day': text,
        currency: text,
        since: text,
        until: text,
        before: text,
        'dry-run': flag,
        tz: text,
        'cost-mode': text,
        json: flag,
        verbose: flag,
        ...billOptions,
        help: { ...flag, short: 'h' },
      },
    });
    if (values.help) return { help: true };
    return read(values, positionals);
  } catch (error) {
    return { wrong: messageOf(error) };
  }
}

function read(values: Values, [command, ...rest]: readonly string[]): CommandLine {
  if (command === undefined) throw new WrongUse('A command is missing.');
  if (!Object.hasOwn(optionsOf, command)) throw new WrongUse(`There is no command ${command}.`);
  const known = command as Command;
  const stray = Object.keys(values).find((name) => !optionsOf[known].includes(name));
  if (stray) throw new WrongUse(`${known} takes no --${stray}.`);
  if (command === 'compact' && values.before === undefined)
    throw new WrongUse('compact needs --before: a date, or an age such as 30d.');
  const zone = text(values, 'tz') ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!isZone(zone)) throw new WrongUse(`${zone} is no time zone. Name one like Europe/Berlin or UTC.`);
  return {
    command: known,
    ...positional(known, rest),
    ...exportOptions(known, values),
    ...(known === 'summary' ? { period: periodOf(values) } : {}),
    firstDay: choice('first-day', values, firstDays, 'monday'),
    ...optional('store', text(values, 'store')),
    ...optional('out', text(values, 'out')),
    ...optional('call', text(values, 'call')),
    ...optional('billColumns', billColumns(values)),
    groupBy: values['group-by'] === undefined ? null : choice('group-by', values, groupBys),
    json: values.json === true,
    verbose: values.verbose === true,
    mode: choice('cost-mode', values, modes, 'auto'),
    zone,
    ...optional('currency', currencyOf(values)),
    ...optional('since', moment(values, 'since', zone)),
    ...optional('until', moment(values, 'until', zone)),
    ...optional('before', moment(values, 'before', zone)),
    dryRun: values['dry-run'] === true,
  };
}

function positional(command: Command, rest: readonly string[]): Pick<CommandLine, 'paths' | 'id' | 'text'> {
  if (command === 'session' || command === 'explain' || command === 'note') {
    const [id, ...more] = rest;
    if (id === undefined) throw new WrongUse(`${command} needs the id of a session.`);
    if (command !== 'note') return { id, paths: more };
    if (more.length > 1) throw new WrongUse('note takes one text; put it in quotes.');
    return { id, paths: [], ...optional('text', more[0]) };
  }
  const needed = neededFiles[command];
  if (needed !== undefined && rest.length === 0) throw new WrongUse(`${command} needs ${needed}.`);
  if (command === 'compact' && rest.length > 0)
    throw new WrongUse('compact takes no files: it is about the store.');
  return { paths: rest };
}

const neededFiles: Partial<Record<Command, string>> = {
  import: 'a file or folder',
  reconcile: 'the file of a bill',
};

function exportOptions(command: Command, values: Values): Pick<CommandLine, 'format' | 'level'> {
  if (command !== 'export') return { format: 'csv', level: 'call' };
  return { format: choice('format', values, formats), level: choice('level', values, levels) };
}

/** Two days of one's own, or a kind of period and a day in it. */
function periodOf(values: Values): SummaryQuery {
  const [of, from, to] = [text(values, 'of'), text(values, 'from'), text(values, 'to')];
  if (from === undefined && to === undefined)
    return { period: choice('period', values, calendarPeriods), ...optional('of', of) };
  if (values.period !== undefined || of !== undefined)
    throw new WrongUse('--from and --to stand instead of --period and --of.');
  if (from === undefined || to === undefined) throw new WrongUse('--from and --to go together.');
  return { period: 'custom', from, to };
}

const optional = <K extends string, T>(name: K, value: T | undefined): { [key in K]?: T } =>
  value === undefined ? {} : ({ [name]: value } as { [key in K]?: T });

const text = (values: Values, name: string): string | undefined => values[name] as string | undefined;

function choice<T extends string>(name: string, values: Values, allowed: readonly T[], otherwise?: T): T {
  const value = text(values, name) ?? otherwise;
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new WrongUse(`--${name} takes one of ${allowed.join(', ')}.`);
  return found;
}

function currencyOf(values: Values): Currency | undefined {
  const value = text(values, 'currency');
  if (value === undefined) return undefined;
  if (values.json === true) throw new WrongUse('--json is in US dollars: leave --currency out.');
  const [, code, rate] = /^([A-Z]+)=([\d.]+)$/.exec(value) ?? [];
  if (code === undefined) throw new WrongUse('--currency takes a code and a rate, such as EUR=0.92.');
  const { currency, problem } = currencyAt(code, Number(rate));
  if (problem !== undefined) throw new WrongUse(`--currency ${value}: ${problem}`);
  return currency;
}

function moment(values: Values, name: 'since' | 'until' | 'before', zone: string): number | undefined {
  const value = text(values, name);
  return value === undefined ? undefined : parseWhen(value, Date.now(), zone);
}
