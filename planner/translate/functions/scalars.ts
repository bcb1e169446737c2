/** Scalar functions by subject, with Postgres's argument and result types. See readSignatures for the form. */
export const TEXT_FUNCTIONS: string = String.raw`
upper(text) text
lower(text) text
length(text) int4 = CAST(length($1) AS INTEGER)
length(bytea) int4 = CAST(octet_length($1) AS INTEGER)
char_length(text) int4 = CAST(length($1) AS INTEGER)
character_length(text) int4 = CAST(length($1) AS INTEGER)
octet_length(text) int4 = CAST(octet_length(encode($1)) AS INTEGER)
octet_length(bytea) int4 = CAST(octet_length($1) AS INTEGER)
bit_length(text) int4 = CAST(octet_length(encode($1)) * 8 AS INTEGER)
ascii(text) int4 = CAST(ascii($1) AS INTEGER)
chr(int4) text
concat(variadic any) text = textconcat
concat_ws(text, variadic any) text = textconcat_ws
substring(text, int4) text = substring($1, greatest($2, 1))
substring(text, int4, int4) text = CASE WHEN $3 < 0 THEN error('SLUICE:22011:negative substring length not allowed') ELSE substring($1, greatest($2, 1), greatest($3 + least($2, 1) - 1, 0)) END
substring(text, text) text = CASE WHEN regexp_matches($1, $2, 's') THEN regexp_extract($1, $2, CASE WHEN regexp_matches($2, '(^|[^\\])\((\?:)?[^?]') THEN 1 ELSE 0 END, 's') END
substr(text, int4) text = substring($1, greatest($2, 1))
substr(text, int4, int4) text = CASE WHEN $3 < 0 THEN error('SLUICE:22011:negative substring length not allowed') ELSE substring($1, greatest($2, 1), greatest($3 + least($2, 1) - 1, 0)) END
position(text, text) int4 = CAST(strpos($1, $2) AS INTEGER)
strpos(text, text) int4 = CAST(strpos($1, $2) AS INTEGER)
left(text, int4) text = left($1, $2)
right(text, int4) text = right($1, $2)
lpad(text, int4) text = lpad($1, greatest($2, 0), ' ')
lpad(text, int4, text) text = CASE WHEN $3 = '' THEN left($1, greatest($2, 0)) ELSE lpad($1, greatest($2, 0), $3) END
rpad(text, int4) text = rpad($1, greatest($2, 0), ' ')
rpad(text, int4, text) text = CASE WHEN $3 = '' THEN left($1, greatest($2, 0)) ELSE rpad($1, greatest($2, 0), $3) END
btrim(text) text = trim($1, ' ')
btrim(text, text) text = trim($1, $2)
ltrim(text) text = ltrim($1, ' ')
ltrim(text, text) text = ltrim($1, $2)
rtrim(text) text = rtrim($1, ' ')
rtrim(text, text) text = rtrim($1, $2)
repeat(text, int4) text = repeat($1, greatest($2, 0))
replace(text, text, text) text = CASE WHEN $2 = '' THEN $1 ELSE replace($1, $2, $3) END
reverse(text) text
split_part(text, text, int4) text = CASE WHEN $3 = 0 THEN error('SLUICE:22023:field position must not be zero') WHEN $2 = '' THEN CASE WHEN abs($3) = 1 THEN $1 ELSE '' END ELSE split_part($1, $2, $3) END
initcap(text) text = array_to_string(list_transform(regexp_extract_all($1, '[[:alnum:]]+|[^[:alnum:]]+'), lambda w: concat(upper(left(w, 1)), lower(substr(w, 2)))), '')
translate(text, text, text) text
starts_with(text, text) bool
md5(text) text
md5(bytea) text = md5($1)
sha256(bytea) bytea = unhex(sha256($1))
to_hex(int4) text = lower(to_hex($1))
to_hex(int8) text = lower(to_hex($1))
quote_ident(text) text = CASE WHEN regexp_full_match($1, '[a-z_][a-z0-9_$]*') THEN $1 ELSE concat('"', replace($1, '"', '""'), '"') END
quote_literal(text) text = ('''' || replace($1, '''', '''''') || '''')
quote_nullable(text) text = coalesce('''' || replace($1, '''', '''''') || '''', 'NULL')
regexp_replace(text, text, text) text = regexp_replace($1, $2, $3, 's')
regexp_replace(text, text, text, text) text = regexp_replace($1, $2, $3, concat('s', $4))
regexp_like(text, text) bool = regexp_matches($1, $2, 's')
regexp_like(text, text, text) bool = regexp_matches($1, $2, concat('s', $3))
regexp_count(text, text) int4 = CAST(length(regexp_extract_all($1, $2, 0, 's')) AS INTEGER)
regexp_substr(text, text) text = CASE WHEN regexp_matches($1, $2, 's') THEN regexp_extract($1, $2, 0, 's') END
regexp_match(text, text) text[] = CASE WHEN regexp_matches($1, $2, 's') THEN [regexp_extract($1, $2, CASE WHEN regexp_matches($2, '(^|[^\\])\([^?]') THEN 1 ELSE 0 END, 's')] END
regexp_split_to_array(text, text) text[] = string_split_regex($1, $2)
string_to_array(text, text) text[] = CASE WHEN $1 = '' THEN [] ELSE string_split($1, $2) END
encode(bytea, text) text = CASE lower($2) WHEN 'hex' THEN lower(hex($1)) WHEN 'base64' THEN base64($1) ELSE error('SLUICE:22023:unrecognized encoding') END
decode(text, text) bytea = CASE lower($2) WHEN 'hex' THEN unhex($1) WHEN 'base64' THEN from_base64($1) ELSE error('SLUICE:22023:unrecognized encoding') END
convert_to(text, name) bytea = encode($1)
convert_from(bytea, name) text = decode($1)
overlay(text, text, int4) text = concat(left($1, $3 - 1), $2, substr($1, $3 + length($2)))
overlay(text, text, int4, int4) text = concat(left($1, $3 - 1), $2, substr($1, $3 + $4))
unistr(text) text
like_escape(text, text) text = $1
normalize(text) text = nfc_normalize($1)
strip_accents(text) text
`;

