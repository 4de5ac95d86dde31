import { readFileSync } from 'node:fs';
import initSqlJs from 'sql.js';
import type { SqlJs } from 'sql.js';

/** The one sql.js instance of this thread, with its memory and its table of functions. */
export interface SqlWasm {
  readonly sql: SqlJs;
  readonly heap: Heap;
  readonly table: WebAssembly.Table;
}

/** The wasm memory. Views are renewed when it has grown, which detaches the old ones. */
export class Heap {
  private u8: Uint8Array;
  private view: DataView;

  constructor(private readonly memory: WebAssembly.Memory) {
    this.u8 = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
  }

  bytes(): Uint8Array {
    if (this.u8.buffer !== this.memory.buffer) {
      this.u8 = new Uint8Array(this.memory.buffer);
      this.view = new DataView(this.memory.buffer);
    }
    return this.u8;
  }

  int32(at: number): number {
    this.bytes();
    return this.view.getInt32(at, true);
  }

  setInt32(at: number, value: number): void {
    this.bytes();
    this.view.setInt32(at, value, true);
  }

  setInt64(at: number, value: number): void {
    this.bytes();
    this.view.setBigInt64(at, BigInt(value), true);
  }
}

/** Call once a thread: sql.js keeps the first instance for all later callers. */
export async function loadSqlJs(wasmPath: string): Promise<SqlWasm> {
  const found: { memory?: WebAssembly.Memory; table?: WebAssembly.Table } = {};
  const sql = await initSqlJs({
    useOldExtensionFunctions: false,
    instantiateWasm(imports, done) {
      const module = new WebAssembly.Module(readFileSync(wasmPath));
      const instance = new WebAssembly.Instance(module, imports);
      const values = [instance.exports, ...Object.values(imports)].flatMap((group) => Object.values(group));
      found.memory = values.find((value) => value instanceof WebAssembly.Memory);
      found.table = values.find((value) => value instanceof WebAssembly.Table);
      done(instance, module);
      return instance.exports;
    },
  });
  if (!found.memory || !found.table) throw new Error('unknown sql.js build: no memory or no function table');
  return { sql, heap: new Heap(found.memory), table: found.table };
}
