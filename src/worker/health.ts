import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { Integrity } from './integrity';
import { listedModels } from '../pricing/listedModels';
import { listedVersion } from '../pricing/prices';
import { lockHolders } from '../sqlite/lockHolders';
import { callFigures, sourcesByHealth, storeFigures } from '../store/queries/health';
import { sourceGroups } from '../store/queries/sourceRows';
import { models, status } from '../store/queries/sources';
import type { Jobs } from './jobs';
import type { Live } from './live';
import type { Notebook } from './notebook';
import type { PriceBook } from '../pricing/prices';
import type { Health, HealthApi, ModelCensus, PricesHealth, StoreHealth } from '../shared/healthApi';
import type { CallFigures } from '../store/queries/health';
import type { Store } from '../store/store';

/** How long a file may take to say when it changed: a disk that is gone must not hold up the rest. */
const patience = 1_500;

export interface HealthParts {
  readonly store: Store;
  readonly path: string;
  readonly book: PriceBook;
  readonly jobs: Jobs;
  readonly notebook: Notebook;
  readonly live: Pick<Live, 'api' | 'stateOf'>;
  /** Importer id -> label. */
  readonly labels: () => ReadonlyMap<string, string>;
  readonly told: (job: string, share: number) => void;
  /** The store may have changed. */
  readonly changed: () => void;
}

/** What works and what does not, told by the worker itself. */
export function healthApi(parts: HealthParts): HealthApi {
  const startedAt = Date.now();
  const integrity = new Integrity(parts.store);
  const figures = callFiguresOnce(parts.store);
  return {
    health: async () => {
      const calls = await figures();
      return {
        at: Date.now(),
        live: await parts.live.api.liveState(),
        formats: sourceGroups(parts.store, parts.labels()),
        sources: await sourcesHealth(parts, calls),
        store: storeHealth(parts, integrity),
        prices: pricesHealth(parts.book, calls),
        journal: parts.notebook.health(),
        worker: { ...memory(), upMs: Date.now() - startedAt },
      };
    },
    checkIntegrity: (name) =>
      parts.jobs.run(name, async (job) => {
        const result = await integrity.check(job, (share) => parts.told(name, share));
        parts.changed();
        return result;
      }),
    modelCensus: async () => modelCensus(parts),
  };
}

/** Gone over again only after a change. */
function callFiguresOnce(store: Store): () => Promise<CallFigures> {
  let known: { readonly revision: number; readonly figures: Promise<CallFigures> } | undefined;
  return () => {
    const revision = store.db.changeCounter();
    if (known?.revision !== revision)
      known = { revision, figures: callFigures(store, () => nextTurn(undefined)) };
    return known.figures;
  };
}

function sourcesHealth(
  { store, live, labels }: HealthParts,
  { newest }: CallFigures,
): Promise<Health['sources']> {
  const names = labels();
  return Promise.all(
    sourcesByHealth(store).map(async ({ id, ...source }) => {
      const [newestAt, watch, fileAt] = [
        newest.get(id),
        live.stateOf(source.path),
        await changedAt(source.path),
      ];
      return {
        ...source,
        label: (source.importer !== null && names.get(source.importer)) || 'Unknown format',
        ...(fileAt === undefined ? {} : { fileAt }),
        ...(newestAt === undefined ? {} : { newestAt }),
        ...(watch === undefined ? {} : { watch }),
      };
    }),
  );
}

/** Null where there is no such file; undefined where nothing answers or it may not be asked. */
async function changedAt(path: string): Promise<number | null | undefined> {
  const stop = new AbortController();
  const asked = stat(path).then(
    ({ mtimeMs }) => Math.round(mtimeMs),
    ({ code }: NodeJS.ErrnoException) => (code === 'ENOENT' || code === 'ENOTDIR' ? null : undefined),
  );
  const late = wait(patience, undefined, { signal: stop.signal }).catch(() => undefined);
  return Promise.race([asked, late]).finally(() => stop.abort());
}

function storeHealth({ store, path }: HealthParts, integrity: Integrity): StoreHealth {
  const { storage, reason, calls, sessions } = status(store, path);
  const figures = storeFigures(store);
  const size = storage === 'file' ? statSync(path, { throwIfNoEntry: false })?.size : undefined;
  const { last } = integrity;
  return {
    ...{ path, storage, calls, sessions, ...figures },
    bytes: size ?? figures.pageSize * figures.pages,
    holders: lockHolders(path),
    ...(reason === undefined ? {} : { reason }),
    ...(last === undefined ? {} : { integrity: last }),
  };
}

function pricesHealth({ version }: PriceBook, { pricedBy }: CallFigures): PricesHealth {
  const others = [...pricedBy].filter(([text]) => text !== version);
  return {
    version,
    listed: listedVersion,
    current: pricedBy.get(version) ?? 0,
    older: others
      .map(([text, calls]) => ({ version: text, calls }))
      .sort((a, b) => b.calls - a.calls || String(a.version).localeCompare(String(b.version))),
  };
}

function memory(): { readonly heapBytes: number; readonly externalBytes: number } {
  const { heapUsed, external } = process.memoryUsage();
  return { heapBytes: heapUsed, externalBytes: external };
}

/** Only a name that stands in a price list as it is, with its provider or without, is nobody's secret. */
function modelCensus({ store, book }: HealthParts): ModelCensus {
  const names = listedModels(book).map(({ name }) => name);
  const known = new Set([...names, ...names.map((name) => name.slice(name.indexOf('/') + 1))]);
  const all = models(store);
  const unlisted = all.filter(({ name }) => !known.has(name));
  return {
    listed: all.filter(({ name }) => known.has(name)).map(({ name, calls }) => ({ name, calls })),
    unlisted: unlisted.length,
    unlistedCalls: unlisted.reduce((sum, { calls }) => sum + calls, 0),
  };
}
