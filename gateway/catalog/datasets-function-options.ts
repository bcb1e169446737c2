import type { DatasetFormat } from '../../fs/dataset/file-format.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { FileFunctionCall } from '../../planner/translate/environment.js';

/** A table function over files: the format it reads and the options its name stands for. */
export interface FileFunction {
  readonly format: DatasetFormat;
  readonly implied: Readonly<Record<string, string>>;
}

const NDJSON = { format: "'newline_delimited'" };

const FUNCTIONS: ReadonlyMap<string, FileFunction> = new Map([
  ['read_parquet', { format: 'parquet', implied: {} }],
  ['parquet_scan', { format: 'parquet', implied: {} }],
  ['read_csv', { format: 'csv', implied: {} }],
  ['read_csv_auto', { format: 'csv', implied: {} }],
  ['read_json', { format: 'json', implied: {} }],
  ['read_json_auto', { format: 'json', implied: {} }],
  ['read_ndjson', { format: 'json', implied: NDJSON }],
  ['read_ndjson_auto', { format: 'json', implied: NDJSON }],
]);

/**
 * Options users may give. Left out are those that write (store_rejects), name other files (encryption_config), or that the
 * exact file list and the pinned columns replace (hive_types, file_row_number, schema, explicit_cardinality).
 */
const OPTIONS: Readonly<Record<DatasetFormat, ReadonlySet<string>>> = {
  parquet: optionNames('binary_as_string can_have_nan'),
  csv: optionNames(
    `all_varchar allow_quoted_nulls auto_detect auto_type_candidates column_names column_types columns comment compression
     dateformat decimal_separator delim dtypes encoding escape files_to_sniff force_not_null header ignore_errors max_line_size
     maximum_line_size names new_line normalize_names null_padding nullstr quote sample_size sep skip strict_mode thousands
     timestampformat types`,
  ),
  json: optionNames(
    `auto_detect columns compression convert_strings_to_integers date_format dateformat field_appearance_threshold format
     ignore_errors map_inference_threshold maximum_depth maximum_object_size maximum_sample_files records sample_size
     timestamp_format timestampformat`,
  ),
};

function optionNames(own: string): ReadonlySet<string> {
  return new Set([...own.split(/\s+/), 'filename', 'hive_partitioning', 'union_by_name']);
}

/** The function of that name; 42883 for others. */
export function fileFunction(name: string, position: number): FileFunction {
  const found = FUNCTIONS.get(name);
  if (found === undefined) {
    throw new SqlError(SQLSTATE.undefined_function, `function ${name} does not exist`, {
      position,
    });
  }
  return found;
}

/** The call's options, `sep` renamed to `delim`, those that say what is done anyway taken out; 42883 for unknown ones. */
export function checkFunctionOptions(format: DatasetFormat, call: FileFunctionCall): Readonly<Record<string, string>> {
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(call.options)) {
    const lower = name.toLowerCase();
    if (!OPTIONS[format].has(lower)) {
      throw new SqlError(SQLSTATE.undefined_function, `function ${call.function} has no option ${JSON.stringify(name)}`, { position: call.position });
    }
    // Files that differ are matched by name in any case; one name a concept keeps sniffed and given options from clashing.
    if (lower !== 'union_by_name') {
      checked[lower === 'sep' ? 'delim' : lower] = value;
    }
  }
  if (checked['filename'] !== undefined && isFalse(checked['filename'])) {
    delete checked['filename'];
  }
  return checked;
}

/** A boolean option's value. */
export function flagOption(literal: string): boolean {
  return !isFalse(literal);
}

function isFalse(literal: string): boolean {
  return /^'?(?:false|f|0|no|off)'?$/i.test(literal.trim());
}
