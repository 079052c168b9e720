/**
 * The shape of an agent's assignment, and of faults on links.
 *
 * An agent gets the parts of a scenario that it runs: traffic and options; faults, limits and seeds
 * stay with the coordinator. Options are checked by the schemas of their protocols.
 *
 * @module
 */
import type { IpFlow } from '../../../engine/pure/ip-headers.ts';
import { DSCP_VALUE_COUNT } from '../../../engine/pure/traffic-class.ts';
import type { AskSpec, FloodSpec } from '../../../scenarios/fault-parts.ts';
import type { Scenario, TrafficSpec } from '../../../scenarios/model.ts';
import type { FloodCommand } from '../../flood-command.ts';
import type { KeyBundle } from '../../nodes/key-bundle.ts';
import type { ReplayAttack } from '../../world.ts';
import type { AgentAssignment } from './messages.ts';
import {
  bigIntShape,
  booleanShape,
  boundedTextShape,
  bytesShape,
  integerShape,
  listShape,
  numberShape,
  objectShape,
  oneOfShape,
  optionalShape,
  patternTextShape,
  plainJsonShape,
  recordShape,
  type ShapeCheck,
  taggedUnionShape,
} from './shape.ts';

const NAME_MAX = 256;
const TEXT_MAX = 4_096;
const PARTS_MAX = 100_000;
const TRACE_MAX = 10_000_000;
const DEPTH_MAX = 12;
/** Largest number of flows of IP packets: as many as a capture may have. */
const IP_FLOWS_MAX = 65_536;
/** Largest datagram of a flood that a file may ask for, bytes. */
const FLOOD_BYTES_MAX = 65_000;
const PACKET_MAX = 16_777_216;
const SECRET_BYTES = 32;
/** Longest public key of a node, bytes; a key for a post-quantum key encapsulation fits. */
const PUBLIC_KEY_MAX = 4_096;
const PUBLISHED_MAX = 16_000_000;
const RUN_NAME = /^[0-9a-f]{16}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const DURATION_MAX = 2 ** 50;

const name = boundedTextShape(NAME_MAX);
const note = boundedTextShape(TEXT_MAX);
const instant = numberShape(0, Number.POSITIVE_INFINITY);
const rate = numberShape(Number.MIN_VALUE, Number.MAX_SAFE_INTEGER);
const length = integerShape(0);
const kind = name;

const position = objectShape<TrafficSpec['position']>({
  file: note,
  line: integerShape(0),
  column: integerShape(0),
});

const ipEndpoint = objectShape<IpFlow['from']>({
  address: listShape(integerShape(0, 255), 16),
  port: integerShape(0, 65_535),
});
const ipFlow = objectShape<IpFlow>({
  from: ipEndpoint,
  to: ipEndpoint,
  protocol: oneOfShape('udp', 'tcp'),
});

const pattern = taggedUnionShape<TrafficSpec['pattern']['kind']>('kind', {
  constant: objectShape({ kind, rate }),
  poisson: objectShape({ kind, rate }),
  'on-off': objectShape({ kind, rate, onNs: instant, offNs: instant }),
  trace: objectShape({
    kind,
    atNs: listShape(instant, TRACE_MAX),
    bytes: listShape(length, TRACE_MAX),
    ip: optionalShape(
      objectShape({
        flows: listShape(ipFlow, IP_FLOWS_MAX),
        numbers: listShape(integerShape(0, IP_FLOWS_MAX - 1), TRACE_MAX),
      }),
    ),
  }),
  'request-response': objectShape({ kind, rate, responseBytes: length }),
  file: objectShape({ kind, bytes: length }),
});

const trafficShape = objectShape<TrafficSpec>({
  from: name,
  to: name,
  by: optionalShape(note),
  pattern,
  sizeBytes: integerShape(32, PACKET_MAX),
  ip: optionalShape(oneOfShape('ipv4', 'ipv6')),
  routed: optionalShape(booleanShape),
  wishes: optionalShape(
    objectShape<NonNullable<TrafficSpec['wishes']>>({
      lifetime: optionalShape(numberShape(1, Number.MAX_SAFE_INTEGER)),
      priority: optionalShape(integerShape(0, 2)),
      tolerant: optionalShape(booleanShape),
      private: optionalShape(booleanShape),
    }),
  ),
  startNs: instant,
  stopNs: instant,
  streams: optionalShape(name),
  group: optionalShape(note),
  position,
});

/**
 * The same bounds as in the schema of scenarios: the headers and the ground truth fit into each IP
 * packet, and its length fits into their fields.
 */
const traffic: ShapeCheck = (value, place) => {
  const wrong = trafficShape(value, place);
  if (wrong !== undefined) return wrong;
  const { ip, sizeBytes } = value as TrafficSpec;
  const isSound = ip === undefined || (sizeBytes >= 80 && sizeBytes <= 65_535);
  return isSound ? undefined : `${place} has IP packets of ${sizeBytes} bytes`;
};

/** The shape of an option that must be absent from an agent's assignment. */
const nothing: ShapeCheck = (value, place) =>
  value === undefined ? undefined : `${place} is not an agent's to set`;
