import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { RecordedFigures } from './cli';

export type CountedBy = 'experiment' | 'session' | 'provider' | 'day';

/** What the calls of a synth-ai database add up to, worked out by Python from the file alone. */
export function synthCalls(
  path: string,
  zone = 'UTC',
): Record<CountedBy, Map<string | null, RecordedFigures>> {
  const json = execFileSync('python3', [join(__dirname, 'synth_calls.py'), path, zone], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const sums = JSON.parse(json) as Record<CountedBy, [string | null, ...number[]][]>;
  const figures = ([key, calls, cents, input, output, errors]: [string | null, ...number[]]) =>
    [key, { calls, cents, input, output, errors } as RecordedFigures] as const;
  return {
    experiment: new Map(sums.experiment.map(figures)),
    session: new Map(sums.session.map(figures)),
    provider: new Map(sums.provider.map(figures)),
    day: new Map(sums.day.map(figures)),
  };
}
