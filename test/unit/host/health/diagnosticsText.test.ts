import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { wasmPath } from '../../../support/engine';
import { call, noon } from '../../../support/facts';
import { globalIds } from '../../../support/store';
import { temporaryFolder } from '../../../support/synthDb';
import { diagnosticsText } from '../../../../src/host/health/diagnosticsText';
import { keysOfSession } from '../../../../src/store/queries/sessions';
import { Ledger } from '../../../../src/worker/ledger';
import type { Environment } from '../../../../src/host/health/environment';
import type { ImportBatch } from '../../../../src/shared/facts';
import type { StoreHealth } from '../../../../src/shared/healthApi';

const environment: Environment = {
  extension: '1.2.3',
  editor: 'VS Code 1.100.0, Node.js 22.0.0',
  system: 'linux x64, 6.1.0',
  isOn: true,
  mode: 'auto',
  zone: 'Canary/Islands',
  isTimeZoneSet: true,
};

/** Every word of the user's that a source can tell. */
const batch: ImportBatch = {
  experiments: [{ id: 'canary-experiment', name: 'Canary experiment', description: 'canary' }],
  sessions: [
    {
      id: 'canary-session',
      experiment: 'canary-experiment',
      user: 'canary-user',
      tag: 'CA_123456_canary_1',
      project: '/home/canary/project',
      branch: { name: 'canary-branch', at: noon },
      labels: ['canary-label'],
      note: { text: 'canary note', strategy: 'canary', rationale: 'canary' },
    },
  ],
  calls: [
    call({ session: 'canary-session' }),
    call({ session: 'canary-session', model: 'canary-model' }),
    call({ session: 'canary-session', model: 'ft:gpt-4o:canary-org::1', provider: 'canary-provider' }),
    call({ session: 'canary-session', model: 'gpt-4o@canary' }),
    call({
      ...{ session: 'canary-session', failed: true, error: 'canary error', command: '/canary' },
      ...{ agent: { id: 'canary-agent', name: 'canary agent' }, responseId: 'canary-response' },
    }),
  ],
  issues: [{ path: '/home/canary', place: 'line canary', message: 'A canary cannot be read.' }],
};

describe('diagnostics', () => {
  const folder = temporaryFolder();
  let ledger: Ledger;

  before(async () => {
    mkdirSync(folder.file('canary'));
    ledger = await Ledger.open(folder.file('canary/store.db'), wasmPath);
    const { store } = ledger;
    for (const [path, importer] of [
      ['/home/canary/traces/canary.db', 'plato'],
      ['/home/canary/canary.csv', 'mapped-canary'],
    ] as const)
      store.apply(store.openSource(path, importer, globalIds), batch);
    const [key] = keysOfSession(store, 'canary-session');
    await ledger.api.saveNote(key!, 'A canary sings in this note.');
    await ledger.api.savePriceNote({ provider: 'openai', model: 'canary-model' }, 'canary');
    await ledger.api.chooseMappings({ canary: { canary: 'canary' } });
    writeFileSync(folder.file('canary/store.notes.jsonl'), 'canary\n', { flag: 'a' });
  });
  after(() => {
    ledger.close();
    folder.remove();
  });

  const text = async (change: Partial<StoreHealth> = {}): Promise<string> => {
    const health = await ledger.api.health();
    const store = { ...health.store, ...change };
    return diagnosticsText({ ...health, store }, await ledger.api.modelCensus(), environment, 'salt');
  };

  it('have nothing that is private, of whatever was planted', async () => {
    // Otherwise there would be nothing to find.
    assert.match(JSON.stringify(await ledger.api.health()), /canary.*canary/i);
    assert.doesNotMatch(await text(), /canary/i);
    assert.doesNotMatch(await text({ storage: 'memory', reason: 'EACCES: /home/canary' }), /canary/i);
    assert.doesNotMatch(await text({ zones: ['Canary/Zone'] }), /canary/i);
    const integrity = { at: 1, durationMs: 1, tables: 2, problems: ['canary: NULL value'] };
    assert.doesNotMatch(await text({ integrity }), /canary/i);
  });

  it('have figures, versions, and models that a price list names', async () => {
    const told = await text();
    assert.match(told, /Trace Ledger 1\.2\.3; VS Code 1\.100\.0/);
    assert.match(told, /^ {2}plato · 1 source · 4 calls · /m);
    assert.match(told, /^ {2}mapping · 1 source · 5 calls · /m);
    assert.match(told, /^ {2}gpt-4o: \d+ calls$/m);
    assert.match(told, /^ {2}3 models that no price list names: /m);
    assert.match(told, /^  9 calls, 2 sessions, /m);
    assert.match(told, /^  9 calls priced by these, 0 by 0 other versions$/m);
    assert.match(told, /integrity: never checked/);
  });

  it('tell sources apart by a hash that differs from machine to machine', async () => {
    const hashes = (told: string): string[] => told.match(/#[0-9a-f]{8}/g) ?? [];
    const here = hashes(await text());
    assert.equal(new Set(here).size, 2);
    const [health, models] = [await ledger.api.health(), await ledger.api.modelCensus()];
    const there = diagnosticsText(health, models, environment, 'other salt');
    assert.notDeepEqual(hashes(there), here);
  });
});
