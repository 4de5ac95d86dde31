import { modelKey } from './modelKey';
import type { BillLine } from './line';

/** A line of one of several bills. */
export interface KeptLine extends BillLine {
  /** Its bill. */
  readonly bill: number;
}

/** Stands for all of a day: no model and no item. */
export const isDayTotal = ({ model, item }: Pick<BillLine, 'model' | 'item'>): boolean =>
  model === null && item === '';

/** What a line is about, apart from its day. */
export const subjectOf = (
  provider: string | null,
  { model, item }: Pick<BillLine, 'model' | 'item'>,
): string => (model === null ? `item ${item}` : `model ${modelKey(provider, model)}`);

const dayTotal = 'item ';

/** The scopes in which a bill has told of each subject of a day. */
type Told = Map<string, Set<string>>;

/**
 * The lines that count where bills of one provider overlap: of a day and model (or item without one), those of the bill
 * that comes first in `bills`, the one imported last. A total of a day stands for all of it, so that it never adds to
 * the lines of another bill; bills that both tell projects apart only meet in the same project. Money and usage are
 * apart. `covered`: how many lines of each bill do not count.
 */
export function linesThatCount(
  provider: string | null,
  bills: readonly number[],
  lines: readonly KeptLine[],
): { readonly lines: readonly KeptLine[]; readonly covered: ReadonlyMap<number, number> } {
  const told = new Map<string, Told>();
  const covered = new Map<number, number>();
  const counted: KeptLine[] = [];
  for (const bill of bills) {
    const own = lines.filter((line) => line.bill === bill);
    for (const line of own) {
      const before = told.get(dayOf(line));
      if (before && isTold(before, subjectOf(provider, line), line.scope))
        covered.set(bill, (covered.get(bill) ?? 0) + 1);
      else counted.push(line);
    }
    for (const line of own) tell(told, line, subjectOf(provider, line));
  }
  return { lines: counted, covered };
}

const dayOf = ({ day, amount }: BillLine): string => `${day} ${amount === null ? 'usage' : 'cost'}`;

function isTold(told: Told, subject: string, scope: string): boolean {
  const subjects = subject === dayTotal ? [...told.keys()] : [subject, dayTotal];
  return subjects.some((one) => {
    const scopes = told.get(one);
    return scopes !== undefined && (scope === '' || scopes.has('') || scopes.has(scope));
  });
}

function tell(all: Map<string, Told>, line: BillLine, subject: string): void {
  const told: Told = all.get(dayOf(line)) ?? new Map<string, Set<string>>();
  all.set(dayOf(line), told);
  told.set(subject, (told.get(subject) ?? new Set()).add(line.scope));
}
