import Sqlite from 'better-sqlite3';

/** SQLite's own checks, of the file and of the references between rows. Empty when all is well. */
export function checkIntegrity(sqlite: Sqlite): readonly string[] {
  return [...findingsOf(() => checkFile(sqlite)), ...findingsOf(() => checkReferences(sqlite))];
}

function checkFile(sqlite: Sqlite): readonly string[] {
  const rows = sqlite.pragma('integrity_check') as readonly { readonly integrity_check: string }[];
  return rows.map((row) => row.integrity_check).filter((text) => text !== 'ok');
}

function checkReferences(sqlite: Sqlite): readonly string[] {
  const rows = sqlite.pragma('foreign_key_check') as readonly {
    readonly table: string;
    readonly parent: string;
  }[];
  return rows.map(({ table, parent }) => `a row of ${table} refers to a row of ${parent} that is not there`);
}

/** Some damage keeps the check itself from running. */
function findingsOf(check: () => readonly string[]): readonly string[] {
  try {
    return check();
  } catch (error) {
    if (error instanceof Sqlite.SqliteError) return [`${error.code}: ${error.message}`];
    throw error;
  }
}
