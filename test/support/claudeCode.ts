import { fixture, jsonLines, sourceFile } from './sourceFiles';

export const claudeSample = fixture('claude-code', 'sample');
export const claudeTraps = fixture('claude-code', 'traps');

/** A session's id, from one digit. */
export const sessionId = (digit: number | string): string => {
  const part = (length: number): string => String(digit).repeat(length);
  return `${part(8)}-${part(4)}-4${part(3)}-8${part(3)}-${part(12)}`;
};

export interface Response {
  readonly id?: string | null;
  readonly request?: string | null;
  readonly model?: string | null;
  readonly input?: number;
  readonly output?: number;
  readonly usage?: unknown;
  /** Seconds after 09:00 UTC on 2026-03-02. */
  readonly second?: number;
  readonly session?: string;
  /** More fields of the line. */
  readonly more?: object;
}

let lines = 0;

/** A line as Claude Code writes it for a response, with what a test names. */
export function assistantLine(response: Response = {}): Record<string, unknown> {
  const { id = 'msg_1', request = 'req_1', model = 'claude-sonnet-4-5-20250929' } = response;
  const { input = 1, output = 1, second = 0, session = sessionId(1), more = {} } = response;
  const usage = { input_tokens: input, output_tokens: output, cache_read_input_tokens: 0 };
  return {
    parentUuid: null,
    isSidechain: false,
    userType: 'external',
    cwd: '/home/ana/shop',
    sessionId: session,
    version: '2.1.40',
    gitBranch: 'main',
    type: 'assistant',
    uuid: `u${++lines}`,
    timestamp: new Date(Date.UTC(2026, 2, 2, 9, 0, second)).toISOString(),
    message: { id, type: 'message', role: 'assistant', model, content: [], usage: response.usage ?? usage },
    requestId: request,
    ...more,
  };
}

/** A transcript of these lines (values, or text as it is) in a folder of its own, or at `place`. */
export function transcript(rows: readonly unknown[], name = `${sessionId(1)}.jsonl`, place?: string): string {
  const text = rows.map((row) => (typeof row === 'string' ? `${row}\n` : jsonLines([row]))).join('');
  return sourceFile(text, name, place);
}
