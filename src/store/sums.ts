import { Details } from './details';
import { measuresOf } from './measures';
import { Rollups } from './rollups';
import { slotOf } from './slots';
import { Times } from './times';
import type { PlacedCall } from './callRow';
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
