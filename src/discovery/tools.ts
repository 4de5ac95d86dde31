import { join } from 'node:path';
import { applicationData, configHome, dataHome, editorFolders } from './machine';
import type { Machine } from './machine';

/** Where a tool keeps its traces. */
export interface Tool {
  /** Id of the importer that reads them. */
  readonly id: string;
  readonly label: string;
  /** Files and folders, best known first; a `*` stands for any text in one name. What is not there is no place. */
  readonly places: (machine: Machine) => readonly string[];
  /** Which files below a place are the tool's, by their names. */
  readonly file: RegExp;
  /** Which of them are one session each; absent where a file is a database of many. */
  readonly session?: RegExp;
}

const inEditors = (machine: Machine, ...below: readonly string[]): string[] =>
  editorFolders(machine).map((folder) => join(folder, ...below));

const clineExtensions = ['saoudrizwan.claude-dev', 'rooveterinaryinc.roo-cline', 'kilocode.kilo-code'];

/** Known tools, in the order in which they are offered. To add one: its importer, and an entry here. */
export const tools: readonly Tool[] = [
  {
    id: 'claude-code',
    label: 'Claude Code',
    places: (machine) => {
      const given = (machine.env.CLAUDE_CONFIG_DIR ?? '').split(',').map((entry) => entry.trim());
      const folders = given.filter((entry) => entry !== '');
      if (folders.length === 0)
        folders.push(join(configHome(machine), 'claude'), join(machine.home, '.claude'));
      return folders.map((folder) =>
        /[\\/]projects[\\/]?$/.test(folder) ? folder : join(folder, 'projects'),
      );
    },
    file: /\.jsonl$/,
    session: /^(?!.*[\\/]subagents[\\/])(?!.*[\\/]agent-[^\\/]*$).*\.jsonl$/,
  },
  {
    id: 'codex',
    label: 'Codex CLI',
    places: ({ env, home }) =>
      ['sessions', 'archived_sessions'].map((name) => join(env.CODEX_HOME || join(home, '.codex'), name)),
    file: /rollout-[^\\/]*\.jsonl$/,
    session: /\.jsonl$/,
  },
  {
    id: 'copilot-chat',
    label: 'GitHub Copilot Chat',
    places: (machine) => [
      ...inEditors(machine, 'User', 'globalStorage', 'github.copilot-chat', 'agent-traces.db'),
      ...inEditors(machine, 'agent-host', 'otel', 'agent-host-traces.db'),
      join(machine.temporary, 'copilot-agent-traces.db'),
      ...inEditors(machine, 'User', 'workspaceStorage', '*', 'chatSessions'),
      ...inEditors(machine, 'User', 'globalStorage', 'emptyWindowChatSessions'),
    ],
    file: /\.(?:db|jsonl?)$/,
    session: /\.jsonl?$/,
  },
  {
    id: 'copilot-cli',
    label: 'Copilot CLI',
    places: ({ home, env }) => [
      join(home, '.copilot', 'session-state'),
      join(home, '.copilot', 'otel'),
      ...(env.COPILOT_OTEL_FILE_EXPORTER_PATH ? [env.COPILOT_OTEL_FILE_EXPORTER_PATH] : []),
    ],
    file: /\.jsonl$/,
    session: /session-state[\\/].*\.jsonl$/,
  },
  {
    id: 'gemini-cli',
    label: 'Gemini CLI',
    places: ({ home }) => [join(home, '.gemini', 'tmp', '*', 'chats')],
    file: /\.jsonl?$/,
    session: /session-[^\\/]*\.jsonl?$/,
  },
  {
    id: 'opencode',
    label: 'OpenCode',
    places: (machine) => {
      const folder = machine.env.OPENCODE_DATA_DIR || join(dataHome(machine), 'opencode');
      return [join(folder, 'opencode*.db'), join(folder, 'storage')];
    },
    file: /\.db$|[\\/](?:message|session)[\\/].*\.json$/,
  },
  {
    id: 'cline',
    label: 'Cline, Roo and Kilo',
    places: (machine) => {
      const { env, home } = machine;
      const own = env.CLINE_DATA_DIR || join(env.CLINE_DIR || join(home, '.cline'), 'data');
      const folders = [
        ...clineExtensions.flatMap((name) => inEditors(machine, 'User', 'globalStorage', name)),
        own,
      ];
      return folders.flatMap((folder) => [join(folder, 'tasks'), join(folder, 'state')]);
    },
    file: /(?:ui_messages|api_conversation_history|taskHistory)\.json$/,
    session: /ui_messages\.json$/,
  },
  {
    id: 'llm',
    label: 'LLM by Simon Willison',
    places: (machine) => {
      const own = join(applicationData(machine), 'io.datasette.llm');
      return [join(machine.env.LLM_USER_PATH || own, 'logs.db')];
    },
    file: /\.db$/,
  },
  {
    id: 'phoenix',
    label: 'Arize Phoenix',
    places: ({ env, home }) => [join(env.PHOENIX_WORKING_DIR || join(home, '.phoenix'), 'phoenix.db')],
    file: /\.db$/,
  },
  {
    id: 'promptfoo',
    label: 'promptfoo',
    places: ({ env, home }) => [join(env.PROMPTFOO_CONFIG_DIR || join(home, '.promptfoo'), 'promptfoo.db')],
    file: /\.db$/,
  },
  {
    id: 'aider',
    label: 'Aider',
    places: ({ env }) => (env.AIDER_ANALYTICS_LOG ? [env.AIDER_ANALYTICS_LOG] : []),
    file: /./,
  },
  {
    id: 'inspect',
    label: 'Inspect',
    places: ({ env }) => (env.INSPECT_LOG_DIR ? [env.INSPECT_LOG_DIR] : []),
    file: /\.(?:eval|json)$/,
    session: /\.(?:eval|json)$/,
  },
];
