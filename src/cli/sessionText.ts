import { claimLabel, claimText } from '../shared/claims';
import { formatCount, formatDuration, formatSeconds, formatWhen } from '../shared/format';
import { idleText, savingText } from '../shared/idle';
import { kindsText, lostText, rateText, retriesText } from '../shared/latencyText';
import { costLabel } from '../shared/money';
import { printable } from './report';
import type { LatencyStats, SessionDetail, Totals } from '../shared/model';
import type { Money } from '../shared/money';

type Line = readonly [name: string, value: string | null | undefined];

/** Everything known of a session, as plain lines. */
export function sessionText(session: SessionDetail, zone: string, money: Money): string {
  const lines: Line[] = [
    ['Session', session.id],
    ['Key', session.key],
    ['Experiment', session.experimentName ?? 'none'],
    ['Source', session.sources.join(', ')],
    ['Started', session.at === undefined ? null : formatWhen(session.at, zone)],
    ['Last call', session.lastAt === undefined ? null : formatWhen(session.lastAt, zone)],
    ['Project', session.project],
    ['Branch', session.branch],
    ['User', session.user],
    ['Tag', session.tag],
    ['Analytics', session.excluded ? 'Excluded from analytics' : null],
    [
      'Steps, events, messages',
      [session.steps, session.events, session.messages].some((n) => n !== null)
        ? [session.steps, session.events, session.messages].map((n) => n ?? '-').join(', ')
        : null,
    ],
    ['Reward', session.reward === null ? null : String(session.reward)],
    ...costLines(session, money),
    ['Calls, errors', `${formatCount(session.calls)}, ${formatCount(session.errors)}`],
    ['Tokens in, cached, out', tokens(session)],
    ['Audio in, out', pair(session.audioInputSeconds, session.audioOutputSeconds, formatSeconds)],
    ['Audio tokens in, out', pair(session.audioInputTokens, session.audioOutputTokens, formatCount)],
    ['Images', session.images > 0 ? formatCount(session.images) : null],
    ['Function calls', session.functionCalls === null ? null : formatCount(session.functionCalls)],
    ['Duration', session.durationMs === null ? null : formatDuration(session.durationMs)],
    [claimLabel(session.importer), session.claim && claimText(session.claim, money.exact)],
    ['Labels', session.labels.join(', ') || null],
    ...timeLines(session),
    ...failed(session, money),
    ...idle(session, money),
  ];
  const shown = lines.filter(([, value]) => value !== null && value !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  return [
    ...shown.map(([name, value]) => `${name.padEnd(width)}  ${printable(value!)}`),
    '',
    ...session.byModel
      .filter(hasCalls)
      .map(
        (group) =>
          `  ${printable(group.label)}: ${costLabel(group, money.format)}, ${formatCount(group.calls)} calls`,
      ),
    '',
    ...agentLines(session, money),
    ...noteLines(session),
  ].join('\n');
}

const costLines = (session: SessionDetail, { format, note }: Money): readonly Line[] => [
  ['Cost', costLabel(session, format)],
  ['Recorded, computed', `${format(session.recorded)}, ${format(session.computed)}`],
  ['Currency', note || null],
];

/** A failure that never was a call has no model. */
const hasCalls = ({ calls, excludedCalls }: Totals): boolean => calls + excludedCalls > 0;

const tokens = (s: SessionDetail): string =>
  [s.inputTokens + s.cacheWriteTokens, s.cacheReadTokens, s.outputTokens].map(formatCount).join(', ');

const pair = (input: number, output: number, format: (value: number) => string): string | null =>
  input + output > 0 ? `${format(input)}, ${format(output)}` : null;

const times = (stats: LatencyStats | null): string | null =>
  stats && [stats.p50, stats.p95, stats.p99, stats.max].map(formatDuration).join(', ');

const timeLines = ({ latency, firstToken }: SessionDetail): Line[] => [
  ['Latency p50, p95, p99, max', times(latency)],
  ['First token p50, p95, p99, max', times(firstToken)],
];

const idle = (session: SessionDetail, money: Money): Line[] =>
  session.idle === null
    ? []
    : [
        ['Idle', idleText(session.idle)],
        ['Saved by a disconnect', savingText(session.idle, session.cost, money) || null],
      ];

const failed = ({ failures, retries }: SessionDetail, money: Money): Line[] =>
  failures.errors === 0
    ? []
    : [
        ['Errors by class', kindsText(failures)],
        ['Error rate, cost of failed', `${rateText(failures)}, ${lostText(failures, money)}`],
        ['Retried', retriesText(retries, money) || null],
      ];

function agentLines({ byAgent }: SessionDetail, { format }: Money): string[] {
  if (!byAgent) return [];
  const lines = byAgent.agents.map(
    ({ id, name, total }) =>
      `  ${printable(name === null ? id : `${name} (${id})`)}: ${costLabel(total, format)}, ${formatCount(total.calls)} calls`,
  );
  return [
    `By itself: ${costLabel(byAgent.own, format)}, ${formatCount(byAgent.own.calls)} calls; by agents:`,
    ...lines,
    '',
  ];
}

function noteLines({ note }: SessionDetail): string[] {
  if (!note) return ['No note.', ''];
  const lines = note.text.split('\n').map(printable);
  return [
    note.origin === 'user' ? 'Note' : 'Note (in the trace data)',
    ...lines.map((line) => `  ${line}`),
    ...(note.strategy ? [`Strategy: ${printable(note.strategy)}`] : []),
    ...(note.rationale ? [`Rationale: ${printable(note.rationale)}`] : []),
    '',
  ];
}
