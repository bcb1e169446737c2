/** One step of a pattern: any run of characters, or one character that `accepts` takes. */
type Token = '*' | ((character: string) => boolean);

/**
 * A matcher of names for one component of a pattern: `*`, `?`, `[a-z]`, `[!a-z]`; an unclosed `[` stands for itself. Names
 * starting with a dot match only where the pattern has the dot. Matching takes at most pattern times name steps, which
 * regular expressions do not promise.
 */
export function componentMatcher(component: string): (name: string) => boolean {
  const tokens = parseComponent(Array.from(component));
  const hidden = component.startsWith('.');
  return (name) => (hidden || !name.startsWith('.')) && matches(tokens, Array.from(name));
}

function parseComponent(characters: readonly string[]): readonly Token[] {
  const tokens: Token[] = [];
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index];
    // A class holds at least one character: `[]]` is the bracket itself.
    const close = character === '[' ? characters.indexOf(']', index + (isNegation(characters[index + 1]) ? 3 : 2)) : -1;
    if (character === '*') {
      tokens.push('*');
    } else if (character === '?') {
      tokens.push(() => true);
    } else if (close !== -1) {
      tokens.push(characterClass(characters.slice(index + 1, close)));
      index = close;
    } else {
      tokens.push((candidate) => candidate === character);
    }
  }
  return tokens;
}

function characterClass(body: readonly string[]): (character: string) => boolean {
  const negated = isNegation(body[0]);
  const members = negated ? body.slice(1) : body;
  const ranges: (readonly [first: string, last: string])[] = [];
  for (let index = 0; index < members.length; index++) {
    const first = members[index] ?? '';
    const last = members[index + 1] === '-' ? members[index + 2] : undefined;
    ranges.push([first, last ?? first]);
    index += last === undefined ? 0 : 2;
  }
  return (character) => ranges.some(([first, last]) => first <= character && character <= last) !== negated;
}

function isNegation(character: string | undefined): boolean {
  return character === '!' || character === '^';
}

/** On a mismatch only the last star is tried one character further: what earlier stars took never needs to change. */
function matches(tokens: readonly Token[], name: readonly string[]): boolean {
  let token = 0;
  let position = 0;
  let star = -1;
  let starPosition = 0;
  while (position < name.length) {
    const current = tokens[token];
    if (current === '*') {
      star = token++;
      starPosition = position;
    } else if (current?.(name[position] ?? '') === true) {
      token++;
      position++;
    } else if (star === -1) {
      return false;
    } else {
      token = star + 1;
      position = ++starPosition;
    }
  }
  return tokens.slice(token).every((rest) => rest === '*');
}
