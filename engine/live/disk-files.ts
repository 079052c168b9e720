/**
 * The part of the file system that a store uses, as an interface, so that tests can make it fail.
 *
 * @module
 */
import { type FileHandle, open } from 'node:fs/promises';

/** An open file, or an open folder to sync. */
export type DiskFile = Pick<FileHandle, 'write' | 'datasync' | 'sync' | 'close'>;

/** The function that opens files, which tests replace to make it fail. */
export interface FileOpener {
  open(path: string, flags: 'r' | 'r+' | 'wx'): Promise<DiskFile>;
}

/** Mode of the files of stores, which hold keys: only their owner may read them. */
export const FILE_MODE = 0o600;
/** Mode of the folders of stores: only their owner may read them. */
export const FOLDER_MODE = 0o700;

/** The file functions of the operating system. */
export const SYSTEM_FILE_OPENER: FileOpener = {
  open: (path, flags) => open(path, flags, FILE_MODE),
};

/** Writes all bytes, however few the system accepts at a time. */
export async function writeAll(file: DiskFile, bytes: Uint8Array, from: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, from + done);
    if (bytesWritten === 0) throw new Error('the system writes nothing and gives no reason');
    done += bytesWritten;
  }
}
