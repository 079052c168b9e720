/**
 * Turns what a run threw into a {@link NodeCrash}: finds the node whose code ran, the line of its
 * protocol, and the node's last events. An error of the engine itself is returned unchanged.
 *
 * @module
 */
import { StandstillError } from '../../engine/core/standstill.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import { OutsideProgramError } from '../../engine/live/emulation/outside-error.ts';
import { findEnvironmentError } from '../../engine/live/environment.ts';
import {
  FileOwners,
  listStackFrameLocations,
  type StackFrameLocation,
} from '../../engine/live/stack-locations.ts';
import type { NodeCall, NodeCalls } from '../../engine/net/node-calls.ts';
import type { ProtocolStackOf } from '../../scenarios/open/nodes.ts';
import { isShipped, isShippedName } from '../../scenarios/open/shipped-protocols.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { ConfigError } from '../../topologies/files/config-error.ts';
import type { Machine, MachineFiles } from '../../topologies/files/machine.ts';
import type { HostSpec } from '../../topologies/model.ts';
import { FaultError } from '../faults/fault-context.ts';
import type { LocalWorld } from '../world.ts';
import {
  BrokenGuaranteeError,
  type Crash,
  type CrashEvent,
  type CrashLocation,
  NodeCrash,
} from './crash.ts';

/** The hosts of a run, and the record of the latest calls to its nodes. */
export interface CallContext {
  readonly hosts: readonly HostSpec[];
  readonly calls: NodeCalls;
  /** Reads the time of the scenario, ns. */
  readonly now: () => number;
  /** Reads the clock that stamps the calls, ns; by default the time of the scenario. */
  readonly callTime?: () => number;
  /** Address and port of an endpoint; absent if they are unknown. */
  readonly addressOf?: (endpoint: number) => { readonly address: string; readonly port: number };
}

/** The facts about a run from which the report of a crash is made. */
export interface CrashContext extends CallContext {
  readonly machine: Machine;
  readonly stackOf: ProtocolStackOf;
  readonly seed: number;
}

/** The context of a crash in a run whose world is in this process. */
export function makeCrashContext(
  world: LocalWorld,
  parts: Pick<CrashContext, 'machine' | 'hosts' | 'stackOf' | 'seed'>,
): CrashContext {
  const { sim } = world;
  return {
    ...parts,
    calls: sim.calls,
    now: () => world.now(),
    callTime: () => sim.scheduler.now,
    addressOf: (endpoint) => sim.endpoints.pairOf(endpoint),
  };
}

/** Runs code of a run. If it throws, the error is reported with the node that was called. */
export function runReportingCrashes<T>(crashContext: CrashContext, code: () => T): T {
  try {
    return code();
  } catch (error) {
    throw findCrash(error, crashContext);
  }
}

/** Number of lines that are shown before and after the line that threw. */
const CONTEXT_LINES = 2;
const NODES_NAMED_MAX = 4;
/**
 * Stack frames in these files are skipped: such functions throw because of a mistake in the code
 * that called them.
 */
const ASSERT_FILES = /\/engine\/(core\/assert|live\/ambient-guard)\.[jt]s$/;

/** The {@link NodeCrash} for an error, or the error itself if no node caused it. */
export function findCrash(error: unknown, crashContext: CrashContext): unknown {
  if (isKnown(error)) return error;
  if (error instanceof StandstillError) return standstillOf(error, crashContext);
  if (error instanceof BrokenGuaranteeError) return brokenGuaranteeCrash(error, crashContext);
  return thrownCrash(error, crashContext) ?? error;
}

