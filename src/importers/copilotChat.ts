import { isSpanStore } from './copilotChat/spans';
import { tracesIn } from './copilotChat/traces';
import type { Importer } from './importer';

/**
 * Copilot Chat in VS Code: its database of spans (`agent-traces.db`, also the agent host's). Docs:
 * docs/sources/copilot-chat.md.
 */
export const copilotChat: Importer = {
  id: 'copilot-chat',
  label: 'Copilot Chat',

  detect: ({ tables }) => tables !== undefined && isSpanStore(tables),

  identify: () => Promise.resolve({ kind: 'global' }),

  import: (file, io, cursor) => tracesIn(file, io, cursor),
};