/** Numbers. */
export const NUMBER_FUNCTIONS: string = String.raw`
abs(int2) int2
abs(int4) int4
abs(int8) int8
abs(numeric) numeric
abs(float4) float4
abs(float8) float8
ceil(numeric) numeric = ceil($1)
ceil(float8) float8
ceiling(numeric) numeric = ceil($1)
ceiling(float8) float8 = ceil($1)
floor(numeric) numeric
floor(float8) float8
round(numeric) numeric
round(numeric, int4) numeric
round(float8) float8 = round_even($1, 0)
trunc(numeric) numeric = trunc($1)
trunc(float8) float8 = trunc($1)
trunc(numeric, int4) numeric = trunc($1, $2)
sign(numeric) numeric = CAST(sign($1) AS DECIMAL(1, 0))
sign(float8) float8 = CAST(sign($1) AS DOUBLE)
sqrt(float8) float8 = CASE WHEN $1 < 0 THEN error('SLUICE:2201F:cannot take square root of a negative number') ELSE sqrt($1) END
sqrt(numeric) numeric = CASE WHEN $1 < 0 THEN error('SLUICE:2201F:cannot take square root of a negative number') ELSE CAST(sqrt($1) AS DECIMAL(38, 15)) END
cbrt(float8) float8
exp(float8) float8
exp(numeric) numeric = CAST(exp($1) AS DECIMAL(38, 16))
ln(float8) float8
ln(numeric) numeric = CAST(ln($1) AS DECIMAL(38, 16))
log(float8) float8 = log10($1)
log(numeric) numeric = CAST(log10($1) AS DECIMAL(38, 16))
log(numeric, numeric) numeric = CAST(ln($2) / ln($1) AS DECIMAL(38, 16))
log10(float8) float8
log10(numeric) numeric = CAST(log10($1) AS DECIMAL(38, 16))
power(float8, float8) float8 = power($1, $2)
power(numeric, numeric) numeric = CAST(power($1, $2) AS DECIMAL(38, 16))
pow(float8, float8) float8 = power($1, $2)
pow(numeric, numeric) numeric = CAST(power($1, $2) AS DECIMAL(38, 16))
mod(int2, int2) int2 = modulo
mod(int4, int4) int4 = modulo
mod(int8, int8) int8 = modulo
mod(numeric, numeric) numeric = modulo
div(numeric, numeric) numeric = trunc(CAST($1 AS DOUBLE) / CAST($2 AS DOUBLE))
gcd(int4, int4) int4 = CAST(gcd($1, $2) AS INTEGER)
gcd(int8, int8) int8 = gcd($1, $2)
lcm(int4, int4) int4 = CAST(lcm($1, $2) AS INTEGER)
lcm(int8, int8) int8 = lcm($1, $2)
factorial(int8) numeric = factorial(CAST($1 AS INTEGER))
pi() float8
random() float8
degrees(float8) float8
radians(float8) float8
sin(float8) float8
cos(float8) float8
tan(float8) float8
cot(float8) float8
asin(float8) float8
acos(float8) float8
atan(float8) float8
atan2(float8, float8) float8
sinh(float8) float8
cosh(float8) float8
tanh(float8) float8
asinh(float8) float8
acosh(float8) float8
atanh(float8) float8
width_bucket(float8, float8, float8, int4) int4 = CAST(CASE WHEN $1 < $2 THEN 0 WHEN $1 >= $3 THEN $4 + 1 ELSE floor(($1 - $2) * $4 / ($3 - $2)) + 1 END AS INTEGER)
scale(numeric) int4 = length(split_part(CAST($1 AS VARCHAR), '.', 2))
int4(numeric) int4 = CAST($1 AS INTEGER)
`;

