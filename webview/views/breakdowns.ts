import { colorKey } from '../charts/modelColors';
import { stackTime } from '../charts/stackedTime';
import { readTheme } from '../charts/theme';
import type { Breakdown } from './breakdown';

/** Which costs are broken down, in the order in which they are shown. A new one is one entry. */
export const breakdowns = {
  model: {
    id: 'by-model',
    title: 'Cost by model',
    what: 'Model',
    field: 'models',
    groups: ({ byModel }) => byModel,
    // The list is the key of the chart: what the chart draws as "other" is painted so here.
    painter: ({ data }, { slots }) => {
      const theme = readTheme();
      const drawn = new Set(stackTime(data).series.flatMap(({ model, isOther }) => (isOther ? [] : [model])));
      return ({ filterKey }) =>
        drawn.has(filterKey) ? theme.paint(slots[colorKey(filterKey)] ?? 0) : theme.other;
    },
  },
  experiment: {
    id: 'by-experiment',
    title: 'Cost by experiment',
    what: 'Experiment',
    field: 'experiments',
    groups: ({ byExperiment }) => byExperiment,
  },
  project: {
    id: 'by-project',
    title: 'Cost by project',
    what: 'Project',
    field: 'projects',
    groups: ({ byProject }) => byProject,
  },
  branch: {
    id: 'by-branch',
    title: 'Cost by branch',
    what: 'Branch',
    field: 'branches',
    groups: ({ byBranch }) => byBranch,
  },
  provider: {
    id: 'by-provider',
    title: 'Cost by provider',
    what: 'Provider',
    field: 'providers',
    groups: ({ byProvider }) => byProvider,
  },
  user: {
    id: 'by-user',
    title: 'Cost by user',
    what: 'User',
    field: 'users',
    groups: ({ byUser }) => byUser,
  },
} as const satisfies Readonly<Record<string, Breakdown>>;
