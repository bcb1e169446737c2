/** Aggregates, with Postgres's result types. See readSignatures for the form. */
export const AGGREGATES: string = String.raw`
agg count() int8 = {count(*)}
agg count(any) int8 = {count($1)}
agg sum(int2) int8 = CAST({sum($1)} AS BIGINT)
agg sum(int4) int8 = CAST({sum($1)} AS BIGINT)
agg sum(int8) numeric = {sum($1)}
agg sum(numeric) numeric = {sum($1)}
agg sum(float4) float4 = CAST({sum($1)} AS FLOAT)
agg sum(float8) float8 = {sum($1)}
agg sum(interval) interval = (to_months(CAST({sum(datepart('year', $1) * 12 + datepart('month', $1))} AS INTEGER)) + to_days(CAST({sum(datepart('day', $1))} AS INTEGER)) + to_microseconds(CAST({sum(datepart('hour', $1) * 3600000000 + datepart('minute', $1) * 60000000 + datepart('microsecond', $1))} AS BIGINT)))
agg avg(int2) numeric = exact
agg avg(int4) numeric = exact
agg avg(int8) numeric = exact
agg avg(numeric) numeric = exact
agg avg(float4) float8 = {avg($1)}
agg avg(float8) float8 = {avg($1)}
agg avg(interval) interval = to_microseconds(CAST({avg(date_part('epoch', $1))} * 1000000 AS BIGINT))
agg min(anyelement) anyelement = {min($1)}
agg max(anyelement) anyelement = {max($1)}
agg bool_and(bool) bool = {bool_and($1)}
agg every(bool) bool = {bool_and($1)}
agg bool_or(bool) bool = {bool_or($1)}
agg bit_and(anyelement) anyelement = {bit_and($1)}
agg bit_or(anyelement) anyelement = {bit_or($1)}
agg bit_xor(anyelement) anyelement = {bit_xor($1)}
agg array_agg(anyelement) anyarray = {list($1)}
agg string_agg(text, text) text = {string_agg($1, $2)}
agg json_agg(any) json = to_json({list($1)})
agg jsonb_agg(any) jsonb = to_json({list($1)})
agg json_object_agg(any, any) json = {json_group_object($1, $2)}
agg jsonb_object_agg(any, any) jsonb = {json_group_object($1, $2)}
agg any_value(anyelement) anyelement = {any_value($1)}
agg stddev(float8) float8 = {stddev_samp($1)}
agg stddev(int8) numeric = CAST({stddev_samp($1)} AS DECIMAL(38, 16))
agg stddev(int4) numeric = CAST({stddev_samp($1)} AS DECIMAL(38, 16))
agg stddev(int2) numeric = CAST({stddev_samp($1)} AS DECIMAL(38, 16))
agg stddev(numeric) numeric = CAST({stddev_samp($1)} AS DECIMAL(38, 16))
agg stddev_samp(float8) float8 = {stddev_samp($1)}
agg stddev_samp(int8) numeric = CAST({stddev_samp($1)} AS DECIMAL(38, 16))
agg stddev_samp(int4) numeric = CAST({stddev_samp($1)} AS DECIMAL(38, 16))
agg stddev_samp(int2) numeric = CAST({stddev_samp($1)} AS DECIMAL(38, 16))
agg stddev_samp(numeric) numeric = CAST({stddev_samp($1)} AS DECIMAL(38, 16))
agg stddev_pop(float8) float8 = {stddev_pop($1)}
agg stddev_pop(int8) numeric = CAST({stddev_pop($1)} AS DECIMAL(38, 16))
agg stddev_pop(int4) numeric = CAST({stddev_pop($1)} AS DECIMAL(38, 16))
agg stddev_pop(int2) numeric = CAST({stddev_pop($1)} AS DECIMAL(38, 16))
agg stddev_pop(numeric) numeric = CAST({stddev_pop($1)} AS DECIMAL(38, 16))
agg variance(float8) float8 = {var_samp($1)}
agg variance(int8) numeric = CAST({var_samp($1)} AS DECIMAL(38, 16))
agg variance(int4) numeric = CAST({var_samp($1)} AS DECIMAL(38, 16))
agg variance(int2) numeric = CAST({var_samp($1)} AS DECIMAL(38, 16))
agg variance(numeric) numeric = CAST({var_samp($1)} AS DECIMAL(38, 16))
agg var_samp(float8) float8 = {var_samp($1)}
agg var_samp(int8) numeric = CAST({var_samp($1)} AS DECIMAL(38, 16))
agg var_samp(int4) numeric = CAST({var_samp($1)} AS DECIMAL(38, 16))
agg var_samp(int2) numeric = CAST({var_samp($1)} AS DECIMAL(38, 16))
agg var_samp(numeric) numeric = CAST({var_samp($1)} AS DECIMAL(38, 16))
agg var_pop(float8) float8 = {var_pop($1)}
agg var_pop(int8) numeric = CAST({var_pop($1)} AS DECIMAL(38, 16))
agg var_pop(int4) numeric = CAST({var_pop($1)} AS DECIMAL(38, 16))
agg var_pop(int2) numeric = CAST({var_pop($1)} AS DECIMAL(38, 16))
agg var_pop(numeric) numeric = CAST({var_pop($1)} AS DECIMAL(38, 16))
agg corr(float8, float8) float8 = {corr($1, $2)}
agg covar_pop(float8, float8) float8 = {covar_pop($1, $2)}
agg covar_samp(float8, float8) float8 = {covar_samp($1, $2)}
agg regr_avgx(float8, float8) float8 = {regr_avgx($1, $2)}
agg regr_avgy(float8, float8) float8 = {regr_avgy($1, $2)}
agg regr_count(float8, float8) int8 = CAST({regr_count($1, $2)} AS BIGINT)
agg regr_intercept(float8, float8) float8 = {regr_intercept($1, $2)}
agg regr_r2(float8, float8) float8 = {regr_r2($1, $2)}
agg regr_slope(float8, float8) float8 = {regr_slope($1, $2)}
agg regr_sxx(float8, float8) float8 = {regr_sxx($1, $2)}
agg regr_sxy(float8, float8) float8 = {regr_sxy($1, $2)}
agg regr_syy(float8, float8) float8 = {regr_syy($1, $2)}
`;