function thrownCrash(error: unknown, crashContext: CrashContext): NodeCrash | undefined {
  const index = crashContext.calls.inHand ?? -1;
  const host = crashContext.hosts[index];
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const theirs = theirProtocols(crashContext);
  const owners = new FileOwners(theirs.map(({ moduleUrl }) => moduleUrl));
  const places = listStackFrameLocations(stack);
  const protocol =
    host === undefined
      ? byFile(theirs, places[0])
      : protocolAt(protocolsAt(host, crashContext), places);
  if (protocol === undefined) return undefined;
  const isOurs = isShipped(protocol);
  const { files } = crashContext.machine;
  const [first] = places;
  const ours = first === undefined ? undefined : codePlace(first, files);
  const place = isOurs ? ours : placeOf(places, owners, files);
  const crash: Crash = {
    by: isOurs ? 'orrery' : 'protocol',
    protocol: protocol.name,
    ...(host === undefined ? {} : { node: host.name }),
    how: 'threw',
    seed: crashContext.seed,
    atNs: crashContext.now(),
    error: wordsOf(error),
    ...(place === undefined ? {} : { place }),
    events: host === undefined ? [] : lastEventsOfNode(index, crashContext),
    stack,
  };
  return new NodeCrash(crash, error);
}

/**
 * The crash for a guarantee that a user's protocol broke; the error itself if the protocol is part
 * of orrery.
 */
function brokenGuaranteeCrash(error: BrokenGuaranteeError, crashContext: CrashContext): unknown {
  const host = crashContext.hosts.findIndex(({ name }) => name === error.node);
  const spec = crashContext.hosts[host];
  const kept = theirProtocols(crashContext).find(({ account }) => account !== undefined);
  const protocol = spec === undefined ? kept : crashContext.stackOf(spec)[0].protocol;
  if (protocol === undefined || isShipped(protocol)) return error;
  const crash: Crash = {
    by: 'protocol',
    protocol: protocol.name,
    ...(spec === undefined ? {} : { node: spec.name }),
    how: 'threw',
    seed: crashContext.seed,
    atNs: crashContext.now(),
    error: error.message,
    events: spec === undefined ? [] : lastEventsOfNode(host, crashContext),
    stack: error.stack ?? '',
  };
  return new NodeCrash(crash, error);
}

/** True for an error whose own message already explains it to the user. */
function isKnown(error: unknown): boolean {
  const kinds = [NodeCrash, FaultError, OutsideProgramError, Refusal, ConfigError];
  return kinds.some((kind) => error instanceof kind) || findEnvironmentError(error) !== undefined;
}

function standstillOf(error: StandstillError, crashContext: CrashContext): NodeCrash {
  const { calls, hosts } = crashContext;
  const found = calls.calledAt(crashContext.callTime?.() ?? crashContext.now());
  const named = found.flatMap((index) => hosts[index] ?? []);
  const protocols = [...new Set(named.map((host) => crashContext.stackOf(host)[0].protocol))];
  const isTheirs = protocols.some((protocol) => !isShipped(protocol));
  const names = named.slice(0, NODES_NAMED_MAX).map(({ name }) => name);
  const more = named.length > names.length ? [`${named.length - names.length} more`] : [];
  const crash: Crash = {
    by: isTheirs ? 'protocol' : 'orrery',
    protocol: protocols.map(({ name }) => name).join(', '),
    ...(named.length === 0 ? {} : { node: [...names, ...more].join(', ') }),
    how: 'still',
    seed: crashContext.seed,
    atNs: crashContext.now(),
    error: error.message,
    events: named.length === 1 ? lastEventsOfNode(found[0] ?? 0, crashContext) : [],
    stack: error.stack ?? '',
  };
  return new NodeCrash(crash, error);
}

/**
 * Runs the nodes of a run in virtual time; while they run, protocols of users that read a clock of
 * the system are stopped with an error.
 */
export function runGuardingClocks<T>(crashContext: CrashContext, code: () => T): T {
  const theirs = theirProtocols(crashContext);
  if (theirs.length === 0) return code();
  const owners = new FileOwners(theirs.map(({ moduleUrl }) => moduleUrl));
  const { calls, machine } = crashContext;
  const release = machine.guardClocks({ owners, isNodeCode: () => calls.inHand !== undefined });
  try {
    return code();
  } finally {
    release();
  }
}

function theirProtocols(crashContext: CrashContext): readonly Protocol[] {
  const all = new Set(crashContext.hosts.flatMap((host) => protocolsAt(host, crashContext)));
  return [...all].filter((protocol) => !isShipped(protocol));
}

/** The protocols of a host, the lowest first. */
function protocolsAt(host: HostSpec, { stackOf }: CrashContext): readonly Protocol[] {
  return stackOf(host).map(({ protocol }) => protocol);
}

