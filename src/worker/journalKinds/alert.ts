import { isText } from '../../notes/journalLine';
import {
  allAlerts,
  allSnoozes,
  forgetAlerts,
  forgetSnoozes,
  recordAlert,
  recordSnooze,
} from '../../store/alerts';
import type { JournalKind } from './journalKind';
import type { Fields } from '../../notes/journalLine';
import type { AlertRecord, SnoozeRecord } from '../../store/alerts';

/** Alerts that were told: once for ever, in whatever window. */
export const alertKind: JournalKind<AlertRecord> = {
  kind: 'alert',
  fields: (record) => ({ ...record }),
  read(fields) {
    if (!isAlert(fields)) return 'the line lacks a field of an alert';
    const record: AlertRecord & { v?: unknown } = { ...fields, kind: 'alert' };
    delete record.v;
    return record;
  },
  take: (store, record) => recordAlert(store.db, record),
  all: allAlerts,
  forget: forgetAlerts,
};

const isAlert = (fields: Fields): fields is Fields & AlertRecord =>
  [fields.crossing, fields.rule, fields.level, fields.subject, fields.label].every(isText) &&
  [fields.at, fields.callAt, fields.cost, fields.limit, fields.unpricedCalls].every(
    (value) => typeof value === 'number',
  );

/** Until when nothing is told; the last word counts. */
export const snoozeKind: JournalKind<SnoozeRecord> = {
  kind: 'snooze',
  fields: ({ at, until }) => ({ at, until }),
  read: ({ at, until }) =>
    typeof at === 'number' && typeof until === 'number'
      ? { kind: 'snooze', at, until }
      : 'the line lacks a field of a snooze',
  take: (store, record) => recordSnooze(store.db, record),
  all: allSnoozes,
  forget: forgetSnoozes,
};
