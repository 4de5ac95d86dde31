import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { builtInImporters } from '../../../src/importers';
import { Ledger } from '../../../src/worker/ledger';
import { makeAgentTraces } from '../../support/agentTraces';
import { wasmPath } from '../../support/engine';
import { importFile } from '../../support/imported';
import { keptPlaces } from '../../support/keptPlaces';
import { plantedFile } from '../../support/planted';
import { fixture } from '../../support/sourceFiles';
import { makeSynthDb, temporaryFolder } from '../../support/synthDb';
import { all } from '../../support/store';
import type { Imported } from '../../support/imported';
import type { PlantedFile } from '../../support/planted';

/** Members that hold people's words where a format has them; every object gets each of them once. */
const wordy = [
  ...[
    'title',
    'text',
    'content',
    'prompt',
    'message',
    'error',
    'exception',
    'error_message',
    'errorMessage',
    'error_str',
  ],
  ...[
    'error_text',
    'statusMessage',
    'status_message',
    'description',
    'summary',
    'reason',
    'arguments',
    'result',
    'output',
  ],
  ...[
    'input',
    'metadata',
    'customTitle',
    'firstPrompt',
    'traceback',
    'headers',
    'api_key',
    'error_type',
    'errorType',
  ],
];

/** No single word either: each names its place. Lower case, since providers are written so. */
const wordsOf = (number: number): string => `heron${number}q heron${number}q`;
const found = (text: string): number[] =>
  [...text.matchAll(/heron(\d+)q/gi)].map(([, number]) => Number(number));

const facts = ({ batches, issues, identity }: Imported): string =>
  JSON.stringify([batches, issues, identity]);
const shape = ({ importer, calls, sessions }: Imported): string =>
  `${importer} ${calls.size} ${sessions.size}`;

/** What of a file's values was found in the facts, and what it takes to recognise it. */
interface Look {
  readonly importer: string;
  readonly path: string;
  readonly file: PlantedFile;
  readonly before: Imported;
  readonly kept: Set<string>;
  readonly structural: Set<string>;
  isDone: boolean;
}

