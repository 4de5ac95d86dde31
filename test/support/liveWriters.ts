import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A file that a writer adds calls to; it is not there before the first one. */
export interface LiveFile {
  readonly kind: 'plato' | 'claude' | 'synth';
  readonly path: string;
}

/** A month file of Plato, a transcript of Claude Code, and a database of synth-ai in WAL mode. */
export function liveFiles(folder: string): readonly LiveFile[] {
  mkdirSync(join(folder, 'project'));
  return [
    { kind: 'plato', path: join(folder, '2025-06.json') },
    { kind: 'claude', path: join(folder, 'project', '77777777-7777-4777-8777-777777777777.jsonl') },
    { kind: 'synth', path: join(folder, 'traces.db') },
  ];
}

export interface Pace {
  readonly seconds: number;
  /** Writes a second, each of one call. */
  readonly rate: number;
}

/** Writes to a file at a pace; `done` hears of each write when it is over. `support` is this folder, where it is bundled. */
export async function writeLive(
  { kind, path }: LiveFile,
  { seconds, rate }: Pace,
  done: (call: number, at: number) => void = () => undefined,
  support = __dirname,
): Promise<void> {
  const args = [join(support, 'growing_writer.py'), kind, path, String(seconds), String(rate)];
  const writer = spawn('python3', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(writer, 'close');
  createInterface({ input: writer.stdout }).on('line', (line) => {
    const [call, at] = line.split(' ').map(Number) as [number, number];
    done(call, at);
  });
  const [code] = (await closed) as [number];
  if (code !== 0) throw new Error(`the writer of ${path} ended with ${code}`);
}

/** What calls 1 to `count` of a writer come to. */
export const sumsAfter = (count: number) => ({
  calls: count,
  inputTokens: (count * (count + 1)) / 2,
  outputTokens: 2 * count,
});

/** When each call of each file was written and when it was seen, and how long it took in between. */
export class Delays {
  private readonly written = new Map<string, number[]>();
  private readonly seen = new Map<string, number[]>();

  wrote(path: string, call: number, at: number): void {
    const times = this.written.get(path) ?? [];
    times[call - 1] = at;
    this.written.set(path, times);
  }

  /** The figures show that many calls of the file now. */
  sees(path: string, calls: number, at: number): void {
    const times = this.seen.get(path) ?? [];
    while (times.length < calls) times.push(at);
    this.seen.set(path, times);
  }

  /** In ms: the middle one, the one that 95 in a hundred do not exceed, and the longest. */
  of(path: string): { readonly p50: number; readonly p95: number; readonly max: number } {
    const seen = this.seen.get(path) ?? [];
    const all = (this.written.get(path) ?? [])
      .flatMap((at, i) => (seen[i] === undefined ? [] : [seen[i] - at]))
      .sort((a, b) => a - b);
    const at = (share: number): number => Math.round(all[Math.floor(share * (all.length - 1))] ?? NaN);
    return { p50: at(0.5), p95: at(0.95), max: at(1) };
  }
}
