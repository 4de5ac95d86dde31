import { unnamedSession } from './appendedLines';
import { AiderLog, isAnalytics, newLog } from './aider/log';
import { FactBatch, batchesOfLines } from './lineReader';
import type { LogState } from './aider/log';
import type { Importer } from './importer';

/**
 * Aider's analytics log (`--analytics-log`): one call a `message_send`, with its exact cost. The chat history that Aider
 * writes beside the code is known and passed over: it has the same figures, rounded. Docs: docs/sources/aider.md.
 */
export const aider: Importer = {
  id: 'aider',
  label: 'Aider',

  detect: ({ head, tables }) => !tables && (isAnalytics(head) || isHistory(head)),

  skips: ({ head }) =>
    isHistory(head)
      ? 'a chat history of Aider with rounded figures (its --analytics-log has the exact ones)'
      : undefined,

  identify: () => Promise.resolve({ kind: 'global' }),

  import: (file, io, cursor) =>
    batchesOfLines(file, io, cursor, (state) => {
      const begin = (state as LogState | undefined) ?? newLog(unnamedSession(file, io));
      return new AiderLog(new FactBatch(file.path), (text) => io.hash(text), begin);
    }),
};

const isHistory = (head: string): boolean => /^\s*# aider chat started at \d{4}-\d\d-\d\d/.test(head);
