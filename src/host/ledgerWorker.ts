import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { measured, measuredTurn } from './measure';
import { Emitter } from '../shared/emitter';
import { messageOf, UserError } from '../shared/errors';
import { Client, type Wire } from '../shared/rpc';
import type { Disposable } from '../shared/emitter';
import type { LedgerApi, LedgerEvents } from '../shared/protocol';

export interface WorkerPaths {
  /** dist/worker.js */
  readonly script: string;
  /** dist/sql-wasm.wasm */
  readonly wasm: string;
  /** The store; its folder is created. */
  readonly store: string;
}

/** `restarting`: it died and comes back by itself; `failed`: it died again, and only a reload helps. */
export type WorkerState = 'starting' | 'restarting' | 'failed';

type LedgerClient = Client<LedgerApi, LedgerEvents>;

const restartDelay = 1_000;
/** A second death within this time means that a third start would not help. */
const relapse = 5 * 60_000;

/** What the user is told when the worker ends by itself. */
export const stopped = {
  restarting: 'Trace Ledger stopped unexpectedly and is starting again. Please repeat what you did last.',
  failed: 'Trace Ledger stopped twice in a short time. The log says why; reload the window to try again.',
} as const;

/**
 * The worker thread that owns the store. `ledger` stays the same object when the worker has to be started again; calls
 * that were under way reject with a `UserError`, later ones wait for the new worker.
 */
export class LedgerWorker implements Disposable {
  private readonly stateChanged = new Emitter<WorkerState>();
  readonly onDidChangeState = this.stateChanged.event;

  readonly changed = new Emitter<LedgerEvents['changed']>();
  readonly watching = new Emitter<LedgerEvents['watching']>();
  readonly importProgress = new Emitter<LedgerEvents['importProgress']>();
  readonly exportProgress = new Emitter<LedgerEvents['exportProgress']>();
  readonly jobProgress = new Emitter<LedgerEvents['jobProgress']>();
  readonly alerts = new Emitter<LedgerEvents['alerts']>();
  readonly notice = new Emitter<LedgerEvents['notice']>();
  readonly log = new Emitter<LedgerEvents['log']>();

  private client: Promise<LedgerClient>;
  private worker: Worker | undefined;
  private diedAt = -Infinity;
  private disposed = false;

  constructor(private readonly paths: WorkerPaths) {
    this.client = this.start();
  }

  readonly ledger = new Proxy({} as LedgerApi, {
    get: (_target, method) =>
      // A promise that resolves to this object must not take it for a promise.
      method === 'then'
        ? undefined
        : async (...args: never[]) => {
            const { remote } = await this.client;
            return (remote[method as keyof LedgerApi] as (...args: never[]) => Promise<unknown>)(...args);
          },
  });

  dispose(): void {
    this.disposed = true;
    void this.worker?.terminate();
    const { stateChanged, changed, watching, importProgress, exportProgress } = this;
    for (const emitter of [stateChanged, changed, watching, importProgress, exportProgress])
      emitter.dispose();
    this.jobProgress.dispose();
    this.alerts.dispose();
    this.notice.dispose();
    this.log.dispose();
  }

  private async start(): Promise<LedgerClient> {
    const folder = dirname(this.paths.store);
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw new UserError(
        `The folder ${folder} cannot be created (${messageOf(error)}); make it writable and reload the window.`,
      );
    });
    return this.spawn();
  }

  private readonly spawn = measured('start worker', (): LedgerClient => {
    const worker = new Worker(this.paths.script, {
      workerData: { storePath: this.paths.store, wasmPath: this.paths.wasm },
      name: 'Trace Ledger',
    });
    const client: LedgerClient = new Client((message) => worker.postMessage(message));
    this.worker = worker;
    this.listen(client);
    worker.on(
      'message',
      measuredTurn(
        (message: Wire) => `answer of the worker: ${client.subjectOf(message)}`,
        (message: Wire) => client.receive(message),
      ),
    );
    worker.on('error', (error) => this.log.fire({ level: 'error', message: error.stack ?? error.message }));
    worker.on('exit', (code) => this.onExit(client, code));
    return client;
  });

  private listen(client: LedgerClient): void {
    client.on('changed', (event) => this.changed.fire(event));
    client.on('watching', (event) => this.watching.fire(event));
    client.on('importProgress', (event) => this.importProgress.fire(event));
    client.on('exportProgress', (event) => this.exportProgress.fire(event));
    client.on('jobProgress', (event) => this.jobProgress.fire(event));
    client.on('alerts', (event) => this.alerts.fire(event));
    client.on('notice', (event) => this.notice.fire(event));
    client.on('log', (event) => this.log.fire(event));
  }

  private onExit(client: LedgerClient, code: number): void {
    const again = Date.now() - this.diedAt > relapse;
    this.diedAt = Date.now();
    client.close(
      new UserError(this.disposed ? 'Trace Ledger was closed.' : again ? stopped.restarting : stopped.failed),
    );
    if (this.disposed) return;
    this.log.fire({ level: 'error', message: `The worker ended with code ${code}.` });
    if (again) this.client = pause(restartDelay).then(() => this.start());
    this.stateChanged.fire(again ? 'restarting' : 'failed');
  }
}
