import { detailTable } from './details';
import { measureColumns } from './measures';
import { timeTables } from './times';
import { compactionSchema, newKeysSchema, repricedSumsSchema } from './compaction/schema';
import type { Connection } from '../sqlite/connection';

interface Migration {
  readonly id: string;
  readonly sql: string;
}

const measures = measureColumns.map((name) => `${name} INTEGER NOT NULL DEFAULT 0`).join(', ');

/**
 * Schema in words. Ids in the first column are the store's own and never leave it; `own_id` is the source's.
 *
 * scope          whose ids these are: one trace database, or a format whose ids are unique everywhere
 * source         a file that was imported
 * call           one billed or attempted request; money in nano-USD, seconds in microseconds, `at` in ms since the epoch;
 *                one with `duplicate_of` is told elsewhere too and is in no sum
 * usage_slot     sums of calls by session, quarter hour (UTC; -1 = no known time), model and source
 * usage_session  sums by session
 * usage_day      sums by calendar day in a zone that somebody looks from, model, source, experiment and user
 * usage_detail   sums of calls with a command or an error: by quarter hour, session, model, source, command and class of error
 * time_slot      sketches of latencies and times to the first token, by the keys of usage_slot; time_day those of usage_day
 * call_alias     other ids under which a file may tell of the same call, with less to say of it
 * session_alias  sessions that turned out to be part of another: `own_id` is `into_id` now, as its agent `agent` if set
 * given_tag      tags that were given here, each once for a user, and to which session, which may be gone by now
 * tag_counter    the highest counter known of a user's tags with these six digits, given or imported, of removed ones too
 * model_name     what models are called that calls tell by id (lower case); `call.told_model` is then the model as told
 * exclusion      every word on what is left out of analytics, as the journal has it; `excluded_...` and
 *                session.excluded are what holds now
 * agent          sub-agents and sidechains of a session; `call.agent` is null for what the session did itself
 * project        folders that sessions worked in, spelled in one way
 * price_version  by which prices calls were priced: library, corrections, price sets and the user's own
 * repriced       what calls cost before they were priced anew the last time, so that it can be taken back
 * repriced_sum   the same of sums of calls: rows of `compacted` as they were, and by what they are found there now
 * compacted      sums of calls whose own rows are gone, alike in all that their cost depends on but its amounts; `slot` is
 *                their quarter hour, or with `daily` the first one of a day; `above` is the price tier that their input reached
 * compacted_...  what is left of each of these calls, as hashes: its keys, so that nothing is told twice, its account, and
 *                its response; `counted_in` is the source of the call that counted in its stead; `..._new` come first
 * claim          what a source says that its calls add up to; '' = all of them; it is in no sum
 * bill           a bill of a provider that the user imported; in no sum; `notes` is JSON
 * bill_line      its lines by UTC day; '' = not told; `amount` in billionths of the currency's unit, NULL for usage
 * bill_columns   which column is what in tables with this header, as the user said
 * alert          limits that were reached, once each; told, waiting to be told (no `why`), or silent for a reason
 * snooze         every word on until when no alert is told, as the journal has it
 * note           every saved version of a note, as the journal has it; `session` is null until the session is known
 */
