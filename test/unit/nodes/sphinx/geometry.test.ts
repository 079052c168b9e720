/** The geometry of packets: the well-known one, the formulas, and what is rejected. */
import { describe, expect, it } from 'vitest';
import { createPacketGeometry } from '../../../../nodes/sphinx/geometry.ts';
import { DEFAULT_HOPS, DEFAULT_USER_PAYLOAD_LENGTH } from '../../../../nodes/sphinx/index.ts';

const options = {
  exchange: { kind: 'nike', name: 'x25519' },
  nrHops: DEFAULT_HOPS,
  userForwardPayloadLength: DEFAULT_USER_PAYLOAD_LENGTH,
  withSurb: true,
} as const;

describe('createPacketGeometry', () => {
  it('gives packets of 3,082 bytes by default', () => {
    expect(createPacketGeometry(options)).toMatchObject({
      packetLength: 3082,
      headerLength: 476,
      surbLength: 572,
      forwardPayloadLength: 2574,
      perHopRoutingInfoLength: 82,
      macOffset: 444,
      nikeName: 'x25519',
      kemName: '',
    });
  });

  it('gives a slot room for commands, and in KEM modes for the next ciphertext', () => {
    const kem = createPacketGeometry({ ...options, exchange: { kind: 'kem', name: 'MLKEM768' } });
    expect(kem).toMatchObject({ perHopRoutingInfoLength: 1170, commandsLength: 82 });
    expect(kem).toMatchObject({ nikeName: '', kemName: 'MLKEM768', packetLength: 16_074 });
  });

  it.each([0, -1, 1.5, 21, Number.NaN])('refuses %s hops', (nrHops) => {
    expect(() => createPacketGeometry({ ...options, nrHops })).toThrow(RangeError);
  });

  it.each([0, 0.5, 1_048_577])('refuses %s bytes of user data', (userForwardPayloadLength) => {
    expect(() => createPacketGeometry({ ...options, userForwardPayloadLength })).toThrow(
      RangeError,
    );
  });
});
