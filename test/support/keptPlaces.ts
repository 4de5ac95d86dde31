/** Why what stands at a place may be in the ledger, whatever it says. All else that a format writes may not. */
export const keptReasons = {
  id: 'an id',
  name: 'the name of a model, provider, command, project, branch or experiment',
  path: 'the folder or repository that was worked in',
  person: 'a user, as the documents of the format say',
  tag: 'a tag, a release or an environment, as the documents of the format say',
  note: 'a note that the user wrote on the costs of the session',
} as const;

type Places = Readonly<Partial<Record<keyof typeof keptReasons, readonly string[]>>>;

const inSpans = (...columns: readonly string[]): string[] => columns.map((column) => `spans.${column}`);

/** How the places end, or `^` and a whole one; `[key]` is an attribute of that key, `[].name` a member of a list. */
const kept: Readonly<Record<string, Places>> = {
  'synth-ai': {
    id: ['experiment_id', 'session_id'],
    name: ['experiments.name', 'model_name', 'provider'],
    note: ['pricing_notes', 'pricing_strategy', 'model_selection_rationale'],
  },
  'claude-code': {
    id: ['sessionId', 'requestId', 'message.id', 'uuid', 'agentId'],
    name: ['message.model', 'gitBranch'],
    path: ['cwd'],
  },
  'copilot-chat': {
    id: [
      ...inSpans('span_id', 'parent_span_id', 'chat_session_id'),
      ...['[copilot_chat.parent_chat_session_id]', '[gen_ai.response.id]', 'requestId', 'sessionId'],
    ],
    name: [
      ...inSpans('provider_name', 'request_model', 'response_model'),
      ...['[github.copilot.git.branch]', 'modelId'],
    ],
    path: ['[github.copilot.git.repository]'],
  },
  'copilot-cli': {
    id: [
      ...['traceId', 'spanId', 'gen_ai.response.id', 'gen_ai.conversation.id', 'sessionId', '^id'],
      'data.messageId',
    ],
    name: ['gen_ai.response.model', 'data.selectedModel', 'data.model', 'data.context.branch'],
    path: ['data.context.cwd'],
  },
  codex: {
    id: ['thread_id', 'payload.id', 'payload.forked_from_id'],
    name: ['payload.model_provider', 'payload.model', 'payload.git.branch'],
    path: ['payload.cwd'],
  },
  plato: { id: ['sessionId'], name: ['model', 'provider', 'command'] },
  langfuse: {
    id: ['^id', '[].id', 'data[].id', 'traceId', 'sessionId'],
    name: ['model', 'providedModelName'],
    person: ['userId'],
    tag: ['environment', 'release', 'tags[]', 'traceTags[]', 'traceTags$[]'],
  },
  finetunelab: {
    id: ['[].id', 'data[].id', 'conversation_id', 'trace_id', 'traceId', 'span_id'],
    name: ['experiment_name', 'model_name', 'model_provider', 'provider', 'model_id'],
    person: ['user_id'],
    tag: ['session_tag', '[].session_id', 'metadata.environment', 'metadata.tags[]'],
  },
  'openai-realtime': {
    id: ['session.id', 'item_id', 'content_index', 'response.id'],
    name: ['session.model'],
  },
  nevil: { id: ['conversation_id'], name: ['metadata$.model'] },
  gemini: { id: ['responseId'], name: ['modelVersion'] },
  'gemini-cli': { id: ['sessionId', '^id', 'messages[].id'], name: ['^model', 'messages[].model'] },
  aider: { name: ['main_model'], person: ['^user_id'] },
  otlp: {
    id: [
      ...['traceId', 'trace_id', 'spanId', 'span_id', '[gen_ai.response.id]', '[gen_ai.conversation.id]'],
      ...[
        '[session.id]',
        '[ai.telemetry.metadata.sessionId]',
        '[traceloop.association.properties.session_id]',
      ],
    ],
    name: [
      ...['[ai.model.id]', '[gen_ai.request.model]', '[gen_ai.response.model]', '[llm.model_name]'],
      ...['[embedding.model_name]', '[ai.model.provider]', '[gen_ai.system]', '[gen_ai.provider.name]'],
      ...['[llm.provider]', '[service.name]', '[openinference.project.name]'],
    ],
    person: [
      ...['[user.id]', '[enduser.id]', '[ai.telemetry.metadata.userId]'],
      '[traceloop.association.properties.user_id]',
    ],
    tag: ['[deployment.environment]', '[deployment.environment.name]'],
  },
  litellm: {
    id: ['^id', 'request_id', 'trace_id', 'session_id'],
    name: ['model', 'custom_llm_provider'],
    person: ['user', 'end_user'],
    tag: ['request_tags[]', 'request_tags$[]'],
  },
  llm: {
    id: ['responses.id', 'conversation_id', 'turns.id', 'thread_id'],
    name: ['responses.model', 'resolved_model'],
  },
  phoenix: {
    id: ['session_id', 'traces.trace_id', 'spans.span_id'],
    name: ['projects.name', 'llm.model_name', 'llm.provider'],
    person: ['user.id'],
  },
  opencode: {
    id: ['session.id', 'parent_id', 'parentID', 'message.id', 'session_id', 'sessionID'],
    name: ['modelID', 'providerID'],
    path: ['directory', 'path.cwd'],
  },
  promptfoo: {
    id: ['evals.id', 'eval_results.id', 'eval_id'],
    name: ['provider$.id'],
    person: ['evals.author'],
  },
  cline: {
    id: ['[].id'],
    name: ['modelInfo.modelId', 'modelInfo.providerId'],
    path: ['cwdOnTaskInitialization'],
  },
  mlflow: {
    id: ['request_id', 'experiment_id', '[mlflow.trace.session]', 'spans.span_id'],
    name: ['experiments.name'],
    person: ['[mlflow.trace.user]'],
  },
  inspect: {
    id: ['eval.task_id', 'samples[].uuid'],
    name: ['eval.task', 'output.model'],
    tag: ['eval.tags[]'],
  },
};

/** Which places of a format may be in the ledger. */
export const keptPlaces = (importer: string): RegExp[] =>
  Object.values(kept[importer] ?? {})
    .flat()
    .map(endingWith);

function endingWith(name: string): RegExp {
  const literal = name.replace(/^\^/, '').replace(/[.[\]$*]/g, '\\$&');
  if (name.startsWith('^')) return new RegExp(`^${literal}$`);
  if (/^\[.+\]$/.test(name)) return new RegExp(`${literal}\\.value(?:\\.string_?[vV]alue)?$`);
  return new RegExp(name.startsWith('[') ? `^${literal}$` : `(?:^|[.\\]$])${literal}$`);
}
