import { compactedSums } from './compactedRow';

const columns = `session INTEGER NOT NULL, slot INTEGER NOT NULL, model INTEGER NOT NULL, source INTEGER NOT NULL,
    agent INTEGER NOT NULL, command TEXT NOT NULL, error TEXT NOT NULL, tier TEXT NOT NULL, class INTEGER NOT NULL,
    above INTEGER NOT NULL, priced_by INTEGER NOT NULL, daily INTEGER NOT NULL, calls INTEGER NOT NULL,
    first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, least_input INTEGER NOT NULL, most_input INTEGER NOT NULL,
    ${compactedSums.map((name) => `${name} INTEGER NOT NULL`).join(', ')}`;
const key = 'session, slot, model, source, agent, command, error, tier, class, above, priced_by';

const callKeys = '(key BLOB PRIMARY KEY, source INTEGER NOT NULL, counted_in INTEGER) STRICT, WITHOUT ROWID';
const callUses = `(use BLOB NOT NULL, at INTEGER NOT NULL, scope INTEGER NOT NULL, model INTEGER NOT NULL,
    source INTEGER NOT NULL, counted_in INTEGER, PRIMARY KEY (use, at, scope, model, source)) STRICT, WITHOUT ROWID`;

/** Tables of calls that are kept as sums: see `migrations.ts`. */
export const compactionSchema = `
  CREATE TABLE compacted (
    ${columns},
    PRIMARY KEY (${key})
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX compacted_quarter ON compacted (slot) WHERE daily = 0;
  CREATE INDEX compacted_slot ON compacted (slot);
  CREATE TABLE compacted_call ${callKeys};
  CREATE TABLE compacted_account (account BLOB NOT NULL, source INTEGER NOT NULL, rank INTEGER NOT NULL,
    joins INTEGER NOT NULL, PRIMARY KEY (account, source)) STRICT, WITHOUT ROWID;
  CREATE TABLE compacted_use ${callUses};
  CREATE TABLE compacted_duplicate (source INTEGER NOT NULL, counted_in INTEGER NOT NULL, across INTEGER NOT NULL,
    calls INTEGER NOT NULL, tokens INTEGER NOT NULL, cost_auto INTEGER NOT NULL, recorded INTEGER NOT NULL,
    computed INTEGER NOT NULL, unpriced_auto INTEGER NOT NULL, unpriced_recorded INTEGER NOT NULL,
    unpriced_computed INTEGER NOT NULL, PRIMARY KEY (source, counted_in, across)) STRICT, WITHOUT ROWID;
  ALTER TABLE session ADD COLUMN first_model INTEGER;`;

/** Rows of `compacted` as they were before they were priced anew, and by what they are found now. */
export const repricedSumsSchema = `
  CREATE TABLE repriced_sum (
    ${columns},
    now_class INTEGER NOT NULL, now_priced_by INTEGER NOT NULL, now_computed INTEGER NOT NULL,
    PRIMARY KEY (${key}, now_class, now_priced_by)
  ) STRICT, WITHOUT ROWID;`;

/** Where what is known of compacted calls comes first: see `compactedCalls.ts`. */
export const newKeysSchema = `
  CREATE TABLE compacted_call_new ${callKeys};
  CREATE TABLE compacted_use_new ${callUses};`;
