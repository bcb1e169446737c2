/** The Emscripten module inside libpg-query, which its own entry keeps one instance of for ever. */
declare module 'libpg-query/wasm/libpg-query.js' {
  /** One instance of the module, with a heap and a stack of its own. */
  export interface PgQueryModule {
    _malloc(byteCount: number): number;
    _free(pointer: number): void;
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, byteCount: number): void;
    UTF8ToString(pointer: number): string;
    getValue(pointer: number, type: 'i32'): number;
    _wasm_parse_query_raw(text: number): number;
    _wasm_free_parse_result(result: number): void;
    _wasm_scan(text: number): number;
    _wasm_free_string(text: number): void;
  }
  const createModule: () => Promise<PgQueryModule>;
  export { createModule as default };
}
