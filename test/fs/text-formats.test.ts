import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { DataRoots } from '../../fs/store/data-roots.js';
import { DatasetCatalog } from '../../gateway/catalog/datasets.js';
import { scanSql } from '../../planner/relation/scan-sql.js';
import { quoteText } from '../../planner/types/data-type.js';
import { TestDuckdb } from './duckdb-inspector.js';
import { TemporaryFolder } from './temporary-folder.js';

/** Files of which DuckDB itself, sniffing at every read, says what is in them. */
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  'plain.csv': 'a,b\n1,x\n2,y\n',
  'windows.csv': 'a,b\r\n1,x\r\n2,y\r\n',
  'no-newline-at-end.csv': 'a,b\n1,x',
  'quotes.csv': 'a,b\n1,"say ""hi"""\n2,"line\nbreak"\n3,""\n4,\n',
  'escapes.csv': 'a,b\n1,"say \\"hi\\""\n2,"y"\n',
  'single-quotes.csv': "a;b\n1;'x;y'\n2;'z'\n",
  'tabs.tsv': 'a\tb\n1\tx\n2\ty y\n',
  'pipes.csv': 'a|b\n1|x\n2|y\n',
  'no-header.csv': '1,2.5,2024-01-01\n2,3.5,2024-01-02\n',
  'only-header.csv': 'a,b\n',
  'empty.csv': '',
  'one-column.csv': 'word\nalpha\nbeta\n',
  'comments.csv': '# made by hand\na,b\n1,2\n# middle\n3,4\n',
  'skipped-lines.csv': 'a report of things\n\na,b,c\n1,2,3\n4,5,6\n',
  'dates.csv': 'd,t,u\n31/12/2024,2024-01-02 03:04:05.678,10:11:12\n01/02/2024,2024-01-02 03:04:05,10:11:13\n',
  'american.csv': 'd\n12/31/2024\n02/01/2024\n',
  'zones.csv': 'z\n2024-01-02 03:04:05+02\n2024-06-02 03:04:05+02\n',
  'numbers.csv': 'a,b,c,d\n007,1e3,-5,9223372036854775808\n1,2.5,+5,1\n',
  'booleans.csv': 'a,b\ntrue,t\nFALSE,f\n',
  'nulls.csv': 'a,b\n,x\n1,\nNULL,null\n',
  'unicode.csv': 'größe,"na me"\n1,ä☃\n',
  'repeated.csv': 'a,a,A,\n1,2,3,4\n',
  'late-quotes.csv': `a,b\n${Array.from({ length: 30_000 }, (_, index) => `${index},plain`).join('\n')}\n30000,"quoted, late"\n`,
  'late-type.csv': `a\n${Array.from({ length: 60_000 }, (_, index) => String(index)).join('\n')}\nx\n`,
  'zipped.csv.gz': gzipSync('a,b\n1,x\n'),
  'lines.ndjson': '{"a": 1, "b": "x"}\n{"b": "y", "c": [1.5, null]}\n',
  'array.json': '[{"a": 1}, {"a": null, "s": {"x": 1, "y": "z"}}]',
  'nested.jsonl': '{"l": [{"k": 1}, {"k": 2, "m": "x"}]}\n',
  'json-dates.json': '{"d": "2024-01-02", "t": "2024-01-02T03:04:05", "o": "31/12/2024"}\n{"d": "2024-01-03", "t": null, "o": "01/02/2024"}\n',
  'scalars.json': '1\n"x"\n[1, 2]\n',
  'mixed-types.json': '{"a": 1}\n{"a": "x"}\n{"a": {"b": 1}}\n',
  'big-numbers.json': '{"a": 12345678901234567890, "b": 1e300, "c": -1}\n',
  'uuid.json': '{"u": "7f3c1a9e-54f1-4b7f-9f0a-2b1a1f0a0a0a"}\n',
  'empty.json': '',
  'empty-array.json': '[]',
  'zipped.json.gz': gzipSync('{"a": 1}\n'),
};

describe('text files by pinned options', () => {
  let folder: TemporaryFolder;
  let duckdb: TestDuckdb;
  let catalog: DatasetCatalog;

  beforeEach(async () => {
    folder = await TemporaryFolder.make();
    duckdb = await TestDuckdb.open();
    catalog = new DatasetCatalog({ roots: await DataRoots.open([folder.path]), inspector: duckdb, log: () => undefined });
  });

  afterEach(async () => {
    duckdb.close();
    await folder.remove();
  });

  async function scan(name: string): Promise<string> {
    const relation = await (await catalog.snapshot()).load('public', name);
    assert(relation !== undefined);
    return scanSql(relation);
  }

  for (const [name, text] of Object.entries(FILES)) {
    it(`read ${name} as DuckDB does`, async () => {
      const path = await folder.write(name, text);
      const own = `${name.includes('json') ? 'read_json' : 'read_csv'}(${quoteText(path)}, sample_size => -1)`;
      const pinned = await scan(name.slice(0, name.indexOf('.')));
      assert.match(pinned, /auto_detect => false/);
      assert.deepEqual(await duckdb.describeFiles(pinned), await duckdb.describeFiles(own));
      assert.deepEqual(await duckdb.rows(`SELECT * FROM ${pinned}`), await duckdb.rows(`SELECT * FROM ${own}`));
    });
  }

  it('read folders of files with other dialects or headers by their own, or say why not', async () => {
    await folder.write('t/a.csv', 'a,b\n1,x\n');
    await folder.write('t/b.csv', 'a;b\n2;y\n');
    await assert.rejects(scan('t'), { sqlstate: '42809' });
    await folder.write('v/a.csv', '');
    await folder.write('v/b.csv', 'a,b\n1,"x, y"\n');
    await folder.write('v/c.csv', 'B,c,A\nz,only,2\n');
    await folder.write('v/d.csv', 'c\nalone\n');
    assert.deepEqual(await duckdb.rows(`SELECT * FROM ${await scan('v')} ORDER BY 1`), [
      { a: '1', b: 'x, y', c: null },
      { a: '2', b: 'z', c: 'only' },
      { a: null, b: null, c: 'alone' },
    ]);
    for (let index = 0; index < 40; index++) {
      await folder.write(`w/${index}.csv`, index === 20 ? 'a,rare\n1,2\n' : 'a\n1\n');
    }
    assert.deepEqual(await duckdb.rows(`SELECT sum(a)::INT AS a, count(rare)::INT AS n FROM ${await scan('w')}`), [{ a: 40, n: 1 }]);
    await folder.write('u/a.csv', '1,x\n');
    await folder.write('u/b.csv', '2,y\n');
    assert.deepEqual(await duckdb.rows(`SELECT * FROM ${await scan('u')} ORDER BY 1`), [
      { column0: '1', column1: 'x' },
      { column0: '2', column1: 'y' },
    ]);
  });
});
