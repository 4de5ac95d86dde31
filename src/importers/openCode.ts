import { instant, label, object, parseJson } from './json';
import { databaseBatches } from './openCode/database';
import { envelopeOf, folder, messageOf } from './openCode/message';
import { shapeOf, withoutCalls } from './openCode/shapes';
import type { Importer } from './importer';
import type { Json } from './json';
import type { ImportBatch } from '../shared/facts';

/**
 * OpenCode: its database, and the files (`storage/message`, `storage/session`) of before. A call is one answer of the
 * assistant, known by its message id in both. Costs are USD; 0 says nothing. Docs: docs/sources/opencode.md.
 */
export const openCode: Importer = {
  id: 'opencode',
  label: 'OpenCode',

  detect: (file) => shapeOf(file) !== undefined,

  skips(file) {
    const shape = shapeOf(file);
    return shape && withoutCalls[shape];
  },

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io, cursor) {
    const shape = shapeOf(file);
    if (shape === 'database') {
      yield* databaseBatches(
        file.path,
        await io.sqlite(file.path),
        cursor?.version === 1 ? cursor : undefined,
      );
      return;
    }
    const document = object(parseJson(await io.text(file.path)));
    const batch = document && (shape === 'session' ? sessionBatch(document) : messageBatch(document));
    const message = document
      ? 'It has no id or no session and is left out.'
      : 'It is not valid JSON, perhaps cut off: restore the file.';
    yield { ...(batch ?? { issues: [{ path: file.path, message }] }), share: 1 };
  },
};

function messageBatch(document: Json): ImportBatch | undefined {
  const envelope = envelopeOf(document);
  if (!envelope) return undefined;
  const { session, call } = messageOf(document, envelope);
  return { sessions: [session], calls: call ? [call] : [] };
}

function sessionBatch(document: Json): ImportBatch | undefined {
  const [id, parent] = [label(document.id), label(document.parentID)];
  if (id === undefined) return undefined;
  const createdAt = instant(object(document.time)?.created);
  const session = { id, project: folder(document.directory), createdAt };
  const merges = parent === undefined || parent === id ? [] : [{ from: id, into: parent, agent: {} }];
  return { sessions: [session], merges };
}
