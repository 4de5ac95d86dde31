import { isText, isTexts } from '../../notes/journalLine';
import { allExclusions, forgetExclusions } from '../../store/exclusions';
import type { JournalKind } from './journalKind';
import type { ExclusionRecord } from '../../store/exclusions';

/** What was excluded from analytics, or included again. */
export const exclusionKind: JournalKind<ExclusionRecord> = {
  kind: 'exclusion',
  fields: ({ at, what, name, excluded, importer, scope }) => ({ at, what, name, excluded, importer, scope }),
  read({ at, what, name, excluded, importer, scope }) {
    const known = what === 'session' || what === 'model' || what === 'source';
    if (!known || typeof at !== 'number' || !isText(name) || typeof excluded !== 'boolean')
      return 'the line lacks a field of an exclusion';
    if (what !== 'session') return { kind: 'exclusion', at, what, name, excluded };
    if (!isText(importer) || !isTexts(scope)) return 'the line does not name its session';
    return { kind: 'exclusion', at, what, name, excluded, importer, scope };
  },
  take: (store, record) => store.recordExclusion(record),
  all: allExclusions,
  forget: forgetExclusions,
};
