/**
 * A file that is written during a run. If the disk refuses a part, the whole file is removed, so that
 * readers never find half a file and the reports get its space. The run continues.
 *
 * @module
 */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { systemErrorCode, systemErrorText } from './environment.ts';

/** A file written during a run; removed as a whole if the disk refuses a part. */
export class RecordingFile {
  readonly #path: string;
  #file: number | undefined;
  #failure: string | undefined;

  /**
   * Opens the file.
   * @throws the error of the file system if it cannot be opened.
   */
  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'w');
  }

  write(bytes: Uint8Array): void {
    if (this.#file === undefined) return;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      const code = systemErrorCode(error);
      this.#failure = code === undefined ? String(error) : systemErrorText(code);
      this.close();
      rmSync(this.#path, { force: true });
    }
  }

  /** Why there is no file; undefined if there is one. */
  warning(): string | undefined {
    if (this.#failure === undefined) return undefined;
    return `${basename(this.#path)}: ${this.#failure}; the recording is removed`;
  }

  close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) closeSync(file);
  }
}
