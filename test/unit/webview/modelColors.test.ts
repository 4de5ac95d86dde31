import assert from 'node:assert/strict';
import { assignSlots, hues, tones } from '../../../webview/charts/modelColors';

const names = (count: number) => Array.from({ length: count }, (_, index) => `model-${index}`);

describe('assignSlots', () => {
  it('does not depend on the order in which models come', () =>
    assert.deepEqual(assignSlots({}, names(12)), assignSlots({}, names(12).reverse())));

  it('leaves every known colour as it is', () => {
    const before = assignSlots({}, ['m', 'n']);
    const after = assignSlots(before, ['a', 'b', 'n', 'z']);
    assert.deepEqual([after['m'], after['n']], [before['m'], before['n']]);
  });

  it('uses every hue before a second tone of any', () => {
    const slots = Object.values(assignSlots({}, names(hues)));
    assert.deepEqual(
      [...slots].sort((a, b) => a - b),
      [0, 1, 2, 3, 4, 5, 6, 7],
    );
  });

  it('gives no colour twice while there are any left', () => {
    const slots = Object.values(assignSlots({}, names(hues * tones)));
    assert.equal(new Set(slots).size, 24);
  });

  it('then takes colours of models that are not shown', () => {
    const all = assignSlots({}, names(hues * tones));
    const next = assignSlots(all, ['model-0', 'new-1', 'new-2']);
    const shown = [next['model-0'], next['new-1'], next['new-2']];
    assert.equal(new Set(shown).size, 3);
    assert.ok(shown.every((slot) => slot !== undefined && slot < 24));
  });

  it('has a colour for calls without a model', () =>
    assert.deepEqual(Object.keys(assignSlots({}, [null])), ['']));
});
