import { detailsOf } from './details';
import { sharesBy, total } from './report';
import { measureColumns, sumOfMeasures, sumsOf } from '../measures';
import { factsOf } from './facts';
import type { Store } from '../store';
import type { Question } from '../../shared/model';
import type { Share } from '../../shared/protocol';
import type { Summary, SummarySpan } from '../../shared/summary';

/** What a period cost and used, by model and by command, and what the one before it did. */
export function summary(store: Store, span: SummarySpan, question: Question): Summary {
  const within = ({ since, until }: { readonly since: number; readonly until: number }): Question => ({
    ...question,
    filter: { ...question.filter, since, until },
  });
  return store.db.read(() => ({
    ...span,
    total: total(store, within(span)),
    previousTotal: total(store, within(span.previous)),
    byModel: sharesBy(store, within(span), 'model'),
    byCommand: byCommand(store, within(span)),
  }));
}

/** The dearest first; what calls without a command add up to is the rest. Nothing where no call has one. */
function byCommand(store: Store, question: Question): Share[] {
  const facts = detailsOf(store, question);
  const rows = store.db.rows(
    `SELECT f.command, ${sumOfMeasures('f')} ${facts.from} GROUP BY f.command HAVING f.command <> ''`,
    facts.params,
  );
  if (rows.length === 0) return [];
  const sums = rows.map(([command, ...sum]) => [command as string | null, sum as number[]] as const);
  const all = factsOf(store, question, {});
  const [whole] = store.db.rows(`SELECT ${sumOfMeasures('f')} ${all.from}`, all.params) as number[][];
  const rest = whole!.map((value, i) => value - sums.reduce((told, [, sum]) => told + sum[i]!, 0));
  if (rest[measureColumns.indexOf('calls')]! > 0 || rest[measureColumns.indexOf('errors')]! > 0)
    sums.push([null, rest]);
  return sums
    .map(([key, sum]) => ({
      ...sumsOf(sum, question.mode),
      ...{ key, filterKey: key, label: key ?? 'No command' },
    }))
    .sort((a, b) => b.cost - a.cost || b.calls - a.calls || a.label.localeCompare(b.label));
}
