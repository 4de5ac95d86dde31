import { jsonLines, newPlace, sourceFile } from './sourceFiles';
import type { Dice } from './arrangements';

export const canary = 'CANARY words of somebody';

/** A request of a conversation with words in every field that can hold some. */
export const request = (id: string, fields: object = {}): Record<string, unknown> => ({
  requestId: id,
  timestamp: 1787000000000,
  modelId: 'copilot/claude-sonnet-4.6',
  message: { text: canary, parts: [{ text: canary }] },
  response: [{ value: canary }],
  variableData: { variables: [{ name: canary }] },
  ...fields,
});

export const conversation = (session: string, requests: readonly object[] = []): Record<string, unknown> => ({
  ...{ version: 3, creationDate: 1787000000000, sessionId: session, customTitle: canary },
  ...{ requesterUsername: canary, responderUsername: 'GitHub Copilot', inputState: { inputText: canary } },
  requests,
});

/** The lines of a log, as values. */
export const begun = (session: string, requests: readonly object[] = []): object => ({
  kind: 0,
  v: conversation(session, requests),
});
export const pushed = (...requests: readonly object[]): object => ({ kind: 2, k: ['requests'], v: requests });
export const set = (index: number, name: string, v: unknown): object => ({
  kind: 1,
  k: ['requests', index, name],
  v,
});

export const logFile = (lines: readonly object[], name = 'log.jsonl', place = newPlace()): string =>
  sourceFile(jsonLines(lines), name, place);

interface Turn {
  readonly id: string;
  readonly prompt: number;
  readonly completion: number;
  readonly credits: number;
}

/** A conversation as the lines that VS Code writes while it goes on, some turns taken back, and what it adds up to. */
export function randomLog(session: string, { below, chance }: Dice): { lines: object[]; turns: Turn[] } {
  const lines = [begun(session)];
  const turns: Turn[] = [];
  let length = 0;
  for (let n = 1 + below(8); n > 0; n--) {
    const turn = {
      id: `${session}-${turns.length}`,
      prompt: 1 + below(9000),
      completion: 1 + below(900),
      credits: below(80) / 8,
    };
    turns.push(turn);
    // One or two turns are taken back before it.
    const back = chance(0.2) ? Math.min(length, 1 + below(2)) : 0;
    length -= back;
    const fresh = request(turn.id, { timestamp: 1787000000000 + turns.length * 60_000 });
    lines.push(back > 0 ? { kind: 2, k: ['requests'], i: length, v: [fresh] } : pushed(fresh));
    lines.push({ kind: 2, k: ['requests', length, 'response'], v: [{ value: canary }] });
    lines.push(set(length, 'promptTokens', turn.prompt));
    lines.push({ kind: 1, k: ['customTitle'], v: canary });
    lines.push(set(length, 'completionTokens', turn.completion), set(length, 'copilotCredits', turn.credits));
    lines.push(
      set(length, 'result', {
        timings: { firstProgress: 800, totalElapsed: 9000 },
        metadata: { words: canary },
      }),
    );
    length++;
  }
  return { lines, turns };
}
