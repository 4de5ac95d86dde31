import '@vscode/codicons/dist/codicon.css';
import './style.css';
import { messageOf } from '../src/shared/errors';
import { createAsker } from './asker';
import { client, host, vscode } from './host';
import { mountPage } from './page';
import { filterRequested, restoreState } from './state';
import type { PanelAnswer, PanelQuery } from '../src/shared/protocol';
import type { PanelState } from './state';

/** Changes that come in a burst (an import commits many times) are one question. */
const quietMs = 150;

function start(root: HTMLElement): void {
  let state = restoreState(vscode.getState());
  let answer: PanelAnswer | undefined;

  const save = (next: PanelState) => vscode.setState((state = next));
  const page = mountPage(root, {
    change(next) {
      const before = state.query;
      save(next(state));
      if (state.query === before) draw();
      else asker.ask(state.query);
    },
    run: (what) =>
      void what(host).then(
        () => page.showError(undefined),
        (error: unknown) => {
          page.showError(messageOf(error));
          // A choice that was refused is not to stand there as if it were made.
          draw();
        },
      ),
  });
  const draw = () => {
    if (answer) save(page.update(answer, state));
  };
  const asker = createAsker<PanelQuery, PanelAnswer>(
    (query) => host.ask(query),
    (now) => {
      const isFirst = !answer;
      answer = now;
      page.showError(undefined);
      draw();
      if (isFirst) window.scrollTo(0, state.scroll);
    },
    (error) => page.showError(messageOf(error), () => asker.ask(state.query)),
  );
  const takeRequestedFilter = async () => {
    const filter = await host.requestedFilter();
    if (filter) save(filterRequested(state, filter));
    asker.ask(state.query);
  };
  listen({
    changed: () => asker.ask(state.query),
    filterRequested: () => void takeRequestedFilter(),
    scrolled: () => answer && save({ ...state, scroll: window.scrollY }),
    dressed: draw,
  });
  void takeRequestedFilter().catch((error: unknown) => page.showError(messageOf(error)));
}

interface Heard {
  /** The store or a setting changed; once for a burst. */
  readonly changed: () => void;
  readonly filterRequested: () => void;
  readonly scrolled: () => void;
  /** The theme changed: a canvas has to be painted anew. */
  readonly dressed: () => void;
}

function listen({ changed, filterRequested, scrolled, dressed }: Heard): void {
  let timer: number | undefined;
  client.on('changed', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(changed, quietMs);
  });
  client.on('filterRequested', filterRequested);
  window.addEventListener('scroll', scrolled, { passive: true });
  const theme = { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] };
  new MutationObserver(dressed).observe(document.body, theme);
}

const root = document.getElementById('root');
if (root) start(root);
