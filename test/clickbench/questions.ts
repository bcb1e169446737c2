/** One of the 43 questions, ready to run. */
export interface HitsQuestion {
  /** `q07` */
  readonly name: string;
  readonly sql: string;
  /** The same without LIMIT and OFFSET. */
  readonly unlimitedSql: string;
  /** Output columns it is ordered by, from 0. */
  readonly orderedBy: readonly number[];
  readonly limited: boolean;
}

/** Rows the questions' thresholds and offsets are made for; fewer rows get smaller ones, or most answers would be empty. */
const FULL_ROW_COUNT = 100_000_000;

/** A question's text before LIMIT, what it is ordered by, and its LIMIT and OFFSET. */
interface Draft {
  readonly sql: string;
  readonly orderedBy?: readonly number[];
  readonly limit?: number;
  readonly offset?: number;
}

const OF_ONE_SITE = "counterid = 62 AND eventdate >= '2013-07-01' AND eventdate <= '2013-07-31'";

/** A GROUP BY whose most frequent groups are asked for: the count is the last key of the list. */
function top(columns: readonly string[], results: readonly string[], by: number, where: string | null = null, limit = 10): Draft {
  const list = [...columns, ...results];
  const condition = where === null ? '' : ` WHERE ${where}`;
  const keys = columns.map((_, index) => index + 1).join(', ');
  return { sql: `SELECT ${list.join(', ')} FROM hits${condition} GROUP BY ${keys} ORDER BY ${by + 1} DESC`, orderedBy: [by], limit };
}

/** The most viewed of one site in July. */
function views(columns: readonly string[], where: string, offset = 0): Draft {
  return { ...top(columns, ['count(*) AS pageviews'], columns.length, `${OF_ONE_SITE} AND ${where}`), offset };
}

function scaled(value: number, rowCount: number, least: number): number {
  return Math.max(least, Math.floor((value * Math.min(rowCount, FULL_ROW_COUNT)) / FULL_ROW_COUNT));
}