/** The protocol of a host to which the innermost frame of the call stack belongs; the host's lowest protocol if none does. */
function protocolAt(
  protocols: readonly Protocol[],
  places: readonly StackFrameLocation[],
): Protocol | undefined {
  const [bottom] = protocols;
  if (protocols.length === 1) return bottom;
  for (const { file } of places) {
    const owner = protocols.find(({ moduleUrl }) => new FileOwners([moduleUrl]).owns(file));
    if (owner !== undefined) return owner;
  }
  return bottom;
}

function byFile(
  theirs: readonly Protocol[],
  top: StackFrameLocation | undefined,
): Protocol | undefined {
  if (top === undefined) return undefined;
  return theirs.find(({ moduleUrl }) => new FileOwners([moduleUrl]).isTheirs(top.file));
}

/** The innermost stack frame in the user's code, and the function of orrery that this line called. */
function placeOf(
  places: readonly StackFrameLocation[],
  owners: FileOwners,
  files: MachineFiles,
): CrashLocation | undefined {
  const theirs = places.find(({ file }) => owners.isTheirs(file));
  if (theirs === undefined) return undefined;
  const top = places.find(({ file }) => !ASSERT_FILES.test(file));
  const isWithin = top !== undefined && owners.isOurs(top.file);
  const within = isWithin ? { within: `${top.file}:${top.line}` } : {};
  return { ...codePlace(theirs, files), ...within };
}

/** The place in the code of a call that does not return, from the stack of its thread. */
export function locateStuckCall(
  stack: string,
  protocol: string,
  files: MachineFiles,
): CrashLocation | undefined {
  const places = listStackFrameLocations(stack);
  return isShippedName(protocol)
    ? places.map((place) => codePlace(place, files))[0]
    : placeOf(places, new FileOwners([protocol]), files);
}

function codePlace({ file, line, column }: StackFrameLocation, files: MachineFiles): CrashLocation {
  const lines = linesOf(file, files);
  const from = Math.max(0, line - 1 - CONTEXT_LINES);
  return {
    file,
    line,
    column,
    firstLine: from + 1,
    lines: lines.slice(from, line + CONTEXT_LINES),
  };
}

function linesOf(file: string, files: MachineFiles): readonly string[] {
  try {
    const bytes = files.read(file, () => undefined) ?? new Uint8Array(0);
    return new TextDecoder().decode(bytes).split('\n');
  } catch {
    // The file was removed after it was loaded; the report names the place without its lines.
    return [];
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return `${String(error)} was thrown`;
  const isPlain = ['Error', 'InvariantError', 'AmbientInputError'].includes(error.name);
  return isPlain ? error.message : `${error.name}: ${error.message}`;
}

/** The last calls of a node, as text for people. */
export function lastEventsOfNode(host: number, crashContext: CallContext): readonly CrashEvent[] {
  const { calls, now, callTime = now } = crashContext;
  const shiftNs = now() - callTime();
  return calls.lastOf(host).map((call) => ({
    atNs: call.atNs + shiftNs,
    text: eventText(call, crashContext),
  }));
}

function eventText({ kind, bytes, from }: NodeCall, crashContext: CallContext): string {
  switch (kind) {
    case 'create':
      return 'created';
    case 'start':
      return 'started';
    case 'datagram':
      return `datagram of ${bytes} B${senderOf(from, crashContext)}`;
    case 'message':
      return `message of ${bytes} B from the protocol below`;
    case 'timer':
      return 'timer';
    case 'request':
      return `request of ${bytes} B from its application`;
    case 'job':
      return 'end of a job';
    case 'store':
      return 'answer of its store';
    case 'stream':
      return 'stream or store';
    case 'stop':
      return 'stopped';
    case 'question':
      return 'asked for its state';
    default:
      return kind satisfies never;
  }
}

function senderOf(endpoint: number, { hosts, addressOf }: CallContext): string {
  if (addressOf === undefined) return '';
  const { address, port } = addressOf(endpoint);
  return ` from ${hosts.find((host) => host.address === address)?.name ?? `${address}:${port}`}`;
}
