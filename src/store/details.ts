import { errorKind } from './errorKind';
import { flag, measureColumns, measuresOf, noMeasures } from './measures';
import { upsert } from './rollups';
import { slotOf } from './slots';
import type { PlacedCall } from './callRow';
import type { Measures } from './measures';
import type { Connection, SqlValue, Statement } from '../sqlite/connection';

const keys = ['slot', 'session', 'model', 'source', 'command', 'error'] as const;

interface Delta {
  readonly key: readonly SqlValue[];
  readonly sum: Measures;
}

/** SQL: the rows of `usage_detail` of session `?1`. They lie by time: the session's quarter hours lead to them. */
export const ofSession = 'slot IN (SELECT slot FROM usage_slot WHERE session = ?1) AND session = ?1';

/** What of a call `usage_detail` has it under: its command and the class of its error, `''` for none. */
export const detailOf = (call: Pick<PlacedCall, 'command' | 'error' | 'flags'>): [string, string] => [
  call.command ?? '',
  (call.flags & (flag.failed | flag.noCall)) !== 0 ? errorKind(call.error) : '',
];

/**
 * Sums of the calls that have a command or failed, which `usage_slot` does not tell from others. Gathers differences
 * and writes them in the transaction that writes the calls, as `Rollups` does.
 */
export class Details {
  private readonly deltas = new Map<string, Delta>();
  private readonly upserted: Statement;

  constructor(private readonly db: Connection) {
    this.upserted = db.prepare(upsert('usage_detail', keys));
  }

  add(call: PlacedCall, sign: 1 | -1): void {
    const detail = detailOf(call);
    if (detail.every((part) => part === '')) return;
    this.put([slotOf(call.at), call.session, call.model, call.source, ...detail], measuresOf(call), sign);
  }

  /** All of one session is another's now; its quarter hours are still its own. */
  moveSession(from: number, into: number): void {
    const rows = this.db.rows(
      `SELECT slot, model, source, command, error, ${measureColumns.join(', ')} FROM usage_detail WHERE ${ofSession}`,
      [from],
    );
    for (const [slot, model, source, command, error, ...sum] of rows) {
      const key = (session: number): SqlValue[] => [slot!, session, model!, source!, command!, error!];
      this.put(key(from), sum as number[], -1);
      this.put(key(into), sum as number[], 1);
    }
  }

  /** Adds sums to what is gathered under a key, in the order of `keys`. */
  put(key: readonly SqlValue[], measures: readonly number[], sign: 1 | -1): void {
    const name = key.join('\0');
    let delta = this.deltas.get(name);
    if (!delta) this.deltas.set(name, (delta = { key, sum: noMeasures() }));
    measures.forEach((value, i) => (delta.sum[i]! += sign * value));
  }

  flush(): void {
    const where = keys.map((key) => `${key} = ?`).join(' AND ');
    for (const { key, sum } of this.deltas.values()) {
      if (sum.every((value) => value === 0)) continue;
      this.upserted.run([...key, ...sum]);
      if (sum[0]! <= 0 && sum[1]! <= 0)
        this.db.run(`DELETE FROM usage_detail WHERE ${where} AND calls = 0 AND errors = 0`, key);
    }
    this.clear();
  }

  /** Forgets what was gathered: the transaction it belonged to was rolled back. */
  clear(): void {
    this.deltas.clear();
  }

  dispose(): void {
    this.upserted.free();
  }
}

export const detailTable = `CREATE TABLE usage_detail (
  ${keys.map((key) => `${key} ${key === 'command' || key === 'error' ? 'TEXT' : 'INTEGER'} NOT NULL`).join(', ')},
  ${measureColumns.map((name) => `${name} INTEGER NOT NULL DEFAULT 0`).join(', ')}, PRIMARY KEY (${keys.join(', ')})
) STRICT, WITHOUT ROWID`;
