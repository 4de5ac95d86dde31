import { resumeFrom } from './appendedLines';
import { SessionLog, isSessionLog } from './copilotCli/sessionLog';
import { TelemetryLog } from './copilotCli/telemetryLog';
import { isTelemetry } from './copilotCli/telemetry';
import { lineLog } from './lineLog';
import type { SessionState } from './copilotCli/sessionLog';
import type { TelemetryState } from './copilotCli/telemetryLog';
import type { Importer, SourceFile } from './importer';

/**
 * Copilot's command line: the log of each session (`events.jsonl`), and the flat file of its telemetry, which goes before
 * the sums of the log. Docs: docs/sources/copilot-cli.md.
 */
export const copilotCli: Importer = {
  id: 'copilot-cli',
  label: 'Copilot CLI',

  detect: ({ head, tables }) => !tables && (isSessionLog(head) || isTelemetry(head)),

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io, cursor) {
    const { start, state } = await resumeFrom(file.path, io, cursor);
    const reader = isSessionLog(file.head)
      ? new SessionLog(
          nameOf(file, (text) => io.hash(text)),
          state as SessionState | undefined,
        )
      : new TelemetryLog((text) => io.hash(text), state as TelemetryState | undefined);
    yield* lineLog(file.path, io, reader, start);
  },
};

/** `session-state/<id>/events.jsonl`, older builds `session-state/<id>.jsonl`: for logs that do not name their session. */
function nameOf({ path, head }: SourceFile, hash: (text: string) => string): string {
  const uuid = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[\\/]events)?\.jsonl$/i.exec(path)?.[1];
  return uuid ?? `session-${hash(head.split('\n', 1)[0] ?? '').slice(0, 12)}`;
}
