import { basename, dirname } from 'node:path';
import { holderText, lagText, many, stateWords } from './healthWords';
import { figures, table } from '../session/figures';
import { joined, oneLine } from '../tree/rowText';
import { watchText } from '../tree/watchText';
import { escapeMarkdown, formatBytes, formatCount, formatDuration, formatWhen } from '../../shared/format';
import type { Environment } from './environment';
import type { Health, IntegrityCheck, PricesHealth, SourceHealth } from '../../shared/healthApi';

/** The document of "Show Health". */
export function healthText(health: Health, environment: Environment): string {
  return [
    '# Health',
    verdict(health, environment),
    '## Sources',
    sourcesText(health, environment.zone),
    '## Store',
    storeText(health, environment.zone),
    '## Prices',
    pricesText(health.prices, environment),
    '## Journal of notes',
    journalText(health),
    '## Program',
    programText(health, environment),
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}

/** What needs to be looked at, or that nothing does. */
export function concerns({ formats, store, journal }: Health, { isOn }: Environment): readonly string[] {
  const sum = (of: 'incomplete' | 'problems'): number => formats.reduce((all, row) => all + row[of], 0);
  const [incomplete, problems] = [sum('incomplete'), sum('problems')];
  const damaged = store.integrity?.problems.length ?? 0;
  return [
    isOn ? '' : 'Reading is off (`traceLedger.enabled`): nothing new comes in until **Turn On** is run.',
    incomplete > 0
      ? `${many(incomplete, 'source')} ${incomplete === 1 ? 'is' : 'are'} gone or not read whole.`
      : '',
    problems > 0 ? `${many(problems, 'problem')}: **Show Problems** lists them.` : '',
    store.storage === 'memory' ? 'The ledger is kept in memory only.' : '',
    damaged > 0 ? `The store is damaged: ${many(damaged, 'problem')} found by the last check.` : '',
    journal.unreadable > 0 ? `${many(journal.unreadable, 'line')} of the journal cannot be read.` : '',
  ].filter(Boolean);
}

function verdict(health: Health, environment: Environment): string {
  const all = concerns(health, environment);
  return all.length === 0 ? 'Nothing needs to be looked at.' : all.map((text) => `- ${text}`).join('\n');
}

function sourcesText({ formats, sources, live }: Health, zone: string): string {
  const files = formats.reduce((sum, row) => sum + row.files, 0);
  if (files === 0) return 'Nothing is imported yet. **Import Files or Folder...** begins.';
  const importers = [...new Set(sources.map(({ importer }) => importer))];
  const parts = importers.flatMap((importer) => {
    const rows = sources.filter((row) => row.importer === importer);
    const sums = formats.find((row) => row.importer === importer);
    return [
      `### ${escapeMarkdown(oneLine(rows[0]!.label))}`,
      sums ? formatSums(sums) : '',
      rowsText(rows, zone),
    ];
  });
  const rest = files - sources.length;
  const watching = live.enabled
    ? joined(
        many(live.watchedFolders, 'watched folder'),
        live.polledFolders > 0 && many(live.polledFolders, 'polled folder'),
        live.isAsleep && 'asleep until something happens',
      )
    : 'Nothing is watched.';
  return [
    `${many(files, 'source')} · ${watching}`,
    ...parts,
    rest > 0
      ? `The ${formatCount(sources.length)} that most need to be looked at are listed; ${formatCount(rest)} more are in the view *Sources*.`
      : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

const formatSums = ({ files, calls, problems, bytes, incomplete }: Health['formats'][number]): string =>
  joined(
    many(files, 'source'),
    many(calls, 'call'),
    formatBytes(bytes),
    incomplete > 0 && `${formatCount(incomplete)} not whole`,
    problems > 0 && many(problems, 'problem'),
  );

const columns: readonly (readonly [head: string, align: string])[] = [
  ['Source', ':--'],
  ['State', ':--'],
  ['Changes', ':--'],
  ['Last import', ':--'],
  ['Newest call', ':--'],
  ['Lag', '--:'],
  ['Calls', '--:'],
  ['Problems', '--:'],
];

function rowsText(rows: readonly SourceHealth[], zone: string): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(([head]) => head)),
    line(columns.map(([, align]) => align)),
    ...rows.map((row) => line(cellsOf(row, zone))),
  ].join('\n');
}

