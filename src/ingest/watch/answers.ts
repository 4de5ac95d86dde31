import type { Clock } from './clock';

/** Said instead of an answer that did not come in time. */
export const late = Symbol('late');

/** A disk that sleeps takes a second or so; a network share that is gone answers after minutes, or never. */
const patienceMs = 2_000;
/** Node asks the system four questions at a time: one is left for whoever reads something else. */
const mostOverdue = 3;

/**
 * Questions to the file system that nobody waits for longer than is reasonable. What is asked of a folder of which an answer
 * is overdue is late at once, since it would only stand in line behind it; so is all else while three answers are.
 */
export class Answers {
  private readonly overdue = new Set<string>();

  constructor(private readonly clock: Clock) {}

  /** @param ask asks of the folder or of a file in it; what it throws is thrown. */
  async of<T>(folder: string, ask: () => Promise<T>): Promise<T | typeof late> {
    if (this.overdue.has(folder) || this.overdue.size >= mostOverdue) return late;
    const answer = ask();
    let giveUp: (value: typeof late) => void = () => undefined;
    const timer = this.clock.after(patienceMs, () => giveUp(late));
    const silence = new Promise<typeof late>((resolve) => (giveUp = resolve));
    const first = await Promise.race([answer, silence]).finally(() => timer.dispose());
    if (first !== late) return first;
    this.overdue.add(folder);
    const forget = (): void => void this.overdue.delete(folder);
    answer.then(forget, forget);
    return late;
  }
}
