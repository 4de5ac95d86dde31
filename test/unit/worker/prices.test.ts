import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assistantLine, sessionId } from '../../support/claudeCode';
import { wasmPath } from '../../support/engine';
import { applyRules, proposed, proposeRules } from '../../support/prices';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { temporaryFolder } from '../../support/synthDb';
import { Ledger } from '../../../src/worker/ledger';
import { writeSetting } from '../../../src/store/settings';
import type { CostMode } from '../../../src/shared/model';

const samples = join(__dirname, '../../fixtures/nevil');

/** Worked out in test/unit/pricing/audio.test.ts. By list: 4,200 x 4 + 3,125 x 32 + 950 x 16 + 2,964 x 64, a million. */
const nevil = { documented: 945_300_000, design: 46_764_879, list: 321_696_000 };
/** 1,000 input and 100 output tokens of claude-sonnet-4-5: x 3 + x 15, a million. */
const listed = 4_500_000;
const cheap = [{ model: 'claude-sonnet-4-5*', prices: { input: 1, output: 2 } }];
const cheapCost = 1_200_000;
const freeVoice = [{ model: 'gpt-*realtime*', prices: { input: 0, output: 0 } }];

describe('prices of a ledger', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let ledger: Ledger;
  const open = () => Ledger.open(folder.file('store.db'), wasmPath);
  beforeEach(async () => {
    folder = temporaryFolder();
    ledger = await open();
  });
  afterEach(() => {
    ledger.close();
    folder.remove();
  });

  async function total(mode: CostMode = 'computed', of = ledger) {
    assertRollupsMatchCalls(of.store);
    return (await of.api.report({ filter: {}, mode, zone: 'UTC' }, null)).total;
  }
  const computed = async () => (await total()).computed;
  const importSamples = async (force = false) =>
    assert.deepEqual((await ledger.api.importPaths('test', [samples], { force })).issues, []);
  /** A transcript of so many calls, a second apart. */
  const transcript = (...outputs: number[]): string => {
    const lines = outputs.map((output, i) =>
      assistantLine({ id: `msg_${i}`, request: `req_${i}`, input: 1000, output, second: i }),
    );
    const path = folder.file(`${sessionId(1)}.jsonl`);
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return path;
  };
  const importCalls = async (...outputs: number[]) =>
    void (await ledger.api.importPaths('test', [transcript(...outputs)], {}));
  const stored = () => ledger.store.db.rows('SELECT computed, flags, priced_by FROM call ORDER BY id');
  const changes = () => ledger.store.db.rows('SELECT total_changes()')[0]![0] as number;

  it('are those of the documents where there are no settings, and another set where it is applied', async () => {
    await importSamples();
    assert.equal(await computed(), nevil.documented);
    await applyRules(ledger.api, { sets: { nevil: 'nevil-design' } });
    assert.equal(await computed(), nevil.design);
    ledger.close();
    ledger = await open();
    await importSamples(true);
    assert.equal(await computed(), nevil.design);
    await applyRules(ledger.api, { sets: { nevil: 'list' } });
    assert.equal(await computed(), nevil.list);
  });

  it('wait for a word where they would change known calls, and say what they would change', async () => {
    await importCalls(100, 100);
    const proposal = await proposed(ledger.api, { prices: cheap });
    const month = {
      ...{ calls: 2, before: 2 * listed, after: 2 * cheapCost },
      ...{ unpricedBefore: 0, unpricedAfter: 0, inexactBefore: 0, inexactAfter: 0 },
    };
    assert.deepEqual(proposal?.difference, {
      ...month,
      ...{ mode: 'auto', lookedAt: 2, keptAsSums: 0 },
      changes: [{ provider: 'anthropic', model: 'claude-sonnet-4-5-20250929', month: '2026-03', ...month }],
    });
    assert.equal(proposal?.why, 'rules');
    assert.deepEqual(await ledger.api.proposedPrices(), proposal);
    assert.equal(await computed(), 2 * listed);
    // Nor for calls to come.
    await importCalls(100, 100, 100);
    assert.equal(await computed(), 3 * listed);
  });

  it('hold at once where they change nothing that is known', async () => {
    assert.equal(await proposed(ledger.api, { prices: cheap }), undefined);
    await importCalls(100);
    assert.equal(await computed(), cheapCost);
    const before = changes();
    const others = [...cheap, { model: 'some-other-model', prices: { input: 9 } }];
    assert.equal(await proposed(ledger.api, { prices: others }), undefined);
    // The setting alone.
    assert.equal(changes() - before, 2);
    assert.equal(await proposed(ledger.api, { prices: others }), undefined);
    assert.equal(changes() - before, 2);
  });

  it('hold for new calls only, if that is the word: what is known costs what it did, read again or not', async () => {
    await importCalls(100);
    const { id } = (await proposed(ledger.api, { prices: cheap }))!;
    await ledger.api.applyPrices('apply', id, false);
    await importCalls(100, 100);
    assert.equal(await computed(), listed + cheapCost);
    await ledger.api.importPaths('test', [transcript(100, 100)], { force: true });
    assert.equal(await computed(), listed + cheapCost);
    const versions = ledger.store.db.rows('SELECT text FROM price_version ORDER BY id');
    assert.equal(versions.length, 2);
    // Until something changes that the price depends on: 1,000 x 1 + 200 x 2.
    await ledger.api.importPaths('test', [transcript(200, 100)], {});
    assert.equal(await computed(), 1_400_000 + cheapCost);
  });

  it('are compared with what known calls cost when somebody asks', async () => {
    await importCalls(100);
    const { id } = (await proposed(ledger.api, { prices: cheap }))!;
    await ledger.api.applyPrices('apply', id, false);
    const { proposal } = await ledger.api.reviewPrices('review', { mode: 'auto', zone: 'UTC' });
    assert.equal(proposal?.why, 'review');
    assert.deepEqual([proposal?.difference.before, proposal?.difference.after], [listed, cheapCost]);
    await ledger.api.applyPrices('apply', proposal.id, true);
    assert.equal(await computed(), cheapCost);
    assert.deepEqual(await ledger.api.reviewPrices('review', { mode: 'auto', zone: 'UTC' }), {
      problems: [],
    });
  });

  it('are taken back to the nano-dollar, with their rules, also after a restart', async () => {
    await importCalls(100, 7);
    await importSamples();
    const before = [stored(), await total('auto'), await total('recorded')];
    await applyRules(ledger.api, { prices: [...cheap, ...freeVoice] });
    assert.equal((await ledger.api.lastRepricing())?.calls, 3);
    assert.notDeepEqual(stored(), before[0]);
    ledger.close();
    ledger = await open();
    assert.deepEqual((await ledger.api.undoPrices('undo'))?.prices, []);
    assert.deepEqual([stored(), await total('auto'), await total('recorded')], before);
    assert.equal(await ledger.api.lastRepricing(), undefined);
    assert.equal(await ledger.api.undoPrices('undo'), undefined);
    // For calls to come, too.
    await importCalls(100, 7, 100);
    assert.equal(await computed(), before[1] && (before[1] as { computed: number }).computed + listed);
  });

  it('taken back leave calls alone that were told otherwise since', async () => {
    await importCalls(100, 100);
    await applyRules(ledger.api, { prices: cheap });
    await ledger.api.importPaths('test', [transcript(200, 100)], {});
    await ledger.api.undoPrices('undo');
    // 1,000 x 1 + 200 x 2 as it was told since, the other as before.
    assert.equal(await computed(), 1_400_000 + listed);
  });

  it('hold for calls that are kept as sums, where their price is exact, and are taken back after a restart', async () => {
    await importCalls(100, 100);
    await applyRules(ledger.api, { prices: cheap });
    await ledger.api.compact('compact', { before: Date.UTC(2026, 2, 3) });
    // What was summed up cannot be taken back any more.
    assert.equal(await ledger.api.lastRepricing(), undefined);
    await importCalls(100, 100, 100);
    // 1,000 x 2 + 100 x 2, a million.
    const dear = [{ model: 'claude-sonnet-4-5*', prices: { input: 2, output: 2 } }];
    const { id, difference } = (await proposed(ledger.api, { prices: dear }))!;
    assert.deepEqual([difference.calls, difference.lookedAt, difference.keptAsSums], [3, 3, 0]);
    assert.deepEqual([difference.before, difference.after], [3 * cheapCost, 3 * 2_200_000]);
    await ledger.api.applyPrices('apply', id, true);
    assert.equal(await computed(), 3 * 2_200_000);
    assert.equal((await ledger.api.lastRepricing())?.calls, 3);
    ledger.close();
    ledger = await open();
    assert.deepEqual((await ledger.api.undoPrices('undo'))?.prices, cheap);
    assert.equal(await computed(), 3 * cheapCost);
  });

  it('for new calls only leave sums as they are, and say how many keep their cost where a new one is not exact', async () => {
    await importCalls(100, 100);
    await ledger.api.compact('compact', { before: Date.UTC(2026, 2, 3) });
    const { id } = (await proposed(ledger.api, { prices: cheap }))!;
    await ledger.api.applyPrices('apply', id, false);
    await importCalls(100, 100, 100);
    assert.equal(await computed(), 2 * listed + cheapCost);
    // A quarter of a nano-dollar a token: rounded call by call.
    const tiny = [{ model: 'claude-sonnet-4-5*', prices: { input: 0.00025, output: 2 } }];
    const { difference } = (await proposed(ledger.api, { prices: tiny }))!;
    assert.deepEqual([difference.calls, difference.keptAsSums], [1, 2]);
  });

  it('that were taken back are not proposed again until they change', async () => {
    await importCalls(100);
    await applyRules(ledger.api, { prices: cheap });
    await ledger.api.undoPrices('undo');
    assert.equal(await proposed(ledger.api, { prices: cheap }), undefined);
    assert.equal(await computed(), listed);
    assert.equal(await proposed(ledger.api, {}), undefined);
    assert.equal((await proposed(ledger.api, { prices: cheap }))?.difference.calls, 1);
  });

  it('that came with another version are proposed, and known totals stay until then', async () => {
    await importCalls(100);
    // As an older version left it.
    ledger.store.write(() => {
      ledger.store.db.run('UPDATE call SET computed = 5000000, priced_by = NULL');
      for (const table of ['usage_slot', 'usage_session'])
        ledger.store.db.run(`UPDATE ${table} SET computed = 5000000, cost_auto = 5000000`);
      ledger.store.db.run('DELETE FROM usage_day');
      ledger.store.db.run('DELETE FROM zone');
      writeSetting(ledger.store.db, 'listed prices seen', 'an older list');
    });
    ledger.close();
    ledger = await open();
    assert.equal(await computed(), 5_000_000);
    const proposal = await proposed(ledger.api, {});
    assert.equal(proposal?.why, 'update');
    assert.deepEqual([proposal?.difference.before, proposal?.difference.after], [5_000_000, listed]);
    await ledger.api.applyPrices('apply', proposal.id, false);
    assert.equal(await computed(), 5_000_000);
    assert.equal(await proposed(ledger.api, {}), undefined);
  });

  it('stay in force when others are refused', async () => {
    await applyRules(ledger.api, { prices: cheap });
    for (const rules of [
      { prices: [{ model: '*', prices: { input: 1 } }] },
      { included: { everything: true } },
      { included: { 'source:claude-code': 'yes' } },
      { pricesFile: folder.file('missing.json') },
    ]) {
      const { problems, proposal } = await proposeRules(ledger.api, rules);
      assert.equal(problems.length, 1, JSON.stringify(rules));
      assert.equal(proposal, undefined);
    }
    await importCalls(100);
    assert.equal(await computed(), cheapCost);
  });

  it('come from a file, too, after those of the setting', async () => {
    const file = folder.file('prices.json');
    writeFileSync(file, `\uFEFF${JSON.stringify({ prices: [...cheap, ...freeVoice] })}`);
    await importCalls(100);
    await applyRules(ledger.api, { pricesFile: file });
    assert.equal(await computed(), cheapCost);
    const dear = [{ model: 'claude-sonnet-4-5*', prices: { input: 2, output: 2 } }];
    await applyRules(ledger.api, { prices: dear, pricesFile: file });
    assert.equal(await computed(), 2_200_000);
    // What stood in it holds while it cannot be read.
    rmSync(file);
    assert.match((await proposeRules(ledger.api, { pricesFile: file })).problems.join(), /prices\.json/);
    assert.equal(await computed(), 2_200_000);
    writeFileSync(file, JSON.stringify([{ model: 'claude*', prices: { input: -1 } }]));
    assert.match(
      (await proposeRules(ledger.api, { pricesFile: file })).problems.join(),
      /Entry 1 \(claude\*\) of the file .*prices\.json: prices\.input is negative/,
    );
  });

  it('are none where a subscription pays, and their API-equivalent stands beside', async () => {
    await importCalls(100);
    const proposal = await proposed(ledger.api, { included: { 'source:claude-code': true } });
    assert.deepEqual([proposal?.difference.before, proposal?.difference.after], [listed, 0]);
    await ledger.api.applyPrices('apply', proposal!.id, true);
    const { cost, includedCalls, included, unpricedCalls } = await total('auto');
    assert.deepEqual([cost, includedCalls, included, unpricedCalls], [0, 1, listed, 0]);
    await ledger.api.undoPrices('undo');
    assert.deepEqual([(await total('auto')).cost, (await total('auto')).includedCalls], [listed, 0]);
    await applyRules(ledger.api, {
      included: { 'provider:anthropic': true, 'source:claude-code': false },
    });
    assert.equal((await total('auto')).cost, listed);
  });

  it('end at the last word of several at once', async () => {
    await importCalls(100);
    await Promise.all([cheap, [], cheap].map((prices) => applyRules(ledger.api, { prices }).catch(() => 0)));
    await applyRules(ledger.api, { prices: cheap });
    assert.equal(await computed(), cheapCost);
  });

  it('are as before when pricing is stopped half-way', async () => {
    await importCalls(...new Array<number>(2100).fill(100));
    const before = stored();
    const proposal = await proposed(ledger.api, { prices: cheap });
    let told = 0;
    ledger.onEvent(({ name }) => name === 'jobProgress' && ++told === 1 && void ledger.api.cancel('apply'));
    await assert.rejects(ledger.api.applyPrices('apply', proposal!.id, true), { name: 'CancellationError' });
    assert.equal(told >= 1, true);
    assert.deepEqual(stored(), before);
    assert.equal(await computed(), 2100 * listed);
    assert.equal(await ledger.api.lastRepricing(), undefined);
    // It still waits.
    await ledger.api.applyPrices('apply', proposal!.id, true);
    assert.equal(await computed(), 2100 * cheapCost);
  });

  it('are put right when the window that changed them is gone', async () => {
    await importCalls(...new Array<number>(50).fill(100));
    const before = stored();
    const gone = `${'0'.repeat(8)}.1.1.1.1.0`;
    // As a window leaves it that is killed after its first step.
    const { id } = (await proposed(ledger.api, { prices: cheap }))!;
    await ledger.api.applyPrices('apply', id, true);
    ledger.store.write(() => {
      ledger.store.db.run("DELETE FROM setting WHERE name IN ('price rules', 'last repricing')");
      writeSetting(ledger.store.db, 'repricing', gone);
    });
    ledger.close();
    ledger = await open();
    assert.deepEqual(stored(), before);
    assert.equal(await computed(), 50 * listed);
  });

  it('hold in every window', async () => {
    const other = await open();
    try {
      await importCalls(100);
      other.start();
      await applyRules(ledger.api, { prices: cheap });
      await new Promise((resolve) => setTimeout(resolve, 500));
      writeFileSync(
        folder.file('more.jsonl'),
        `${JSON.stringify(assistantLine({ id: 'm', request: 'r', input: 1000, output: 100 }))}\n`,
      );
      await other.api.importPaths('test', [folder.file('more.jsonl')], {});
      assert.equal((await total('computed', other)).computed, 2 * cheapCost);
      assert.equal(await proposed(other.api, { prices: cheap }), undefined);
    } finally {
      other.close();
    }
  });
});
