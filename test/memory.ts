/**
 * Memory for tests that say how much is held.
 *
 * @module
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Memory of this process without what nobody holds any more, as earlier tests have left much. */
export function memoryHeld(): NodeJS.MemoryUsage {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What arrays held outside the heap is freed by the collection after theirs.
  for (let turn = 0; turn < 2; turn += 1) collect();
  return process.memoryUsage();
}
