import type { ExplainFormat } from '../parse/read-explain.js';
import { printStages } from './explain-distributed.js';
import { explainDot } from './explain-dot.js';
import type { ExplainDocument, ExplainedRun } from './explain-document.js';
import { printFragments } from './explain-fragments.js';
import { explainJson } from './explain-json.js';

/** The rows of EXPLAIN's one column: lines, or all in one value of FORMAT JSON and DOT. `runLines` are the run's facts in the text format. */
export function printExplain(document: ExplainDocument, format: ExplainFormat, run: ExplainedRun | null, runLines: readonly string[]): readonly string[] {
  switch (format) {
    case 'json':
      return [explainJson(document, run)];
    case 'dot':
      return [explainDot(document, run).join('\n')];
    case 'text':
      return [...textLines(document), ...runLines];
  }
}

function textLines(document: ExplainDocument): readonly string[] {
  switch (document.kind) {
    case 'query':
    case 'outline':
      return document.lines;
    case 'stages':
      return printStages(document);
    case 'fragments':
      return printFragments(document);
  }
}
