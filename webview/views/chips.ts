import { element, icon, keyedRows, setAttribute, setText } from '../element';
import { clearFilters, filteredKeys, filterFields, hasFilters, labelKey, removeFilter } from '../state';
import type { FilterField, FilterKey, PanelState } from '../state';
import type { PanelAnswer, PanelData, Share } from '../../src/shared/protocol';
import type { Actions, Mount } from '../view';

interface Chip {
  readonly field: FilterField;
  /** Absent when one chip stands for several. */
  readonly key?: FilterKey;
  readonly text: string;
}

const names: Readonly<Record<FilterField, string>> = {
  models: 'Model',
  providers: 'Provider',
  users: 'User',
  experiments: 'Experiment',
  projects: 'Project',
  branches: 'Branch',
  sessions: 'Session',
  sources: 'Source',
};

/** More than these of one kind become one chip. */
const most = 3;

/** The filters in force, each with a button that takes it away. */
export const mountChips: Mount = (root, actions) => {
  const list = element('div', {
    class: 'tl-chip-list',
    attributes: { role: 'list', 'aria-label': 'Filters' },
  });
  const clear = element('button', {
    class: 'tl-quiet-button',
    text: 'Clear filters',
    onClick: () => actions.change(clearFilters),
  });
  const rows = keyedRows<Chip>(
    list,
    ({ field, key }) => `${field}:${key === undefined ? '' : JSON.stringify(key)}`,
    (chip) => chipRow(chip, list, actions),
  );
  root.append(list, clear);
  return {
    update(answer, state) {
      root.hidden = !hasFilters(state);
      rows(chipsOf(state, answer));
    },
    destroy: () => root.replaceChildren(),
  };
};

function chipsOf(state: PanelState, { data }: PanelAnswer): readonly Chip[] {
  return filterFields.flatMap((field): readonly Chip[] => {
    const keys = filteredKeys(state, field);
    if (keys.length > most) return [{ field, text: `${keys.length} ${field}` }];
    return keys.map((key) => ({
      field,
      key,
      text: `${names[field]}: ${state.labels[labelKey(field, key)] ?? nameIn(data, field, key)}`,
    }));
  });
}

/** A filter that came from elsewhere has a key only; the answer knows its name. */
function nameIn(data: PanelData, field: FilterField, key: FilterKey): string {
  const groups: Partial<Record<FilterField, readonly Share[]>> = {
    models: data.byModel,
    providers: data.byProvider,
    users: data.byUser,
    experiments: data.byExperiment,
    projects: data.byProject,
    branches: data.byBranch,
  };
  const named = groups[field]?.find(({ filterKey }) => filterKey === key)?.label;
  const session = field === 'sessions' ? data.sessions.find((row) => row.key === key)?.id : undefined;
  return named ?? session ?? key?.split(/[\\/]/).pop() ?? 'none';
}

function chipRow({ field, key }: Chip, list: HTMLElement, { change }: Actions) {
  const text = element('span', { class: 'tl-chip-text' });
  const remove = element('button', { class: 'tl-chip-remove' }, icon('close'));
  const root = element('span', { class: 'tl-chip', attributes: { role: 'listitem' } }, text, remove);
  remove.addEventListener('click', () => {
    // The focus would fall out of the page with the button that had it.
    const buttons = [...list.querySelectorAll<HTMLElement>('.tl-chip-remove')].filter(
      (one) => one !== remove,
    );
    (buttons[0] ?? document.querySelector<HTMLElement>('.tl-select'))?.focus();
    change((state) => removeFilter(state, field, key));
  });
  return {
    root,
    update(chip: Chip) {
      setText(text, chip.text, chip.text);
      setAttribute(remove, 'aria-label', `Remove filter ${chip.text}`);
      setAttribute(remove, 'title', 'Remove this filter');
    },
  };
}
