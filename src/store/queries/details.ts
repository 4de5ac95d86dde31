import { callsBetween, compactedFromOn, cutSlots, fillOnce, integerMeasures } from './edges';
import { factsIn } from './facts';
import { measuresOfRow } from '../compaction/compactedRow';
import { callFrom, callRowColumns } from '../callRow';
import { detailOf } from '../details';
import { measureColumns, measuresOf } from '../measures';
import type { Facts, SlotTable } from './facts';
import type { Store } from '../store';
import type { Filter, Question } from '../../shared/model';
import type { Connection } from '../../sqlite/connection';

const callColumns = callRowColumns.map((name) => `c.${name}`).join(', ');

const usageDetails: SlotTable = {
  name: 'usage_detail',
  columns: `command, error, ${measureColumns.join(', ')}`,
  edge: fillDetailEdges,
};

/** Of those that failed there is an index. */
const failedDetails: SlotTable = { ...usageDetails, condition: "error <> ''" };

/** Sums of what failed, by class of error. Call it inside `db.read`. */
export const failuresIn = (store: Store, question: Question): Facts =>
  factsIn(store, question, failedDetails);

/** Sums of calls with a command or an error, which stand beside the measures of `f`. Call it inside `db.read`. */
export const detailsOf = (store: Store, question: Question): Facts => factsIn(store, question, usageDetails);

function fillDetailEdges(db: Connection, filter: Filter): string | undefined {
  const cut = cutSlots(filter);
  if (cut.length === 0) return undefined;
  fillOnce(db, 'detail_edge', filter, () => {
    db.script(`CREATE TEMP TABLE IF NOT EXISTS detail_edge (session INTEGER, slot INTEGER, model INTEGER, source INTEGER,
      command TEXT, error TEXT, ${integerMeasures}); DELETE FROM temp.detail_edge`);
    for (const { slot, from, to } of cut) {
      for (const row of callsBetween(db, callColumns, slot, from, to)) {
        const call = callFrom(row);
        insert(db, [call.session, slot, call.model, call.source], detailOf(call), measuresOf(call));
      }
      for (const row of compactedFromOn(db, slot, from))
        insert(db, [row.session, slot, row.model, row.source], [row.command, row.error], measuresOfRow(row));
    }
  });
  return 'temp.detail_edge';
}

function insert(
  db: Connection,
  key: readonly number[],
  detail: readonly [command: string, error: string],
  measures: readonly number[],
): void {
  if (detail.every((part) => part === '')) return;
  const values = [...key, ...detail, ...measures];
  db.run(`INSERT INTO temp.detail_edge VALUES (${values.map(() => '?').join(', ')})`, values);
}
