import { formatCount, formatTokens, formatWhen } from '../../src/shared/format';
import { element, icon, keyedRows, setAttribute, setText } from '../element';
import { toggleOpen } from '../state';
import type { Row } from '../element';
import type { SessionRow, Totals } from '../../src/shared/model';
import type { Money } from '../../src/shared/money';
import type { Actions, Mount } from '../view';

const id = 'sessions';

/** So many rows before the rest is asked for. */
const short = 12;

interface Shown {
  readonly session: SessionRow;
  readonly zone: string;
  readonly money: Money;
}

const columns = [
  ['Cost', 'tl-number'],
  ['Session', ''],
  ['Started', ''],
  ['Experiment', ''],
  ['Models', ''],
  ['Calls', 'tl-number'],
  ['Tokens', 'tl-number'],
  ['Tag', ''],
  ['Note', ''],
] as const;

/** The dearest sessions, with their notes. Roles are named because narrow pages lay the rows out as blocks. */
export const mountSessions: Mount = (root, actions) => {
  const body = element('tbody', { attributes: { role: 'rowgroup' } });
  const heads = columns.map(([text, name]) =>
    element('th', { text, class: name, attributes: { scope: 'col', role: 'columnheader' } }),
  );
  const table = element(
    'table',
    { class: 'tl-sessions', attributes: { role: 'table', 'aria-label': 'Most expensive sessions' } },
    element(
      'thead',
      { attributes: { role: 'rowgroup' } },
      element('tr', { attributes: { role: 'row' } }, ...heads),
    ),
    body,
  );
  const rows = keyedRows<Shown>(
    body,
    ({ session }) => session.key,
    (shown) => sessionRow(shown, actions),
  );
  const more = element('button', {
    class: 'tl-quiet-button',
    onClick: () => actions.change((state) => toggleOpen(state, id)),
  });
  const marks = element('span', {
    class: 'tl-quiet',
    text: '~ part of it is rounded or estimated by the source, + calls without a known price come on top',
  });
  root.append(
    element('h2', { text: 'Most expensive sessions' }),
    table,
    element('div', { class: 'tl-head' }, more, marks),
  );
  return {
    update({ data: { sessions }, zone }, { open }, money) {
      const isWhole = open.includes(id);
      root.hidden = sessions.length === 0;
      rows(sessions.slice(0, isWhole ? undefined : short).map((session) => ({ session, zone, money })));
      marks.hidden = sessions.every(({ unpricedCalls, inexactCalls }) => unpricedCalls + inexactCalls === 0);
      more.hidden = sessions.length <= short;
      setText(more, isWhole ? 'Show fewer' : `Show the first ${sessions.length}`);
    },
    destroy: () => root.replaceChildren(),
  };
};

const tokensOf = (totals: Totals): number =>
  totals.inputTokens + totals.cacheReadTokens + totals.cacheWriteTokens + totals.outputTokens;

/** `unpriced` when nothing is known; a trailing + when part of it is not. */
function costMark(
  { cost, unpricedCalls, inexactCalls }: Totals,
  { format, exact }: Money,
): { readonly text: string; readonly title: string } {
  if (cost === 0 && unpricedCalls > 0)
    return { text: 'unpriced', title: `${unpricedCalls} calls have no known price` };
  const about = inexactCalls > 0 ? '~' : '';
  const more = unpricedCalls > 0 ? '+' : '';
  const why = [
    exact(cost),
    ...(unpricedCalls > 0 ? [`${unpricedCalls} more calls have no known price`] : []),
    ...(inexactCalls > 0 ? [`${inexactCalls} calls rounded or estimated by the source`] : []),
  ];
  return { text: `${about}${format(cost)}${more}`, title: why.join('; ') };
}

/** `#015` of `chat_model_1a2b3c_015`: the model stands beside it. A tag of another form as it is. */
const shortTag = (tag: string | null): string => tag?.replace(/^chat_model_[0-9a-f]{6}_(?=\d+$)/, '#') ?? '–';

function sessionRow({ session: { key } }: Shown, { run }: Actions): Row<Shown> {
  const open = element('button', {
    class: 'tl-link',
    onClick: () => run((host) => host.openSession(key)),
  });
  const note = noteLine(() => run((host) => host.editNote(key)));
  const cell = (kind: string, ...children: readonly Node[]) =>
    element('td', { class: kind, attributes: { role: 'cell' } }, ...children);
  const cost = cell('tl-number tl-cost');
  const started = cell('tl-started');
  const experiment = cell('tl-experiment');
  const models = cell('tl-models');
  const calls = cell('tl-number tl-calls');
  const tokens = cell('tl-number tl-tokens');
  const tag = cell('tl-tag');
  const root = element(
    'tr',
    { attributes: { role: 'row' } },
    cost,
    cell('tl-session', open),
    started,
    experiment,
    models,
    calls,
    tokens,
    tag,
    cell('tl-note-cell', note.root),
  );
  return {
    root,
    update({ session, zone, money }) {
      const { text, title } = costMark(session, money);
      setText(cost, text, title);
      setText(open, session.id, `Show everything known of ${session.id}`);
      setText(started, session.at === undefined ? '–' : formatWhen(session.at, zone));
      setText(experiment, session.experimentName ?? '–', session.experimentName ?? '');
      setText(models, session.models.join(', ') || '–', session.models.join('\n'));
      setText(calls, formatCount(session.calls), session.calls.toLocaleString('en-US'));
      setText(tokens, formatTokens(tokensOf(session)), tokensOf(session).toLocaleString('en-US'));
      setText(tag, shortTag(session.tag), session.tag ?? '');
      note.update(session);
      root.classList.toggle('tl-has-note', session.noteLine !== null);
    },
  };
}

function noteLine(onEdit: () => void): { readonly root: HTMLElement; update(session: SessionRow): void } {
  const note = element('span', { class: 'tl-note' });
  const edit = element('button', { class: 'tl-icon-button', onClick: onEdit }, icon('edit'));
  return {
    root: element('div', { class: 'tl-note-line' }, note, edit),
    update({ id, noteLine }) {
      setText(note, noteLine ?? '', noteLine ?? '');
      const verb = noteLine === null ? 'Add a note to' : 'Edit the note of';
      setAttribute(edit, 'aria-label', `${verb} session ${id}`);
      setAttribute(edit, 'title', noteLine === null ? 'Add a note' : 'Edit the note');
    },
  };
}
