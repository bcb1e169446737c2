import type { DataType } from './data-type.js';
import { scalar } from './data-type.js';

/** Types that Parquet gives back as another type: they are kept as text and cast back. */
const TEXT_STORED: ReadonlySet<string> = new Set(['HUGEINT', 'UHUGEINT', 'BIGNUM', 'BIT', 'TIME WITH TIME ZONE', 'TIME_NS', 'INTERVAL']);

/** The type a column has in files and stubs of Parquet; the very same object where it is the column's own. */
export function storedType(type: DataType): DataType {
  return survivesParquet(type) ? type : scalar('VARCHAR');
}

/** True for types that Parquet gives back as they were. */
export function survivesParquet(type: DataType): boolean {
  switch (type.kind) {
    case 'scalar':
      return !TEXT_STORED.has(type.name);
    case 'decimal':
      return true;
    case 'list':
      return survivesParquet(type.element);
    case 'struct':
      return type.fields.every((field) => survivesParquet(field.type));
    case 'map':
      return survivesParquet(type.key) && survivesParquet(type.value);
    case 'array':
    case 'union':
    case 'enum':
      return false;
  }
}
