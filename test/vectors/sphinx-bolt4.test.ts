/**
 * The published vectors of BOLT 4 (lightning/bolts): an onion that is built and peeled five times,
 * and an error that the last hop makes, the others wrap and the sender reads.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import {
  createError,
  createOnion,
  type PeeledOnion,
  peelOnion,
  readError,
  wrapError,
} from '../../nodes/sphinx/index.ts';
import { accepted } from '../unit/nodes/sphinx/network.ts';
import { providers } from '../unit/nodes/sphinx/support.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

interface Bolt4Vectors {
  readonly onion: {
    readonly generate: {
      readonly session_key: string;
      readonly associated_data: string;
      readonly hops: readonly { readonly pubkey: string; readonly payload: string }[];
    };
    readonly onion: string;
    readonly decode: readonly string[];
  };
  readonly error: {
    readonly generate: {
      readonly failure_message: string;
      readonly hops: readonly {
        readonly hop_shared_secret: string;
        readonly ammag_key: string;
      }[];
    };
    readonly errorpacket: string;
  };
}

/** Removes the length that the vectors put before the payload. */
function withoutLength(payload: string): Uint8Array {
  return fromHex(payload).subarray(payload.startsWith('fd') ? 3 : 1);
}

describe.runIf(hasVectors).each(providers)('BOLT 4 vectors on %s', (_, crypto) => {
  const { onion, error } = hasVectors
    ? vectors<Bolt4Vectors>('other/bolt04.json')
    : ({} as Bolt4Vectors);

  it('builds the published onion to the byte, with the published secrets', () => {
    const { session_key, associated_data, hops } = onion.generate;
    const path = hops.map(({ pubkey, payload }) => ({
      publicKey: fromHex(pubkey),
      payload: withoutLength(payload),
    }));
    const created = accepted(
      createOnion(crypto, {
        path,
        sessionKey: fromHex(session_key),
        associatedData: fromHex(associated_data),
      }),
    );
    expect(toHex(created.onion)).toBe(onion.onion);
    expect(created.secrets.map(toHex)).toEqual(
      error.generate.hops.map(({ hop_shared_secret }) => hop_shared_secret),
    );
  });

  it('peels the published onion five times', () => {
    const associatedData = fromHex(onion.generate.associated_data);
    let packet: Uint8Array | undefined = fromHex(onion.onion);
    expect(onion.decode).toHaveLength(5);
    for (const [index, secretKey] of onion.decode.entries()) {
      const peeled: PeeledOnion = accepted(
        peelOnion(crypto, fromHex(secretKey), packet!, associatedData),
      );
      const expected = withoutLength(onion.generate.hops[index]!.payload);
      expect(toHex(peeled.payload)).toBe(toHex(expected));
      packet = peeled.next;
    }
    expect(packet).toBeUndefined();
  });

  it('makes, wraps and reads the published error', () => {
    const failure = fromHex(error.generate.failure_message);
    const secrets = error.generate.hops.map(({ hop_shared_secret }) => fromHex(hop_shared_secret));
    let packet = createError(crypto, secrets[4]!, failure);
    for (const secret of secrets.slice(0, 4).toReversed()) {
      packet = wrapError(crypto, secret, packet);
    }
    expect(toHex(packet)).toBe(error.errorpacket);
    expect(readError(crypto, secrets, packet)).toEqual({ hop: 4, failure });
    const changed = concatBytes(packet);
    changed[40]! ^= 1;
    expect(readError(crypto, secrets, changed)).toEqual({ drop: 'error-unreadable' });
  });
});
