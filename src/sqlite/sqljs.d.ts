/** What this project uses of sql.js 1.16; its low-level exports are in no published typings. */
declare module 'sql.js' {
  function initSqlJs(config: initSqlJs.Config): Promise<initSqlJs.SqlJs>;

  namespace initSqlJs {
    type Value = string | number | Uint8Array | null;
    type WasmImports = WebAssembly.Imports;

    interface Config {
      readonly useOldExtensionFunctions: boolean;
      instantiateWasm(
        imports: WasmImports,
        done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
      ): WebAssembly.Exports;
    }

    interface RawStatement {
      bind(values: readonly Value[]): boolean;
      step(): boolean;
      get(): Value[];
      getColumnNames(): string[];
      reset(): boolean;
      free(): boolean;
    }

    interface RawDatabase {
      prepare(sql: string): RawStatement;
      iterateStatements(sql: string): Iterable<RawStatement>;
      export(): Uint8Array;
      close(): void;
      getRowsModified(): number;
    }

    interface SqlJs {
      readonly Database: new (bytes?: Uint8Array) => RawDatabase;
      addFunction(implementation: (...args: never[]) => number, signature: string): number;
      stringToNewUTF8(text: string): number;
      UTF8ToString(pointer: number): string;
      _malloc(bytes: number): number;
      _free(pointer: number): void;
      _sqlite3_open(name: number, database: number): number;
      _sqlite3_close_v2(database: number): number;
    }
  }

  export = initSqlJs;
}
