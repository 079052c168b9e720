/**
 * The Outfox-like research format behind {@link PacketFormat}: headers of its own (`header.ts`),
 * payloads, SURBs and replies as in Katzenpost's format. No interoperability vectors exist.
 *
 * @module
 */
import { layeredFormat } from '../layered-format.ts';
import type { PacketFormat } from '../packet-format.ts';
import type { SphinxSuite } from '../suite.ts';
import { createHeader, peelHeader } from './header.ts';
import { outfoxSuite } from './suite.ts';

/**
 * Makes the format over the lengths of a suite.
 * @throws RangeError when its exchange is no encapsulation.
 */
export function createOutfoxLikeFormat(plain: SphinxSuite): PacketFormat {
  const suite = outfoxSuite(plain);
  return layeredFormat({
    name: 'outfox-like',
    suite,
    makeHeader: createHeader,
    peel: (key, packet) => peelHeader(suite, key, packet),
  });
}
