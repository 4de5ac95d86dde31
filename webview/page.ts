import { assignSlots } from './charts/modelColors';
import { stackTime } from './charts/stackedTime';
import { moneyFormat } from '../src/shared/money';
import { element, setText } from './element';
import { mountBreakdown } from './views/breakdown';
import { breakdowns } from './views/breakdowns';
import { mountChips } from './views/chips';
import { mountCostOverTime } from './views/costOverTime';
import { emptyNotice, showError, showNotice, showOff } from './views/notices';
import { mountLatency } from './views/latency';
import { mountRealtime } from './views/realtime';
import { mountSessions } from './views/sessions';
import { mountToolbar } from './views/toolbar';
import { mountTotals } from './views/totals';
import type { PanelState } from './state';
import type { Actions, Mount, View } from './view';
import type { PanelAnswer } from '../src/shared/protocol';

export interface Page {
  /** Draws, and gives back the state with the colours that new models were given. */
  update(answer: PanelAnswer, state: PanelState): PanelState;
  showError(message: string | undefined, onRetry?: () => void): void;
}

/** Views of the figures, by the place they stand in. */
const places = {
  totals: [mountTotals],
  left: [
    mountCostOverTime,
    ...[breakdowns.experiment, breakdowns.project, breakdowns.branch].map(mountBreakdown),
  ],
  right: [breakdowns.model, breakdowns.provider, breakdowns.user].map(mountBreakdown),
  voice: [mountRealtime],
  speed: [mountLatency],
  below: [mountSessions],
} as const satisfies Readonly<Record<string, readonly Mount[]>>;

/** The whole page: what is asked above, figures below, and what to say when there are none. */
export function mountPage(root: HTMLElement, actions: Actions): Page {
  const bar = element('div', {
    class: 'tl-toolbar',
    attributes: { role: 'toolbar', 'aria-label': 'What is shown' },
  });
  const chips = element('div', { class: 'tl-chips' });
  const error = element('div', { class: 'tl-error', attributes: { role: 'alert' } });
  const notice = element('div', { class: 'tl-notice' });
  const loading = element('p', { class: 'tl-loading', text: 'Loading…', attributes: { role: 'status' } });
  const off = element('div', { class: 'tl-off', attributes: { role: 'status' } });
  const storage = element('p', { class: 'tl-storage' });
  const figures = element('div', { class: 'tl-content' });
  const header = element('header', {}, bar, chips);
  const controls: readonly View[] = [mountToolbar(bar, actions), mountChips(chips, actions)];
  let views: readonly View[] | undefined;
  header.hidden = figures.hidden = notice.hidden = storage.hidden = error.hidden = off.hidden = true;
  root.replaceChildren(header, error, off, loading, storage, notice, figures);

  return {
    update(answer, state) {
      const series = stackTime(answer.data).series.filter(({ isOther }) => !isOther);
      const colored = {
        ...state,
        slots: assignSlots(
          state.slots,
          series.map(({ model }) => model),
        ),
      };
      const money = moneyFormat(answer.currency);
      const empty = emptyNotice(answer, colored, actions);
      loading.hidden = true;
      header.hidden = answer.status.calls === 0 && answer.status.sessions === 0;
      figures.hidden = empty !== undefined;
      showNotice(notice, empty);
      showOff(off, answer.isOff ?? false, actions);
      storage.hidden = answer.status.storage === 'file';
      setText(storage, `Kept in memory only. ${answer.status.reason ?? ''}`);
      for (const view of controls) view.update(answer, colored, money);
      if (!empty) {
        views ??= mountFigures(figures, actions);
        for (const view of views) view.update(answer, colored, money);
      }
      return colored;
    },
    showError(message, onRetry) {
      if (message !== undefined) loading.hidden = true;
      showError(error, message, onRetry);
    },
  };
}

function mountFigures(root: HTMLElement, actions: Actions): readonly View[] {
  return Object.entries(places).flatMap(([place, mounts]) => {
    const box = element('div', { class: `tl-${place}` });
    root.append(box);
    return mounts.map((mount, index) => {
      const section = element('section', { class: `tl-${place}-${index}` });
      box.append(section);
      return mount(section, actions);
    });
  });
}
