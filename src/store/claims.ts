import type { ClaimFact } from '../shared/facts';
import type { Connection } from '../sqlite/connection';

/** Inside a write: what a source says that its calls add up to. Said again of the same, the later word holds. */
export function writeClaims(db: Connection, source: number, claims: readonly ClaimFact[]): void {
  for (const { session, day, model, calls, recorded, inputTokens, outputTokens, tokens } of claims) {
    db.run('INSERT OR REPLACE INTO claim VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', [
      source,
      session ?? '',
      day ?? '',
      model ?? '',
      calls ?? null,
      recorded ?? null,
      inputTokens ?? null,
      outputTokens ?? null,
      tokens ?? null,
    ]);
  }
}

/** Inside a write: before a source is read anew, and when it goes. */
export const clearClaims = (db: Connection, source: number): void =>
  db.run('DELETE FROM claim WHERE source = ?', [source]);
