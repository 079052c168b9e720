/**
 * The shape of an agent's order, and of faults on links.
 *
 * An agent gets the parts of a scenario that it runs: traffic and options; faults, limits and seeds
 * stay with the coordinator. Options are checked by the schemas of their protocols.
 *
 * @module
 */
import { DSCP_VALUES } from '../../../engine/pure/traffic-class.ts';
import type { AskSpec, FloodSpec } from '../../../scenarios/fault-parts.ts';
import type { Scenario, TrafficSpec } from '../../../scenarios/model.ts';
import type { FloodOrder } from '../../flood-order.ts';
import type { KeyBundle } from '../../nodes/key-bundle.ts';
import type { ReplayAttack } from '../../world.ts';
import type { AgentOrder } from './messages.ts';
import {
  bigInteger,
  bytes,
  flag,
  integerWithin,
  list,
  number,
  object,
  oneOf,
  optional,
  plainJson,
  record,
  type Shape,
  taggedUnion,
  text,
  textLike,
} from './shape.ts';

const NAME_MAX = 256;
const TEXT_MAX = 4_096;
const PARTS_MAX = 100_000;
const TRACE_MAX = 10_000_000;
const DEPTH_MAX = 12;
/** Largest datagram of a flood that a file may ask for, bytes. */
const FLOOD_BYTES_MAX = 65_000;
const PACKET_MAX = 16_777_216;
const SECRET_BYTES = 32;
/** Longest public key of a node, bytes: one for a post-quantum key encapsulation fits. */
const PUBLIC_KEY_MAX = 4_096;
const PUBLISHED_MAX = 16_000_000;
const RUN_NAME = /^[0-9a-f]{16}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const DURATION_MAX = 2 ** 50;

const name = text(NAME_MAX);
const note = text(TEXT_MAX);
const instant = number(0, Number.POSITIVE_INFINITY);
const rate = number(Number.MIN_VALUE, Number.MAX_SAFE_INTEGER);
const length = integerWithin(0);
const kind = name;

const position = object<TrafficSpec['position']>({
  file: note,
  line: integerWithin(0),
  column: integerWithin(0),
});

const pattern = taggedUnion<TrafficSpec['pattern']['kind']>('kind', {
  constant: object({ kind, rate }),
  poisson: object({ kind, rate }),
  'on-off': object({ kind, rate, onNs: instant, offNs: instant }),
  trace: object({ kind, atNs: list(instant, TRACE_MAX), bytes: list(length, TRACE_MAX) }),
  'request-response': object({ kind, rate, responseBytes: length }),
  file: object({ kind, bytes: length }),
});

const traffic = object<TrafficSpec>({
  from: name,
  to: name,
  by: optional(note),
  pattern,
  sizeBytes: integerWithin(32, PACKET_MAX),
  wishes: optional(
    object<NonNullable<TrafficSpec['wishes']>>({
      lifetime: optional(number(1, Number.MAX_SAFE_INTEGER)),
      priority: optional(integerWithin(0, 2)),
      tolerant: optional(flag),
    }),
  ),
  startNs: instant,
  stopNs: instant,
  streams: optional(name),
  group: optional(note),
  position,
});

/** Accepts only an absent value. */
const nothing: Shape = (value, place) =>
  value === undefined ? undefined : `${place} is not an agent's to set`;
const none = list(nothing, 0);

const parts = list(plainJson(DEPTH_MAX), PARTS_MAX);
const topology = object<Scenario['topology']>({
  name: note,
  file: note,
  sha256: textLike(SHA256, 'SHA-256'),
  addressPlan: oneOf('loopback', 'ports'),
  hosts: parts,
  links: parts,
  segments: parts,
  clouds: none,
  areas: parts,
  warnings: none,
});

const scenario = object<Scenario>({
  name: note,
  file: note,
  sha256: text(64),
  modules: nothing,
  data: nothing,
  question: text(0),
  topology,
  stack: optional(parts),
  durationNs: number(0, DURATION_MAX),
  warmupNs: number(0, DURATION_MAX),
  drainNs: number(0, DURATION_MAX),
  epochSeconds: number(0, Number.MAX_SAFE_INTEGER),
  crypto: oneOf('noble', 'node', 'sodium', 'modelled'),
  // For virtual time only, and agents are live.
  sharesAgreements: nothing,
  cpu: nothing,
  options: record(record(plainJson(DEPTH_MAX), PARTS_MAX), PARTS_MAX),
  traffic: list(traffic, PARTS_MAX),
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
  overrides: record(nothing, 0),
  hunt: nothing,
  warnings: none,
});

const secret = bytes(SECRET_BYTES, SECRET_BYTES);
const bundle = object<KeyBundle>({
  roots: record(secret, PARTS_MAX),
  shared: record(secret, PARTS_MAX),
  publicKeys: record(record(bytes(1, PUBLIC_KEY_MAX), PARTS_MAX), PARTS_MAX),
  published: record(text(PUBLISHED_MAX), PARTS_MAX),
});

/** The shape of the order that tells an agent what to build. */
export const orderShape: Shape = object<AgentOrder>({
  hosts: list(name, PARTS_MAX, 1),
  scenario,
  seed: integerWithin(0),
  run: textLike(RUN_NAME, 'name of a run'),
  bundle,
  shape: oneOf('links', 'off'),
  precision: oneOf('low', 'high'),
  stateFolder: optional(note),
  nextSequence: list(length, PARTS_MAX),
  zeroNs: optional(bigInteger),
});

/** A question: names, and a text within the bounds of a file. */
export const askShape: Shape = object<AskSpec>({
  node: name,
  by: optional(note),
  kind: note,
  target: note,
  body: note,
  withinNs: integerWithin(1, Number.MAX_SAFE_INTEGER),
});

/** A flood: names, and numbers within the bounds of a file. */
export const floodOrderShape: Shape = object<FloodOrder>({
  id: text(NAME_MAX),
  flood: object<FloodSpec>({
    forgery: name,
    node: name,
    by: name,
    as: name,
    rate,
    sizeBytes: optional(integerWithin(1, FLOOD_BYTES_MAX)),
    dscp: optional(integerWithin(0, DSCP_VALUES - 1)),
    about: optional(name),
  }),
});

/** An attacker on a link; the links of the action are not used, because the order names one. */
export const replayAttackShape: Shape = object<ReplayAttack>({
  kind: oneOf('tap'),
  links: plainJson(3),
  replay: number(0, 1),
  replayWithin: number(0, Number.MAX_SAFE_INTEGER),
  reorder: number(0, Number.MAX_SAFE_INTEGER),
  forge: number(0, 1),
});

/** The part of a scenario that agents run; without the topology if they have their own. */
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
