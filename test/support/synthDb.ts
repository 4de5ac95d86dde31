import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const synthVariants = ['native', 'sqlalchemy', 'early', 'fixture', 'rust'] as const;
export type SynthVariant = (typeof synthVariants)[number];

export interface SynthOptions {
  readonly variant?: SynthVariant;
  readonly seed?: number;
  readonly wal?: boolean;
  readonly experiments?: number;
  readonly sessions?: number;
  readonly events?: number;
}

interface Sums {
  readonly cost_cents: number;
}

interface ModelSums extends Sums {
  readonly provider: string | null;
  readonly model: string;
  readonly calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
}

interface ExperimentSums extends Sums {
  readonly experiment_id: string | null;
  readonly name: string | null;
  readonly sessions: number;
  readonly timesteps: number;
  readonly events: number;
  readonly messages: number;
}

/** What the generator says of the database it made; it keeps its own books while it writes. */
export interface SynthExpected {
  readonly counts: Readonly<
    Record<'experiments' | 'sessions' | 'timesteps' | 'events' | 'messages' | 'cais_events', number>
  >;
  readonly cost: { readonly recorded_cents: number };
  readonly tokens: { readonly input: number; readonly output: number };
  readonly error_events: number;
  readonly sessions_with_pricing_notes: number;
  readonly unlinked: ExperimentSums;
  readonly per_experiment: readonly ExperimentSums[];
  readonly per_model_resolved_via_call_records: readonly ModelSums[];
}

const generator = join(__dirname, 'make_synth_db.py');

/** Makes a synth-ai trace database at `path`, always the same for the same options. */
export function makeSynthDb(path: string, options: SynthOptions = {}): SynthExpected {
  const { variant = 'native', seed = 1, wal = false, experiments = 3, sessions = 4, events = 12 } = options;
  const args = {
    out: path,
    variant,
    seed,
    experiments,
    'sessions-per-experiment': sessions,
    'events-per-session': events,
  };
  const flags = Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return JSON.parse(
    execFileSync('python3', [generator, ...flags, ...(wal ? ['--wal'] : [])], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    }),
  ) as SynthExpected;
}

/** Runs Python with `sqlite3` at hand: an independent writer and reader of databases. */
export const python = (code: string, ...args: readonly string[]): string =>
  execFileSync('python3', ['-c', `import json, sqlite3, sys\n${code}`, ...args], { encoding: 'utf8' });

/** A folder of its own for a test; `remove` it afterwards. */
export function temporaryFolder(): { readonly path: string; file(name: string): string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'trace-ledger-test-'));
  return {
    path,
    file: (name) => join(path, name),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

export const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
