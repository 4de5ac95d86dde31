import { unnamedSession } from './appendedLines';
import { ExecStream, isExecStream } from './codex/execStream';
import { isOldRollout, isRollout } from './codex/lines';
import { Rollout, newRollout } from './codex/rollout';
import { FactBatch, batchesOfLines } from './lineReader';
import type { StreamState } from './codex/execStream';
import type { RolloutState } from './codex/rollout';
import type { Importer } from './importer';

/**
 * Rollouts of OpenAI's Codex CLI (`sessions/**`, `archived_sessions/`) and saved streams of `codex exec --json`. A call
 * is a `token_count` whose sums grew; what forks and sub-agents copy from their parents counts once. Docs:
 * docs/sources/codex.md.
 */
export const codex: Importer = {
  id: 'codex',
  label: 'Codex CLI',

  detect: ({ head, tables }) => !tables && (isRollout(head) || isOldRollout(head) || isExecStream(head)),

  skips: ({ head }) =>
    isOldRollout(head) && !isRollout(head)
      ? 'a session of an early Codex CLI, which recorded no tokens'
      : undefined,

  identify: () => Promise.resolve({ kind: 'global' }),

  import: (file, io, cursor) =>
    batchesOfLines(file, io, cursor, async (state) => {
      const session = unnamedSession(file, io);
      const facts = new FactBatch(file.path);
      if (isRollout(file.head))
        return new Rollout(facts, (state as RolloutState | undefined) ?? newRollout(session));
      return new ExecStream(
        facts,
        { modified: await io.modified(file.path), hash: (text) => io.hash(text) },
        (state as StreamState | undefined) ?? { session, told: 0 },
      );
    }),
};
