/**
 * For each message that repairs a state, as the tables of the protocols list them: a small run in which it can be lost,
 * and how to know it.
 *
 * @module
 */

import { decodeLtpSegment, isCheckpoint, type LtpContent } from '../../nodes/dtn/layer/ltp-wire.ts';
import { decodePacket, type FabricPacket } from '../../nodes/fabric/wire.ts';
import {
  type SecaggMessageType,
  SECAGG_MESSAGE_TYPES as SUM,
} from '../../nodes/federated/secagg/messages.ts';
import { decodeFederatedMessage, type FederatedMessage } from '../../nodes/federated/wire.ts';
import { FRAME_TYPE, type FrameType } from '../../nodes/gateway/geometry.ts';
import { decodeFrame, FrameHeader, HANDSHAKE_MESSAGE_SEQUENCE } from '../../nodes/gateway/wire.ts';
import { decodeVaultMessage, type VaultMessage } from '../../nodes/vault/wire.ts';
import type { IsLost } from '../fixtures/losing.ts';

/** A run in which a message is lost. */
export interface LostCase {
  /** The scenario; its limits hold only if the run recovers. */
  readonly text: string;
  readonly is: IsLost;
}

/** Shown where its machine is tested alone: a file, and a part of the title of a test. */
export type ShownElsewhere = readonly [file: string, title: string];

const flow = (from: string, to: string, more = ''): string =>
  `{ from: ${from}, to: ${to}, kind: constant, rate: 20/s, size: 200B${more} }`;

const GATEWAY = `
name: lost-gateway
question: Does traffic go on?
topology:
  name: one-path
  defaults:
    node: { run: scion }
    link: { rate: 1Gbit/s, mtu: 1472B }
    internal: { delay: 100us }
  ases:
    - { id: "1-ff00:0:111", core: true, mtu: 1472B }
    - { id: "2-ff00:0:211", core: true, mtu: 1472B }
  nodes:
    - { name: gateway-111, as: "1-ff00:0:111", run: gateway }
    - { name: gateway-211, as: "2-ff00:0:211", run: gateway }
    - { name: br-111, as: "1-ff00:0:111" }
    - { name: br-211, as: "2-ff00:0:211" }
  links:
    - { ends: gateway-111 <-> br-111 }
    - { ends: gateway-211 <-> br-211 }
    - { ends: br-111 <-> br-211, relation: core, delay: 5ms }
duration: 6s
warmup: 5s
traffic: [${flow('gateway-111', 'gateway-211')}]
kpis:
  gateway.delivery: { value: ">= 100%" }
`;

const ROUTERS = GATEWAY.replace('duration: 6s\nwarmup: 5s', 'duration: 8s\nwarmup: 6s').concat(
  'events: [{ at: 2s, for: 1s, link: br-111 <-> br-211, set: { up: false } }]\n',
);

const MIXNET = `
name: lost-mixnet
question: Do messages arrive?
topology:
  name: small
  defaults: { node: { run: mixnet }, link: { rate: 1Gbit/s, delay: 5ms, mtu: 9000B } }
  generate: { kind: mixnet, layers: 2, width: 1, providers: 1, clients: 2 }
duration: 30s
warmup: 5s
crypto: modelled
options: { mixnet: { rates: { delay: { mean: 20ms }, payload: { mean: 200ms } } } }
traffic: [{ from: client-1, to: client-2, kind: constant, rate: 1/s, size: 300B, stop: 15s }]
kpis:
  mixnet.delivery: { value: ">= 100%" }
  mixnet.duplicates: { count: "== 0" }
`;

const FABRIC = `
name: lost-fabric
question: Do all messages arrive, once?
topology: fabric-two.yaml
stack: [{ on: "*", run: fabric }]
duration: 5s
drain: 15s
warmup: 0s
traffic: [${flow('alice', 'bob', ', stop: 2s, tolerant: true')}]
kpis:
  fabric.delivery: { value: ">= 100%" }
  fabric.duplicates: { count: "== 0" }
`;

