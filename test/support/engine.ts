import { createRequire } from 'node:module';
import { loadEngine } from '../../src/sqlite/engine';
import type { Engine } from '../../src/sqlite/engine';

/** Where npm put the module that the build copies to dist. */
export const wasmPath = createRequire(__filename).resolve('sql.js/dist/sql-wasm.wasm');

/** sql.js itself, as the product runs it. */
export const testEngine = (): Promise<Engine> => loadEngine(wasmPath);
