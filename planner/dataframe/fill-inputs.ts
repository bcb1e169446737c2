import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';

/** What must be left as it is, or a hole: quoted text, names in quotes, dollar quotes, comments, {n}, and {{ for a brace. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\/|\{\{|\{(\d+)\}/g;

/** Puts names in the place of {0}, {1}, ... outside of quotes and comments. 42P02 for a number that no input has. */
export function fillInputs(text: string, names: readonly string[]): string {
  return text.replaceAll(TOKEN, (token: string, _dollar: string | undefined, hole: string | undefined) => {
    if (token === '{{') {
      return '{';
    }
    if (hole === undefined) {
      return token;
    }
    const name = names[Number(hole)];
    if (name === undefined) {
      throw new SqlError(SQLSTATE.undefined_parameter, `there is no input {${hole}}: the statement has ${names.length}`);
    }
    return name;
  });
}

/** A statement's text without the semicolon behind it. */
export function withoutSemicolon(text: string): string {
  return text.trim().replace(/;\s*$/, '');
}
