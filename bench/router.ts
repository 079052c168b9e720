/**
 * Cost of one packet at a border router, for each provider: the checks, one AES block, and
 * rewriting the header in place.
 *
 * The packet has about 1,000 bytes and is in transit between two links of a core AS, in
 * construction direction. The figure includes a fresh copy of the packet for each round. Measured
 * on 2 shared cores of an AMD EPYC, Node 20.20.2, in ns per packet: node (simulation) 382, node
 * (constant) 1,710, noble 3,799, modelled 312.
 *
 * @module
 */
import {
  type CryptoProviderName,
  type CryptoTiming,
  createCryptoProvider,
} from '../engine/crypto/index.ts';
import type { CalendarTime } from '../engine/host/time.ts';
import { HopAuthenticator } from '../nodes/scion/mac.ts';
import { BorderRouter, type RouterOutput } from '../nodes/scion/router/border-router.ts';
import type { RouterInterface, RouterLink } from '../nodes/scion/router/link.ts';
import { LocalDeliveryResolver } from '../nodes/scion/router/local-delivery.ts';
import { requireHostAddress } from '../nodes/scion/wire/host-address.ts';
import { isdAsWords, requireIsdAs } from '../nodes/scion/wire/isd-as.ts';
import type { HopField, SegmentedPath } from '../nodes/scion/wire/path.ts';
import { encodeUdpPacket } from '../nodes/scion/wire/udp.ts';
import {
  type BenchResult,
  cpuTimeUs,
  requireEqual,
  type Spread,
  spreadOf,
} from './bench-result.ts';

/** Name of this benchmark for `npm run bench -- router`. */
export const name = 'router';

const NOW = 1_700_000_000;
const TIMESTAMP = NOW - 100;
const SEGMENT_ID = 0x1234;
/** Interface through which the packet enters the AS. */
export const INGRESS = 11;
/** Interface through which the packet leaves the AS. */
export const EGRESS = 12;
const ROUNDS = 200_000;
const BATCHES = 5;
const NS_PER_US = 1000;
const BUFFER_LENGTH = 2048;
/** One microsecond: 600,000 packets over five routers then take 3 s. */
const TARGET_NS = 1000;
const PAYLOAD_LENGTH = 900;
/** Key of the measured router. */
export const ROUTER_KEY: Uint8Array = new Uint8Array(16).fill(7);
const HERE = requireIsdAs('1-ff00:0:2');

const PROVIDERS: readonly (readonly [CryptoProviderName, CryptoTiming])[] = [
  ['node', 'simulation'],
  ['node', 'constant'],
  ['noble', 'constant'],
  ['modelled', 'simulation'],
];

/** Measures every provider. */
export function run(): BenchResult[] {
  return PROVIDERS.map(([providerName, timing]) => {
    const isDefault = providerName === 'node' && timing === 'simulation';
    return {
      name: `transit packet, ${providerName} (${timing})`,
      ...nanosecondsPerPacket(providerName, timing),
      unit: 'ns/packet',
      ...(isDefault ? { target: TARGET_NS } : {}),
    };
  });
}

/** CPU time per packet, as the median of five batches after a warm-up. */
function nanosecondsPerPacket(providerName: CryptoProviderName, timing: CryptoTiming): Spread {
  const hops = new HopAuthenticator(
    createCryptoProvider(providerName, { timing }).aesCmac(ROUTER_KEY),
  );
  const template = transitPacket(hops);
  const links = [link(0, INGRESS), link(1, EGRESS)] as const;
  let forwarded = 0;
  const router = createRouter(hops, links, () => {
    forwarded++;
  });
  const buffer = new Uint8Array(BUFFER_LENGTH);
  const batch = (): void => {
    for (let round = 0; round < ROUNDS; round++) {
      buffer.set(template);
      router.process(router.passage.begin(links[0], buffer, 0, template.length), 0);
    }
  };
  batch();
  const times = Array.from({ length: BATCHES }, () => (cpuTimeUs(batch) * NS_PER_US) / ROUNDS);
  requireEqual('packets forwarded', forwarded, (BATCHES + 1) * ROUNDS);
  return spreadOf(times);
}

/** A router that only forwards, from the first link to the second. */
export function createRouter(
  hops: HopAuthenticator,
  links: readonly [RouterLink, RouterLink],
  onForward: RouterOutput['forward'],
): BorderRouter {
  const refuse = (): never => {
    throw new Error('the packet of the bench was not forwarded');
  };
  const output: RouterOutput = {
    forward: onForward,
    deliver: refuse,
    reply: refuse,
    bfd: refuse,
    drop: refuse,
    suppressed: refuse,
  };
  const interfaces = new Map<number, RouterInterface>();
  for (const one of links) {
    const neighbour = isdAsWords(requireIsdAs(`1-ff00:0:${one.ifId}`));
    interfaces.set(one.ifId, { ifId: one.ifId, neighbour: 'core', isdAs: neighbour, link: one });
  }
  const context = {
    isdAs: isdAsWords(HERE),
    interfaces,
    hops,
    crypto: createCryptoProvider('noble'),
    delivery: new LocalDeliveryResolver({
      endpointOf: refuse,
      services: new Map(),
      pick: refuse,
      dispatchedPorts: { first: 0, last: 65_535 },
    }),
    clock: (): CalendarTime => ({ seconds: NOW, nanos: 0 }),
    mtuCheck: true,
  };
  return new BorderRouter(context, { isdAs: HERE, host: requireHostAddress('127.1.0.1') }, output);
}

/** A link to a core AS. */
export function link(index: number, ifId: number): RouterLink {
  return {
    kind: 'external',
    index,
    id: `l${index}`,
    ifId,
    neighbour: 'core',
    mtu: 1400,
    isUp: true,
  };
}

/** A packet for which the measured router is the second of three hops. */
export function transitPacket(hops: HopAuthenticator): Uint8Array {
  const fields = { expTime: 63, consIngress: INGRESS, consEgress: EGRESS };
  const mac = hops.mac({ segmentId: SEGMENT_ID, timestamp: TIMESTAMP, ...fields });
  const hop: HopField = { ...fields, mac, hasIngressAlert: false, hasEgressAlert: false };
  const path: SegmentedPath = {
    kind: 'scion',
    currentInfo: 0,
    currentHop: 1,
    segmentLengths: [3, 0, 0],
    infos: [{ isPeering: false, isConsDir: true, segmentId: SEGMENT_ID, timestamp: TIMESTAMP }],
    hops: [hop, hop, hop],
  };
  const header = {
    trafficClass: 0,
    flowId: 1,
    source: requireIsdAs('1-ff00:0:1'),
    target: requireIsdAs('1-ff00:0:3'),
    sourceHost: requireHostAddress('127.1.1.128'),
    targetHost: requireHostAddress('127.1.3.128'),
    path,
  };
  const payload = new Uint8Array(PAYLOAD_LENGTH);
  return encodeUdpPacket(header, { sourcePort: 31_000, targetPort: 31_001, payload });
}
