import { projectRules } from '../sessionProjects';
import { sharesBy } from './report';
import { everything, sessionRows } from './sessions';
import { projectsIn } from '../../projects/projectsIn';
import type { Store } from '../store';
import type { CostMode, Question, Totals } from '../../shared/model';
import type { LiveFigures, LiveQuestion, LiveStatus } from '../../shared/statusApi';

/** Today and the session at work, from sums: it costs the same however long the history is. */
export function liveStatus(store: Store, ask: LiveQuestion): LiveStatus {
  return store.db.read(() => {
    const projects = projectsOf(store, ask.folders);
    const shares = sharesBy(store, ask.onlyFolders ? within(ask.question, projects) : ask.question, 'model');
    const models = shares
      .filter(({ calls }) => calls > 0)
      .map((share) => ({ model: share.key, ...figuresOf(share) }));
    const session = sessionAtWork(store, ask, projects);
    return { total: models.reduce(added, nothing), models, ...(session ? { session } : {}) };
  });
}

const nothing: LiveFigures = {
  cost: 0,
  tokens: 0,
  calls: 0,
  unpricedCalls: 0,
  inexactCalls: 0,
  includedCalls: 0,
};

const added = (sum: LiveFigures, more: LiveFigures): LiveFigures => ({
  cost: sum.cost + more.cost,
  tokens: sum.tokens + more.tokens,
  calls: sum.calls + more.calls,
  unpricedCalls: sum.unpricedCalls + more.unpricedCalls,
  inexactCalls: sum.inexactCalls + more.inexactCalls,
  includedCalls: sum.includedCalls + more.includedCalls,
});

const figuresOf = (totals: Omit<Totals, 'sessions'>): LiveFigures => ({
  cost: totals.cost,
  tokens: totals.inputTokens + totals.cacheReadTokens + totals.cacheWriteTokens + totals.outputTokens,
  calls: totals.calls,
  unpricedCalls: totals.unpricedCalls,
  inexactCalls: totals.inexactCalls,
  includedCalls: totals.includedCalls,
});

const within = (question: Question, projects: readonly string[]): Question => ({
  ...question,
  filter: { ...question.filter, projects },
});

function projectsOf({ db }: Store, folders: readonly string[]): string[] {
  if (folders.length === 0) return [];
  const names = db.rows('SELECT name FROM project').map(([name]) => name as string);
  return projectsIn(folders, names, projectRules(db));
}

/** Of this workspace if it has one, else of anywhere. A call of tomorrow, by a wrong clock, is none of now. */
function sessionAtWork(
  store: Store,
  { question, activeSince }: LiveQuestion,
  projects: readonly string[],
): LiveStatus['session'] {
  const newest = `SELECT id FROM session WHERE last_at >= ?1 AND last_at < ?2 AND excluded = 0`;
  const span = [activeSince, question.filter.until ?? Number.MAX_SAFE_INTEGER];
  const inProjects =
    'AND project IN (SELECT id FROM project WHERE name IN (SELECT value FROM json_each(?3)))';
  const order = 'ORDER BY last_at DESC, id DESC LIMIT 1';
  const [row] = [
    ...store.db.rows(`${newest} ${inProjects} ${order}`, [...span, JSON.stringify(projects)]),
    ...store.db.rows(`${newest} ${order}`, span),
  ];
  return row && sessionFigures(store, row[0] as number, question.mode);
}

function sessionFigures(store: Store, session: number, mode: CostMode): LiveStatus['session'] {
  const [row] = sessionRows(store, everything(mode), [session]);
  return row && { key: row.key, id: row.id, lastAt: row.lastAt!, ...figuresOf(row) };
}
