/**
 * A file system of a few kilobytes in memory.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A mounted tmpfs. */
export class SmallDisk {
  readonly path: string;

  /**
   * @param options Options of mount, such as `size=64k`.
   */
  constructor(path: string, options: string) {
    this.path = path;
    mkdirSync(path, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'pipe' });
  }

  remove(): void {
    execFileSync('umount', ['-l', this.path], { stdio: 'pipe' });
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Why no small disk can be made here; undefined if it can. */
export const NO_SMALL_DISK = whyNone();

if (NO_SMALL_DISK !== undefined) {
  process.stdout.write(`skipped: everything on a small disk (${NO_SMALL_DISK})\n`);
}

function whyNone(): string | undefined {
  if (process.platform !== 'linux') return 'tmpfs is of Linux';
  if (process.getuid?.() !== 0) return 'mounting needs root';
  const folder = mkdtempSync(join('/tmp', 'orrery-mount-'));
  try {
    new SmallDisk(folder, 'size=64k').remove();
    return undefined;
  } catch (error) {
    return `mounting failed: ${String(error).split('\n')[0]}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
