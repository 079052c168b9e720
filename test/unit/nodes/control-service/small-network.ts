/**
 * A network of six ASes as their control services are configured with it, and signed segments over any of its links.
 *
 * @module
 */
import { sha256 } from '../../../../engine/core/sha256.ts';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { SigningKey } from '../../../../engine/host/signatures.ts';
import {
  SegmentExtender,
  type SegmentExtenderParts,
} from '../../../../nodes/control-service/beacons/extender.ts';
import { asKeyScalar } from '../../../../nodes/control-service/beacons/signatures.ts';
import type { KnownSegment } from '../../../../nodes/control-service/beacons/store.ts';
import type {
  ControlInterface,
  ControlSurroundings,
} from '../../../../nodes/control-service/surroundings.ts';
import { HopAuthenticator } from '../../../../nodes/scion/mac.ts';
import {
  segmentExpiryHalfSeconds,
  segmentIdHashInput,
} from '../../../../nodes/scion/paths/segment.ts';
import {
  emptySignedSegment,
  type SignedSegment,
} from '../../../../nodes/scion/paths/segment-wire.ts';
import {
  listAdjacencies,
  type ScionLink,
  type ScionTopology,
} from '../../../../nodes/scion/paths/topology.ts';
import { DrkeyStore } from '../../../../nodes/scion/router/drkey-store.ts';
import { type IsdAs, requireIsdAs } from '../../../../nodes/scion/wire/isd-as.ts';

export const crypto = createCryptoProvider('node');
/** Calendar time of the tests, seconds since 1970. */
export const NOW_S = 1_700_000_000;

export const CORE_A = requireIsdAs('1-ff00:0:110');
export const CORE_B = requireIsdAs('1-ff00:0:120');
export const CORE_C = requireIsdAs('2-ff00:0:210');
export const MIDDLE = requireIsdAs('1-ff00:0:111');
export const LEAF = requireIsdAs('1-ff00:0:112');
export const FAR = requireIsdAs('2-ff00:0:211');

type End = readonly [isdAs: IsdAs, ifId: number];

function link(type: ScionLink['type'], [a, aIf]: End, [b, bIf]: End): ScionLink {
  return { type, a: { isdAs: a, ifId: aIf }, b: { isdAs: b, ifId: bIf }, mtu: 1_400 };
}

/**
 *     CORE_A 1 === 1 CORE_B 2 === 1 CORE_C 2 === 2 CORE_A
 *          3|        |3                |3
 *          1|        |2                |1
 *           MIDDLE---- 4 ~~~~~~~~~~~ 4 FAR            peering
 *          3|
 *          1|
 *           LEAF
 */
export const NETWORK: ScionTopology = {
  ases: [CORE_A, CORE_B, CORE_C, MIDDLE, LEAF, FAR].map((isdAs) => ({
    isdAs,
    core: isdAs.endsWith('0'),
    mtu: 1_472,
    forwardingKey: secretOf(isdAs, 'forwarding').subarray(0, 16),
  })),
  links: [
    link('core', [CORE_A, 1], [CORE_B, 1]),
    link('core', [CORE_B, 2], [CORE_C, 1]),
    link('core', [CORE_C, 2], [CORE_A, 2]),
    link('parent-child', [CORE_A, 3], [MIDDLE, 1]),
    link('parent-child', [CORE_B, 3], [MIDDLE, 2]),
    link('parent-child', [MIDDLE, 3], [LEAF, 1]),
    link('parent-child', [CORE_C, 3], [FAR, 1]),
    link('peer', [MIDDLE, 4], [FAR, 4]),
  ],
};

/** Address of the control service of an AS. */
export function addressOf(isdAs: IsdAs): string {
  return `10.0.${NETWORK.ases.findIndex((as) => as.isdAs === isdAs)}.1`;
}

/** What the control service of an AS is configured with. */
export function surroundingsOf(isdAs: IsdAs): ControlSurroundings {
  const as = NETWORK.ases.find((one) => one.isdAs === isdAs)!;
  const links = listAdjacencies(NETWORK).get(isdAs)!;
  const interfaces = links.map(
    ({ ifId, neighbourIs, neighbour, mtu }): ControlInterface => ({
      ...{ ifId, mtu, relation: neighbourIs },
      ...{ neighbour: neighbour.isdAs, neighbourIfId: neighbour.ifId },
      router: `10.1.0.${ifId}`,
    }),
  );
  return {
    ...{ isdAs, isCore: as.core, mtu: as.mtu, address: addressOf(isdAs) },
    interfaces: new Map(interfaces.map((one) => [one.ifId, one])),
  };
}