const none = listShape(nothing, 0);

const parts = listShape(plainJsonShape(DEPTH_MAX), PARTS_MAX);
const topology = objectShape<Scenario['topology']>({
  name: note,
  file: note,
  sha256: patternTextShape(SHA256, 'SHA-256'),
  addressPlan: oneOfShape('loopback', 'ports'),
  hosts: parts,
  links: parts,
  segments: parts,
  clouds: none,
  areas: parts,
  warnings: none,
});

const scenario = objectShape<Scenario>({
  name: note,
  file: note,
  sha256: boundedTextShape(64),
  modules: nothing,
  data: nothing,
  question: boundedTextShape(0),
  topology,
  stack: optionalShape(parts),
  durationNs: numberShape(0, DURATION_MAX),
  warmupNs: numberShape(0, DURATION_MAX),
  drainNs: numberShape(0, DURATION_MAX),
  epochSeconds: numberShape(0, Number.MAX_SAFE_INTEGER),
  crypto: oneOfShape('noble', 'node', 'sodium', 'modelled'),
  // `sharesAgreements` exists in virtual time only, and agents run live.
  sharesAgreements: nothing,
  remarks: nothing,
  cpu: nothing,
  options: recordShape(recordShape(plainJsonShape(DEPTH_MAX), PARTS_MAX), PARTS_MAX),
  traffic: listShape(traffic, PARTS_MAX),
  ...{ drawnTraffic: nothing, asks: nothing },
  events: none,
  kpis: none,
  sweep: nothing,
  privacy: nothing,
  seeds: none,
  timeLimitMs: nothing,
  until: nothing,
  arrives: nothing,
  ...{ twin: nothing, networks: nothing },
  overrides: recordShape(nothing, 0),
  hunt: nothing,
  warnings: none,
});

const secret = bytesShape(SECRET_BYTES, SECRET_BYTES);
const bundle = objectShape<KeyBundle>({
  roots: recordShape(secret, PARTS_MAX),
  shared: recordShape(secret, PARTS_MAX),
  publicKeys: recordShape(recordShape(bytesShape(1, PUBLIC_KEY_MAX), PARTS_MAX), PARTS_MAX),
  published: recordShape(boundedTextShape(PUBLISHED_MAX), PARTS_MAX),
});

/** The shape of the assignment from which an agent builds its nodes. */
export const agentAssignmentShape: ShapeCheck = objectShape<AgentAssignment>({
  hosts: listShape(name, PARTS_MAX, 1),
  scenario,
  seed: integerShape(0),
  run: patternTextShape(RUN_NAME, 'name of a run'),
  bundle,
  shape: oneOfShape('links', 'off'),
  precision: oneOfShape('low', 'high'),
  stateFolder: optionalShape(note),
  nextSequence: listShape(length, PARTS_MAX),
  zeroNs: optionalShape(bigIntShape),
});

/** The shape of a question: names, and a text within the bounds of a scenario file. */
export const askSpecShape: ShapeCheck = objectShape<AskSpec>({
  node: name,
  by: optionalShape(note),
  kind: note,
  target: note,
  body: note,
  withinNs: integerShape(1, Number.MAX_SAFE_INTEGER),
});

/** The shape of a flood: names, and numbers within the bounds of a scenario file. */
export const floodCommandShape: ShapeCheck = objectShape<FloodCommand>({
  id: boundedTextShape(NAME_MAX),
  flood: objectShape<FloodSpec>({
    forgery: name,
    node: name,
    by: name,
    as: name,
    rate,
    sizeBytes: optionalShape(integerShape(1, FLOOD_BYTES_MAX)),
    dscp: optionalShape(integerShape(0, DSCP_VALUE_COUNT - 1)),
    about: optionalShape(name),
  }),
});

/**
 * The shape of an attacker on a link. The links of the action are left out, because the command names
 * one link.
 */
export const replayAttackShape: ShapeCheck = objectShape<ReplayAttack>({
  kind: oneOfShape('tap'),
  links: plainJsonShape(3),
  replay: numberShape(0, 1),
  replayWithin: numberShape(0, Number.MAX_SAFE_INTEGER),
  reorder: numberShape(0, Number.MAX_SAFE_INTEGER),
  forge: numberShape(0, 1),
});

/** The part of a scenario that agents need; without the topology if agents have their own. */
export function agentScenario(whole: Scenario, has: 'topology' | 'own-topology'): Scenario {
  const { name: own, sha256, topology: all, durationNs, warmupNs, drainNs } = whole;
  const nowhere = { hosts: [], links: [], segments: [], clouds: [], areas: [] };
  return {
    name: own,
    file: whole.file,
    sha256,
    question: '',
    ...(whole.stack === undefined ? {} : { stack: whole.stack }),
    topology: { ...all, ...(has === 'topology' ? {} : nowhere), warnings: [] },
    durationNs,
    warmupNs,
    drainNs,
    epochSeconds: whole.epochSeconds,
    crypto: whole.crypto,
    options: whole.options,
    traffic: whole.traffic,
    events: [],
    kpis: [],
    seeds: [],
    overrides: {},
    warnings: [],
  };
}
