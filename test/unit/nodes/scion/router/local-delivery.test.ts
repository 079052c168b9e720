import { describe, expect, it } from 'vitest';
import type { Host } from '../../../../../engine/host/host.ts';
import { PROTOCOL_SCMP, PROTOCOL_TCP, PROTOCOL_UDP } from '../../../../../nodes/scion/geometry.ts';
import { HostTable, NO_ENDPOINT } from '../../../../../nodes/scion/router/host-table.ts';
import { LocalDeliveryResolver } from '../../../../../nodes/scion/router/local-delivery.ts';
import { PacketProcessingState } from '../../../../../nodes/scion/router/passage.ts';
import { requireHostAddress } from '../../../../../nodes/scion/wire/host-address.ts';
import type { IsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';
import { encodeScmp, type ScmpMessage } from '../../../../../nodes/scion/wire/scmp.ts';
import { HERE, makePacket, makeRaw, type PacketOptions, situation } from './packets.ts';
import { addressWord, TestRouter } from './test-router.ts';

const NO_DATA = new Uint8Array(0);
const arriving: PacketOptions = {
  segments: [
    {
      hops: [
        [0, 77],
        [3, 0],
      ],
    },
  ],
  current: 1,
  target: HERE,
};

/** The host and port to which a packet is delivered; the dispatched ports are 31000 to 32767. */
function delivered(packet: Uint8Array): string {
  const passage = new PacketProcessingState();
  const delivery = new LocalDeliveryResolver({
    endpointOf: (address, port): number =>
      address === addressWord('127.1.1.128') ? port : NO_ENDPOINT,
    services: new Map(),
    pick: (): number => 0,
    dispatchedPorts: { first: 31_000, last: 32_767 },
  });
  passage.begin(passage.arrival, packet, 0, packet.length);
  const verdict = delivery.resolve(passage);
  return verdict === 'deliver' ? String(passage.target) : verdict;
}

function scmp(message: ScmpMessage): Uint8Array {
  return makeRaw(arriving, PROTOCOL_SCMP, encodeScmp(message));
}

const identifiers = { code: 0, identifier: 31_500, sequence: 1, data: NO_DATA };
const noInterface = { isdAs: '0-0' as IsdAs, ifId: 0 };

describe('the UDP port a packet is delivered to', () => {
  it('is that of UDP and TCP', () => {
    expect(delivered(makePacket({ ...arriving, targetPort: 32_000 }))).toBe('32000');
    const tcp = new Uint8Array(20);
    tcp.set([0x01, 0x02, 0x7d, 0x01]);
    expect(delivered(makeRaw(arriving, PROTOCOL_TCP, tcp))).toBe(String(0x7d01));
  });

  it('is the end-host port outside the dispatched ports, on either side', () => {
    for (const [port, expected] of [
      [31_000, '31000'],
      [32_767, '32767'],
      [30_999, '30041'],
      [32_768, '30041'],
      [80, '30041'],
    ] as const) {
      expect(delivered(makePacket({ ...arriving, targetPort: port }))).toBe(expected);
    }
  });

  it('is the end-host port for SCMP requests and unknown protocols', () => {
    expect(delivered(scmp({ kind: 'echo-request', ...identifiers }))).toBe('30041');
    const request = { kind: 'traceroute-request' as const, ...identifiers, ...noInterface };
    expect(delivered(scmp(request))).toBe('30041');
    expect(delivered(makeRaw(arriving, 253, new Uint8Array(4)))).toBe('30041');
  });

  it('is the identifier for SCMP replies', () => {
    expect(delivered(scmp({ kind: 'echo-reply', ...identifiers }))).toBe('31500');
    const reply = { kind: 'traceroute-reply' as const, ...identifiers, ...noInterface };
    expect(delivered(scmp(reply))).toBe('31500');
  });

  it('is the source port of the packet that an SCMP error quotes', () => {
    const quote = makePacket(arriving);
    const error = { kind: 'parameter-problem' as const, code: 52, pointer: 0, data: quote };
    expect(delivered(scmp(error))).toBe('31111');
    const down = { kind: 'internal-connectivity-down' as const, isdAs: '1-1' as IsdAs };
    expect(delivered(scmp({ ...down, code: 0, ingress: 1, egress: 2, data: quote }))).toBe('31111');
  });

  it('is the identifier of the echo request that an SCMP error quotes', () => {
    const data = scmp({ kind: 'echo-request', ...identifiers });
    expect(delivered(scmp({ kind: 'destination-unreachable', code: 0, data }))).toBe('31500');
  });

  it('is unknown when the quote ends too early or is no request', () => {
    const reply = scmp({ kind: 'echo-reply', ...identifiers });
    for (const data of [NO_DATA, makePacket(arriving).slice(0, 40), reply]) {
      expect(delivered(scmp({ kind: 'destination-unreachable', code: 0, data }))).toBe(
        'port-unknown',
      );
    }
  });

  it('does not exist in a cut upper layer header', () => {
    expect(delivered(makeRaw(arriving, PROTOCOL_UDP, new Uint8Array(7)))).toBe('l4-truncated');
    expect(delivered(makeRaw(arriving, PROTOCOL_TCP, new Uint8Array(19)))).toBe('l4-truncated');
    expect(delivered(makeRaw(arriving, PROTOCOL_SCMP, new Uint8Array(7)))).toBe('l4-truncated');
  });
});

describe('the host a packet is delivered to', () => {
  it('is one of this AS, or the sender hears 1/3', () => {
    const targetHost = requireHostAddress('127.1.1.77');
    expect(delivered(makePacket({ ...arriving, targetHost }))).toBe('host-unknown');
    expect(delivered(makePacket({ ...arriving, targetHost: requireHostAddress('fd00::1') }))).toBe(
      'host-unknown',
    );
  });

  it('cannot be unspecified, IPv4-mapped or of an unknown type', () => {
    const mapped = Uint8Array.of(...Array(10).fill(0), 255, 255, 127, 1, 1, 128);
    const unusable = [
      requireHostAddress('0.0.0.0'),
      requireHostAddress('::'),
      { type: 0x3, bytes: mapped },
      { type: 0x1, bytes: new Uint8Array(8) },
    ];
    for (const targetHost of unusable) {
      expect(delivered(makePacket({ ...arriving, targetHost }))).toBe('destination-host');
    }
  });

  it('is an instance of the service, anycast and multicast alike, or the sender hears 1/0', () => {
    const router = new TestRouter(situation);
    for (const name of ['SVC CS', 'SVC CS_M']) {
      const packet = makePacket({ ...arriving, targetHost: requireHostAddress(name) });
      const sent = router.receive({ external: 3 }, packet);
      expect(sent.leavesOn).toEqual({ internal: '127.1.1.100:30252' });
    }
    const packet = makePacket({ ...arriving, targetHost: requireHostAddress('SVC DS') });
    expect(router.receive({ external: 3 }, packet).drop).toBe('service-unknown');
  });
});

describe('host table', () => {
  it('interns an endpoint once, and knows nobody outside the AS', () => {
    let interned = 0;
    const word = addressWord('127.1.1.128');
    const endpoint = (): number => interned++;
    const table = new HostTable({ endpoint } as unknown as Host, new Map([[word, '127.1.1.128']]));
    expect(table.endpointOf(word, 31_000)).toBe(table.endpointOf(word, 31_000));
    expect(table.endpointOf(word, 31_001)).not.toBe(table.endpointOf(word, 31_000));
    expect(table.endpointOf(word + 1, 31_000)).toBe(NO_ENDPOINT);
    expect(interned).toBe(2);
  });
});
