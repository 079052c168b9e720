/**
 * Makes packets for mixes that are used as a library, from a path and a payload.
 *
 * @module
 */
import type { Mixnode, MixnodeOptions, MixnodeParts } from './mixnode.ts';
import { packetFormatFor } from './mixnode.ts';

const NODE_ID_LENGTH = 32;

/** A mix node on a packet's path, and how long it holds the packet. */
export interface MixHop {
  readonly publicKey: Mixnode['publicKey'];
  /** How long it must hold the packet, ms; ignored for the last node. */
  readonly delayMs?: number;
}

/**
 * Makes a packet that goes through `path` and ends at its last node.
 * @param payload User data, at most `userPayloadLength` bytes; padded with zeros.
 * @returns the packet; the `nextNode` of a hop is the index of the next hop in `path`, big-endian.
 * @throws RangeError if the path or the payload do not fit the packets of these options.
 */
export function createMixPacket(
  { crypto, random }: MixnodeParts,
  options: MixnodeOptions,
  path: readonly MixHop[],
  payload: Uint8Array,
): Uint8Array {
  const format = packetFormatFor(crypto, options);
  const { forwardPayloadLength } = format.geometry;
  if (payload.length > forwardPayloadLength) {
    throw new RangeError(`${payload.length} bytes do not fit: ${forwardPayloadLength} at most`);
  }
  const whole = new Uint8Array(forwardPayloadLength);
  whole.set(payload);
  const hops = path.map(({ publicKey, delayMs = 0 }, index) => ({
    id: idOf(index),
    publicKey,
    commands:
      index < path.length - 1
        ? ([{ kind: 'nodeDelay', delayMs }] as const)
        : ([{ kind: 'recipient', id: new Uint8Array(NODE_ID_LENGTH) }] as const),
  }));
  const created = format.createPacket({ path: hops, random }, whole);
  if ('refusal' in created) throw new RangeError(`no such packet: ${created.refusal}`);
  return created.packet;
}

function idOf(index: number): Uint8Array {
  const id = new Uint8Array(NODE_ID_LENGTH);
  id[NODE_ID_LENGTH - 1] = index;
  return id;
}
