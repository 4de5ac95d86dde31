import { text } from '../json';
import type { Json } from '../json';
import type { SessionFact } from '../../shared/facts';
import type { Millis } from '../../shared/model';

/** Sessions that lines name, each with what it is known to be: its shortest folder and its latest branch. */
export class Sessions {
  private readonly known = new Map<string, SessionFact>();

  tell(id: string, { cwd, gitBranch }: Json, at: Millis | undefined, isAgent: boolean): void {
    const known = this.known.get(id) ?? { id };
    const project = shorter(text(cwd), known.project);
    // A sub-agent may work in a branch of its own.
    const branch = isAgent ? known.branch : (branchAt(gitBranch, at, known.branch?.at) ?? known.branch);
    if (this.known.has(id) && project === known.project && branch === known.branch) return;
    this.known.set(id, { id, ...(project === undefined ? {} : { project }), ...(branch ? { branch } : {}) });
  }

  take(): SessionFact[] {
    const told = [...this.known.values()];
    this.known.clear();
    return told;
  }
}

const shorter = (told: string | undefined, known: string | undefined): string | undefined =>
  told === undefined || (known !== undefined && known.length <= told.length) ? known : told;

/** `HEAD` stands for a commit that is on no branch. */
function branchAt(told: unknown, at: Millis | undefined, after = 0): SessionFact['branch'] {
  const name = told === 'HEAD' ? undefined : text(told);
  return name !== undefined && at !== undefined && at >= after ? { name, at } : undefined;
}