const BULK = `
name: lost-bulk
question: Do all packets arrive, once?
topology:
  name: pair
  defaults: { node: { run: bulk }, link: { rate: 10Mbit/s, delay: 5ms } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob }]
duration: 5s
drain: 5s
warmup: 0s
traffic: [${flow('alice', 'bob', ', stop: 2s')}]
kpis:
  bulk.delivery: { value: ">= 100%" }
  bulk.duplicates: { count: "== 0" }
`;

const DTN = (options: string, stack = ''): string => `
name: lost-dtn
question: Do all bundles arrive, once?
topology:
  name: pair
  defaults: { node: { run: ${stack === '' ? 'dtn' : 'datagram'} }, link: { rate: 10Mbit/s, delay: 5ms, mtu: 1500B } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob }]
${stack}
options: { dtn: { ${options} } }
duration: 5s
drain: 30s
warmup: 0s
traffic: [${flow('alice', 'bob', ', start: 1s, stop: 2s, tolerant: true')}]
kpis:
  dtn.delivery: { value: ">= 100%" }
  dtn.duplicates: { count: "== 0" }
`;
const CARRIED = DTN('retry: 1s', 'stack: [{ on: "*", run: dtn }]');
const LTP = DTN('layer: ltp');
const TCPCL = DTN('layer: tcpcl');
const EPIDEMIC = DTN('router: epidemic');

const federation = (options: string): string => `
name: lost-federated
question: Do all rounds end?
topology:
  name: four
  generate: { kind: star, nodes: 4, prefix: client }
  defaults: { node: { run: datagram }, link: { rate: 100Mbit/s, delay: 5ms } }
stack:
  - { on: "*", run: fabric, options: { outbox: memory } }
  - on: "*"
    run: federated
    options: { aggregator: client-1, rounds: 3, phaseTimeout: 200ms, model: { size: 20 }, ${options} }
duration: 20s
until: done
kpis:
  federated.exact: { value: "== 1" }
  federated.rounds: { count: ">= 2" }
  federated.inputs: { count: ">= 6" }
`;
const FEDERATED = federation('minimum: 2, secureAggregation: { threshold: 2 }');
const SIGNED = federation('minimum: 2, secureAggregation: { threshold: 3, mode: signed }');
const SEEN = federation('minimum: 2, secureAggregation: none');
const NOISY = federation(
  'minimum: 2, secureAggregation: { threshold: 2 }, privacy: { place: distributed, clip: 0.5, noise: 3, dropouts: add-then-remove }',
);
/** A device that is away at first. */
const DECLINING = SEEN.replace('rounds: 3', 'rounds: 12, pause: 100ms')
  .replace(
    'duration: 20s',
    'options: { client-2/federated: { device: { available: { trace: [[600ms, 60s]] } } } }\nduration: 20s',
  )
  .replace('">= 6"', '">= 29"');
const GOSSIP = `
name: lost-gossip
question: Do all exchanges end?
topology:
  name: three
  generate: { kind: star, nodes: 3, prefix: node }
  defaults: { node: { run: datagram }, link: { rate: 100Mbit/s, delay: 5ms } }
stack:
  - { on: "*", run: fabric, options: { outbox: memory } }
  - on: "*"
    run: federated
    options: { gossip: { every: 20ms }, rounds: 5, phaseTimeout: 500ms, secureAggregation: none, model: { size: 20 } }
duration: 20s
until: done
kpis:
  federated.gossip.exchanges: { count: "== 15" }
`;

const VAULT = `
name: lost-vault
question: Do both replicas have all operations?
topology:
  name: pair
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 5ms, mtu: 9000B } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob }]
stack:
  - { on: "*", run: vault, options: { every: 500ms, consent: { trusted: all }, load: { rate: 5/s, stop: 3s, keys: 1, kinds: [put] } } }
duration: 10s
kpis:
  vault.converged: { value: "== 100%" }
  vault.equal: { value: "== 100%" }
`;
/** One replica comes when the log of the other no longer has what it lacks. */
const VAULT_LATE = VAULT.replace('every: 500ms', 'every: 500ms, log: 10')
  .replace('rate: 5/s', 'rate: 20/s')
  .replace(
    'duration: 10s',
    'events: [{ at: 0s, for: 4s, link: "*", set: { up: false } }]\nduration: 15s',
  );

const header = new FrameHeader();

