/** What kind of thing a name stands for; links are followed, and what leaves the root or dangles is `other`. */
export type EntryKind = 'file' | 'directory' | 'other';

/** A name in a directory. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: EntryKind;
}

/** A file's or directory's attributes. `inode` and `mtimeMs` with the size tell versions of a file apart. */
export interface FileStat {
  readonly kind: EntryKind;
  readonly byteCount: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

/** Attributes of a name in a directory. `link`: the name is a symbolic link, the attributes are those of what it leads to. */
export interface NameStat extends FileStat {
  readonly link: boolean;
  /** Absolute path of the copy that is read in the file's place, where the store is not a local file system. */
  readonly localPath?: string;
}

/** An open file. `sync` and `close` report errors of earlier writes (3FS acknowledges writes from a buffer): check both. */
export interface StoreFile {
  /** Bytes read at `offset`; fewer than `length` only at the end of the file. */
  read(offset: number, length: number): Promise<Buffer>;
  /** Appends at the end of what was written so far. */
  write(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** How a file is opened: for reading, or made anew (it must not exist). */
export type OpenMode = 'read' | 'create';

/**
 * A tree of files under one root. Every path is relative to the root and checked (see store-path.ts); symbolic links
 * are followed as long as they stay inside the root. All failures are StoreErrors.
 */
export interface Store {
  /** Absolute, real path of the root. */
  readonly root: string;
  /** The absolute path a store-relative path stands for, its links resolved; the last component may be missing. */
  resolve(path: string): Promise<string>;
  stat(path: string): Promise<FileStat>;
  /** Attributes of names in one directory, in order; undefined for names that are gone or point out of the root. */
  statNames(directory: string, names: readonly string[]): Promise<(NameStat | undefined)[]>;
  /** Names in a directory, sorted by code unit. Names that are not UTF-8 are left out: no SQL text could name them. */
  list(directory: string): Promise<readonly DirectoryEntry[]>;
  open(path: string, mode: OpenMode): Promise<StoreFile>;
  /** A whole small file; `too-large` beyond `byteCountMax`. */
  readFile(path: string, byteCountMax: number): Promise<Buffer>;
  /** Atomic; replaces a file, or an empty directory by a directory; never an existing non-empty directory. */
  rename(from: string, to: string): Promise<void>;
  /** A second name for a file; `exists` when the name is taken, which no other call of the store can tell atomically for files. */
  link(from: string, to: string): Promise<void>;
  /** Makes a directory; its parents too when `recursive`, and then an existing one is no error. */
  makeDirectory(path: string, options?: { readonly recursive?: boolean }): Promise<void>;
  /** Removes a file. */
  removeFile(path: string): Promise<void>;
  /** Removes a file or a whole tree; one that does not exist is no error. Links are removed, not followed. */
  removeTree(path: string): Promise<void>;
  /** Makes a file's bytes and length durable and reports its byte count afterwards. */
  syncFile(path: string): Promise<number>;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): Promise<void>;
}
