import { parentPort, workerData } from 'node:worker_threads';
import { Ledger } from './ledger';
import { failure, serve } from '../shared/rpc';
import type { Wire } from '../shared/rpc';

/** What the host hands over when it starts the worker. */
export interface WorkerData {
  readonly storePath: string;
  readonly wasmPath: string;
}

const port = parentPort!;
const { storePath, wasmPath } = workerData as WorkerData;
const opened = Ledger.open(storePath, wasmPath);
const post = (message: Wire): void => port.postMessage(message);
const answering = opened.then((ledger) => serve(ledger.api, post));

// Calls may come before the store is open; they wait for it, and fail with its error if it does not open.
port.on('message', (message: Wire) => {
  answering.then(
    (answer) => answer(message),
    (error: unknown) => void (message.kind === 'call' && post(failure(message.id, error))),
  );
});

opened.then(
  (ledger) => {
    ledger.onEvent(({ name, payload }) => post({ kind: 'event', name, payload }));
    ledger.start();
  },
  () => undefined,
);