/** A frame of a gateway, inside its SCION and UDP headers. */
function frame(type: FrameType, isIt: (header: FrameHeader) => boolean = () => true): IsLost {
  return (bytes): boolean => {
    const start = 4 * (bytes[5] as number) + UDP_BYTES;
    if (decodeFrame(bytes, start, bytes.length - start, header) !== undefined) return false;
    return header.type === type && isIt(header);
  };
}
const UDP_BYTES = 8;
const TAG_BYTES = 16;

/** What follows the headers of a SCION packet, by its number. */
const scion =
  (next: number): IsLost =>
  (bytes): boolean =>
    bytes[4] === next;
const BFD = 203;
const SCMP = 202;

/** Begins with this byte. */
const begins =
  (...first: readonly number[]): IsLost =>
  (bytes): boolean =>
    first.every((byte, at) => bytes[at] === byte);
const isLong =
  (length: number): IsLost =>
  (bytes): boolean =>
    bytes.length === length;

const fabric =
  (isIt: (packet: FabricPacket) => boolean): IsLost =>
  (bytes): boolean => {
    const packet = decodePacket(bytes);
    return typeof packet === 'object' && isIt(packet);
  };

const ltp =
  (isIt: (content: LtpContent) => boolean): IsLost =>
  (bytes): boolean => {
    const segment = decodeLtpSegment(bytes);
    return segment !== undefined && isIt(segment.content);
  };

const federated =
  (kind: FederatedMessage['kind']): IsLost =>
  (bytes): boolean =>
    decodeFederatedMessage(bytes)?.kind === kind;
const vault =
  (kind: VaultMessage['kind']): IsLost =>
  (bytes): boolean => {
    const message = decodeVaultMessage('vault', bytes);
    return typeof message === 'object' && message.kind === kind;
  };
/** A message of the secure sum: an array whose first item is its type. */
const sum =
  (type: SecaggMessageType): IsLost =>
  (bytes): boolean =>
    decodeFederatedMessage(bytes)?.kind === 'sum' && bytes[1] === type;

const nth = (count: number, isIt: IsLost): IsLost => {
  let seen = 0;
  return (bytes): boolean => {
    seen += Number(isIt(bytes));
    return seen === count;
  };
};

const CONFIRMED: ShownElsewhere = [
  'test/unit/nodes/fabric/confirmation.test.ts',
  'is repeated when the network loses it',
];
const AUDITED: ShownElsewhere = [
  'test/unit/nodes/mixnet/auditor.slow.test.ts',
  'asks again, and suspects who never proves anything',
];

/** By protocol, and by what stands in the first column of its table. */
export const LOST_CASES: Readonly<
  Record<string, Readonly<Record<string, LostCase | ShownElsewhere>>>
