import { maxNoteLength } from '../shared/model';
import { UserError } from '../shared/errors';
import { journalKinds } from './journalKinds/index';
import { noteTarget, recordNote } from '../store/notes';
import { idsOfKey } from '../store/queries/where';
import { noteOf } from '../store/queries/sessionDetail';
import { readSetting, writeSetting } from '../store/settings';
import type { Journal } from '../journal/journal';
import type { JournalRecord } from '../notes/journalLine';
import type { JournalHealth } from '../shared/healthApi';
import type { Note } from '../shared/model';
import type { Excludable } from '../shared/protocol';
import type { ExclusionRecord } from '../store/exclusions';
import type { NoteRecord } from '../store/notes';
import type { Store } from '../store/store';

const journalEnd = 'journalEnd';
const kindsRead = 'journalKinds';
/** What the journal was read for before the store remembered that. */
const firstKinds = '["note","exclusion"]';

/**
 * What users say: journal first, then store, both under the store's lock. The store remembers how far it has read the journal,
 * so that a line another window wrote, or one whose store was lost, is taken in exactly once.
 */
export class Notebook {
  constructor(
    private readonly store: Store,
    private readonly journal: Journal,
  ) {}

  /** Takes in what the journal has and the store has not. @returns lines that could not be read. */
  catchUp(): readonly string[] {
    const behind = this.store.db.read(() => readSetting(this.store.db, journalEnd)) ?? 0;
    if (behind === this.journal.size() && this.lateKinds().size === 0) return [];
    return this.store.write(() => this.replay());
  }

  /** How much stands in the journal, and what of it the store does not have. */
  health(): JournalHealth {
    const known = this.store.db.read(() => readSetting(this.store.db, journalEnd)) ?? 0;
    const behind = this.journal.readFrom(known as number);
    return {
      bytes: this.journal.size(),
      waiting: behind.records.length + behind.torn.length,
      unreadable: this.journal.readFrom(0).torn.length,
    };
  }

  /** Resolves the note in force afterwards. @throws UserError for a text that is too long or an unknown session. */
  save(key: string, text: string): Note | undefined {
    return this.keep(key, () => text);
  }

  /** The same for a paragraph that comes after what is there. */
  append(key: string, paragraph: string): Note | undefined {
    return this.keep(
      key,
      (before) => `${before.trim() === '' ? '' : `${before.trimEnd()}\n\n`}${paragraph}\n`,
    );
  }

  private keep(key: string, textAfter: (before: string) => string): Note | undefined {
    return this.store.write(() => {
      this.replay();
      const session = this.sessionOf(key);
      const before = noteOf(this.store, key);
      const text = textAfter(before?.text ?? '');
      requireFits(text);
      const kept = text.trim() === '' ? '' : text;
      if ((before?.text ?? '') !== kept || (before?.text === '' && kept === ''))
        this.write(session, kept, before);
      return noteOf(this.store, key);
    });
  }

  private write(session: number, text: string, before: Note | undefined): void {
    const { db } = this.store;
    const record: NoteRecord = {
      kind: 'note',
      ...noteTarget(db, session),
      // An editor tells versions apart by their time.
      at: Math.max(Date.now(), (before?.at ?? 0) + 1),
      text,
      ...(text && before?.strategy ? { strategy: before.strategy } : {}),
      ...(text && before?.rationale ? { rationale: before.rationale } : {}),
    };
    this.enter([record], () => recordNote(db, record, session));
  }

  /** Any other word of the user's: `say` is asked once all that was said before is known. */
  add(say: () => readonly JournalRecord[]): void {
    this.store.write(() => {
      this.replay();
      const records = say();
      if (records.length > 0) this.enter(records, (record) => this.take(record));
    });
  }

  /** Includes in analytics or excludes. @throws UserError for a session that is not known. */
  setExcluded(what: Excludable, key: string, excluded: boolean): void {
    this.store.write(() => {
      this.replay();
      const session = what === 'session' ? this.sessionOf(key) : undefined;
      const target = session === undefined ? undefined : noteTarget(this.store.db, session);
      const record: ExclusionRecord = {
        kind: 'exclusion',
        at: Date.now(),
        what,
        name: target?.session ?? key,
        excluded,
        ...(target ? { importer: target.importer, scope: target.scope } : {}),
      };
      this.enter([record], () => this.store.recordExclusion(record, session));
    });
  }

  private sessionOf(key: string): number {
    const [session] = idsOfKey(this.store.db, 'session', key);
    if (session === undefined)
      throw new UserError(`There is no session ${key} in the ledger. Import its source first.`);
    return session;
  }

  private enter<R extends JournalRecord>(records: readonly R[], take: (record: R) => void): void {
    const { end } = this.journal.append(records);
    for (const record of records) take(record);
    writeSetting(this.store.db, journalEnd, end);
  }

  private take(record: JournalRecord): void {
    journalKinds.find(({ kind }) => kind === record.kind)!.take(this.store, record);
  }

  private replay(): readonly string[] {
    const { db } = this.store;
    if (((readSetting(db, journalEnd) as number | undefined) ?? 0) > this.journal.size()) this.restore();
    const late = this.readLate();
    const known = (readSetting(db, journalEnd) as number | undefined) ?? 0;
    const { records, end, torn } = this.journal.readFrom(known);
    for (const record of records) if (!late.has(record.kind)) this.take(record);
    if (end !== known) writeSetting(db, journalEnd, end);
    return torn;
  }

  /** Lines that an older version passed over. @returns the kinds of which all lines are taken in. */
  private readLate(): ReadonlySet<string> {
    const late = this.lateKinds();
    if (late.size === 0) return late;
    for (const record of this.journal.readFrom(0).records) if (late.has(record.kind)) this.take(record);
    writeSetting(this.store.db, kindsRead, JSON.stringify(journalKinds.map(({ kind }) => kind)));
    return late;
  }

  /** Kinds that the version did not know which read the journal before. */
  private lateKinds(): ReadonlySet<string> {
    const { db } = this.store;
    const stored = db.read(() => readSetting(db, kindsRead)) ?? firstKinds;
    const read = new Set(JSON.parse(stored as string) as readonly string[]);
    return new Set(journalKinds.map(({ kind }) => kind).filter((kind) => !read.has(kind)));
  }

  /**
   * The journal was deleted, cut or replaced, the store was not: what people wrote goes back to the journal, and the store
   * reads it again from the start, so that both have the same.
   */
  private restore(): void {
    const { db } = this.store;
    const line = (record: JournalRecord): string => this.journal.line(record);
    const there = new Set(this.journal.readFrom(0).records.map(line));
    const lost = journalKinds.flatMap((kind) => kind.all(db)).filter((record) => !there.has(line(record)));
    if (lost.length > 0) this.journal.append(lost);
    for (const kind of journalKinds) kind.forget(db);
    writeSetting(db, journalEnd, 0);
  }
}

function requireFits(text: string): void {
  if (text.length > maxNoteLength)
    throw new UserError(
      `A note may have ${maxNoteLength} characters at most; this one has ${text.length}. Shorten it.`,
    );
}
