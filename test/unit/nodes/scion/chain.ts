/**
 * Routers of core ASes in a row, a host in each AS, and packets with valid hop fields.
 *
 * @module
 */
import { nobleCrypto } from '../../../../engine/crypto/noble.ts';
import type { NetworkView } from '../../../../engine/host/network-view.ts';
import { HopAuthenticator, nextSegmentId } from '../../../../nodes/scion/mac.ts';
import { forwardingKeyOf } from '../../../../nodes/scion/provisioning.ts';
import { requireHostAddress } from '../../../../nodes/scion/wire/host-address.ts';
import { type IsdAs, requireIsdAs } from '../../../../nodes/scion/wire/isd-as.ts';
import type { HopField, SegmentedPath } from '../../../../nodes/scion/wire/path.ts';
import { encodeUdpPacket } from '../../../../nodes/scion/wire/udp.ts';
import { viewWith } from '../../../fixtures/views.ts';

const FIRST_PORT = 50_000;
/** The interfaces to the previous and to the next AS of the row. */
const BACK = 11;
const ON = 12;

/** A row of routers with hosts. */
export interface Chain {
  readonly network: NetworkView;
  readonly isdAses: readonly IsdAs[];
}

export interface ChainOptions {
  readonly length: number;
  readonly delayNs: number;
  readonly mtu?: number;
}

/** Routers `r0`, `r1`, … with hosts `h0`, `h1`, …; link `l0` connects `r0` and `r1`. */
export function makeChain(options: ChainOptions): Chain {
  const places = [...Array(options.length).keys()];
  const isdAses = places.map((place) => requireIsdAs(`1-ff00:0:${place + 1}`));
  const hosts = places.flatMap((place) => {
    const as = { area: isdAses[place]! };
    return [
      {
        name: `r${place}`,
        address: `127.1.${place}.1`,
        protocol: 'scion',
        stack: ['scion'],
        ...as,
      },
      {
        name: `h${place}`,
        address: `127.1.${place}.128`,
        protocol: 'none',
        stack: ['none'],
        ...as,
      },
    ];
  });
  const links = places.slice(1).map((place) => ({
    id: `l${place - 1}`,
    a: {
      host: `r${place - 1}`,
      address: `127.1.${place - 1}.1`,
      port: FIRST_PORT + ON,
      attributes: { interface: ON },
    },
    b: {
      host: `r${place}`,
      address: `127.1.${place}.1`,
      port: FIRST_PORT + BACK,
      attributes: { interface: BACK },
    },
    attributes: { relation: 'core' },
    mtu: options.mtu ?? 1400,
    delayNs: options.delayNs,
    rateBps: 1e9,
  }));
  return { network: viewWith({ hosts, links, areas: [] }), isdAses };
}

export interface ChainPacketOptions {
  /** When the path segment was created, seconds since 1970. */
  readonly timestamp: number;
  readonly payloadLength?: number;
  readonly targetPort?: number;
}

/** A UDP packet from the first host to the last, as the first host sends it. */
export function chainPacket(chain: Chain, options: ChainPacketOptions): Uint8Array {
  const { isdAses } = chain;
  const last = isdAses.length - 1;
  const datagram = {
    sourcePort: 31_000,
    targetPort: options.targetPort ?? 31_001,
    payload: new Uint8Array(options.payloadLength ?? 100).fill(0x77),
  };
  const header = {
    trafficClass: 0,
    flowId: 1,
    source: isdAses[0]!,
    target: isdAses[last]!,
    sourceHost: requireHostAddress('127.1.0.128'),
    targetHost: requireHostAddress(`127.1.${last}.128`),
    path: chainPath(chain, options.timestamp),
  };
  return encodeUdpPacket(header, datagram);
}

/** The path in construction direction, from the first AS to the last. */
function chainPath(chain: Chain, timestamp: number): SegmentedPath {
  const last = chain.isdAses.length - 1;
  const hops: HopField[] = [];
  let segmentId = 0x1234;
  chain.isdAses.forEach((as, place) => {
    const key = forwardingKey(chain, as);
    const fields = {
      expTime: 63,
      consIngress: place === 0 ? 0 : BACK,
      consEgress: place === last ? 0 : ON,
    };
    const mac = new HopAuthenticator(nobleCrypto.aesCmac(key)).mac({
      segmentId,
      timestamp,
      ...fields,
    });
    hops.push({ ...fields, mac, hasIngressAlert: false, hasEgressAlert: false });
    segmentId = nextSegmentId(segmentId, mac);
  });
  return {
    kind: 'scion',
    currentInfo: 0,
    currentHop: 0,
    segmentLengths: [hops.length, 0, 0],
    infos: [{ isPeering: false, isConsDir: true, segmentId: 0x1234, timestamp }],
    hops,
  };
}

/** Deriving a key takes milliseconds, and the key depends only on its AS. */
const keys = new Map<IsdAs, Uint8Array>();

function forwardingKey(chain: Chain, as: IsdAs): Uint8Array {
  const key = keys.get(as) ?? forwardingKeyOf(nobleCrypto, as, chain.network);
  keys.set(as, key);
  return key;
}
