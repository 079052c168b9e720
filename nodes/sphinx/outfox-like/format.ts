/**
 * The Outfox-like research format behind {@link PacketFormat}: its own headers (`header.ts`),
 * payloads, SURBs and replies as in Katzenpost's format. No interoperability vectors exist.
 *
 * @module
 */
import { createLayeredFormat } from '../layered-format.ts';
import type { PacketFormat } from '../packet-format.ts';
import type { SphinxSuite } from '../suite.ts';
import { createHeader, peelHeader } from './header.ts';
import { createOutfoxSuite } from './suite.ts';

/**
 * Creates the format with the lengths of a suite.
 * @throws RangeError when its exchange is not an encapsulation.
 */
export function createOutfoxLikeFormat(plain: SphinxSuite): PacketFormat {
  const suite = createOutfoxSuite(plain);
  return createLayeredFormat({
    name: 'outfox-like',
    suite,
    makeHeader: createHeader,
    peel: (key, packet) => peelHeader(suite, key, packet),
  });
}
