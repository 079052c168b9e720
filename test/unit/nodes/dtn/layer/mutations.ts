/**
 * Hostile input made from good input: cut off, with changed, removed, repeated and foreign bytes, and
 * with lengths that promise more than there is.
 *
 * @module
 */
import { openRandomStream, type RandomStream } from '../../../../../engine/core/stream.ts';

/** Numbers that are lengths or limits somewhere. */
const BOMBS = [0x00, 0x01, 0x7f, 0x80, 0x81, 0xff];

/** Cut off at every byte, the whole last. */
export function truncations(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: bytes.length + 1 }, (_, length) => bytes.slice(0, length));
}

/** Gives `count` mutants of the samples to a function, the same each time. */
export function forMutants(
  samples: readonly Uint8Array[],
  count: number,
  take: (mutant: Uint8Array, index: number) => void,
): void {
  const random = openRandomStream(1, 'test', 'mutations');
  for (let index = 0; index < count; index += 1) {
    let mutant = samples[random.below(samples.length)] as Uint8Array;
    for (let rest = 1 + random.below(3); rest > 0; rest -= 1) mutant = mutated(mutant, random);
    take(mutant, index);
  }
}

function mutated(bytes: Uint8Array, random: RandomStream): Uint8Array {
  const at = random.below(bytes.length + 1);
  const changed = bytes.slice();
  switch (random.below(6)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      changed[at] = random.below(256);
      return changed;
    case 2:
      changed[at] = BOMBS[random.below(BOMBS.length)] as number;
      return changed;
    case 3:
      // A length of as many bytes as a format knows.
      changed.fill(0xff, at, at + random.below(9));
      return changed;
    case 4:
      changed.copyWithin(at, random.below(bytes.length + 1));
      return changed;
    default: {
      const longer = new Uint8Array(bytes.length + random.below(8));
      longer.set(bytes.subarray(0, at));
      longer.set(bytes.subarray(at), longer.length - (bytes.length - at));
      return longer;
    }
  }
}
