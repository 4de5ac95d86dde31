import { readFileSync } from 'node:fs';
import { exportTo } from './export';
import { reconcile } from './reconcile';
import { printable, reportJson, reportText } from './report';
import { sessionText } from './sessionText';
import { latencyJson, latencyLines } from './latency';
import { summaryJson, summaryLines } from './summary';
import { latencyBys } from '../shared/latency';
import { explanationText } from '../shared/explanationText';
import { summarySpan } from '../shared/summary';
import { moneyFormat } from '../shared/money';
import { keysOfSession } from '../store/queries/sessions';
import { problems } from '../store/queries/sources';
import type { Command, CommandLine } from './commandLine';
import type { ImportSummary, Question } from '../shared/model';
import type { Money } from '../shared/money';
import type { Ledger } from '../worker/ledger';

/** @returns the exit code. */
export type Run = (ledger: Ledger, line: CommandLine) => Promise<number>;

/** Paths, places and ids in it are anybody's text. */
const tell = (text: string): void => void process.stderr.write(`${printable(text)}\n`);
const answer = (text: string): void => void process.stdout.write(text);

export const questionOf = ({ mode, zone, since, until }: CommandLine): Question => ({
  mode,
  zone,
  filter: { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) },
});

const moneyOf = ({ currency }: CommandLine): Money => moneyFormat(currency);

/** Reads the paths of the command line. @returns whether anything could be read. */
async function readPaths(ledger: Ledger, { paths, verbose }: CommandLine): Promise<boolean> {
  if (paths.length === 0) return true;
  const summary = await ledger.api.importPaths('cli', paths, {});
  const { files, unchanged, newCalls, changedCalls, collapsedCalls, sessions, issues, passedOver } = summary;
  for (const { path, place, message } of issues)
    tell(`${path}${place === undefined ? '' : `: ${place}`}: ${message}`);
  tellPassedOver(passedOver, verbose);
  tell(
    `${files} files read (${unchanged} unchanged), ${newCalls} new calls, ${changedCalls} changed, ` +
      (collapsedCalls > 0 ? `${collapsedCalls} told twice and counted once, ` : '') +
      `${sessions} sessions` +
      (issues.length > 0 ? `, ${issues.length} problems` : '') +
      (passedOver.count > 0 ? `, ${passedOver.count} passed over` : ''),
  );
  return files > 0;
}

/** So many files are named unasked. */
const fewFiles = 20;

function tellPassedOver({ count, files }: ImportSummary['passedOver'], verbose: boolean): void {
  if (count > fewFiles && !verbose) return tell(`${count} files passed over: --verbose lists them`);
  for (const { path, reason } of files) tell(`passed over: ${path}: ${reason}`);
  if (count > files.length) tell(`passed over: ${count - files.length} more`);
}

export const commands: Record<Command, Run> = {
  import: async (ledger, line) => ((await readPaths(ledger, line)) ? 0 : 1),

  report: async (ledger, line) => {
    if (!(await readPaths(ledger, line))) return 1;
    const report = await ledger.api.report(questionOf(line), line.groupBy);
    answer(
      line.json
        ? reportJson(report, problems(ledger.store))
        : reportText(report, line.groupBy, moneyOf(line)),
    );
    return 0;
  },

  export: async (ledger, line) => {
    if (!(await readPaths(ledger, line))) return 1;
    await exportTo(ledger, questionOf(line), line, answer);
    return 0;
  },

  session: async (ledger, line) => {
    if (!(await readPaths(ledger, line))) return 1;
    const keys = keysOfSession(ledger.store, line.id!);
    for (const key of keys) {
      const detail = (await ledger.api.session(key, line.mode))!;
      answer(line.json ? `${JSON.stringify(detail)}\n` : sessionText(detail, line.zone, moneyOf(line)));
    }
    if (keys.length === 0) tell(`There is no session ${line.id!} in the ledger. Import its source first.`);
    return keys.length > 0 ? 0 : 1;
  },

  summary: async (ledger, line) => {
    const { mode, zone, firstDay } = line;
    const span = summarySpan(line.period!, Date.now(), zone, firstDay);
    if (!(await readPaths(ledger, line))) return 1;
    const summary = await ledger.api.summary(span, questionOf(line));
    answer(line.json ? summaryJson(summary, zone) : summaryLines(summary, zone, mode, moneyOf(line)));
    return 0;
  },

  latency: async (ledger, line) => {
    const by = latencyBys.find((one) => one === (line.groupBy ?? 'model'));
    if (by === undefined) {
      tell(`latency takes --group-by ${latencyBys.join(', ')}.`);
      return 2;
    }
    if (!(await readPaths(ledger, line))) return 1;
    const report = await ledger.api.latency(questionOf(line), by);
    answer(line.json ? latencyJson(report) : latencyLines(report, by, moneyOf(line)));
    return 0;
  },

  explain: async (ledger, line) => {
    if (!(await readPaths(ledger, line))) return 1;
    const { call, id, mode, zone } = line;
    const of = call === undefined ? {} : { call };
    let found = false;
    for (const session of keysOfSession(ledger.store, id!)) {
      const explained = await ledger.api.explain('cli', { session, ...of }, mode);
      if (!explained) continue;
      found = true;
      const title = call === undefined ? `session ${id!}` : `call ${call}`;
      answer(
        line.json
          ? `${JSON.stringify(explained)}\n`
          : explanationText(explained, { title, zone, money: moneyOf(line), escape: printable }),
      );
    }
    if (!found)
      tell(
        `There is no ${call === undefined ? '' : `call ${call} in a `}session ${id!} in the ledger. Import its source first.`,
      );
    return found ? 0 : 1;
  },

  reconcile: (ledger, line) => reconcile(ledger, line, tell, answer),

  compact: async (ledger, { before, dryRun }) => {
    const to = { before: before! };
    const plan = await ledger.api.compactionPlan(to);
    const when = new Date(before!).toISOString();
    if (dryRun) {
      answer(`${plan.calls} calls of ${plan.sessions} sessions before ${when} would become sums\n`);
      return 0;
    }
    const { calls, bytesBefore, bytesAfter } = await ledger.api.compact('cli', to);
    answer(`${calls} calls before ${when} are kept as sums; ${bytesBefore} bytes became ${bytesAfter}\n`);
    return 0;
  },

  note: async (ledger, { id, text }) => {
    const keys = keysOfSession(ledger.store, id!);
    if (keys.length !== 1) {
      const why = keys.length === 0 ? 'There is no such session' : `${keys.length} sessions have this id`;
      tell(
        `${why}: ${id!}. ${keys.length === 0 ? 'Import its source first.' : `Name one of ${keys.join(', ')}.`}`,
      );
      return 1;
    }
    if (text !== undefined) {
      await ledger.api.saveNote(keys[0]!, text === '-' ? readFileSync(0, 'utf8') : text);
      return 0;
    }
    const note = await ledger.api.note(keys[0]!);
    answer(note ? `${note.text}\n` : '');
    return 0;
  },
};
