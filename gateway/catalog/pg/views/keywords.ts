import { KEYWORD_ROWS } from '../data/keyword-rows.js';
import type { CatalogView } from '../catalog-view.js';

const CATEGORY: Readonly<Record<string, string>> = {
  U: 'unreserved',
  C: 'unreserved (cannot be function or type name)',
  T: 'reserved (can be function or type name)',
  R: 'reserved',
};

/** pg_get_keywords(). */
export const pgGetKeywords: CatalogView = {
  name: 'pg_catalog.pg_get_keywords',
  fixedRows: () =>
    KEYWORD_ROWS.trim()
      .split(/[;\n]/)
      .map((line) => {
        const [word = '', code = '', bare] = line.split(' ');
        return {
          word,
          catcode: code,
          barelabel: bare === '1',
          catdesc: CATEGORY[code] ?? '',
          baredesc: bare === '1' ? 'can be bare label' : 'requires AS',
        };
      }),
};
