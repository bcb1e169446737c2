/** Bytes of a statement that are kept. */
const SQL_LENGTH_MAX = 16_384;

/** What stands before a literal that nobody else may see: PASSWORD '...', s3_secret_access_key = '...', SECRET '...'. */
const SECRET =
  /(?<![\w'])(\w*(?:password|secret|token|access_key|credential)\w*\s*(?:=>|=|:|\bto\b)?\s*)(?:[eEuU]&?)?('(?:[^'\\]|''|\\.)*'?|\$(\w*)\$[\s\S]*?(?:\$\3\$|$))/gi;

/** A word that SECRET could match; most statements have none. */
const SUSPECT = /password|secret|token|access_key|credential/i;

/** A statement as others may see it: without passwords and the like, and not longer than what is kept. */
export function redactSecrets(sql: string): string {
  const cut = sql.length > SQL_LENGTH_MAX ? `${sql.slice(0, SQL_LENGTH_MAX)} ...` : sql;
  return SUSPECT.test(cut) ? cut.replace(SECRET, "$1'***'") : cut;
}
