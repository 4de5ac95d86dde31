import * as vscode from 'vscode';
import { counted, joined, oneLine } from './tree/rowText';
import { sessionKeyOf } from './uris';
import { costLabel, formatCount, formatWhen } from '../shared/format';
import type { SessionTarget } from './contributions';
import type { Views } from './tree/views';
import type { Services } from './services';
import type { SessionRow } from '../shared/model';

const typingPause = 120;
const shownRows = 50;

/** The key of the session that a command is about; asks when it was not told. Undefined when the user gave up. */
export async function sessionOf(
  services: Services,
  views: Views,
  target: SessionTarget | undefined,
): Promise<string | undefined> {
  return keyOf(views, target) ?? pickSession(services);
}

function keyOf(views: Views, target: SessionTarget | undefined): string | undefined {
  if (typeof target === 'string') return target;
  if (target === undefined) return undefined;
  if (target instanceof vscode.Uri) return sessionKeyOf(target);
  if ('selected' in target) return views.selectedSession();
  return 'row' in target ? (target.row.key ?? undefined) : undefined;
}

interface SessionPick extends vscode.QuickPickItem {
  readonly key: string;
}

/** Lets the user find a session by id, experiment, cost or note. The list stays as it is until the next one is there. */
function pickSession(services: Services): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<SessionPick>();
  pick.title = 'Choose a session';
  pick.placeholder = 'Session ID, experiment, words of the note, or a cost such as $0.12 or >1';
  pick.matchOnDescription = pick.matchOnDetail = true;
  let timer: NodeJS.Timeout | undefined;
  let open = true;
  const search = async () => {
    const text = pick.value;
    pick.busy = true;
    const { mode, zone } = services.question();
    const rows = await services.ledger.findSessions(text, mode, shownRows);
    if (!open || text !== pick.value) return;
    pick.busy = false;
    pick.items = rows.map((row) => pickItem(row, zone));
  };
  const searchOrReport = () => void search().catch(services.report);
  return new Promise((resolve) => {
    pick.onDidChangeValue(() => {
      clearTimeout(timer);
      timer = setTimeout(searchOrReport, typingPause);
    });
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.key);
      pick.hide();
    });
    pick.onDidHide(() => {
      open = false;
      clearTimeout(timer);
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
    searchOrReport();
  });
}

function pickItem(row: SessionRow, zone: string): SessionPick {
  return {
    key: row.key,
    label: oneLine(row.id) || 'session without an id',
    description: joined(
      costLabel(row),
      counted(row.calls, formatCount(row.calls), 'call'),
      row.at !== undefined && formatWhen(row.at, zone),
    ),
    detail: joined(
      row.experimentName !== null && oneLine(row.experimentName),
      row.noteLine && oneLine(row.noteLine),
    ),
    // The worker has searched; what it found is shown even where the words stand in none of these texts.
    alwaysShow: true,
  };
}
