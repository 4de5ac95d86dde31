import { createHash } from 'node:crypto';
import { holderText, lagText, many, stateWords } from './healthWords';
import { joined } from '../tree/rowText';
import { formatBytes, formatCount, formatDuration } from '../../shared/format';
import { mappedPrefix } from '../../shared/mapping';
import type { Environment } from './environment';
import type { Health, ModelCensus, SourceHealth, StoreHealth } from '../../shared/healthApi';

/**
 * Health as plain text that may be given away: nothing in it is a name, path or text of the user's. Sources are told apart
 * by a hash that only this machine can work out, which `salt` is for.
 */
export function diagnosticsText(
  health: Health,
  models: ModelCensus,
  environment: Environment,
  salt: string,
): string {
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Trace Ledger diagnostics', programLines(health, environment)],
    ['Sources', sourceLines(health, salt)],
    ['Store', storeLines(health.store)],
    ['Prices', priceLines(health, environment)],
    ['Models', modelLines(models)],
    [
      'Journal',
      [
        `${formatBytes(health.journal.bytes)}, ${many(health.journal.waiting, 'line')} waiting, ${formatCount(health.journal.unreadable)} unreadable`,
      ],
    ],
  ];
  return (
    sections.map(([title, lines]) => [title, ...lines.map((line) => `  ${line}`)].join('\n')).join('\n\n') +
    '\n'
  );
}

function programLines({ at, worker, live }: Health, environment: Environment): readonly string[] {
  const { extension, editor, system, isOn, isTimeZoneSet } = environment;
  return [
    `Trace Ledger ${extension}; ${editor}; ${system}`,
    `at ${new Date(at).toISOString()}; reading ${isOn ? 'on' : 'off'}; time zone ${isTimeZoneSet ? 'from the settings' : 'of the machine'}`,
    `worker: up ${formatDuration(worker.upMs)}, heap ${formatBytes(worker.heapBytes)}, outside ${formatBytes(worker.externalBytes)}`,
    `watching ${live.enabled ? 'on' : 'off'}${live.isAsleep ? ', asleep' : ''}: ${many(live.watchedFolders, 'folder')} watched, ${formatCount(live.polledFolders)} polled`,
  ];
}

/** Mappings are named by the user. */
const formatName = (importer: string | null): string => {
  if (importer === null) return 'unknown format';
  return importer.startsWith(mappedPrefix) ? 'mapping' : importer;
};

function sourceLines({ formats, sources }: Health, salt: string): readonly string[] {
  const files = formats.reduce((sum, row) => sum + row.files, 0);
  return [
    ...formats.map((row) =>
      joined(
        formatName(row.importer),
        many(row.files, 'source'),
        many(row.calls, 'call'),
        formatBytes(row.bytes),
        `${formatCount(row.incomplete)} not whole`,
        many(row.problems, 'problem'),
      ),
    ),
    ...sources.map((row) => sourceLine(row, salt)),
    ...(files > sources.length ? [`${formatCount(files - sources.length)} more`] : []),
  ];
}

const sourceLine = (row: SourceHealth, salt: string): string =>
  joined(
    `#${createHash('sha256').update(`${salt}\n${row.path}`).digest('hex').slice(0, 8)} ${formatName(row.importer)}`,
    row.fileAt === null ? stateWords.missing : stateWords[row.state],
    row.watch?.kind,
    many(row.calls, 'call'),
    many(row.problems, 'problem'),
    `imported ${new Date(row.importedAt).toISOString()}`,
    lagText(row) && `lag ${lagText(row)}`,
  );

/** Why a store is in memory may name a path; these do not. */
const knownReasons = ['The store lies on', 'Another window has the store open', 'This build of sql.js'];

function storeLines(store: StoreHealth): readonly string[] {
  const { integrity, migrations } = store;
  const why = knownReasons.find((reason) => store.reason?.startsWith(reason)) ?? 'another reason';
  return [
    `kept ${store.storage === 'file' ? 'on disk' : `in memory (${why})`}, ${formatBytes(store.bytes)}, ${formatCount(store.freePages)} of ${many(store.pages, 'page')} of ${formatCount(store.pageSize)} bytes free`,
    `${many(store.calls, 'call')}, ${many(store.sessions, 'session')}, ${many(store.zones.length, 'zone')} summed up`,
    `migrations ${migrations.done} of ${migrations.known}`,
    `lock: ${store.holders.map(holderText).join('; ') || 'nobody'}`,
    integrity
      ? `integrity: ${many(integrity.problems.length, 'problem')} in ${many(integrity.tables, 'table')}, checked ${new Date(integrity.at).toISOString()} in ${formatDuration(integrity.durationMs)}`
      : 'integrity: never checked',
  ];
}

function priceLines({ prices }: Health, { mode }: Environment): readonly string[] {
  const older = prices.older.reduce((sum, row) => sum + row.calls, 0);
  const own = prices.version === prices.listed ? '' : ', with prices or price sets that are chosen';
  return [
    `cost mode ${mode}; ${prices.listed}${own}`,
    `${many(prices.current, 'call')} priced by these, ${formatCount(older)} by ${many(prices.older.length, 'other version')}`,
  ];
}

const modelLines = ({ listed, unlisted, unlistedCalls }: ModelCensus): readonly string[] => [
  ...listed.map(({ name, calls }) => `${name}: ${many(calls, 'call')}`),
  `${many(unlisted, 'model')} that no price list names: ${many(unlistedCalls, 'call')}`,
];