/** Window functions. They are called with OVER only. */
export const WINDOW_FUNCTIONS: string = String.raw`
agg row_number() int8 = {row_number()}
agg rank() int8 = {rank()}
agg dense_rank() int8 = {dense_rank()}
agg percent_rank() float8 = {percent_rank()}
agg cume_dist() float8 = {cume_dist()}
agg ntile(int4) int4 = CAST({ntile($1)} AS INTEGER)
agg lag(anyelement) anyelement = {lag($1)}
agg lag(anyelement, int4) anyelement = {lag($1, $2)}
agg lag(anyelement, int4, anyelement) anyelement = {lag($1, $2, $3)}
agg lead(anyelement) anyelement = {lead($1)}
agg lead(anyelement, int4) anyelement = {lead($1, $2)}
agg lead(anyelement, int4, anyelement) anyelement = {lead($1, $2, $3)}
agg first_value(anyelement) anyelement = {first_value($1)}
agg last_value(anyelement) anyelement = {last_value($1)}
agg nth_value(anyelement, int4) anyelement = {nth_value($1, $2)}
`;

/** Aggregates of DuckDB's own. */
export const DUCKDB_AGGREGATES: readonly string[] = [
  'approx_count_distinct',
  'approx_quantile',
  'approx_top_k',
  'arg_max',
  'arg_max_null',
  'arg_min',
  'arg_min_null',
  'argmax',
  'argmin',
  'max_by',
  'min_by',
  'bitstring_agg',
  'count_if',
  'countif',
  'entropy',
  'favg',
  'first',
  'last',
  'fsum',
  'geomean',
  'geometric_mean',
  'group_concat',
  'histogram',
  'kahan_sum',
  'kurtosis',
  'kurtosis_pop',
  'list',
  'listagg',
  'mad',
  'map_from_entries_agg',
  'mean',
  'median',
  'mode',
  'product',
  'quantile',
  'quantile_cont',
  'quantile_disc',
  'reservoir_quantile',
  'sem',
  'skewness',
  'sumkahan',
  'approx_median',
  'array_agg_distinct',
  'sum_no_overflow',
];
