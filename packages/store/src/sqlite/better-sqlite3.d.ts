/** What is used of better-sqlite3 13. It carries no types, and those published apart are versions behind. */
declare module 'better-sqlite3' {
  class Database {
    constructor(
      path: string,
      options?: { readonly timeout?: number; readonly readonly?: boolean; readonly fileMustExist?: boolean },
    );
    readonly inTransaction: boolean;
    readonly open: boolean;
    prepare(sql: string): Database.Statement;
    /** With `simple`, the first column of the first row. */
    pragma(source: string, options?: { readonly simple?: boolean }): unknown;
    close(): void;
  }

  namespace Database {
    interface Statement {
      /** Whether it returns rows. */
      readonly reader: boolean;
      all(parameters: readonly unknown[]): unknown[];
      run(parameters: readonly unknown[]): { changes: number; lastInsertRowid: number };
      iterate(parameters: readonly unknown[]): IterableIterator<unknown>;
    }

    class SqliteError extends Error {
      constructor(message: string, code: string);
      /** SQLite's extended result code by name, such as `SQLITE_IOERR_WRITE`. */
      readonly code: string;
    }
  }

  export default Database;
}
