import duckdb from "@duckdb/node-bindings";
import type { LogicalType } from "@duckdb/node-bindings";
import type { DataType, ScalarTypeName, StructField } from "../../planner/types/data-type.js";
import { decimal, list, scalar } from "../../planner/types/data-type.js";

const { Type } = duckdb;

const SCALARS: ReadonlyMap<number, ScalarTypeName> = new Map<number, ScalarTypeName>([
  [Type.BOOLEAN, "BOOLEAN"],
  [Type.TINYINT, "TINYINT"],
  [Type.SMALLINT, "SMALLINT"],
  [Type.INTEGER, "INTEGER"],
  [Type.BIGINT, "BIGINT"],
  [Type.HUGEINT, "HUGEINT"],
  [Type.UTINYINT, "UTINYINT"],
  [Type.USMALLINT, "USMALLINT"],
  [Type.UINTEGER, "UINTEGER"],
  [Type.UBIGINT, "UBIGINT"],
  [Type.UHUGEINT, "UHUGEINT"],
  [Type.FLOAT, "FLOAT"],
  [Type.DOUBLE, "DOUBLE"],
  [Type.BIGNUM, "BIGNUM"],
  [Type.VARCHAR, "VARCHAR"],
  [Type.BLOB, "BLOB"],
  [Type.BIT, "BIT"],
  [Type.UUID, "UUID"],
  [Type.DATE, "DATE"],
  [Type.TIME, "TIME"],
  [Type.TIME_TZ, "TIME WITH TIME ZONE"],
  [Type.TIME_NS, "TIME_NS"],
  [Type.TIMESTAMP, "TIMESTAMP"],
  [Type.TIMESTAMP_S, "TIMESTAMP_S"],
  [Type.TIMESTAMP_MS, "TIMESTAMP_MS"],
  [Type.TIMESTAMP_NS, "TIMESTAMP_NS"],
  [Type.TIMESTAMP_TZ, "TIMESTAMP WITH TIME ZONE"],
  [Type.INTERVAL, "INTERVAL"],
  [Type.SQLNULL, "NULL"],
]);

/** DuckDB's logical type as data. */
export function readDataType(type: LogicalType): DataType {
  const id = duckdb.get_type_id(type);
  if (id === Type.VARCHAR && duckdb.logical_type_get_alias(type) === "JSON") {
    return scalar("JSON");
  }
  const name = SCALARS.get(id);
  if (name !== undefined) {
    return scalar(name);
  }
  if (id === Type.DECIMAL) {
    return decimal(duckdb.decimal_width(type), duckdb.decimal_scale(type));
  }
  if (id === Type.LIST) {
    return list(readDataType(duckdb.list_type_child_type(type)));
  }
  if (id === Type.ARRAY) {
    return {
      kind: "array",
      element: readDataType(duckdb.array_type_child_type(type)),
      length: duckdb.array_type_array_size(type),
    };
  }
  if (id === Type.MAP) {
    return {
      kind: "map",
      key: readDataType(duckdb.map_type_key_type(type)),
      value: readDataType(duckdb.map_type_value_type(type)),
    };
  }
  if (id === Type.STRUCT) {
    return {
      kind: "struct",
      fields: readFields(duckdb.struct_type_child_count(type), (index) => structField(type, index)),
    };
  }
  if (id === Type.UNION) {
    return {
      kind: "union",
      members: readFields(duckdb.union_type_member_count(type), (index) =>
        unionMember(type, index),
      ),
    };
  }
  if (id === Type.ENUM) {
    return {
      kind: "enum",
      values: Array.from({ length: duckdb.enum_dictionary_size(type) }, (_, index) =>
        duckdb.enum_dictionary_value(type, index),
      ),
    };
  }
  // VARIANT, GEOMETRY and what comes after them are carried as the text DuckDB casts them to.
  return scalar("VARCHAR");
}

function readFields(count: number, field: (index: number) => StructField): readonly StructField[] {
  return Array.from({ length: count }, (_, index) => field(index));
}

function structField(type: LogicalType, index: number): StructField {
  return {
    name: duckdb.struct_type_child_name(type, index),
    type: readDataType(duckdb.struct_type_child_type(type, index)),
  };
}

function unionMember(type: LogicalType, index: number): StructField {
  return {
    name: duckdb.union_type_member_name(type, index),
    type: readDataType(duckdb.union_type_member_type(type, index)),
  };
}
