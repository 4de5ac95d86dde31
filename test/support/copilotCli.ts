import { jsonLines, sourceFile } from './sourceFiles';

export const canary = 'CANARY words of somebody';
const start = Date.UTC(2026, 6, 1, 9);
const minute = 60_000;
const iso = (at: number): string => new Date(at).toISOString();

export interface ModelUse {
  readonly count?: number;
  readonly input: number;
  readonly output: number;
  readonly read?: number;
  readonly written?: number;
  readonly nano?: number;
}

let next = 0;
/** An event with words wherever a text can stand; `at` in minutes. */
const event = (type: string, data: object, at: number): object => ({
  ...{ type, data: { content: canary, message: canary, ...data } },
  ...{ id: `event-${++next}`, timestamp: iso(start + at * minute), parentId: null },
});

export const started = (sessionId: string, at = 0, data: object = {}): object =>
  event(
    at === 0 ? 'session.start' : 'session.resume',
    {
      ...{
        sessionId,
        copilotVersion: '1.0.80',
        producer: 'copilot-agent',
        startTime: iso(start + at * minute),
      },
      ...{ selectedModel: 'claude-sonnet-4.5', context: { cwd: '/home/ana/shop-api', branch: 'main' } },
      ...data,
    },
    at,
  );

export const answered = (outputTokens: number | undefined, at = 1, data: object = {}): object =>
  event('assistant.message', { messageId: `m${++next}`, outputTokens, ...data }, at);

export const checkpoint = (totalNanoAiu: number, at = 2): object =>
  event('session.usage_checkpoint', { totalNanoAiu, totalPremiumRequests: 3 }, at);

export const shutDown = (models: Readonly<Record<string, ModelUse>>, at = 3, data: object = {}): object =>
  event(
    'session.shutdown',
    {
      ...{ shutdownType: 'routine', totalPremiumRequests: 1, sessionStartTime: start },
      modelMetrics: Object.fromEntries(
        Object.entries(models).map(([model, { count = 1, input, output, read, written, nano }]) => [
          model,
          {
            // A multiplier of premium requests, not dollars.
            requests: { count, cost: 33 },
            usage: {
              ...{ inputTokens: input, outputTokens: output, reasoningTokens: 0 },
              ...{ cacheReadTokens: read ?? 0, cacheWriteTokens: written ?? 0 },
            },
            ...(nano === undefined ? {} : { totalNanoAiu: nano }),
          },
        ]),
      ),
      ...data,
    },
    at,
  );

export const eventsFile = (events: readonly object[], name = 'events.jsonl'): string =>
  sourceFile(jsonLines(events), name);

/** A span of the flat file; times in seconds after the beginning. */
export const span = (
  ids: { readonly trace?: string; readonly span: string },
  attributes: object,
  { at = 0, ...fields }: { readonly at?: number } & Readonly<Record<string, unknown>> = {},
): object => ({
  ...{ type: 'span', traceId: ids.trace ?? 't1', spanId: ids.span, name: `chat ${canary}`, kind: 2 },
  ...{ startTime: [start / 1000 + at, 500_000_000], endTime: [start / 1000 + at + 2, 750_000_000] },
  attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': canary, ...attributes },
  ...{
    status: { code: 0, message: canary },
    resource: { attributes: { 'service.name': 'copilot' } },
    events: [],
  },
  ...fields,
});

/** A record of an event, as the SDK writes it. */
export const record = (
  name: string,
  ids: { readonly trace?: string; readonly span: string },
  attributes: object,
  at = 0,
): object => ({
  ...{
    hrTime: [start / 1000 + at + 2, 750_000_000],
    spanContext: { traceId: ids.trace ?? 't1', spanId: ids.span },
  },
  ...{ attributes: { 'event.name': name, ...attributes }, _body: `${name}: ${canary}` },
});

export const inference = 'gen_ai.client.inference.operation.details';
export const turn = 'copilot_chat.agent.turn';

export const used = (input: number, output: number, fields: object = {}): object => ({
  ...{ 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': output },
  ...{ 'gen_ai.response.model': 'claude-sonnet-4.5', ...fields },
});

export const inConversation = (id: string): object => ({ 'gen_ai.conversation.id': id });

export const telemetryFile = (lines: readonly object[], name = 'copilot.jsonl'): string =>
  sourceFile(jsonLines(lines), name);
