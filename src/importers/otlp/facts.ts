import { callOf } from './call';
import { partsOf } from './requests';
import type { Request } from './requests';
import type { CallFact, ImportBatch, SessionFact } from '../../shared/facts';
import type { Issue } from '../../shared/model';

const pageSize = 2000;

/** What was read of a file and not yet handed on. */
export class OtlpFacts {
  private calls: CallFact[] = [];
  /** By their content: most spans say the same of their session. */
  private readonly sessions = new Map<string, SessionFact>();
  private readonly issues = new Map<string, Issue>();

  constructor(
    private readonly path: string,
    private readonly hash: (text: string) => string,
    /** That there are metrics in the file is said once. */
    public toldMetrics: boolean,
  ) {}

  get full(): boolean {
    return this.calls.length + this.issues.size >= pageSize;
  }

  take(): ImportBatch {
    const batch = {
      sessions: [...this.sessions.values()],
      calls: this.calls,
      issues: [...this.issues.values()],
    };
    this.calls = [];
    this.sessions.clear();
    this.issues.clear();
    return batch;
  }

  problem(place: string | undefined, message: string): void {
    const issue = { path: this.path, ...(place === undefined ? {} : { place }), message };
    this.issues.set(JSON.stringify(issue), issue);
  }

  addRequest(request: Request | undefined, place: string): void {
    if (!request) return this.problem(place, 'It is no OTLP data and is left out: correct it in the file.');
    if (request.hasMetrics && !this.toldMetrics) {
      this.toldMetrics = true;
      this.problem(place, 'It holds metrics, which only sum calls up: export traces or logs to count them.');
    }
    for (const resource of request.resources) this.addResource(resource, place);
  }

  addResource(resource: unknown, place: string): void {
    for (const part of partsOf(resource)) {
      const told = callOf(part, this.hash);
      if (typeof told === 'string') this.problem(place, told);
      else if (told) {
        this.calls.push(told.call);
        this.sessions.set(JSON.stringify(told.session), told.session);
      }
    }
  }
}
