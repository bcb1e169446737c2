/** A partition column's name and value for one file; null is SQL NULL. */
export interface PartitionValue {
  readonly key: string;
  readonly value: string | null;
}

/** The folder name Hive writes for NULL. */
export const HIVE_NULL = '__HIVE_DEFAULT_PARTITION__';

/** Reads a folder name of the form `key=value`, both URL-decoded; undefined for others. An empty value is the empty text. */
export function parseHiveFolder(name: string): PartitionValue | undefined {
  const equals = name.indexOf('=');
  if (equals <= 0) {
    return undefined;
  }
  const value = decodePart(name.slice(equals + 1));
  return { key: decodePart(name.slice(0, equals)), value: value === HIVE_NULL ? null : value };
}

/** Undoes %XX. A sequence that is no UTF-8 leaves the text as it stands, so that every name stays readable. */
function decodePart(text: string): string {
  if (!text.includes('%')) {
    return text;
  }
  try {
    // A lone % is itself, as in DuckDB's own decoding.
    return decodeURIComponent(text.replace(/%(?![0-9A-Fa-f]{2})/g, '%25'));
  } catch (error) {
    if (error instanceof URIError) {
      return text;
    }
    throw error;
  }
}
