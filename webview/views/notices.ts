import '@vscode-elements/elements/dist/vscode-button/index.js';
import { element } from '../element';
import { clearFilters, hasFilters, setPeriod } from '../state';
import type { PanelState } from '../state';
import type { PanelAnswer } from '../../src/shared/protocol';
import type { Actions } from '../view';

interface Notice {
  readonly title: string;
  readonly text: string;
  readonly buttons: readonly { readonly text: string; readonly onClick: () => void }[];
}

/** What stands in place of figures when there are none to show; undefined when there are. */
export function emptyNotice(
  answer: PanelAnswer,
  state: PanelState,
  { change, run }: Actions,
): Notice | undefined {
  const { status, data } = answer;
  if (status.calls === 0 && status.sessions === 0) {
    return {
      title: 'Nothing imported yet',
      text: 'Import a trace database or a folder of analytics files to see what each experiment and session cost.',
      buttons: [
        { text: 'Import Files or Folder…', onClick: () => run((host) => host.importFiles()) },
        { text: 'Load Sample Data', onClick: () => run((host) => host.loadSampleData()) },
      ],
    };
  }
  const { calls, sessions, errors, excludedCalls } = data.total;
  if (calls > 0 || sessions > 0 || errors > 0 || excludedCalls > 0) return undefined;
  const isAll = state.query.period === 'all';
  return {
    title: 'No calls match',
    text: hasFilters(state)
      ? 'No call in this period matches the filters.'
      : 'There are calls in the ledger, but none in this period.',
    buttons: [
      ...(hasFilters(state) ? [{ text: 'Clear filters', onClick: () => change(clearFilters) }] : []),
      ...(isAll ? [] : [{ text: 'Show all time', onClick: () => change((now) => setPeriod(now, 'all')) }]),
    ],
  };
}

/** Draws a notice in `root`, or empties and hides it. */
export function showNotice(root: HTMLElement, notice: Notice | undefined): void {
  root.hidden = !notice;
  const same = root.dataset['title'] === (notice ? notice.title + notice.text : '');
  if (same) return;
  root.dataset['title'] = notice ? notice.title + notice.text : '';
  root.replaceChildren();
  if (!notice) return;
  const buttons = notice.buttons.map(({ text, onClick }, index) => {
    const button = document.createElement('vscode-button');
    button.textContent = text;
    button.secondary = index > 0;
    button.addEventListener('click', onClick);
    return button;
  });
  root.append(
    element('h2', { text: notice.title }),
    element('p', { text: notice.text }),
    element('div', { class: 'tl-buttons' }, ...buttons),
  );
}

/** That nothing is read any more, with the way back; what is known is shown all the same. */
export function showOff(root: HTMLElement, isOff: boolean, { run }: Actions): void {
  root.hidden = !isOff;
  if (!isOff) return root.replaceChildren();
  if (root.childElementCount > 0) return;
  const button = document.createElement('vscode-button');
  button.textContent = 'Turn On';
  button.addEventListener('click', () => run((host) => host.enable()));
  root.append(
    element('span', { text: 'Trace Ledger is off and reads nothing. What it knows already is shown.' }),
    button,
  );
}

/** An error where it happened, with a way to try again; `undefined` takes it away. */
export function showError(root: HTMLElement, message: string | undefined, onRetry?: () => void): void {
  root.hidden = message === undefined;
  if (message === undefined) return root.replaceChildren();
  const retry = element('button', { class: 'tl-quiet-button', text: 'Try again' });
  if (onRetry) retry.addEventListener('click', onRetry);
  root.replaceChildren(element('span', { text: message }), onRetry ? retry : '');
}
