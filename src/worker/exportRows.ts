import {
  callColumns,
  callRecord,
  dayColumns,
  dayRecord,
  sessionColumns,
  sessionRecord,
} from '../exporters/records';
import { exporters } from '../exporters';
import { priceNotes } from './priceNotes';
import { exportCalls } from '../store/queries/calls';
import { daily } from '../store/queries/daily';
import { sessions } from '../store/queries/sessions';
import { noteOf, toldOfSession } from '../store/queries/sessionDetail';
import type { Job } from './jobs';
import type { ExportRecord } from '../exporters/exporter';
import type { NotedSessionRow } from '../exporters/records';
import type { Question, SessionRow } from '../shared/model';
import type { ExportFormat, ExportLevel } from '../shared/protocol';
import type { Store } from '../store/store';

export interface ExportPlan {
  readonly question: Question;
  readonly format: ExportFormat;
  readonly level: ExportLevel;
  /** Of calls: those that are excluded from analytics, too. */
  readonly withExcluded?: boolean;
}

/** Writes an export piece by piece. `write` gets text that follows on; `told` the number of rows so far. */
export async function exportRows(
  store: Store,
  plan: ExportPlan,
  write: (text: string) => void,
  told: (rows: number) => void,
  job: Job,
): Promise<number> {
  const { format, level } = plan;
  const exporter = exporters.find(({ id }) => id === format)!;
  let rows = 0;
  write(exporter.open(columnsOf[level]));
  for (const chunk of chunksOf[level](store, plan)) {
    if (chunk.length === 0) continue;
    write(exporter.chunk(chunk, rows === 0));
    rows += chunk.length;
    told(rows);
    await job.pause();
  }
  write(exporter.close());
  return rows;
}

const columnsOf: Record<ExportLevel, readonly string[]> = {
  call: callColumns,
  session: sessionColumns,
  day: dayColumns,
};

const chunksOf: Record<ExportLevel, (store: Store, plan: ExportPlan) => Generator<ExportRecord[]>> = {
  *call(store, { question, withExcluded }) {
    const notes = priceNotes(store.db);
    for (const page of exportCalls(store, question, 50, withExcluded))
      yield page.map((call) => callRecord(call, notes(call.provider, call.model)?.text ?? null));
  },
  *session(store, { question }) {
    let after: string | undefined;
    do {
      const page = sessions(store, question, undefined, {
        limit: 200,
        ...(after === undefined ? {} : { after }),
      });
      // Its figures are its own; a sum of the rows is to be the total of what is in analytics.
      const counted = page.rows.filter(({ excluded }) => !excluded);
      yield store.db.read(() => counted.map((row) => sessionRecord(noted(store, row))));
      after = page.next;
    } while (after !== undefined);
  },
  *day(store, { question }) {
    yield daily(store, question).map(dayRecord);
  },
};

const noted = (store: Store, row: SessionRow): NotedSessionRow => ({
  ...row,
  ...toldOfSession(store, row.key),
  note: noteOf(store, row.key)?.text ?? null,
});
