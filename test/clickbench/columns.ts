/** A column of `hits`: its name, its type in Parquet as DuckDB names it, and the DuckDB expression of row `i` that makes it. */
export type HitsColumn = readonly [name: string, type: 'SMALLINT' | 'INTEGER' | 'BIGINT' | 'VARCHAR' | 'DATE' | 'TIMESTAMP', value: string];

/** A number from 0 to 1 that row i has under a salt. */
function share(salt: string | number): string {
  return `((hash(i, '${salt}') % 1000003) / 1000003.0)`;
}

/** A whole number from 0 to `max`, small ones more often the higher the power. */
function skewed(max: number, power: number, salt: string | number): string {
  return `floor(pow(${share(salt)}, ${power}) * ${max})::BIGINT`;
}

/** `value` in a share of the rows, else `other`. */
function sometimes(part: number, value: string, other: string, salt: string | number): string {
  return `CASE WHEN ${share(salt)} < ${part} THEN ${value} ELSE ${other} END`;
}

/** A visitor: few are seen very often, many once or twice. A row's other visitor facts follow from it. */
const VISITOR = `(${skewed(100_000, 4, 'visitor')})`;
const SITES = "['example.ru', 'market.test', 'news.test', 'www.google.test', 'auto.example.ru', 'mail.test', 'google.market.test', 'video.test']";
const WORDS = "['weather', 'cinema', 'buy car', 'news today', 'recipes', 'flat rent', 'football', 'Google maps', 'translate', 'tickets']";
const PAGE = `(${skewed(4000, 3, 'page')})`;
const SITE = `${SITES}[1 + ${skewed(8, 2, 'site')}]`;
const URL = `'http://' || ${SITE} || '/page/' || ${PAGE} || CASE WHEN ${share('query')} < 0.3 THEN '?q=' || ${skewed(50, 2, 'q')} ELSE '' END`;
const REFERER = sometimes(0.6, `'https://' || ${SITES}[1 + ${skewed(8, 2, 'referer')}] || '/from/' || ${skewed(900, 3, 'from')}`, "''", 'has referer');
/** Most rows have no search phrase. */
const PHRASE = sometimes(0.25, `${WORDS}[1 + ${skewed(10, 2, 'word')}] || ' ' || ${skewed(200, 3, 'phrase')}`, "''", 'has phrase');
const TITLE = `CASE WHEN ${share('title')} < 0.1 THEN 'Google and ' ELSE 'Page ' END || ${PAGE}`;
const MODEL = sometimes(0.12, `['iPhone 2', 'Nokia', 'iPad', 'Galaxy', 'Desire'][1 + ${VISITOR} % 5]`, "''", 'mobile');
const TIME = `TIMESTAMP '2013-07-01 00:00:00' + to_seconds(${skewed(31 * 86_400, 1, 'time')})`;

/** Flags and small numbers that no question looks at closely: zero mostly, a few values otherwise. */
function few(name: string, count = 4): HitsColumn {
  return [name, 'SMALLINT', sometimes(0.7, '0', `(${skewed(count, 1, `${name} value`)})`, name)];
}

function number(name: string, type: 'INTEGER' | 'BIGINT', max: number): HitsColumn {
  return [name, type, skewed(max, 2, name)];
}

function text(name: string, count = 0): HitsColumn {
  return [name, 'VARCHAR', count === 0 ? "''" : sometimes(0.8, "''", `'${name}' || ${skewed(count, 2, name)}`, `${name} empty`)];
}

function constant(name: string, value: number): HitsColumn {
  return [name, 'SMALLINT', String(value)];
}

