import type { DuckDBType } from '@duckdb/node-api';
import { DuckDBTypeId } from '@duckdb/node-api';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { DataType, StructField } from '../../planner/types/data-type.js';
import { decimal, list, scalar } from '../../planner/types/data-type.js';

/** A type as node-api describes it, as the planner's data. VARIANT, GEOMETRY and the internal types are 0A000. */
export function dataTypeOfLogicalType(type: DuckDBType): DataType {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return scalar('BOOLEAN');
    case DuckDBTypeId.TINYINT:
      return scalar('TINYINT');
    case DuckDBTypeId.SMALLINT:
      return scalar('SMALLINT');
    case DuckDBTypeId.INTEGER:
      return scalar('INTEGER');
    case DuckDBTypeId.BIGINT:
      return scalar('BIGINT');
    case DuckDBTypeId.HUGEINT:
      return scalar('HUGEINT');
    case DuckDBTypeId.UTINYINT:
      return scalar('UTINYINT');
    case DuckDBTypeId.USMALLINT:
      return scalar('USMALLINT');
    case DuckDBTypeId.UINTEGER:
      return scalar('UINTEGER');
    case DuckDBTypeId.UBIGINT:
      return scalar('UBIGINT');
    case DuckDBTypeId.UHUGEINT:
      return scalar('UHUGEINT');
    case DuckDBTypeId.FLOAT:
      return scalar('FLOAT');
    case DuckDBTypeId.DOUBLE:
      return scalar('DOUBLE');
    case DuckDBTypeId.BIGNUM:
      return scalar('BIGNUM');
    case DuckDBTypeId.VARCHAR:
      return scalar(type.alias === 'JSON' ? 'JSON' : 'VARCHAR');
    case DuckDBTypeId.BLOB:
      return scalar('BLOB');
    case DuckDBTypeId.BIT:
      return scalar('BIT');
    case DuckDBTypeId.UUID:
      return scalar('UUID');
    case DuckDBTypeId.DATE:
      return scalar('DATE');
    case DuckDBTypeId.TIME:
      return scalar('TIME');
    case DuckDBTypeId.TIME_NS:
      return scalar('TIME_NS');
    case DuckDBTypeId.TIME_TZ:
      return scalar('TIME WITH TIME ZONE');
    case DuckDBTypeId.TIMESTAMP:
      return scalar('TIMESTAMP');
    case DuckDBTypeId.TIMESTAMP_S:
      return scalar('TIMESTAMP_S');
    case DuckDBTypeId.TIMESTAMP_MS:
      return scalar('TIMESTAMP_MS');
    case DuckDBTypeId.TIMESTAMP_NS:
      return scalar('TIMESTAMP_NS');
    case DuckDBTypeId.TIMESTAMP_TZ:
      return scalar('TIMESTAMP WITH TIME ZONE');
    case DuckDBTypeId.INTERVAL:
      return scalar('INTERVAL');
    case DuckDBTypeId.SQLNULL:
      return scalar('NULL');
    case DuckDBTypeId.DECIMAL:
      return decimal(type.width, type.scale);
    case DuckDBTypeId.ENUM:
      return { kind: 'enum', values: type.values };
    case DuckDBTypeId.LIST:
      return list(dataTypeOfLogicalType(type.valueType));
    case DuckDBTypeId.ARRAY:
      return { kind: 'array', element: dataTypeOfLogicalType(type.valueType), length: type.length };
    case DuckDBTypeId.STRUCT:
      return { kind: 'struct', fields: namedTypes(type.entryNames, type.entryTypes) };
    case DuckDBTypeId.UNION:
      return { kind: 'union', members: namedTypes(type.memberTags, type.memberTypes) };
    case DuckDBTypeId.MAP:
      return {
        kind: 'map',
        key: dataTypeOfLogicalType(type.keyType),
        value: dataTypeOfLogicalType(type.valueType),
      };
    case DuckDBTypeId.GEOMETRY:
    case DuckDBTypeId.VARIANT:
    case DuckDBTypeId.ANY:
    case DuckDBTypeId.STRING_LITERAL:
    case DuckDBTypeId.INTEGER_LITERAL:
      throw new SqlError(SQLSTATE.feature_not_supported, `columns of type ${type.toString()} cannot be returned`, { hint: 'Cast the column to text or json.' });
  }
}

function namedTypes(names: readonly string[], types: readonly DuckDBType[]): readonly StructField[] {
  return types.map((type, index) => ({
    name: names[index] ?? '',
    type: dataTypeOfLogicalType(type),
  }));
}