describe('privacy: what is kept of any format', function () {
  this.timeout(300_000);
  const folder = temporaryFolder();
  const traces = folder.file('traces');
  after(() => folder.remove());

  const sources: Look[] = [];
  before(async () => {
    cpSync(fixture(), traces, { recursive: true });
    makeSynthDb(join(traces, 'synth-ai/native.db'), { experiments: 1, sessions: 1, events: 2 });
    makeAgentTraces(join(traces, 'copilot-chat/agent-traces.db'), { sessions: 1, calls: 4 });
    for (const entry of readdirSync(traces, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || /expected\.json$|\.eval$/.test(path)) continue;
      const before = await importFile(path);
      if (before.importer === undefined) continue;
      sources.push({
        ...{ importer: before.importer, path, file: plantedFile(path), before },
        ...{ kept: new Set<string>(), structural: new Set<string>(), isDone: false },
      });
    }
  });

  it('has files of every format', () => {
    const importers = new Set(sources.map(({ importer }) => importer));
    assert.deepEqual(
      builtInImporters.map(({ id }) => id).filter((id) => !importers.has(id)),
      [],
    );
  });

  /** The facts of the file with one thing planted. */
  async function look(
    { path, before, kept, structural }: Look,
    bytes: Uint8Array | string,
    place: string,
  ): Promise<void> {
    const whole = readFileSync(path);
    writeFileSync(path, bytes);
    const after = await importFile(path);
    writeFileSync(path, whole);
    if (found(facts(after)).length > 0) kept.add(place);
    if (shape(after) !== shape(before)) structural.add(place);
  }

  async function placesOf(file: PlantedFile): Promise<ReadonlyMap<string, boolean>> {
    const places = new Map<string, boolean>();
    await file.with((place, value) => {
      places.set(place, places.get(place) === true || typeof value === 'string');
      return value;
    });
    return places;
  }

  async function lookAtAll(source: Look): Promise<void> {
    if (source.isDone) return;
    const { file, kept } = source;
    const plant = async (place: string, make: (value: unknown) => unknown): Promise<void> =>
      look(source, await file.with((at, value) => (at === place ? make(value) : value)), place);
    for (const [place, isText] of await placesOf(file)) {
      await plant(place, () => wordsOf(1));
      if (isText && !kept.has(place))
        await plant(place, (value) => (typeof value === 'string' ? `${value} ${wordsOf(1)}` : value));
    }
    const parts = { message: wordsOf(1), type: wordsOf(1), code: wordsOf(1), text: wordsOf(1) };
    for (const name of wordy)
      for (const value of /db$/.test(source.path) ? [wordsOf(1)] : [wordsOf(1), parts])
        await look(source, await file.with((_, one) => one, [name, value]), `added ${name}`);
    source.isDone = true;
  }

  for (const { id } of builtInImporters) {
    it(`is on the list of what may be: ${id}`, async () => {
      const kept = new Set<string>();
      for (const source of sources.filter(({ importer }) => importer === id)) {
        await lookAtAll(source);
        for (const place of source.kept) kept.add(place);
      }
      const allowed = keptPlaces(id);
      assert.deepEqual(
        [...kept].filter((place) => !allowed.some((one) => one.test(place))),
        [],
        'not on the list',
      );
      assert.deepEqual(
        allowed.filter((one) => ![...kept].some((place) => one.test(place))).map(String),
        [],
        'on the list without need',
      );
    });
  }

  /** Plants in as many places as can be changed at once while the file still tells of as many calls. */
  async function plantAll(source: Look, planted: string[]): Promise<void> {
    const { importer, path, file, before, structural } = source;
    const allowed = keptPlaces(importer);
    const free = [...(await placesOf(file)).keys()].filter(
      (place) => !structural.has(place) && !allowed.some((one) => one.test(place)),
    );
    const numbers = new Map(free.map((place, index) => [place, planted.length + index]));
    const tells = async (places: ReadonlySet<string>): Promise<boolean> => {
      const words = (place: string, value: unknown): unknown =>
        places.has(place) && typeof value === 'string' ? `${value} ${wordsOf(numbers.get(place)!)}` : value;
      writeFileSync(path, await file.with(words));
      const after = await importFile(path);
      return after.importer === importer && after.calls.size === before.calls.size;
    };
    const grown = async (sure: readonly string[], more: readonly string[]): Promise<readonly string[]> => {
      if (more.length === 0 || (await tells(new Set([...sure, ...more])))) return [...sure, ...more];
      if (more.length === 1) return sure;
      const half = more.length >> 1;
      return grown(await grown(sure, more.slice(0, half)), more.slice(half));
    };
    const used = new Set(await grown([], free));
    assert.ok(await tells(used), path);
    planted.push(...free.map((place) => `${relative(traces, path)}: ${place}`));
  }

  it('is nowhere on the disk, in the log, in problems, reports and exports', async () => {
    const planted: string[] = [];
    for (const source of sources) await lookAtAll(source);
    for (const source of sources) await plantAll(source, planted);
    assert.ok(planted.length > 500, 'places');
    // What may be kept is found, in the store and in all that is told.
    const control = {
      responseId: 'c',
      usageMetadata: { promptTokenCount: 1 },
      modelVersion: wordsOf(planted.length),
    };
    writeFileSync(join(traces, 'control.jsonl'), `${JSON.stringify(control)}\n`);
    planted.push('control');
    const own = folder.file('own/ledger/store.db');
    const ledger = await Ledger.open(own, wasmPath);
    const said: unknown[] = [];
    ledger.onEvent((event) => said.push(event));
    ledger.start();
    said.push(await ledger.api.importPaths('import', [traces], {}));
    for (const groupBy of [
      'model',
      'session',
      'experiment',
      'user',
      'tag',
      'project',
      'branch',
      'source',
    ] as const)
      said.push(await ledger.api.report(all, groupBy));
    said.push(
      await ledger.api.sources(),
      await ledger.api.collapsed('auto'),
      await ledger.api.sessionGroups(all),
    );
    for (const format of ['csv', 'json'] as const)
      for (const level of ['call', 'session', 'day'] as const) {
        const path = join(dirname(own), `${level}.${format}`);
        await ledger.api.exportTo('export', { question: all, format, level, path });
      }
    const total = (await ledger.api.report(all, 'model')).total;
    await ledger.api.saveNote((await ledger.api.findSessions('', 'auto', 1))[0]!.key, 'a note');
    ledger.close();
    assert.ok(total.calls > 50, `${total.calls} calls`);

    const told = new Set(found(JSON.stringify(said)));
    const entries = readdirSync(dirname(own), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      assert.equal(statSync(path).mode & 0o077, 0, `${path} is its owner's alone`);
      if (entry.isFile()) for (const one of found(readFileSync(path, 'latin1'))) told.add(one);
    }
    assert.ok(entries.length >= 8 && (statSync(dirname(own)).mode & 0o077) === 0);
    assert.deepEqual(
      [...told].map((one) => planted[one]),
      ['control'],
    );
  });
});
