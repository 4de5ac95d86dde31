import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { element, icon } from '../element';
import { intervals, periods, setDates, setInterval, setPeriod } from '../state';
import type { CostMode } from '../../src/shared/model';
import type { PanelApi, PanelQuery } from '../../src/shared/protocol';
import type { Mount } from '../view';
import type { PanelState } from '../state';

const periodLabels: Readonly<Record<PanelState['query']['period'], string>> = {
  today: 'Today',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  year: 'This year',
  all: 'All time',
  custom: 'From … to …',
};
const intervalLabels: Readonly<Record<PanelState['query']['interval'], string>> = {
  auto: 'Auto grouping',
  hour: 'By hour',
  day: 'By day',
  week: 'By week',
  month: 'By month',
};
const modeLabels: Readonly<Record<CostMode, string>> = {
  auto: 'Recorded, else computed',
  recorded: 'Recorded',
  computed: 'Computed',
};
const modes = Object.keys(modeLabels) as CostMode[];

/** Period, grouping, cost mode and export. Stands above everything and is never rebuilt. */
export const mountToolbar: Mount = (root, { change, run }) => {
  let state: PanelState | undefined;
  let shown: CostMode | undefined;
  const period = select('Period', periods, periodLabels, (value) => change((now) => setPeriod(now, value)));
  const dates = () => change((now) => setDates(now, from.value, to.value));
  const from = dateField('First day', dates);
  const to = dateField('Last day', dates);
  const range = element('span', { class: 'tl-range' }, from, element('span', { text: '–' }), to);
  const interval = select('Grouping', intervals, intervalLabels, (value) =>
    change((now) => setInterval(now, value)),
  );
  const mode = select('Costs that count', modes, modeLabels, (value) =>
    run(async (host) => {
      if (!(await host.setCostMode(value)) && shown) setValue(mode, shown);
    }),
  );
  const button = (name: string, label: string, act: (host: PanelApi, query: PanelQuery) => Promise<void>) =>
    element(
      'button',
      { class: 'tl-quiet-button', onClick: () => run(async (host) => state && act(host, state.query)) },
      icon(name),
      element('span', { text: label }),
    );
  const actions = [
    button('question', 'Explain', (host, query) => host.explainCost(query)),
    button('arrow-swap', 'What if…', (host, query) => host.whatIf(query)),
    button('export', 'Export…', (host, query) => host.exportData(query)),
  ];
  root.append(period, range, interval, mode, element('span', { class: 'tl-space' }), ...actions);
  return {
    update(answer, now) {
      state = now;
      setValue(period, now.query.period);
      setValue(interval, now.query.interval);
      setValue(mode, (shown = answer.mode));
      range.hidden = now.query.period !== 'custom';
      setValue(from, now.query.from ?? '');
      setValue(to, now.query.to ?? '');
    },
    destroy: () => root.replaceChildren(),
  };
};

function setValue(field: { value: string }, value: string): void {
  if (field.value !== value) field.value = value;
}

function select<Value extends string>(
  label: string,
  values: readonly Value[],
  labels: Readonly<Record<Value, string>>,
  onChange: (value: Value) => void,
) {
  const made = document.createElement('vscode-single-select');
  made.className = 'tl-select';
  made.label = label;
  made.title = label;
  for (const value of values) {
    const option = document.createElement('vscode-option');
    option.value = value;
    option.textContent = labels[value];
    made.append(option);
  }
  made.addEventListener('change', () => {
    const chosen = values.find((value) => value === made.value);
    if (chosen) onChange(chosen);
  });
  return made;
}

function dateField(label: string, onChange: () => void) {
  const made = document.createElement('vscode-textfield');
  made.className = 'tl-date';
  made.type = 'date';
  made.label = label;
  made.title = label;
  made.addEventListener('change', onChange);
  return made;
}
