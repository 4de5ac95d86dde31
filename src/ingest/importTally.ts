import type { ImportProgress, ImportSummary, Issue, PassedOver } from '../shared/model';

/** Problems beyond this number are counted by nobody; the first ones say what is wrong. */
const maxIssues = 1000;
/** Files that were passed over are counted all the same. */
const maxPassedOver = 1000;
/** A folder with more files that should be readable and are not is none of traces. */
const maxRefused = 100;

/** Counts what an import did and tells how far it is. */
export class ImportTally {
  readonly issues: Issue[] = [];
  private readonly passedOver: PassedOver[] = [];
  private passedOverFiles = 0;
  private refused = 0;
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

  /** Whether anything was read, rather than found unchanged. */
  get hasRead(): boolean {
    return this.files > this.unchangedFiles;
  }

  /** Nothing in it can be imported, and nobody named it. */
  passOver(path: string, reason: string): void {
    if (++this.passedOverFiles <= maxPassedOver) this.passedOver.push({ path, reason });
  }

  /** Whether one more file or folder that nobody named may be told as a problem, with a row in the sources. */
  mayRefuse(): boolean {
    return this.refused++ < maxRefused;
  }

  summary(cancelled: boolean): Omit<ImportSummary, 'collapsedCalls'> {
    return {
      files: this.files,
      unchanged: this.unchangedFiles,
      newCalls: this.added,
      changedCalls: this.changed,
      sessions: this.sessions,
      issues: this.issues,
      passedOver: { count: this.passedOverFiles, files: this.passedOver },
      cancelled,
    };
  }
}