/** All 105 columns in their order; names in lower case, as SQL folds them. */
export const HITS_COLUMNS: readonly HitsColumn[] = [
  ['watchid', 'BIGINT', '4611686018427387904 + (hash(i) % 4611686018427387903)::BIGINT'],
  constant('javaenable', 1),
  ['title', 'VARCHAR', TITLE],
  constant('goodevent', 1),
  ['eventtime', 'TIMESTAMP', TIME],
  ['eventdate', 'DATE', `(${TIME})::DATE`],
  ['counterid', 'INTEGER', sometimes(0.35, '62', `(${skewed(1500, 3, 'counter')})`, 'own counter')],
  ['clientip', 'INTEGER', `((hash(${VISITOR}, 'ip') % 4000000000)::BIGINT - 2000000000)`],
  ['regionid', 'INTEGER', sometimes(0.2, '229', `(${skewed(900, 3, 'region')})`, 'capital')],
  ['userid', 'BIGINT', `CASE WHEN ${VISITOR} = 7 THEN 435090932899640449 ELSE (hash(${VISITOR}) % 9000000000000000000)::BIGINT END`],
  few('counterclass'),
  ['os', 'SMALLINT', skewed(90, 2, 'os')],
  ['useragent', 'SMALLINT', skewed(80, 2, 'agent')],
  ['url', 'VARCHAR', URL],
  ['referer', 'VARCHAR', REFERER],
  ['isrefresh', 'SMALLINT', sometimes(0.1, '1', '0', 'refresh')],
  few('referercategoryid'),
  number('refererregionid', 'INTEGER', 900),
  few('urlcategoryid'),
  number('urlregionid', 'INTEGER', 900),
  ['resolutionwidth', 'SMALLINT', `[0, 1024, 1280, 1366, 1638, 1920][1 + ${skewed(6, 1, 'width')}]`],
  ['resolutionheight', 'SMALLINT', `[0, 768, 1024, 768, 1658, 1080][1 + ${skewed(6, 1, 'width')}]`],
  few('resolutiondepth', 32),
  few('flashmajor', 12),
  few('flashminor', 9),
  text('flashminor2', 5),
  few('netmajor'),
  few('netminor'),
  few('useragentmajor', 40),
  text('useragentminor', 9),
  constant('cookieenable', 1),
  constant('javascriptenable', 1),
  few('ismobile', 2),
  ['mobilephone', 'SMALLINT', sometimes(0.12, `(${VISITOR} % 5 + 1)`, '0', 'mobile')],
  ['mobilephonemodel', 'VARCHAR', MODEL],
  text('params', 20),
  number('ipnetworkid', 'INTEGER', 4_000_000),
  ['traficsourceid', 'SMALLINT', `[-1, 0, 1, 2, 3, 6][1 + ${skewed(6, 1, 'traffic')}]`],
  ['searchengineid', 'SMALLINT', sometimes(0.25, `(${skewed(60, 2, 'engine')} + 1)`, '0', 'has phrase')],
  ['searchphrase', 'VARCHAR', PHRASE],
  ['advengineid', 'SMALLINT', sometimes(0.03, `(${skewed(18, 2, 'adv')} + 1)`, '0', 'advertised')],
  few('isartifical', 2),
  ['windowclientwidth', 'SMALLINT', skewed(1900, 1, 'client width')],
  ['windowclientheight', 'SMALLINT', skewed(1000, 1, 'client height')],
  few('clienttimezone', 24),
  ['clienteventtime', 'TIMESTAMP', `${TIME} + to_seconds(${skewed(100, 1, 'late')})`],
  few('silverlightversion1', 5),
  few('silverlightversion2', 2),
  number('silverlightversion3', 'INTEGER', 60_000),
  few('silverlightversion4', 2),
  text('pagecharset', 3),
  number('codeversion', 'INTEGER', 2000),
  ['islink', 'SMALLINT', sometimes(0.15, '1', '0', 'link')],
  ['isdownload', 'SMALLINT', sometimes(0.01, '1', '0', 'download')],
  few('isnotbounce', 2),
  ['funiqid', 'BIGINT', `(hash(${VISITOR}, 'unique') % 9000000000000000000)::BIGINT`],
  text('originalurl', 300),
  number('hid', 'INTEGER', 1_000_000_000),
  few('isoldcounter', 2),
  few('isevent', 2),
  few('isparameter', 2),
  ['dontcounthits', 'SMALLINT', sometimes(0.05, '1', '0', 'uncounted')],
  few('withhash', 2),
  ['hitcolor', 'VARCHAR', "'5'"],
  ['localeventtime', 'TIMESTAMP', `${TIME} + INTERVAL 4 HOUR`],
  few('age', 6),
  few('sex', 3),
  few('income', 5),
  number('interests', 'INTEGER', 16_000),
  few('robotness'),
  ['remoteip', 'INTEGER', `((hash(${VISITOR}, 'remote') % 4000000000)::BIGINT - 2000000000)`],
  number('windowname', 'INTEGER', 10_000),
  number('openername', 'INTEGER', 10_000),
  few('historylength', 30),
  ['browserlanguage', 'VARCHAR', `['S0', 'NS', 'u0'][1 + ${skewed(3, 3, 'language')}]`],
  ['browsercountry', 'VARCHAR', `['ru', 'tr', 'de'][1 + ${skewed(3, 3, 'country')}]`],
  text('socialnetwork', 4),
  text('socialaction', 4),
  few('httperror'),
  number('sendtiming', 'INTEGER', 30_000),
  number('dnstiming', 'INTEGER', 30_000),
  number('connecttiming', 'INTEGER', 30_000),
  number('responsestarttiming', 'INTEGER', 30_000),
  number('responseendtiming', 'INTEGER', 30_000),
  number('fetchtiming', 'INTEGER', 30_000),
  few('socialsourcenetworkid'),
  text('socialsourcepage', 9),
  number('paramprice', 'BIGINT', 100_000),
  text('paramorderid', 9),
  text('paramcurrency', 3),
  few('paramcurrencyid'),
  text('openstatservicename', 4),
  text('openstatcampaignid', 9),
  text('openstatadid', 9),
  text('openstatsourceid', 9),
  text('utmsource', 9),
  text('utmmedium', 4),
  text('utmcampaign', 20),
  text('utmcontent', 9),
  text('utmterm', 9),
  text('fromtag', 9),
  few('hasgclid', 2),
  ['refererhash', 'BIGINT', sometimes(0.3, '3594120000172545465', `(hash(${skewed(900, 3, 'from')}) % 9000000000000000000)::BIGINT`, 'known referer')],
  ['urlhash', 'BIGINT', sometimes(0.3, '2868770270353813622', `(hash(${PAGE}) % 9000000000000000000)::BIGINT`, 'known page')],
  number('clid', 'INTEGER', 100),
];
