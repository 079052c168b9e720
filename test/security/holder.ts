/**
 * A process that locks a folder, prints that it has, and keeps the lock until it is killed.
 *
 * @module
 */
import { lockFolder } from '../../engine/live/folder-lock.ts';

const [folder = ''] = process.argv.slice(2);
try {
  lockFolder(folder);
  process.stdout.write('held\n');
  setInterval(() => undefined, 1_000);
} catch (error) {
  process.stdout.write(`${(error as Error).message}\n`);
}
