import { figures, table, timesOf, totalsFigures, type Figure } from './figures';
import { oneLine } from '../tree/rowText';
import { claimLabel, claimText } from '../../shared/claims';
import { escapeMarkdown, formatCount, formatDuration, formatWhen } from '../../shared/format';
import { idleText, savingText } from '../../shared/idle';
import { kindsText, lostText, rateText, retriesText } from '../../shared/latencyText';
import { costLabel } from '../../shared/money';
import type {
  CostMode,
  Group,
  LatencyStats,
  Note,
  SessionAgents,
  SessionDetail,
  Totals,
} from '../../shared/model';
import type { Money } from '../../shared/money';

/** The text of "Show Session": everything known of a session, as Markdown. Notes are shown as they were written. */
export function sessionMarkdown(detail: SessionDetail, mode: CostMode, zone: string, money: Money): string {
  const blocks = [
    `# ${escapeMarkdown(oneLine(detail.id)) || 'Session'}`,
    detail.excluded ? excludedText : '',
    note(detail.note, zone),
    '## Cost and usage',
    `Cost mode: ${mode}. Times are in ${zone}.`,
    figures(totalsFigures(detail, money)),
    byModel(detail.byModel, money),
    detail.byAgent ? `## By agent\n\n${agentTable(detail.byAgent, money)}` : '',
    '## What it was',
    figures(facts(detail, zone, money)),
    idle(detail, money),
    history(detail.noteHistory, zone),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

const excludedText =
  'Excluded from analytics: these figures are in no total. Check the session in the Sessions view to include it again.';

const text = (value: string | null | undefined): string | undefined =>
  value === null || value === undefined ? undefined : escapeMarkdown(oneLine(value, 1_000));
const count = (value: number | null): string | undefined => (value === null ? undefined : formatCount(value));

function facts(detail: SessionDetail, zone: string, money: Money): Figure[] {
  return [
    ['Session ID', text(detail.id)],
    ['Experiment', text(detail.experimentName ?? undefined) ?? 'none'],
    ['Project', text(detail.project)],
    ['Branch', text(detail.branch)],
    ['User', text(detail.user)],
    ['Tag', text(detail.tag)],
    ...timesOf(detail.at, detail.lastAt, zone),
    ['Steps', count(detail.steps)],
    ['Messages', count(detail.messages)],
    ['Events', count(detail.events)],
    ['Reward', detail.reward === null ? undefined : String(detail.reward)],
    ['Function calls', count(detail.functionCalls)],
    ['Duration', detail.durationMs === null ? undefined : formatDuration(detail.durationMs)],
    claimFigure(detail, money),
    ['Labels', text(detail.labels.join(', '))],
    ['Model ID', text(detail.modelId)],
    ...times('Latency', detail.latency),
    ...times('First token', detail.firstToken),
    ...failed(detail, money),
    ['Format', text(detail.importer)],
    ...detail.sources.map((source): Figure => ['Source', text(source)]),
    ['Key', text(detail.key)],
  ];
}

const claimFigure = ({ claim, importer }: SessionDetail, { exact }: Money): Figure => [
  escapeMarkdown(claimLabel(importer)),
  claim === null ? undefined : escapeMarkdown(claimText(claim, exact)),
];

const times = (name: string, stats: LatencyStats | null): Figure[] =>
  stats === null
    ? []
    : [
        [`${name} p50`, formatDuration(stats.p50)],
        [`${name} p95`, formatDuration(stats.p95)],
        [`${name} p99`, formatDuration(stats.p99)],
        [`${name}, longest`, formatDuration(stats.max)],
      ];

function failed({ failures, retries }: SessionDetail, money: Money): Figure[] {
  if (failures.errors === 0) return [];
  return [
    ['Errors by class', kindsText(failures)],
    ['Error rate', rateText(failures)],
    ['Cost of failed calls', lostText(failures, money)],
    ['Retried', retriesText(retries, money)],
  ];
}

function idle(detail: SessionDetail, money: Money): string {
  if (!detail.idle || detail.idle.gaps === 0) return '';
  const saving = escapeMarkdown(savingText(detail.idle, detail.cost, money));
  return ['## Idle', `${idleText(detail.idle)}.`, saving].filter((block) => block !== '').join('\n\n');
}

function byModel(groups: readonly Group[], money: Money): string {
  // A failure that never was a call has no model.
  const used = groups.filter(({ calls, excludedCalls }) => calls + excludedCalls > 0);
  return used.length === 0 ? '' : `## By model\n\n${modelTable(used, money)}`;
}

function modelTable(groups: readonly Group[], { format, exact }: Money): string {
  const rows = groups.map((group) => [
    escapeMarkdown(oneLine(group.label)),
    costLabel(group, format),
    exact(group.recorded),
    exact(group.computed),
    formatCount(group.calls),
    formatCount(group.inputTokens),
    formatCount(group.cacheReadTokens),
    formatCount(group.cacheWriteTokens),
    formatCount(group.outputTokens),
  ]);
  const head = [
    'Model',
    'Cost',
    'Recorded',
    'Computed',
    'Calls',
    'Input',
    'Cache read',
    'Cache write',
    'Output',
  ];
  return table(head, rows);
}

/** What the session did itself, then each agent: with the agents that it started, and without them. */
function agentTable({ own, agents }: SessionAgents, { format }: Money): string {
  const cells = (name: string, id: string, total: Totals, mine: Totals): string[] => [
    name,
    costLabel(total, format),
    costLabel(mine, format),
    formatCount(total.calls),
    formatCount(total.inputTokens + total.cacheReadTokens + total.cacheWriteTokens),
    formatCount(total.outputTokens),
    id,
  ];
  const rows = agents.map(({ id, name, total, own: mine }) =>
    cells(escapeMarkdown(oneLine(name ?? 'agent')), escapeMarkdown(oneLine(id)), total, mine),
  );
  const head = ['Agent', 'Cost', 'Own cost', 'Calls', 'Input', 'Output', 'ID'];
  return table(head, [cells('_the session itself_', '', own, own), ...rows]);
}

function note(current: Note | null, zone: string): string {
  if (!current) return 'No pricing note yet.';
  const more = [
    current.strategy === undefined
      ? ''
      : `**Pricing strategy:** ${escapeMarkdown(oneLine(current.strategy, 1_000))}`,
    current.rationale === undefined
      ? ''
      : `**Why this model:** ${escapeMarkdown(oneLine(current.rationale, 1_000))}`,
  ];
  return ['## Pricing note', noteHead(current, zone), quoted(current), ...more]
    .filter((block) => block !== '')
    .join('\n\n');
}

const noteHead = ({ origin, at }: Note, zone: string): string =>
  origin === 'source' ? 'From the trace data itself.' : `Written ${formatWhen(at, zone)}.`;

/**
 * In a quotation, so that a heading in a note does not become one of this document. What the user wrote is Markdown;
 * what a trace file brought along is plain text, lest it fetch pictures.
 */
const quoted = ({ text, origin }: Note): string =>
  text
    .split(/\r\n|[\n\r]/)
    .map((line) => `> ${origin === 'user' ? line : escapeMarkdown(line)}`)
    .join('\n');

const history = (notes: readonly Note[], zone: string): string =>
  notes.length === 0
    ? ''
    : ['## Earlier notes', ...notes.flatMap((old) => [`### ${noteHead(old, zone)}`, quoted(old)])].join(
        '\n\n',
      );