function drafts(rowCount: number): readonly Draft[] {
  const many = `count(*) > ${scaled(100_000, rowCount, 20)}`;
  const users = 'count(DISTINCT userid) AS u';
  const host = "regexp_replace(referer, '^https?://(?:www\\.)?([^/]+)/.*$', '\\1')";
  const source = "CASE WHEN searchengineid = 0 AND advengineid = 0 THEN referer ELSE '' END AS src";
  const refreshes = ['count(*) AS c', 'sum(isrefresh)', 'avg(resolutionwidth)'];
  const offset = (value: number): number => scaled(value, rowCount, 2);
  return [
    { sql: 'SELECT count(*) FROM hits' },
    { sql: 'SELECT count(*) FROM hits WHERE advengineid <> 0' },
    { sql: 'SELECT sum(advengineid), count(*), avg(resolutionwidth) FROM hits' },
    { sql: 'SELECT avg(userid) FROM hits' },
    { sql: 'SELECT count(DISTINCT userid) FROM hits' },
    { sql: 'SELECT count(DISTINCT searchphrase) FROM hits' },
    { sql: 'SELECT min(eventdate), max(eventdate) FROM hits' },
    { sql: 'SELECT advengineid, count(*) FROM hits WHERE advengineid <> 0 GROUP BY advengineid ORDER BY count(*) DESC', orderedBy: [1] },
    top(['regionid'], [users], 1),
    top(['regionid'], ['sum(advengineid)', 'count(*) AS c', 'avg(resolutionwidth)', 'count(DISTINCT userid)'], 2),
    top(['mobilephonemodel'], [users], 1, "mobilephonemodel <> ''"),
    top(['mobilephone', 'mobilephonemodel'], [users], 2, "mobilephonemodel <> ''"),
    top(['searchphrase'], ['count(*) AS c'], 1, "searchphrase <> ''"),
    top(['searchphrase'], [users], 1, "searchphrase <> ''"),
    top(['searchengineid', 'searchphrase'], ['count(*) AS c'], 2, "searchphrase <> ''"),
    top(['userid'], ['count(*)'], 1),
    top(['userid', 'searchphrase'], ['count(*)'], 2),
    { sql: 'SELECT userid, searchphrase, count(*) FROM hits GROUP BY userid, searchphrase', limit: 10 },
    top(['userid', 'extract(minute FROM eventtime) AS m', 'searchphrase'], ['count(*)'], 3),
    { sql: 'SELECT userid FROM hits WHERE userid = 435090932899640449' },
    { sql: "SELECT count(*) FROM hits WHERE url LIKE '%google%'" },
    top(['searchphrase'], ['min(url)', 'count(*) AS c'], 2, "url LIKE '%google%' AND searchphrase <> ''"),
    top(
      ['searchphrase'],
      ['min(url)', 'min(title)', 'count(*) AS c', 'count(DISTINCT userid)'],
      3,
      "title LIKE '%Google%' AND url NOT LIKE '%.google.%' AND searchphrase <> ''",
    ),
    { sql: "SELECT * FROM hits WHERE url LIKE '%google%' ORDER BY eventtime", orderedBy: [4], limit: 10 },
    { sql: "SELECT searchphrase FROM hits WHERE searchphrase <> '' ORDER BY eventtime", limit: 10 },
    { sql: "SELECT searchphrase FROM hits WHERE searchphrase <> '' ORDER BY searchphrase", orderedBy: [0], limit: 10 },
    { sql: "SELECT searchphrase FROM hits WHERE searchphrase <> '' ORDER BY eventtime, searchphrase", limit: 10 },
    {
      sql: `SELECT counterid, avg(length(url)) AS l, count(*) AS c FROM hits WHERE url <> '' GROUP BY counterid HAVING ${many} ORDER BY l DESC`,
      orderedBy: [1],
      limit: 25,
    },
    {
      sql: `SELECT ${host} AS k, avg(length(referer)) AS l, count(*) AS c, min(referer) FROM hits WHERE referer <> '' GROUP BY 1 HAVING ${many} ORDER BY l DESC`,
      orderedBy: [1],
      limit: 25,
    },
    {
      sql: `SELECT ${Array.from({ length: 90 }, (_, index) => (index === 0 ? 'sum(resolutionwidth)' : `sum(resolutionwidth + ${index})`)).join(', ')} FROM hits`,
    },
    top(['searchengineid', 'clientip'], refreshes, 2, "searchphrase <> ''"),
    top(['watchid', 'clientip'], refreshes, 2, "searchphrase <> ''"),
    top(['watchid', 'clientip'], refreshes, 2),
    top(['url'], ['count(*) AS c'], 1),
    top(['1 AS one', 'url'], ['count(*) AS c'], 2),
    top(['clientip', 'clientip - 1 AS a', 'clientip - 2 AS b', 'clientip - 3 AS d'], ['count(*) AS c'], 4),
    views(['url'], "dontcounthits = 0 AND isrefresh = 0 AND url <> ''"),
    views(['title'], "dontcounthits = 0 AND isrefresh = 0 AND title <> ''"),
    views(['url'], 'isrefresh = 0 AND islink <> 0 AND isdownload = 0', offset(1000)),
    views(['traficsourceid', 'searchengineid', 'advengineid', source, 'url AS dst'], 'isrefresh = 0', offset(1000)),
    views(['urlhash', 'eventdate'], 'isrefresh = 0 AND traficsourceid IN (-1, 6) AND refererhash = 3594120000172545465', offset(100)),
    views(['windowclientwidth', 'windowclientheight'], 'isrefresh = 0 AND dontcounthits = 0 AND urlhash = 2868770270353813622', offset(10_000)),
    {
      sql: `SELECT date_trunc('minute', eventtime) AS m, count(*) AS pageviews FROM hits
WHERE counterid = 62 AND eventdate >= '2013-07-14' AND eventdate <= '2013-07-15' AND isrefresh = 0 AND dontcounthits = 0
GROUP BY date_trunc('minute', eventtime) ORDER BY date_trunc('minute', eventtime)`,
      orderedBy: [0],
      limit: 10,
      offset: offset(1000),
    },
  ];
}

/** All 43 questions over `hits` of so many rows. */
export function hitsQuestions(rowCount: number): readonly HitsQuestion[] {
  return drafts(rowCount).map(({ sql, orderedBy = [], limit, offset = 0 }, index) => {
    const cut = limit === undefined ? '' : ` LIMIT ${limit}${offset === 0 ? '' : ` OFFSET ${offset}`}`;
    return { name: `q${String(index + 1).padStart(2, '0')}`, sql: sql + cut, unlimitedSql: sql, orderedBy, limited: limit !== undefined };
  });
}
