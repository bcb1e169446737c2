import type { CatalogView } from '../catalog-view.js';
import { informationColumns, pgAttribute } from './columns.js';
import { constraintColumnUsage, keyColumnUsage, pgAttrdef, pgConstraint, pgDescription, pgIndex, tableConstraints } from './declarations.js';
import { foreignTables, pgForeignDataWrapper, pgForeignServer, pgForeignTable } from './foreign-tables.js';
import { pgGetKeywords } from './keywords.js';
import { pgCast, pgOperator } from './operators.js';
import { pgProc } from './procedures.js';
import { informationTables, informationViews, pgClass, pgTables, pgViews } from './relations.js';
import { pgAuthid, pgAuthMembers, pgDbRoleSetting, pgGroup, pgRoles, pgShadow, pgUser } from './roles.js';
import { pgNamespace, schemata } from './schemas.js';
import { informationSequences, pgDepend, pgSequence, pgSequences } from './sequences.js';
import { sluiceExecutors, sluiceJobs } from './cluster.js';
import { sluiceQueries, sluiceShuffles, sluiceStages, sluiceTasks } from './queries.js';
import { sluiceSnapshots } from './snapshots.js';
import { pgAm, pgCollation, pgDatabase, pgLanguage, pgSettings, pgStatActivity, pgTablespace } from './server.js';
import { pgType } from './types.js';

/** Catalog relations that have rows; all others are there and empty. */
export const CATALOG_VIEWS: readonly CatalogView[] = [
  pgNamespace,
  schemata,
  pgClass,
  pgTables,
  pgViews,
  informationTables,
  informationViews,
  pgAttribute,
  informationColumns,
  pgAttrdef,
  pgConstraint,
  pgIndex,
  pgDescription,
  tableConstraints,
  constraintColumnUsage,
  keyColumnUsage,
  pgForeignDataWrapper,
  pgForeignServer,
  pgForeignTable,
  foreignTables,
  pgSequence,
  pgSequences,
  informationSequences,
  pgDepend,
  sluiceSnapshots,
  sluiceJobs,
  sluiceExecutors,
  sluiceQueries,
  sluiceStages,
  sluiceTasks,
  sluiceShuffles,
  pgType,
  pgProc,
  pgOperator,
  pgCast,
  pgGetKeywords,
  pgDatabase,
  pgTablespace,
  pgAm,
  pgLanguage,
  pgCollation,
  pgSettings,
  pgStatActivity,
  pgRoles,
  pgAuthid,
  pgAuthMembers,
  pgDbRoleSetting,
  pgGroup,
  pgUser,
  pgShadow,
];
