import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { throttled } from '../../../src/host/throttled';

describe('throttled', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 }));
  afterEach(() => mock.timers.reset());

  it('runs once for changes that come together, a tenth of a second later', () => {
    let runs = 0;
    const ask = throttled(() => runs++);
    ask();
    ask();
    mock.timers.tick(99);
    assert.equal(runs, 0);
    mock.timers.tick(1);
    assert.equal(runs, 1);
  });

  it('runs at most once a second in a stream of changes, and not never', () => {
    let runs = 0;
    const ask = throttled(() => runs++);
    for (let i = 0; i < 500; i++) {
      ask();
      mock.timers.tick(10);
    }
    // At 0.1, 1.1, 2.1, 3.1 and 4.1 s.
    assert.equal(runs, 5);
  });

  it('does not leave out the last change', () => {
    let runs = 0;
    const ask = throttled(() => runs++);
    ask();
    mock.timers.tick(100);
    ask();
    mock.timers.tick(999);
    assert.equal(runs, 1);
    mock.timers.tick(1);
    assert.equal(runs, 2);
  });

  it('runs at another pace if asked to: at once when it is quiet, ten times a second at most', () => {
    let runs = 0;
    const ask = throttled(() => runs++, { calm: 0, gap: 100 });
    ask();
    mock.timers.tick(1);
    assert.equal(runs, 1);
    for (let i = 0; i < 50; i++) {
      ask();
      mock.timers.tick(10);
    }
    assert.equal(runs, 6);
  });

  it('is silent after its end', () => {
    let runs = 0;
    const ask = throttled(() => runs++);
    ask();
    ask.dispose();
    mock.timers.tick(5_000);
    assert.equal(runs, 0);
  });
});
