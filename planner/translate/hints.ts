import type { Hint } from '../parse/hint.js';
import type { HintText } from '../parse/read-hints.js';
import { readHints } from '../parse/read-hints.js';
import type { ParsedStatement } from '../parse/statement.js';
import type { SqlNotice } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import type { QueryBlock, RelationReference } from './translated.js';

/** The hints of a statement with their query blocks; those that name no relation are warned of and dropped. */
export function resolveHints(
  statement: ParsedStatement,
  blocks: readonly QueryBlock[],
  references: readonly RelationReference[],
): { readonly hints: readonly Hint[]; readonly notices: readonly SqlNotice[] } {
  const reading = readHints(statement);
  const notices: SqlNotice[] = [...reading.notices];
  const hints: Hint[] = [];
  for (const text of reading.hints) {
    const block = blockAt(text.anchor, blocks);
    const problem = relationProblem(text, block, blocks, references);
    if (problem === null) {
      hints.push(placed(text, block));
    } else {
      notices.push({
        severity: 'WARNING',
        sqlstate: SQLSTATE.undefined_table,
        message: problem,
        position: text.position,
      });
    }
  }
  return { hints, notices };
}

function placed(text: HintText, block: number): Hint {
  const { anchor, ...hint } = text;
  void anchor;
  return { ...hint, block };
}

/** The outermost block that starts at a keyword; INSERT's and a block's that has no place of its own is the first. */
function blockAt(anchor: number, blocks: readonly QueryBlock[]): number {
  return blocks.find((block) => block.position === anchor)?.index ?? 0;
}

function relationProblem(hint: HintText, block: number, blocks: readonly QueryBlock[], references: readonly RelationReference[]): string | null {
  if (hint.kind !== 'partition' && hint.kind !== 'broadcast' && hint.kind !== 'shuffle_hash') {
    return null;
  }
  const name = hint.relation;
  if (name === '*') {
    return null;
  }
  const own = references.filter((reference) => reference.alias === name && reference.block === block);
  const found = own.length > 0 ? own : references.filter((reference) => reference.alias === name && isBelow(reference.block, block, blocks));
  if (found.length === 0) {
    return `hint names relation "${name}", which is not in its query`;
  }
  return found.length > 1 ? `hint names relation "${name}", which is not unique below its query block` : null;
}

function isBelow(block: number, ancestor: number, blocks: readonly QueryBlock[]): boolean {
  for (let index: number | null | undefined = block; index !== null && index !== undefined; index = blocks[index]?.parent) {
    if (index === ancestor) {
      return true;
    }
  }
  return false;
}
