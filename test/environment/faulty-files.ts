/**
 * Files that write as little at a time as they like, and fail when told to, with the system's codes.
 *
 * @module
 */
import { type DiskFile, type DiskFiles, SYSTEM_FILES } from '../../engine/live/disk-files.ts';

/** See the module. */
export class FaultyFiles implements DiskFiles {
  /** Bytes that one write takes at most. */
  writeMax = Number.POSITIVE_INFINITY;
  /** Codes of the next operations, e.g. `EIO` for the next `datasync`; each fails once. */
  readonly next: { write?: string; datasync?: string; sync?: string; open?: string } = {};
  /** Code of every `datasync`, while it is set. */
  always: string | undefined;
  /** Operations so far, with the last part of the path. */
  readonly log: string[] = [];

  async open(path: string, flags: 'r' | 'r+' | 'wx'): Promise<DiskFile> {
    const name = path.split('/').at(-1) ?? '';
    this.#do('open', name);
    const file = await SYSTEM_FILES.open(path, flags);
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
