import { chmodSync, cpSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { editAgentTraces, spanRow } from './agentTraces';
import { fixture } from './sourceFiles';
import { makeSynthDb, temporaryFolder } from './synthDb';

/** Somebody's home in which every known tool has left traces, and a workspace that has traces of its own. */
export interface FakeHome {
  readonly home: string;
  readonly workspace: string;
  /** For whatever is to take it for the home of this machine. */
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

/** Where each tool keeps its files on Linux if nothing tells it otherwise: fixture -> place in the home. */
const kept: readonly (readonly [from: string, to: string])[] = [
  ['claude-code/sample/projects', '.claude/projects'],
  ['codex/sessions', '.codex/sessions'],
  ['copilot-chat/workspaceStorage', '.config/Code/User/workspaceStorage'],
  ['copilot-cli/session-state', '.copilot/session-state'],
  ['copilot-cli/otel', '.copilot/otel'],
  ['gemini-cli/tmp', '.gemini/tmp'],
  ['opencode', '.local/share/opencode'],
  ['cline', '.config/Code/User/globalStorage/saoudrizwan.claude-dev'],
  ['llm', '.config/io.datasette.llm'],
  ['phoenix', '.phoenix'],
  ['promptfoo', '.promptfoo'],
  ['aider/analytics.jsonl', 'logs/aider.jsonl'],
  ['inspect/2026-03-02T09-00-00-00-00_hello_tid.eval', 'logs/inspect/hello.eval'],
];

const inWorkspace: readonly (readonly [from: string, to: string])[] = [
  ['plato/.plato', '.plato'],
  ['otlp/genai-traces.jsonl', 'traces/genai-traces.jsonl'],
  ['mlflow/mlflow.db', 'runs/mlflow.db'],
];

/** Variables that would lead out of the home. */
const homeless = [
  ...[
    'XDG_CONFIG_HOME',
    'XDG_DATA_HOME',
    'CLAUDE_CONFIG_DIR',
    'CODEX_HOME',
    'COPILOT_OTEL_FILE_EXPORTER_PATH',
  ],
  ...['OPENCODE_DATA_DIR', 'CLINE_DIR', 'CLINE_DATA_DIR', 'LLM_USER_PATH', 'PHOENIX_WORKING_DIR'],
  ...['PROMPTFOO_CONFIG_DIR', 'AIDER_ANALYTICS_LOG', 'INSPECT_LOG_DIR', 'VSCODE_PORTABLE', 'WSL_DISTRO_NAME'],
];

/** A home without anything in it. Whoever makes it removes it. */
export function emptyHome(): FakeHome {
  const folder = temporaryFolder();
  const [home, workspace, temporary] = ['home', 'shop', 'tmp'].map((name) => folder.file(name)) as [
    string,
    string,
    string,
  ];
  for (const path of [home, workspace, temporary]) mkdirSync(path);
  const unset = Object.fromEntries(homeless.map((name) => [name, undefined]));
  return { home, workspace, env: { ...unset, HOME: home, TMPDIR: temporary }, remove: () => folder.remove() };
}

/** The home of somebody who has tried every tool. */
export function fullHome(): FakeHome {
  const made = emptyHome();
  for (const [from, to] of kept) put(from, join(made.home, to));
  for (const [from, to] of inWorkspace) put(from, join(made.workspace, to));
  const spans = join(made.home, '.config/Code/User/globalStorage/github.copilot-chat/agent-traces.db');
  mkdirSync(dirname(spans), { recursive: true });
  editAgentTraces(
    spans,
    ...spanRow({ span_id: 's1', ...copilotCall }, { 'copilot_chat.copilot_usage_nano_aiu': 2e9 }),
  );
  makeSynthDb(join(made.workspace, 'synth_ai.db/dbs/default/data'), { experiments: 1 });
  const env = {
    ...made.env,
    AIDER_ANALYTICS_LOG: join(made.home, 'logs/aider.jsonl'),
    INSPECT_LOG_DIR: join(made.home, 'logs/inspect'),
  };
  return { ...made, env };
}

const copilotCall = {
  ...{ chat_session_id: 'copilot-session', conversation_id: 'copilot-session' },
  ...{ input_tokens: 1000, output_tokens: 50, cached_tokens: 400 },
};

/** Fixtures may be read-only; what is made of them is written to and removed. */
function put(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(fixture(from), to, { recursive: true });
  for (const path of [to, ...filesBelow(to)]) chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
}

/** Everything below a folder, folders included; nothing for a file. */
function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [];
  chmodSync(path, 0o755);
  return readdirSync(path).flatMap((name) => [join(path, name), ...filesBelow(join(path, name))]);
}
