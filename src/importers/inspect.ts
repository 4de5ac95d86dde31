import { factsOf, runCalls, runOf } from './inspect/calls';
import { isArchive, isDocument, valuesOf } from './inspect/log';
import type { Importer, SourceFile, SourceIo } from './importer';
import type { Run, Sample, SampleFacts } from './inspect/calls';
import type { CallFact, ImportBatch, SessionFact } from '../shared/facts';
import type { Issue } from '../shared/model';

const pageSize = 1000;

/**
 * Logs of Inspect evals, `.eval` (ZIP) and `.json`. A call is one request to a model in a sample, known by the sample and
 * its number; without requests the sums of the sample, or of the run. Docs: docs/sources/inspect.md.
 */
export const inspect: Importer = {
  id: 'inspect',
  label: 'Inspect eval logs',

  detect: ({ head, tables }) => !tables && (isArchive(head) || isDocument(head)),

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io) {
    const log = new Log(file.path);
    for await (const batch of read(file, io, log)) yield batch;
    yield { ...log.end(), share: 1 };
  },
};

async function* read(file: SourceFile, io: SourceIo, log: Log): AsyncGenerator<ImportBatch> {
  for await (const found of valuesOf(file, io)) {
    if ('issue' in found) log.issue(found.issue, found.sample);
    else if (found.sample === undefined) log.header[found.keys.join('.')] = found.value;
    else log.take(found.sample, found.keys, found.value);
    if (log.size >= pageSize) yield log.batch();
  }
}

type Members = Record<string, unknown>;

/** Puts the values of a log together again, of which no more than one sample is held. */
class Log {
  readonly header: Members = {};
  private run: Run | undefined;
  private name: string | undefined;
  private members: Members = {};
  private requests: Members[] = [];
  private event: Members = {};
  private eventAt: string | number | undefined;
  private told = 0;
  private sessions: SessionFact[] = [];
  private calls: CallFact[] = [];
  private issues: Issue[] = [];

  constructor(private readonly path: string) {}

  get size(): number {
    return this.sessions.length + this.calls.length + this.issues.length;
  }

  /** A sample that breaks off is left out, unless it can be told from all others: it is read when it is complete. */
  issue(issue: Omit<Issue, 'path'>, sample?: string): void {
    this.issues.push({ path: this.path, ...issue });
    if (sample !== undefined && sample === this.name && this.members.uuid === undefined)
      this.name = undefined;
  }

  take(sample: string, [name, index, ...rest]: readonly (string | number)[], value: unknown): void {
    if (sample !== this.name) this.endSample();
    this.name = sample;
    if (name !== 'events') {
      this.members[String(name)] = value;
      return;
    }
    if (index !== this.eventAt) this.endEvent();
    this.eventAt = index;
    this.event[rest.join('.')] = value;
  }

  batch(): ImportBatch {
    const { sessions, calls, issues } = this;
    [this.sessions, this.calls, this.issues] = [[], [], []];
    const { run } = this;
    const experiments = run ? [{ id: run.task, name: run.name, createdAt: run.createdAt }] : [];
    return { experiments, sessions, calls, issues };
  }

  end(): ImportBatch {
    this.endSample();
    this.run ??= runOf(this.header);
    if (!this.run) this.issue({ message: 'It does not say of which eval it is: restore the file.' });
    else if (this.told === 0) this.tell(runCalls(this.header, this.run));
    return this.batch();
  }

  private endEvent(): void {
    if (this.event.event === 'model') this.requests.push(this.event);
    this.event = {};
    this.eventAt = undefined;
  }

  private endSample(): void {
    this.endEvent();
    const sample: Sample = { members: this.members, requests: this.requests };
    if (this.name !== undefined) {
      this.run ??= runOf(this.header);
      if (this.run) this.tell(factsOf(sample, this.run));
    }
    [this.members, this.requests, this.name] = [{}, [], undefined];
  }

  private tell({ session, calls }: SampleFacts): void {
    this.sessions.push(session);
    this.calls.push(...calls);
    this.told += calls.length;
  }
}
