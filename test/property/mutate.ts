/**
 * Damages datagrams as networks and attackers do, for fuzz tests of nodes.
 *
 * @module
 */
import type { RandomStream } from '../../engine/core/stream.ts';

/**
 * Damages a copy of a datagram.
 * @param header Number of leading bytes that matter most and are changed more often.
 * @param types If given, the first byte is sometimes set to a value below this.
 */
export function mutate(
  genuine: Uint8Array,
  random: RandomStream,
  { header, types = 0 }: { readonly header: number; readonly types?: number },
): Uint8Array {
  if (genuine.length === 0) return genuine;
  const mutated = genuine.slice();
  switch (random.below(types > 0 ? 7 : 6)) {
    case 0:
      return mutated.subarray(0, random.below(mutated.length + 1));
    case 1: {
      const longer = new Uint8Array(mutated.length + 1 + random.below(64));
      longer.set(mutated);
      return longer;
    }
    case 2:
      mutated[random.below(Math.min(header, mutated.length))] = random.below(256);
      return mutated;
    case 3:
      for (let count = 1 + random.below(8); count > 0; count--) {
        mutated[random.below(mutated.length)] = random.below(256);
      }
      return mutated;
    case 4:
      mutated[random.below(mutated.length)]! ^= 1 << random.below(8);
      return mutated;
    case 5:
      mutated.copyWithin(random.below(mutated.length), random.below(mutated.length));
      return mutated;
    default:
      mutated[0] = random.below(types);
      return mutated;
  }
}
