import assert from 'node:assert/strict';
import { parted, sameLedger, sums } from '../../support/arrangements';
import { ledgerWith } from '../../support/ledgerOf';
import { random } from '../../support/randomWorld';
import {
  addedUp,
  gateway,
  gatewayDatabase,
  insertRequests,
  request,
  usageOf,
  withMapping,
} from '../../support/mapped';
import { seeds } from '../../support/seeds';
import { database, jsonLines, sourceFile } from '../../support/sourceFiles';
import { mappedImporter } from '../../../src/importers/mapped';
import { mapping } from '../../support/mapped';
import type { Request } from '../../support/mapped';

const requestsOf = (seed: number): Request[] => {
  const dice = random(seed);
  return Array.from({ length: 40 }, (_, i) => request(i + 1, dice));
};
const record = (one: Request) => ({
  ...{ id: `u-${one.id}`, created_at: one.at, chat: one.chat, who: 'ana', model: one.model, took_s: 1.5 },
  ...{ usage: usageOf(one), price_cents: one.cents, status: one.failed ? 'TimeoutError: CANARY' : 'ok' },
});
const columns = ['id', 'created_at', 'usage.prompt_tokens'];
const everywhere = { ...gateway, ids: 'everywhere' };
const asLines = { ...everywhere, files: { format: 'jsonLines', columns } };
const asArray = { ...everywhere, files: { format: 'json', array: 'calls', columns } };

describe('a mapping: the same records in any order, split and repeated', () => {
  for (const seed of seeds(2, 4)) {
    it(`are the same ledger, seed ${seed}`, async () => {
      const requests = requestsOf(seed);
      const expected = addedUp(gatewayDatabase(requests));
      const database = withMapping(everywhere);
      const ledger = await sameLedger(
        seed,
        3,
        (dice) => parted(requests, dice).map((part) => gatewayDatabase(part)),
        database,
      );
      assert.deepEqual(sums(ledger), expected);
      const text = [
        mappedImporter('Gateway', mapping(asLines)),
        // Of one name, so that both tell of the same calls.
        mappedImporter('Gateway', mapping(asArray)),
      ];
      const inText = await sameLedger(
        seed,
        3,
        (dice) =>
          parted(requests, dice).map((part) => {
            const records = part.map(record);
            return dice.chance(0.5)
              ? sourceFile(jsonLines(records), 'log.jsonl')
              : sourceFile({ version: 1, calls: records });
          }),
        text,
      );
      assert.deepEqual(sums(inText), expected);
    });

    it(`are the same ledger without ids, seed ${seed}`, async () => {
      const requests = requestsOf(seed);
      const without = { ...asLines, id: undefined };
      const ledger = await sameLedger(
        seed,
        3,
        (dice) => parted(requests, dice).map((part) => sourceFile(jsonLines(part.map(record)), 'x.jsonl')),
        withMapping(without),
      );
      assert.deepEqual(sums(ledger), addedUp(gatewayDatabase(requests)));
    });
  }

  it('are the same ledger when the database grows between imports', async () => {
    const requests = requestsOf(9);
    const path = gatewayDatabase(requests.slice(0, 7));
    const grown = await ledgerWith(
      withMapping(gateway),
      () => [path],
      () => [database([insertRequests(requests.slice(5, 15))], path)],
      () => [path],
      () => [database([insertRequests(requests.slice(15))], path)],
    );
    assert.deepEqual(sums(grown), addedUp(path));
  });
});
