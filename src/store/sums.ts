import { measuresOfRow } from './compaction/compactedRow';
import { Details } from './details';
import { measuresOf } from './measures';
import { Rollups } from './rollups';
import { slotOf } from './slots';
import { Times } from './times';
import type { PlacedCall } from './callRow';
import type { CompactedRow } from './compaction/compactedRow';
import type { Membership } from './rollups';
import type { Zone } from './zones';
import type { Connection } from '../sqlite/connection';

/** All that is summed up as calls come and go, so that no question has to read them one by one. */
export class Sums {
  private readonly rollups: Rollups;
  private readonly details: Details;
  private readonly times: Times;

  constructor(db: Connection) {
    this.rollups = new Rollups(db);
    this.details = new Details(db);
    this.times = new Times(db);
  }

  /** A call counts from now on (1), or does not any more (-1). */
  add(call: PlacedCall, sign: 1 | -1): void {
    this.rollups.add(call.session, slotOf(call.at), call.model, call.source, measuresOf(call), sign);
    this.details.add(call, sign);
    this.times.add(call, sign);
  }

  /** The same of calls that are kept as sums. */
  addRow(row: CompactedRow, sign: 1 | -1): void {
    const { slot, session, model, source, command, error } = row;
    const measures = measuresOfRow(row);
    this.rollups.add(session, slot, model, source, measures, sign);
    if (command !== '' || error !== '')
      this.details.put([slot, session, model, source, command, error], measures, sign);
  }

  /** All of one session is another's now. Nothing of it may be waiting; `flush` comes after that. */
  moveSession(from: number, into: number): void {
    this.rollups.moveSlots(from, into);
    this.details.moveSession(from, into);
    this.times.relocate(from, Infinity, (slot) => ({ session: into, slot }));
  }

  /** Times of a session before a slot are where their sums are now, or go with them. `flush` comes after that. */
  moveTimes(session: number, before: number, slotOf: (slot: number) => number | undefined): void {
    this.times.relocate(session, before, (slot) => {
      const to = slot < 0 ? slot : slotOf(slot);
      return to === undefined ? undefined : { session, slot: to };
    });
  }

  /** Inside a write: what was gathered goes to the store. */
  flush(zones: readonly Zone[], membershipOf: (session: number) => Membership): void {
    this.rollups.flush(zones, membershipOf);
    this.details.flush();
    this.times.flush(zones, membershipOf);
  }

  /** Forgets what was gathered: the transaction it belonged to was rolled back. */
  clear(): void {
    this.rollups.clear();
    this.details.clear();
    this.times.clear();
  }

  /** A session went to another experiment or person, or in or out of analytics. `flush` comes after that. */
  move(session: number, zones: readonly Zone[], from: Membership, to: Membership): void {
    this.rollups.move(session, zones, from, to);
    this.times.move(session, zones, from, to);
  }

  /** Sums up all days of a zone that is new to the store. */
  fillZone(zone: Zone): void {
    this.rollups.fillZone(zone);
    this.times.fillZone(zone);
  }

  dispose(): void {
    this.rollups.dispose();
    this.details.dispose();
    this.times.dispose();
  }
}
