/**
 * Files that write as few bytes at a time as they are told, and fail on demand with the error codes
 * of the system.
 *
 * @module
 */
import {
  type DiskFile,
  type FileOpener,
  SYSTEM_FILE_OPENER,
} from '../../engine/live/disk-files.ts';

/** Files with faults on demand. */
export class FaultyFiles implements FileOpener {
  /** Largest number of bytes that a single write accepts. */
  writeMax = Number.POSITIVE_INFINITY;
  /**
   * Error codes for the next operations, for example `EIO` for the next `datasync`; each fails
   * once.
   */
  readonly next: { write?: string; datasync?: string; sync?: string; open?: string } = {};
  /** While set, every `datasync` fails with this code. */
  always: string | undefined;
  /** The operations so far, with the last part of the path. */
  readonly log: string[] = [];

  async open(path: string, flags: 'r' | 'r+' | 'wx'): Promise<DiskFile> {
    const name = path.split('/').at(-1) ?? '';
    this.#do('open', name);
    const file = await SYSTEM_FILE_OPENER.open(path, flags);
    const write = async (
      bytes: Uint8Array,
      at: number,
      length: number,
      to: number,
    ): Promise<{ bytesWritten: number }> => {
      this.#do('write', name);
      return await file.write(bytes, at, Math.min(length, this.writeMax), to);
    };
    const datasync = async (): Promise<void> => {
      this.#do('datasync', name);
      await file.datasync();
    };
    const sync = async (): Promise<void> => {
      this.#do('sync', name);
      await file.sync();
    };
    const close = (): Promise<void> => file.close();
    return { write: write as DiskFile['write'], datasync, sync, close };
  }

  #do(what: 'write' | 'datasync' | 'sync' | 'open', name: string): void {
    this.log.push(`${what} ${name}`);
    const code = this.next[what] ?? (what === 'datasync' ? this.always : undefined);
    delete this.next[what];
    if (code !== undefined) throw Object.assign(new Error(code), { code });
  }
}
