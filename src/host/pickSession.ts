import * as vscode from 'vscode';
import { counted, joined, oneLine } from './tree/rowText';
import { badgeOf } from './tree/sessionItem';
import { sessionKeyOf } from './uris';
import { formatCount, formatWhen } from '../shared/format';
import { costLabel } from '../shared/money';
import type { SessionTarget } from './contributions';
import type { Views } from './tree/views';
import type { Services } from './services';
import type { SessionRow } from '../shared/model';
import type { Money } from '../shared/money';

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

/**
 * Lets the user find a session by id, experiment, tag, cost or note. The list stays as it is until the next one is there; who
 * presses Enter before that means what was typed, not what happens to be listed still.
 */
function pickSession(services: Services): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<SessionPick>();
  const money = services.money();
  pick.title = joined('Choose a session', money.note);
  pick.placeholder = `Session ID, experiment, tag such as #015, words of the note, or a cost${money.note === '' ? '' : ' in US dollars'} such as $0.12 or >1`;
  pick.matchOnDescription = pick.matchOnDetail = true;
  let timer: NodeJS.Timeout | undefined;
  let open = true;
  let listed: string | undefined;
  let accepted: { readonly key: string | undefined } | undefined;
  const search = async () => {
    const text = pick.value;
    pick.busy = true;
    const { mode, zone } = services.question();
    const rows = await services.ledger.findSessions(text, mode, shownRows);
    if (!open || text !== pick.value) return;
    pick.busy = false;
    listed = text;
    pick.items = rows.map((row) => pickItem(row, zone, money));
    const chosen = accepted && (rows.find(({ key }) => key === accepted?.key) ?? rows[0]);
    accepted = undefined;
    if (chosen) finish(chosen.key);
  };
  const searchOrReport = () => void search().catch(services.report);
  let finish: (key: string) => void;
  return new Promise((resolve) => {
    finish = (key) => {
      resolve(key);
      pick.hide();
    };
    pick.onDidChangeValue(() => {
      accepted = undefined;
      clearTimeout(timer);
      timer = setTimeout(searchOrReport, typingPause);
    });
    pick.onDidAccept(() => {
      const key = chosenIn(pick);
      if (listed !== pick.value) accepted = { key };
      else if (key !== undefined) finish(key);
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

/** What Enter means. VS Code may not have said yet that another list has another first entry. */
const chosenIn = ({ items, selectedItems }: vscode.QuickPick<SessionPick>): string | undefined =>
  (items.find(({ key }) => key === selectedItems[0]?.key) ?? items[0])?.key;

function pickItem(row: SessionRow, zone: string, money: Money): SessionPick {
  return {
    key: row.key,
    label: oneLine(row.id) || 'session without an id',
    description: joined(
      costLabel(row, money.format),
      counted(row.calls, formatCount(row.calls), 'call'),
      row.at !== undefined && formatWhen(row.at, zone),
      badgeOf(row),
    ),
    detail: joined(
      row.experimentName !== null && oneLine(row.experimentName),
      row.noteLine && oneLine(row.noteLine),
    ),
    // The worker has searched; what it found is shown even where the words stand in none of these texts.
    alwaysShow: true,
  };
}
