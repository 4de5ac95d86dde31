import assert from 'node:assert/strict';
import {
  clearFilters,
  filterRequested,
  hasFilters,
  initialState,
  removeFilter,
  restoreState,
  setDates,
  setPeriod,
  toggleFilter,
  toggleOpen,
} from '../../../webview/state';

const gpt = { key: 'gpt-4o', label: 'GPT-4o' };
const none = { key: null, label: 'No user' };

describe('the state of the panel', () => {
  it('filters by what is clicked, and by no more when it is clicked again', () => {
    const once = toggleFilter(initialState, 'models', [gpt]);
    assert.deepEqual(once.query.filter, { models: ['gpt-4o'] });
    assert.equal(once.labels['models:gpt-4o'], 'GPT-4o');
    assert.deepEqual(toggleFilter(once, 'models', [gpt]).query.filter, {});
  });

  it('keeps the filters of other fields', () => {
    const both = toggleFilter(toggleFilter(initialState, 'models', [gpt]), 'users', [none]);
    assert.deepEqual(both.query.filter, { models: ['gpt-4o'], users: [null] });
    assert.deepEqual(removeFilter(both, 'users', null).query.filter, { models: ['gpt-4o'] });
    assert.deepEqual(removeFilter(both, 'models').query.filter, { users: [null] });
    assert.equal(hasFilters(both), true);
    assert.equal(hasFilters(clearFilters(both)), false);
  });

  it('takes one of several away', () => {
    const two = toggleFilter(initialState, 'models', [gpt, { key: 'o3', label: 'o3' }]);
    assert.deepEqual(removeFilter(two, 'models', 'gpt-4o').query.filter, { models: ['o3'] });
  });

  it('has dates only with a custom period, and turns round a range that runs backwards', () => {
    const custom = setDates(initialState, '2025-06-30', '2025-06-01');
    assert.deepEqual(custom.query, {
      period: 'custom',
      from: '2025-06-01',
      to: '2025-06-30',
      interval: 'auto',
      filter: {},
    });
    assert.deepEqual(setPeriod(custom, '7d').query, { period: '7d', interval: 'auto', filter: {} });
  });

  it('leaves an end open that is no day', () => {
    assert.deepEqual(setDates(initialState, '', '2025-06-01').query, {
      period: 'custom',
      to: '2025-06-01',
      interval: 'auto',
      filter: {},
    });
  });

  it('shows a filter from outside over all time', () => {
    const before = setPeriod(toggleFilter(initialState, 'models', [gpt]), '7d');
    assert.deepEqual(filterRequested(before, { experiments: ['e1'] }).query, {
      period: 'all',
      interval: 'auto',
      filter: { experiments: ['e1'] },
    });
  });

  it('comes back from what was saved', () => {
    const saved = {
      ...toggleOpen(setDates(toggleFilter(initialState, 'users', [none]), '2025-06-01', ''), 'by-user'),
      scroll: 120,
    };
    assert.deepEqual(restoreState(JSON.parse(JSON.stringify(saved))), saved);
  });

  const damaged: readonly (readonly [name: string, saved: unknown])[] = [
    ['nothing', undefined],
    ['a text', 'state'],
    ['another shape', { query: [], labels: 3, slots: null, open: 'x', scroll: '9' }],
    [
      'unknown words',
      {
        query: {
          period: 'aeon',
          interval: 'blink',
          from: '01/02/03',
          filter: { models: [1], weather: ['x'] },
        },
      },
    ],
    ['slots that are none', { slots: { a: -1, b: 1.5, c: 'x' } }],
  ];
  for (const [name, saved] of damaged) {
    it(`starts afresh from ${name}`, () => assert.deepEqual(restoreState(saved), initialState));
  }
});