/** Dates, times, intervals. */
export const DATE_FUNCTIONS: string = String.raw`
date_trunc(text, timestamp) timestamp = CAST(date_trunc($1, $2) AS TIMESTAMP)
date_trunc(text, timestamptz) timestamptz = CAST(date_trunc($1, $2) AS TIMESTAMP WITH TIME ZONE)
date_trunc(text, interval) interval = date_trunc($1, $2)
age(timestamp, timestamp) interval = age($1, $2)
age(timestamptz, timestamptz) interval = age($1, $2)
make_date(int4, int4, int4) date = make_date($1, $2, $3)
make_time(int4, int4, float8) time = make_time($1, $2, $3)
make_timestamp(int4, int4, int4, int4, int4, float8) timestamp = make_timestamp($1, $2, $3, $4, $5, $6)
make_timestamptz(int4, int4, int4, int4, int4, float8) timestamptz = make_timestamptz($1, $2, $3, $4, $5, $6)
to_timestamp(float8) timestamptz = to_timestamp($1)
isfinite(date) bool = isfinite($1)
isfinite(timestamp) bool = isfinite($1)
isfinite(timestamptz) bool = isfinite($1)
isfinite(interval) bool = ($1 IS NOT NULL)
justify_hours(interval) interval = (to_months(CAST((date_part('year', $1) * 12 + date_part('month', $1)) AS INTEGER)) + to_days(CAST((date_part('day', $1) * 86400000000 + ((date_part('hour', $1) * 3600 + date_part('minute', $1) * 60) * 1000000 + date_part('microseconds', $1))) // 86400000000 AS INTEGER)) + to_microseconds((date_part('day', $1) * 86400000000 + ((date_part('hour', $1) * 3600 + date_part('minute', $1) * 60) * 1000000 + date_part('microseconds', $1))) % 86400000000))
justify_days(interval) interval = (to_months(CAST(((date_part('year', $1) * 12 + date_part('month', $1)) * 30 + date_part('day', $1)) // 30 AS INTEGER)) + to_days(CAST(((date_part('year', $1) * 12 + date_part('month', $1)) * 30 + date_part('day', $1)) % 30 AS INTEGER)) + to_microseconds(((date_part('hour', $1) * 3600 + date_part('minute', $1) * 60) * 1000000 + date_part('microseconds', $1))))
justify_interval(interval) interval = (to_months(CAST((((date_part('year', $1) * 12 + date_part('month', $1)) * 30 + date_part('day', $1)) * 86400000000 + ((date_part('hour', $1) * 3600 + date_part('minute', $1) * 60) * 1000000 + date_part('microseconds', $1))) // (30 * 86400000000) AS INTEGER)) + to_days(CAST((((date_part('year', $1) * 12 + date_part('month', $1)) * 30 + date_part('day', $1)) * 86400000000 + ((date_part('hour', $1) * 3600 + date_part('minute', $1) * 60) * 1000000 + date_part('microseconds', $1))) // 86400000000 % 30 AS INTEGER)) + to_microseconds((((date_part('year', $1) * 12 + date_part('month', $1)) * 30 + date_part('day', $1)) * 86400000000 + ((date_part('hour', $1) * 3600 + date_part('minute', $1) * 60) * 1000000 + date_part('microseconds', $1))) % 86400000000))
timezone(text, timestamp) timestamptz = timezone($1, $2)
timezone(text, timestamptz) timestamp = timezone($1, $2)
date_bin(interval, timestamp, timestamp) timestamp = time_bucket($1, $2, $3)
date_bin(interval, timestamptz, timestamptz) timestamptz = time_bucket($1, $2, $3)
date(timestamp) date = CAST($1 AS DATE)
date(timestamptz) date = CAST($1 AS DATE)
`;

