import { open } from 'node:fs/promises';
import { basename, dirname, relative, sep } from 'node:path';
import { machines } from './machine';
import { tools } from './tools';
import { expand, walk } from './walk';
import type { Machine } from './machine';
import type { Tool } from './tools';
import type { Limits, Look } from './walk';
import type { FoundTraces } from '../shared/protocol';

/** 100,000 files take about two seconds; nobody waits longer for a count. */
const inHome: Limits = { depth: 8, entries: 200_000, milliseconds: 10_000 };
const inWorkspace: Limits = { depth: 5, entries: 50_000, milliseconds: 5_000 };

export interface DiscoveryRequest {
  readonly workspaceFolders: readonly string[];
  /** Called between two files; rejects when the user stopped it. */
  readonly pause: () => Promise<void>;
  readonly machine?: Machine;
}

/**
 * What lies on this machine that could be imported. Looks at names, sizes and the first bytes of databases, and at
 * nothing else; follows no links; stops after some seconds and says so.
 */
export async function findTraces({
  workspaceFolders,
  pause,
  machine,
}: DiscoveryRequest): Promise<FoundTraces[]> {
  const found: FoundTraces[] = [];
  const homes = await machines(machine);
  for (const tool of tools) {
    const traces = await findTool(tool, homes, pause);
    if (traces) found.push(traces);
  }
  for (const folder of new Set(workspaceFolders)) {
    const traces = await findInWorkspace(folder, pause);
    if (traces) found.push(traces);
  }
  return found;
}

async function findTool(
  { id, label, places, file, session }: Tool,
  homes: readonly Machine[],
  pause: () => Promise<void>,
): Promise<FoundTraces | undefined> {
  const look: Look = { isPartial: false };
  const seen = { files: 0, sessions: 0, bytes: 0 };
  const paths: string[] = [];
  for (const pattern of new Set(homes.flatMap((home) => places(home)))) {
    for (const place of await expand(pattern, inHome, look)) {
      const before = seen.files;
      for await (const { path, bytes } of walk(place, inHome, look)) {
        await pause();
        if (!file.test(path)) continue;
        seen.files++;
        seen.bytes += bytes;
        if (session?.test(path)) seen.sessions++;
      }
      if (seen.files > before) paths.push(place);
    }
  }
  if (paths.length === 0 && look.denied === undefined) return undefined;
  return { id, label, paths, inWorkspace: false, ...seen, ...look };
}

/** Folders that hold traces by their name, wherever they are in a workspace. */
const traceFolders = new Set(['.plato', 'traces', 'synth_ai.db', 'dbs']);
const databaseName = /\.(?:db3?|sqlite3?)$/i;

async function findInWorkspace(folder: string, pause: () => Promise<void>): Promise<FoundTraces | undefined> {
  const look: Look = { isPartial: false };
  const seen = { files: 0, sessions: 0, bytes: 0 };
  const paths = new Set<string>();
  for await (const { path, bytes } of walk(folder, inWorkspace, look)) {
    await pause();
    const place = traceFolderOf(folder, path) ?? ((await isDatabase(path)) ? path : undefined);
    if (place === undefined) continue;
    paths.add(place);
    seen.files++;
    seen.bytes += bytes;
  }
  if (paths.size === 0) return undefined;
  const label = `Traces in ${basename(folder)}`;
  return { id: `workspace ${folder}`, label, paths: [...paths].sort(), inWorkspace: true, ...seen, ...look };
}

/** The trace folder nearest to the workspace in which a file that could hold traces lies. */
function traceFolderOf(workspace: string, path: string): string | undefined {
  if (!/\.(?:jsonl?|csv|db3?|sqlite3?)$/i.test(path) && basename(path) !== 'data') return undefined;
  const names = relative(workspace, dirname(path)).split(sep);
  const at = names.findIndex((name) => traceFolders.has(name));
  return at < 0 ? undefined : [workspace, ...names.slice(0, at + 1)].join(sep);
}

const sqliteMagic = 'SQLite format 3\0';

async function isDatabase(path: string): Promise<boolean> {
  if (!databaseName.test(path)) return false;
  const file = await open(path, 'r').catch(() => undefined);
  try {
    const { buffer, bytesRead } = (await file?.read(Buffer.alloc(16), 0, 16, 0)) ?? { bytesRead: 0 };
    return bytesRead === 16 && buffer?.toString('latin1') === sqliteMagic;
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}