export const migrations: readonly Migration[] = [
  {
    id: '001-ledger',
    sql: `
      CREATE TABLE setting (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;

      CREATE TABLE scope (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, importer TEXT NOT NULL, cursor TEXT) STRICT;
      CREATE TABLE scope_anchor (anchor TEXT NOT NULL, scope INTEGER NOT NULL REFERENCES scope (id),
        PRIMARY KEY (anchor, scope)) STRICT, WITHOUT ROWID;
      CREATE INDEX scope_anchor_scope ON scope_anchor (scope);

      CREATE TABLE source (
        id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, importer TEXT, scope INTEGER REFERENCES scope (id),
        state TEXT NOT NULL, fingerprint TEXT NOT NULL DEFAULT '', cursor TEXT, bytes INTEGER NOT NULL DEFAULT 0,
        imported_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX source_scope ON source (scope);
      CREATE TABLE problem (source INTEGER NOT NULL REFERENCES source (id), place TEXT NOT NULL, message TEXT NOT NULL,
        PRIMARY KEY (source, place, message)) STRICT, WITHOUT ROWID;

      CREATE TABLE model (id INTEGER PRIMARY KEY, provider TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (provider, name)) STRICT;
      CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
      CREATE TABLE experiment (
        id INTEGER PRIMARY KEY, scope INTEGER NOT NULL REFERENCES scope (id), own_id TEXT NOT NULL,
        name TEXT, description TEXT, created_at INTEGER, source INTEGER NOT NULL, UNIQUE (scope, own_id)
      ) STRICT;
      CREATE TABLE session (
        id INTEGER PRIMARY KEY, scope INTEGER NOT NULL REFERENCES scope (id), own_id TEXT NOT NULL,
        experiment INTEGER NOT NULL DEFAULT 0, person INTEGER NOT NULL DEFAULT 0, tag TEXT,
        source INTEGER NOT NULL, created_at INTEGER, first_at INTEGER, last_at INTEGER,
        sort_at INTEGER GENERATED ALWAYS AS (coalesce(created_at, first_at, 0)) VIRTUAL,
        steps INTEGER, messages INTEGER, events INTEGER, reward REAL,
        source_note TEXT, source_strategy TEXT, source_rationale TEXT,
        note INTEGER, UNIQUE (scope, own_id)
      ) STRICT;
      CREATE INDEX session_newest ON session (sort_at, id);
      CREATE INDEX session_of_experiment ON session (experiment, sort_at, id);
      CREATE INDEX session_id ON session (own_id);
      CREATE INDEX session_noted ON session (note) WHERE note IS NOT NULL;

      CREATE TABLE call (
        id INTEGER PRIMARY KEY, scope INTEGER NOT NULL, key ANY NOT NULL, session INTEGER NOT NULL, at INTEGER,
        model INTEGER NOT NULL, source INTEGER NOT NULL,
        input INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL, output INTEGER NOT NULL,
        reasoning INTEGER NOT NULL, audio_input INTEGER NOT NULL, audio_cached INTEGER NOT NULL,
        audio_output INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
        audio_input_us INTEGER NOT NULL, audio_output_us INTEGER NOT NULL, images INTEGER NOT NULL,
        recorded INTEGER, recorded_elsewhere INTEGER, computed INTEGER, flags INTEGER NOT NULL,
        latency_ms INTEGER, error TEXT, command TEXT
      ) STRICT;
      CREATE UNIQUE INDEX call_key ON call (scope, key);
      CREATE INDEX call_of_session ON call (session, at);

      CREATE TABLE usage_slot (
        session INTEGER NOT NULL, slot INTEGER NOT NULL, model INTEGER NOT NULL, source INTEGER NOT NULL, ${measures},
        PRIMARY KEY (session, slot, model, source)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX usage_slot_time ON usage_slot (slot);
      CREATE TABLE usage_session (session INTEGER PRIMARY KEY, ${measures}) STRICT;
      CREATE TABLE zone (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, asked_at INTEGER NOT NULL) STRICT;
      CREATE TABLE usage_day (
        zone INTEGER NOT NULL, day INTEGER NOT NULL, model INTEGER NOT NULL, source INTEGER NOT NULL,
        experiment INTEGER NOT NULL, person INTEGER NOT NULL, ${measures},
        PRIMARY KEY (zone, day, model, source, experiment, person)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE note (
        id INTEGER PRIMARY KEY, importer TEXT NOT NULL, own_id TEXT NOT NULL, anchors TEXT NOT NULL,
        session INTEGER, at INTEGER NOT NULL, text TEXT NOT NULL, strategy TEXT, rationale TEXT
      ) STRICT;
      CREATE INDEX note_of_session ON note (session, id);
      CREATE INDEX note_waiting ON note (importer, own_id) WHERE session IS NULL;`,
  },
  {
    id: '002-other-names',
    sql: `
      ALTER TABLE call ADD COLUMN version INTEGER;
      ALTER TABLE call ADD COLUMN ttft_ms INTEGER;
      CREATE TABLE call_alias (scope INTEGER NOT NULL, key ANY NOT NULL, call INTEGER NOT NULL,
        PRIMARY KEY (scope, key)) STRICT, WITHOUT ROWID;
      CREATE INDEX call_alias_call ON call_alias (call);
      CREATE TABLE session_alias (scope INTEGER NOT NULL, own_id TEXT NOT NULL, into_id TEXT NOT NULL,
        PRIMARY KEY (scope, own_id)) STRICT, WITHOUT ROWID;
      ALTER TABLE session ADD COLUMN function_calls INTEGER;
      ALTER TABLE session ADD COLUMN duration_ms INTEGER;
      ALTER TABLE session ADD COLUMN model_id TEXT;
      ALTER TABLE session ADD COLUMN labels TEXT;`,
  },
  {
    id: '003-given-tags',
    sql: `
      ALTER TABLE session ADD COLUMN tag_given INTEGER;
      CREATE INDEX session_untagged ON session (id) WHERE tag IS NULL;
      CREATE INDEX session_imported_tag ON session (person, tag) WHERE tag IS NOT NULL AND tag_given IS NULL;
      CREATE TABLE given_tag (person INTEGER NOT NULL, tag TEXT NOT NULL, scope INTEGER NOT NULL, own_id TEXT NOT NULL,
        PRIMARY KEY (person, tag)) STRICT, WITHOUT ROWID;
      CREATE UNIQUE INDEX given_tag_session ON given_tag (scope, own_id);
      CREATE TABLE tag_counter (person INTEGER NOT NULL, hex TEXT NOT NULL, counter INTEGER NOT NULL,
        PRIMARY KEY (person, hex)) STRICT, WITHOUT ROWID;`,
  },
  {
    id: '004-exclusions',
    sql: `
      ALTER TABLE session ADD COLUMN excluded INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX session_excluded ON session (id) WHERE excluded = 1;
      CREATE TABLE exclusion (
        id INTEGER PRIMARY KEY, what TEXT NOT NULL, name TEXT NOT NULL, importer TEXT, anchors TEXT, session INTEGER,
        at INTEGER NOT NULL, excluded INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX exclusion_of ON exclusion (what, name, importer);
      CREATE TABLE excluded_model (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
      CREATE TABLE excluded_source (path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
      CREATE INDEX session_alias_into ON session_alias (scope, into_id);`,
  },
  {
    id: '005-tags-told-late',
    sql: `
      CREATE INDEX given_tag_tag ON given_tag (tag);
      CREATE INDEX tag_counter_hex ON tag_counter (hex);
      CREATE INDEX session_imported_tag_of_all ON session (tag) WHERE tag IS NOT NULL AND tag_given IS NULL;`,
  },
  {
    id: '006-claims',
    sql: `
      CREATE TABLE claim (
        source INTEGER NOT NULL REFERENCES source (id), session TEXT NOT NULL, day TEXT NOT NULL, model TEXT NOT NULL,
        calls INTEGER, recorded INTEGER, input INTEGER, output INTEGER, tokens INTEGER,
        PRIMARY KEY (source, session, day, model)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX claim_of_session ON claim (session) WHERE session <> '';`,
  },
  {
    id: '007-agents',
    sql: `
      ALTER TABLE call ADD COLUMN agent INTEGER;
      ALTER TABLE call ADD COLUMN response TEXT;
      ALTER TABLE call ADD COLUMN account TEXT;
      ALTER TABLE call ADD COLUMN rank INTEGER;
      ALTER TABLE call ADD COLUMN tier TEXT;
      ALTER TABLE call ADD COLUMN web_searches INTEGER;
      ALTER TABLE call ADD COLUMN duplicate_of INTEGER;
      CREATE INDEX call_account ON call (scope, account) WHERE account IS NOT NULL;
      CREATE INDEX call_response ON call (response, at) WHERE response IS NOT NULL;
      CREATE INDEX call_duplicate ON call (duplicate_of) WHERE duplicate_of IS NOT NULL;
      CREATE TABLE agent (id INTEGER PRIMARY KEY, session INTEGER NOT NULL, own_id TEXT NOT NULL, name TEXT, parent TEXT,
        UNIQUE (session, own_id)) STRICT;
      ALTER TABLE session_alias ADD COLUMN agent TEXT;
      ALTER TABLE session_alias ADD COLUMN agent_name TEXT;
      ALTER TABLE session_alias ADD COLUMN agent_parent TEXT;
      CREATE TABLE project (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
      ALTER TABLE session ADD COLUMN project_path TEXT;
      ALTER TABLE session ADD COLUMN project INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE session ADD COLUMN branch_at TEXT;
      ALTER TABLE session ADD COLUMN branch TEXT GENERATED ALWAYS AS (substr(branch_at, 17)) VIRTUAL;
      CREATE INDEX session_of_project ON session (project, sort_at, id);`,
  },
  {
    id: '008-model-names',
    sql: `
      CREATE TABLE model_name (scope INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, provider TEXT NOT NULL,
        cached_beside INTEGER NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (scope, id)) STRICT, WITHOUT ROWID;
      ALTER TABLE call ADD COLUMN told_model INTEGER;
      CREATE INDEX call_told_model ON call (told_model) WHERE told_model IS NOT NULL;
      UPDATE call SET told_model = model WHERE model IN (
        SELECT id FROM model WHERE name LIKE '________-____-____-____-____________');`,
  },
  {
    id: '009-many-sources',
    sql: 'CREATE INDEX session_of_source ON session (source);',
  },
  {
    id: '010-price-notes',
    sql: `
      CREATE TABLE price_note (
        id INTEGER PRIMARY KEY, provider TEXT NOT NULL, model TEXT NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL
      ) STRICT;
      CREATE INDEX price_note_of ON price_note (provider, model);`,
  },
  {
    id: '011-details',
    sql: `${detailTable};
      INSERT INTO setting SELECT 'details.left', max(id) FROM call HAVING count(*) > 0;`,
  },
  {
    id: '012-bills',
    sql: `
      CREATE TABLE bill (
        id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL, hash TEXT NOT NULL, label TEXT NOT NULL,
        provider TEXT NOT NULL, imported_at INTEGER NOT NULL, first_day TEXT NOT NULL, last_day TEXT NOT NULL, notes TEXT NOT NULL
      ) STRICT;
      CREATE TABLE bill_line (
        bill INTEGER NOT NULL REFERENCES bill (id), day TEXT NOT NULL, model TEXT NOT NULL, item TEXT NOT NULL,
        tier TEXT NOT NULL, scope TEXT NOT NULL, currency TEXT NOT NULL, amount INTEGER, requests INTEGER NOT NULL,
        input INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL, output INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX bill_line_of_bill ON bill_line (bill, day);
      CREATE TABLE bill_columns (header TEXT PRIMARY KEY, columns TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX call_tier ON call (at) WHERE tier IS NOT NULL;`,
  },
  {
    id: '013-watched-folders',
    sql: `
      CREATE TABLE watched_folder (path TEXT PRIMARY KEY, searched_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE left_out (path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`,
  },
  {
    id: '014-price-versions',
    sql: `
      CREATE TABLE price_version (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
      ALTER TABLE call ADD COLUMN priced_by INTEGER;
      CREATE TABLE repriced (call INTEGER PRIMARY KEY, computed INTEGER, flags INTEGER NOT NULL, priced_by INTEGER) STRICT;`,
  },
  {
    id: '015-session-at-work',
    sql: 'CREATE INDEX session_last ON session (last_at);',
  },
  {
    id: '016-alerts',
    sql: `
      CREATE TABLE alert (
        id INTEGER PRIMARY KEY, crossing TEXT NOT NULL UNIQUE, seen_at INTEGER NOT NULL, told_at INTEGER, why TEXT,
        fields TEXT NOT NULL,
        rule TEXT GENERATED ALWAYS AS (fields ->> 'rule') VIRTUAL,
        subject TEXT GENERATED ALWAYS AS (fields ->> 'subject') VIRTUAL,
        call_at INTEGER GENERATED ALWAYS AS (fields ->> 'callAt') VIRTUAL
      ) STRICT;
      CREATE INDEX alert_of ON alert (subject, rule, call_at);
      CREATE INDEX alert_newest ON alert (call_at, id);
      CREATE INDEX alert_told ON alert (told_at) WHERE told_at IS NOT NULL;
      CREATE INDEX alert_waiting ON alert (id) WHERE told_at IS NULL AND why IS NULL;
      CREATE TABLE snooze (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, until INTEGER NOT NULL) STRICT;`,
  },
  {
    id: '017-times',
    sql: `${timeTables}
      CREATE INDEX call_failed ON call (at) WHERE flags & 8 <> 0;
      CREATE INDEX usage_detail_failed ON usage_detail (slot) WHERE error <> '';
      INSERT INTO setting SELECT 'times.left', max(id) FROM call HAVING count(*) > 0;`,
  },
  {
    id: '018-compaction',
    sql: compactionSchema,
  },
  {
    id: '019-repriced-sums',
    sql: repricedSumsSchema,
  },
  {
    id: '020-failed-sums',
    sql: "CREATE INDEX compacted_failed ON compacted (slot) WHERE error <> ''",
  },
  {
    id: '021-new-keys',
    sql: newKeysSchema,
  },
];

/** Brings the store to the newest schema; each step and its mark are one transaction. Append only. */
export function migrate(db: Connection, steps: readonly Migration[] = migrations): void {
  const exists = db.read(() => db.rows("SELECT 1 FROM sqlite_master WHERE name = 'migration'").length > 0);
  const done = new Set(exists ? db.read(() => db.rows('SELECT id FROM migration')).map(([id]) => id) : []);
  const missing = steps.filter(({ id }) => !done.has(id));
  if (missing.length === 0) return;
  db.write(() => {
    db.run('CREATE TABLE IF NOT EXISTS migration (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID');
    for (const { id, sql } of missing) {
      // Another window may have come first.
      if (db.rows('SELECT 1 FROM migration WHERE id = ?', [id]).length > 0) continue;
      db.script(sql);
      db.run('INSERT INTO migration VALUES (?)', [id]);
    }
  });
}
