import type { TransactionModes } from './read-settings.js';
import { readModes } from './read-settings.js';
import type { ParsedStatement } from './statement.js';

/** A transaction command. */
export type TransactionRequest =
  | {
      readonly kind: 'begin';
      readonly modes: TransactionModes;
      readonly word: 'BEGIN' | 'START TRANSACTION';
    }
  | { readonly kind: 'commit' | 'rollback'; readonly chain: boolean }
  | { readonly kind: 'savepoint' | 'release' | 'rollback_to'; readonly name: string }
  | { readonly kind: 'prepare' | 'commit_prepared' | 'rollback_prepared' };

/** Reads BEGIN, COMMIT, ROLLBACK, SAVEPOINT and their kin. */
export function readTransaction(statement: ParsedStatement): TransactionRequest {
  if (statement.node === null || !('TransactionStmt' in statement.node)) {
    throw new Error('not a transaction statement');
  }
  const transaction = statement.node.TransactionStmt;
  const name = transaction.savepoint_name ?? '';
  switch (transaction.kind ?? 'TRANS_STMT_BEGIN') {
    case 'TRANS_STMT_START':
      return { kind: 'begin', modes: readModes(transaction.options), word: 'START TRANSACTION' };
    case 'TRANS_STMT_COMMIT':
      return { kind: 'commit', chain: transaction.chain === true };
    case 'TRANS_STMT_ROLLBACK':
      return { kind: 'rollback', chain: transaction.chain === true };
    case 'TRANS_STMT_SAVEPOINT':
      return { kind: 'savepoint', name };
    case 'TRANS_STMT_RELEASE':
      return { kind: 'release', name };
    case 'TRANS_STMT_ROLLBACK_TO':
      return { kind: 'rollback_to', name };
    case 'TRANS_STMT_PREPARE':
      return { kind: 'prepare' };
    case 'TRANS_STMT_COMMIT_PREPARED':
      return { kind: 'commit_prepared' };
    case 'TRANS_STMT_ROLLBACK_PREPARED':
      return { kind: 'rollback_prepared' };
    case 'TRANS_STMT_BEGIN':
      return { kind: 'begin', modes: readModes(transaction.options), word: 'BEGIN' };
  }
}
