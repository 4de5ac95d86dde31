import { back } from './pickStep';
import type { AskedField, Draft } from './draft';
import type { StepFrame } from './pickStep';

/** What came of a question: nothing to go on, `back`, or a field that the user wants to answer anew. */
export type Outcome = undefined | typeof back | { readonly change: AskedField };

export interface Step {
  /** Questions about one field are answered together. */
  readonly group: AskedField | 'place' | 'preview' | 'save';
  isAsked(draft: Draft): boolean;
  ask(draft: Draft, frame: StepFrame): Promise<Outcome>;
}

/**
 * Asks one question after the other; `back` leads to the one before. A field that is changed from the preview leads
 * back to it. @throws CancellationError when the user gave up.
 */
export async function runSteps(steps: readonly Step[], draft: Draft): Promise<void> {
  /** The field that is changed, if the preview was seen already. */
  let changing: AskedField | undefined;
  for (let at = next(steps, draft, -1, changing); at < steps.length;) {
    const asked = steps.filter((step) => step.isAsked(draft));
    const step = steps[at]!;
    const frame = { title: '', step: asked.indexOf(step) + 1, totalSteps: asked.length };
    const outcome = await step.ask(draft, frame);
    if (step.group === 'preview' && outcome !== back) changing = undefined;
    if (outcome === back) {
      at = previous(steps, draft, at);
      changing = undefined;
    } else if (outcome) {
      changing = outcome.change;
      at = steps.findIndex(({ group }) => group === outcome.change);
    } else at = next(steps, draft, at, changing);
  }
}

function next(steps: readonly Step[], draft: Draft, from: number, changing: AskedField | undefined): number {
  const found = steps.findIndex(
    (step, at) =>
      at > from &&
      step.isAsked(draft) &&
      (changing === undefined || step.group === changing || step.group === 'preview'),
  );
  return found < 0 ? steps.length : found;
}

function previous(steps: readonly Step[], draft: Draft, from: number): number {
  const found = steps.findLastIndex((step, at) => at < from && step.isAsked(draft));
  return found < 0 ? from : found;
}
