import type { ImportProgress, ImportSummary, Issue } from '../shared/model';

/** Problems beyond this number are counted by nobody; the first ones say what is wrong. */
const maxIssues = 1000;

/** Counts what an import did and tells how far it is. */
export class ImportTally {
  readonly issues: Issue[] = [];
  private files = 0;
  private unchangedFiles = 0;
  private added = 0;
  private changed = 0;
  private sessions = 0;
  private progress: { readonly file: string; readonly fileIndex: number; readonly files: number } | undefined;
  private told: ((progress: ImportProgress) => void) | undefined;

  at(file: string, fileIndex: number, files: number, told: (progress: ImportProgress) => void): void {
    this.progress = { file, fileIndex, files };
    this.told = told;
    told({ ...this.progress, calls: this.added });
  }

  unchanged(): void {
    this.files++;
    this.unchangedFiles++;
  }

  read(): void {
    this.files++;
  }

  batch(added: number, changed: number, sessions: number, share: number | undefined): void {
    this.added += added;
    this.changed += changed;
    this.sessions += sessions;
    if (this.progress)
      this.told?.({ ...this.progress, calls: this.added, ...(share === undefined ? {} : { share }) });
  }

  issue(issue: Issue): void {
    if (this.issues.length < maxIssues) this.issues.push(issue);
  }

  summary(cancelled: boolean): ImportSummary {
    return {
      files: this.files,
      unchanged: this.unchangedFiles,
      newCalls: this.added,
      changedCalls: this.changed,
      sessions: this.sessions,
      issues: this.issues,
      cancelled,
    };
  }
}
