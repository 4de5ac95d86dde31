import { access } from 'node:fs/promises';
import { builtInImporters, importerFor } from '../importers';
import { mappedId, mappedImporter, mappingName } from '../importers/mapped';
import { openSource, placesIn } from '../ingest/lookInto';
import { DiskIo } from '../ingest/sourceIo';
import { sampleColumns } from '../ingest/sampleColumns';
import { parseMapping } from '../shared/parseMapping';
import { readSetting, writeSetting } from '../store/settings';
import { listSources } from '../store/sources';
import type { Importer } from '../importers/importer';
import type { ColumnLook, FileLook, MappedPlace, Mapping } from '../shared/mapping';
import type { Engine } from '../sqlite/engine';
import type { Store } from '../store/store';

const settingName = 'mappings';

/** How the store last read files by a mapping, and which of them have still to be read again. */
type Known = Readonly<Record<string, { readonly mapping: Mapping; readonly pending?: readonly string[] }>>;

/** Reads paths again, from the start. @returns whether all were; else it was told to stop. */
type Reread = (paths: readonly string[]) => Promise<boolean>;

/**
 * The user's mappings, as importers beside the built-in ones. What a mapping read is read again when it changes; what
 * one read that is gone stays.
 */
export class Mappings {
  private chosen: readonly Importer[];
  private turns: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly engine: Engine,
    private readonly reread: Reread,
  ) {
    // Where nobody hands settings over, as on the command line, those hold that were in force last.
    this.chosen = Object.entries(this.known).map(([name, { mapping }]) => mappedImporter(name, mapping));
  }

  /** All formats, those of mappings last. */
  get importers(): readonly Importer[] {
    return [...builtInImporters, ...this.chosen];
  }

  /** Importer id -> what the user calls it. */
  get labels(): ReadonlyMap<string, string> {
    const gone = Object.keys(this.known).map((name): [string, string] => [mappedId(name), name]);
    return new Map([...gone, ...this.importers.map(({ id, label }): [string, string] => [id, label])]);
  }

  /** From now on these hold. @returns what is wrong with those that are left out. */
  choose(values: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
    const parsed = Object.entries(values).map(([name, value]) => [name, parseMapping(name, value)] as const);
    const mappings = parsed.filter((one): one is [string, Mapping] => typeof one[1] !== 'string');
    const problems = parsed.flatMap(([, one]) => (typeof one === 'string' ? [one] : []));
    this.chosen = mappings.map(([name, mapping]) => mappedImporter(name, mapping));
    const done = this.turns.then(() => this.apply(mappings));
    this.turns = done.catch(() => undefined);
    return done.then(() => problems);
  }

  /** What stands in a file. @throws UserError where nothing in it can be mapped. */
  look(path: string): Promise<FileLook> {
    return this.withIo(async (io) => {
      const file = await openSource(path, io);
      const importer = importerFor(file, this.importers);
      const mapping = importer && mappingName(importer.id);
      const known = mapping === undefined ? importer?.label : undefined;
      return {
        path,
        places: known === undefined ? await placesIn(file, io) : [],
        ...(known === undefined ? {} : { known }),
        ...(mapping === undefined ? {} : { mapping }),
      };
    });
  }

  /** @throws UserError where the file cannot be read. */
  columns(path: string, place: MappedPlace): Promise<readonly ColumnLook[]> {
    return this.withIo(async (io) => sampleColumns(await openSource(path, io), io, place));
  }

  async withIo<T>(work: (io: DiskIo) => Promise<T>): Promise<T> {
    const io = new DiskIo((path) => this.engine.openForeign(path));
    try {
      return await work(io);
    } finally {
      io.dispose();
    }
  }

  private get known(): Known {
    const stored = this.store.db.read(() => readSetting(this.store.db, settingName));
    return typeof stored === 'string' ? (JSON.parse(stored) as Known) : {};
  }

  private async apply(mappings: readonly (readonly [string, Mapping])[]): Promise<void> {
    for (const [name, mapping] of mappings) {
      const before = this.known[name];
      const isSame = before !== undefined && JSON.stringify(before.mapping) === JSON.stringify(mapping);
      if (isSame && before.pending === undefined) continue;
      const pending = new Set(before?.pending);
      if (!isSame) for (const path of await this.readBy(name)) pending.add(path);
      // Written down before anything is removed, so that a crash in between costs nothing.
      this.remember(name, { mapping, ...(pending.size > 0 ? { pending: [...pending] } : {}) });
      if (pending.size === 0) continue;
      for (const path of pending) this.store.removeSource(path);
      // What was not read stands written down, for when reading is on again.
      if (!(await this.reread([...pending]))) return;
      this.remember(name, { mapping });
    }
  }

  /** Files that a mapping read and that are still there: those that are gone keep what they told. */
  private async readBy(name: string): Promise<string[]> {
    const sources = this.store.db.read(() => listSources(this.store.db));
    const paths = sources.filter(({ importer }) => importer === mappedId(name)).map(({ path }) => path);
    const there = await Promise.all(
      paths.map((path) =>
        access(path).then(
          () => true,
          () => false,
        ),
      ),
    );
    return paths.filter((_, i) => there[i]);
  }

  private remember(name: string, known: Known[string]): void {
    this.store.write(() =>
      writeSetting(this.store.db, settingName, JSON.stringify({ ...this.known, [name]: known })),
    );
  }
}
