import { readSetting, writeSetting } from './settings';
import { projectName } from '../projects/projectName';
import type { ProjectRules } from '../projects/projectName';
import type { Connection, SqlValue } from '../sqlite/connection';

const settingName = 'project rules';

export function projectRules(db: Connection): ProjectRules {
  const stored = readSetting(db, settingName);
  return typeof stored === 'string' ? (JSON.parse(stored) as ProjectRules) : {};
}

/** Inside a write: other rules hold; every session goes to the project that it belongs to by them. */
export function chooseProjects(db: Connection, rules: ProjectRules): void {
  const json = JSON.stringify(rules);
  if (json === JSON.stringify(projectRules(db))) return;
  writeSetting(db, settingName, json);
  const ids = new Map<SqlValue, number>();
  const idOf = (path: SqlValue): number => {
    const id = ids.get(path) ?? projectId(db, path as string, rules);
    ids.set(path, id);
    return id;
  };
  const sessions = db.rows('SELECT id, project, project_path FROM session WHERE project_path IS NOT NULL');
  for (const [session, project, path] of sessions)
    if (project !== idOf(path!))
      db.run('UPDATE session SET project = ? WHERE id = ?', [idOf(path!), session!]);
  db.run('DELETE FROM project WHERE id NOT IN (SELECT project FROM session)');
}

/** Inside a write: the store's id of the project that a folder belongs to. */
export function projectId(db: Connection, path: string, rules = projectRules(db)): number {
  const name = projectName(path, rules);
  db.run('INSERT OR IGNORE INTO project (name) VALUES (?)', [name]);
  return db.rows('SELECT id FROM project WHERE name = ?', [name])[0]![0] as number;
}

/** Names of projects by id: the last folder where no other project has the same, else the whole path. */
export function projectLabels(db: Connection): Map<number, { name: string; label: string }> {
  // One that had all its sessions removed is no other.
  const inUse =
    'SELECT id, name FROM project WHERE EXISTS (SELECT 1 FROM session WHERE project = project.id)';
  const rows = db.rows(inUse).map(([id, name]) => ({
    id: id as number,
    name: name as string,
    last: lastFolder(name as string),
  }));
  const counts = new Map<string, number>();
  for (const { last } of rows) counts.set(last, (counts.get(last) ?? 0) + 1);
  return new Map(
    rows.map(({ id, name, last }) => [id, { name, label: counts.get(last) === 1 ? last : name }]),
  );
}

const lastFolder = (path: string): string => path.slice(path.lastIndexOf('/') + 1) || path;