export function hopsOf(isdAs: IsdAs): HopAuthenticator {
  const { forwardingKey } = NETWORK.ases.find((one) => one.isdAs === isdAs)!;
  return new HopAuthenticator(crypto.aesCmac(forwardingKey));
}

/** The keys that an AS shares with others. */
export function drkeysOf(isdAs: IsdAs): DrkeyStore {
  return new DrkeyStore(crypto, secretOf(isdAs, 'drkey'));
}

const keys = new Map<IsdAs, SigningKey>();

/** The key with which an AS signs. */
export function signingKeyOf(isdAs: IsdAs): SigningKey {
  const key = keys.get(isdAs) ?? crypto.p256Key(asKeyScalar(secretOf(isdAs, 'signing')));
  keys.set(isdAs, key);
  return key;
}

/** The public keys of all ASes. */
export function publicKeyOf(isdAs: IsdAs): Uint8Array {
  return signingKeyOf(isdAs).publicKey;
}

/** How a segment is made. */
export interface SegmentWishes {
  readonly segmentId?: number;
  readonly timestamp?: number;
  readonly expTime?: number;
}

/** Adds entries of an AS. */
export function extenderOf(isdAs: IsdAs, expTime = 63): SegmentExtender {
  return new SegmentExtender(extenderPartsOf(isdAs, expTime));
}

/** With what an AS adds entries. */
export function extenderPartsOf(isdAs: IsdAs, expTime = 63): SegmentExtenderParts {
  const { mtu, interfaces } = surroundingsOf(isdAs);
  return {
    ...{ isdAs, mtu, interfaces, expTime, hops: hopsOf(isdAs) },
    signer: () => ({
      key: signingKeyOf(isdAs),
      keyId: { isdAs, subjectKeyId: new Uint8Array(0), trcBase: 0, trcSerial: 0 },
    }),
    seconds: () => NOW_S,
  };
}

/** A beacon that left `origin` over these interfaces, one after the other; after 0 it is a segment that ends there. */
export function beaconOver(
  origin: IsdAs,
  egresses: readonly number[],
  { segmentId = 0x1234, timestamp = NOW_S, expTime = 63 }: SegmentWishes = {},
): SignedSegment {
  let beacon = emptySignedSegment(segmentId, timestamp);
  let at = { isdAs: origin, ingress: 0 };
  for (const egress of egresses) {
    beacon = extenderOf(at.isdAs, expTime).extend(beacon, at.ingress, egress);
    const out = surroundingsOf(at.isdAs).interfaces.get(egress);
    if (out !== undefined) at = { isdAs: out.neighbour, ingress: out.neighbourIfId };
  }
  return beacon;
}

/** A segment as stores have it. */
export function knownOf(segment: SignedSegment, ingress = 0): KnownSegment {
  const identity = crypto.sha256(segmentIdHashInput(segment.segment));
  const expiryHalfSeconds = segmentExpiryHalfSeconds(segment.segment);
  return { ...segment, identity, expiryHalfSeconds, ingress };
}

/** A segment over any ASes, also such as are in no network, that nobody signed. */
export function unsignedOver(
  ases: readonly string[],
  { segmentId = 1, timestamp = NOW_S, expTime = 63 }: SegmentWishes = {},
): SignedSegment {
  const mac = new Uint8Array(6);
  const entries = ases.map((text, index) => {
    const consIngress = index === 0 ? 0 : 2 * index;
    const consEgress = index + 1 === ases.length ? 0 : 2 * index + 1;
    const hop = { consIngress, consEgress, expTime, mac };
    return { isdAs: requireIsdAs(text), mtu: 1_400, ingressMtu: 0, hop, peers: [] };
  });
  return { segment: { segmentId, timestamp, entries }, information: new Uint8Array(0), signed: [] };
}

function secretOf(isdAs: IsdAs, purpose: string): Uint8Array {
  return sha256(new TextEncoder().encode(`${purpose} ${isdAs}`));
}
