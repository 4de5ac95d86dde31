import { chatLogBatches, isChatLog } from './nevil/chatLog';
import { isSnapshot, newUsage, stateOf } from './nevil/snapshot';
import type { Identity, Importer, SourceFile, SourceIo } from './importer';

/**
 * What the Nevil robot writes: `logs/realtime_usage.json`, sums over all its runs, of which the difference to the last
 * import counts; and `logs/chat_log.db`, the steps of its conversations. Docs: docs/sources/nevil.md.
 */
export const nevil: Importer = {
  id: 'nevil',
  label: 'Nevil',
  cumulative: true,

  detect: ({ head, tables }) => (tables ? isChatLog(tables) : isSnapshot(head)),

  identify: (file, io) => (file.tables ? Promise.resolve({ kind: 'global' }) : identityOf(file, io)),

  async *import(file, io, cursor) {
    if (file.tables) {
      yield* chatLogBatches(file.path, await io.sqlite(file.path));
      return;
    }
    const [text, modified] = [await io.text(file.path), await io.modified(file.path)];
    yield newUsage({ path: file.path, text, modified, hash: (value) => io.hash(value) }, cursor);
  },
};

/** A tracker is known by where its file lies, and a file that was copied or moved by a state that was seen before. */
async function identityOf({ path }: SourceFile, io: SourceIo): Promise<Identity> {
  const state = stateOf({ text: await io.text(path), hash: (value) => io.hash(value) });
  return { kind: 'anchored', anchors: [io.hash(`path ${path}`), ...(state === undefined ? [] : [state])] };
}