const cellsOf = (row: SourceHealth, zone: string): readonly string[] => [
  escapeMarkdown(oneLine(`${basename(dirname(row.path))}/${basename(row.path)}`, 60)),
  row.fileAt === null ? stateWords.missing : stateWords[row.state],
  escapeMarkdown(watchText(row.watch) ?? 'not known yet'),
  formatWhen(row.importedAt, zone),
  row.newestAt === undefined ? '' : formatWhen(row.newestAt, zone),
  lagText(row),
  formatCount(row.calls),
  row.problems === 0 ? '' : formatCount(row.problems),
];

function storeText({ store }: Health, zone: string): string {
  const { migrations, pages, freePages, pageSize } = store;
  const free = `${formatCount(freePages)} of ${many(pages, 'page')} (${formatBytes(freePages * pageSize)})`;
  return figures([
    ['Path', escapeMarkdown(oneLine(store.path, 500))],
    [
      'Kept',
      store.storage === 'file' ? 'on disk' : `in memory: ${escapeMarkdown(oneLine(store.reason ?? '', 300))}`,
    ],
    ['Size', formatBytes(store.bytes)],
    ['Free', free],
    ['Holds', joined(many(store.calls, 'call'), many(store.sessions, 'session'))],
    ['Integrity', integrityText(store.integrity, zone)],
    ['Lock', store.holders.length === 0 ? 'nobody holds it' : store.holders.map(holderText).join('; ')],
    [
      'Migrations',
      `${formatCount(migrations.done)} of ${formatCount(migrations.known)}, the last ${migrations.last}`,
    ],
    ['Zones summed up', store.zones.length === 0 ? 'none yet' : store.zones.map(escapeMarkdown).join(', ')],
  ]);
}

function integrityText(check: IntegrityCheck | undefined, zone: string): string {
  if (!check) return 'never checked: run **Check Integrity of the Store**';
  const { at, durationMs, problems, tables } = check;
  const found =
    problems.length === 0
      ? `${many(tables, 'table')} and their indexes are whole`
      : `${many(problems.length, 'problem')}: ${escapeMarkdown(oneLine(problems.slice(0, 5).join('; '), 500))}`;
  return `${found} (checked ${formatWhen(at, zone)}, ${formatDuration(durationMs)})`;
}

function pricesText({ version, current, older }: PricesHealth, { mode }: Environment): string {
  const calls = older.reduce((sum, row) => sum + row.calls, 0);
  return [
    figures([
      ['Cost mode', mode],
      ['In force', escapeMarkdown(version)],
      ['Priced by these', many(current, 'call')],
      ['By others', many(calls, 'call')],
    ]),
    older.length === 0
      ? ''
      : table(
          ['Other prices', 'Calls'],
          older.map((row) => [
            escapeMarkdown(row.version ?? 'from before this was kept'),
            formatCount(row.calls),
          ]),
        ),
    calls === 0 ? '' : '**Review Price Changes...** shows whether other prices would change anything.',
  ]
    .filter(Boolean)
    .join('\n\n');
}

const journalText = ({ journal }: Health): string =>
  figures([
    ['Size', formatBytes(journal.bytes)],
    ['Waiting', many(journal.waiting, 'line')],
    ['Cannot be read', many(journal.unreadable, 'line')],
  ]);

const programText = ({ worker }: Health, { extension, editor, system }: Environment): string =>
  figures([
    ['Trace Ledger', extension],
    ['Editor', escapeMarkdown(editor)],
    ['System', escapeMarkdown(system)],
    ['Worker', joined(`up ${formatDuration(worker.upMs)}`, `heap ${formatBytes(worker.heapBytes)}`)],
    ['Outside its heap', formatBytes(worker.externalBytes)],
  ]);