/** Arrays, JSON, UUID and the rest. */
export const OTHER_FUNCTIONS: string = String.raw`
array_length(anyarray, int4) int4 = CASE WHEN $2 = 1 AND len($1) > 0 THEN CAST(len($1) AS INTEGER) END
array_upper(anyarray, int4) int4 = CASE WHEN $2 = 1 AND len($1) > 0 THEN CAST(len($1) AS INTEGER) END
array_lower(anyarray, int4) int4 = CASE WHEN $2 = 1 AND len($1) > 0 THEN 1 END
array_ndims(anyarray) int4 = CASE WHEN len($1) > 0 THEN 1 END
cardinality(anyarray) int4 = CAST(len($1) AS INTEGER)
array_append(anyarray, anyelement) anyarray = list_append(coalesce($1, []), $2)
array_prepend(anyelement, anyarray) anyarray = list_prepend($1, coalesce($2, []))
array_cat(anyarray, anyarray) anyarray = list_concat($1, $2)
array_position(anyarray, anyelement) int4 = CAST(nullif(list_position($1, $2), 0) AS INTEGER)
array_remove(anyarray, anyelement) anyarray = list_filter($1, lambda e: e IS DISTINCT FROM $2)
array_replace(anyarray, anyelement, anyelement) anyarray = list_transform($1, lambda e: CASE WHEN e IS NOT DISTINCT FROM $2 THEN $3 ELSE e END)
array_to_string(anyarray, text) text = array_to_string($1, $2)
array_to_string(anyarray, text, text) text = array_to_string(list_transform($1, lambda e: coalesce(CAST(e AS VARCHAR), $3)), $2)
array_to_json(anyarray) json = to_json($1)
to_json(any) json = to_json($1)
to_jsonb(any) jsonb = to_json($1)
row_to_json(any) json = to_json($1)
json_build_object(variadic any) json = json_object($*)
jsonb_build_object(variadic any) jsonb = json_object($*)
json_build_array(variadic any) json = json_array($*)
jsonb_build_array(variadic any) jsonb = json_array($*)
json_array_length(json) int4 = CAST(json_array_length($1) AS INTEGER)
jsonb_array_length(jsonb) int4 = CAST(json_array_length($1) AS INTEGER)
json_typeof(json) text = CASE json_type($1) WHEN 'VARCHAR' THEN 'string' WHEN 'BIGINT' THEN 'number' WHEN 'UBIGINT' THEN 'number' WHEN 'DOUBLE' THEN 'number' ELSE lower(json_type($1)) END
jsonb_typeof(jsonb) text = CASE json_type($1) WHEN 'VARCHAR' THEN 'string' WHEN 'BIGINT' THEN 'number' WHEN 'UBIGINT' THEN 'number' WHEN 'DOUBLE' THEN 'number' ELSE lower(json_type($1)) END
json_extract_path_text(json, variadic text) text = json_extract_string($1, concat('$', list_aggregate(list_transform([$rest], lambda k: concat('."', k, '"')), 'string_agg', '')))
gen_random_uuid() uuid
uuid_generate_v4() uuid = uuid()
num_nulls(variadic any) int4 = CAST(len(list_filter([$*], lambda e: e IS NULL)) AS INTEGER)
txid_current() int8 = CAST(1 AS BIGINT)
hashtext(text) int4 = CAST(hash($1) % 2147483647 AS INTEGER)
`;