> = {
  gateway: {
    opening: {
      text: GATEWAY,
      is: frame(FRAME_TYPE.handshake, (h) => h.sequence === HANDSHAKE_MESSAGE_SEQUENCE.opening),
    },
    answer: {
      text: GATEWAY,
      is: frame(FRAME_TYPE.handshake, (h) => h.sequence === HANDSHAKE_MESSAGE_SEQUENCE.answer),
    },
    cookie: ['test/security/gateway-handshake.test.ts', 'then only who has a cookie is heard'],
    confirmation: {
      text: GATEWAY,
      is: frame(FRAME_TYPE.control, (h) => h.bodyLength === TAG_BYTES),
    },
    probe: { text: GATEWAY, is: frame(FRAME_TYPE.probe) },
    'answer to a probe': { text: GATEWAY, is: frame(FRAME_TYPE.probeReply) },
    report: { text: GATEWAY, is: frame(FRAME_TYPE.report) },
  },
  scion: {
    'BFD packet': { text: ROUTERS, is: scion(BFD) },
    'SCMP error': { text: ROUTERS, is: scion(SCMP) },
  },
  mixnet: {
    upload: { text: MIXNET, is: begins(0x20, 0) },
    'accepted, refused': { text: MIXNET, is: (bytes) => bytes.length === 5 && begins(0x21)(bytes) },
    'ask for a document': {
      text: MIXNET,
      is: (bytes) => bytes.length === 11 && begins(0x12)(bytes),
    },
    document: { text: MIXNET, is: begins(0x13, 0) },
    packet: { text: MIXNET, is: nth(200, begins(0x02)) },
    retrieve: { text: MIXNET, is: begins(0x10) },
    message: { text: MIXNET, is: nth(30, begins(0x11)) },
    'request for a proof': AUDITED,
    proof: AUDITED,
  },
  fabric: {
    'pieces of a message, its memory, life and floor': {
      text: FABRIC,
      is: fabric(({ pieces }) => pieces.length > 0),
    },
    acknowledgement: {
      text: FABRIC,
      is: fabric(({ acknowledgement }) => acknowledgement !== undefined),
    },
    news: { text: FABRIC, is: fabric(({ news }) => news !== undefined) },
    'question for news': CONFIRMED,
    challenge: CONFIRMED,
    confirmation: CONFIRMED,
  },
  'control-service': {
    beacon: [
      'test/unit/nodes/control-service/beaconing.test.ts',
      'only interfaces without success for an interval are tried again, at every tick',
    ],
    registration: [
      'test/unit/nodes/control-service/beaconing.test.ts',
      'registration is tried again while it fails',
    ],
    'request for a level 1 key': [
      'test/unit/nodes/control-service/level1.test.ts',
      'are fetched ahead of the next epoch if a host used them, again and again until it works',
    ],
    'request of a lookup': [
      'test/unit/nodes/control-service/rpc.test.ts',
      'carries 50 kB each way once over a channel that loses, doubles and reorders',
    ],
  },
  bulk: {
    hello: { text: BULK, is: isLong(14) },
    packet: { text: BULK, is: isLong(204) },
    'handed over': { text: BULK, is: nth(3, isLong(6)) },
  },
  dtn: {
    'bundle over a carrier': { text: CARRIED, is: begins(1) },
    'receipt over a carrier': { text: CARRIED, is: begins(2) },
    'record of an encounter': { text: EPIDEMIC, is: () => true },
    'LTP checkpoint': {
      text: LTP,
      is: ltp((content) => content.kind === 'data' && isCheckpoint(content)),
    },
    'LTP report': { text: LTP, is: ltp(({ kind }) => kind === 'report') },
    'receipt of a report': { text: LTP, is: ltp(({ kind }) => kind === 'report-receipt') },
    'LTP cancellation': ['test/unit/nodes/dtn/layer/ltp.test.ts', 'that cancels ends the session'],
    'TCPCL session': { text: TCPCL, is: begins(7) },
    'TCPCL segment': { text: TCPCL, is: begins(1) },
    'TCPCL receipt': { text: TCPCL, is: begins(2) },
  },
  federated: {
    ready: { text: FEDERATED, is: federated('ready') },
    question: { text: FEDERATED, is: nth(4, federated('ready')) },
    task: { text: FEDERATED, is: federated('task') },
    declined: { text: DECLINING, is: federated('declined') },
    keys: { text: FEDERATED, is: sum(SUM.advertise) },
    roster: { text: FEDERATED, is: sum(SUM.roster) },
    shares: { text: FEDERATED, is: sum(SUM.shareKeys) },
    'shares of others': { text: FEDERATED, is: sum(SUM.forward) },
    'masked input': { text: FEDERATED, is: sum(SUM.maskedInput) },
    survivors: { text: FEDERATED, is: sum(SUM.survivors) },
    signature: { text: SIGNED, is: sum(SUM.consistency) },
    signatures: { text: SIGNED, is: sum(SUM.signatures) },
    unmasking: { text: FEDERATED, is: sum(SUM.unmask) },
    done: { text: FEDERATED, is: sum(SUM.done) },
    update: { text: SEEN, is: federated('update') },
    levels: { text: NOISY, is: federated('levels') },
    offer: { text: GOSSIP, is: federated('offer') },
    'answer to an offer': { text: GOSSIP, is: federated('answer') },
    refused: { text: GOSSIP, is: federated('refused') },
  },
  vault: {
    clock: { text: VAULT, is: vault('clock') },
    operations: { text: VAULT, is: vault('items') },
    snapshot: { text: VAULT_LATE, is: vault('snapshot') },
  },
};
