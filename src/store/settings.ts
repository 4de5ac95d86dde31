import type { Connection } from '../sqlite/connection';

/** Small facts about the store itself, such as how far the journal was read. */
export const readSetting = (db: Connection, name: string): string | number | undefined =>
  (db.rows('SELECT value FROM setting WHERE name = ?', [name])[0]?.[0] as
    string | number | null | undefined) ?? undefined;

export const writeSetting = (db: Connection, name: string, value: string | number): void =>
  db.run('INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value', [name, value]);

/** Inside a write. */
export const deleteSetting = (db: Connection, name: string): void =>
  db.run('DELETE FROM setting WHERE name = ?', [name]);
