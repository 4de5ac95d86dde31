import { chatShape, conversationIn } from './copilotChat/chatFiles';
import { isSpanStore } from './copilotChat/spans';
import { tracesIn } from './copilotChat/traces';
import type { Importer } from './importer';

/**
 * Copilot Chat in VS Code: its database of spans (`agent-traces.db`, also the agent host's) and the files of its
 * conversations, which count only where the database does not tell of a conversation. Docs: docs/sources/copilot-chat.md.
 */
export const copilotChat: Importer = {
  id: 'copilot-chat',
  label: 'Copilot Chat',

  detect: (file) => (file.tables ? isSpanStore(file.tables) : chatShape(file) !== undefined),

  skips: (file) =>
    chatShape(file) === 'workspace' ? 'the name of the folder that a window had open' : undefined,

  identify: () => Promise.resolve({ kind: 'global' }),

  import: (file, io, cursor) => (file.tables ? tracesIn(file, io, cursor) : conversationIn(file, io, cursor)),
};
