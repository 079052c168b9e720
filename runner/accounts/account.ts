/**
 * Chooses how a run accounts for its messages, from what its protocols report (ADR 0028). If no account
 * is possible, the report says why.
 *
 * @module
 */
import type {
  LocateMessage,
  MessageAccountingMethod,
  MessageObserver,
  Protocol,
} from '../../engine/host/protocol.ts';
import type { LinkDirection } from '../../engine/net/direction.ts';
import type { SeedResult } from '../../reports/model.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { ProtocolStackOf } from '../../scenarios/open/nodes.ts';
import { isLowest, protocolNamesOfHost } from '../../topologies/assemble/stack.ts';
import type { HostSpec } from '../../topologies/model.ts';
import { BrokenGuaranteeError } from '../crash/crash.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { RunFlows } from '../traffic/run-flows.ts';
import type { LocalWorld } from '../world.ts';
import { MessageAccounts } from './accounts.ts';
import type { MessageAccountant } from './message-account.ts';
import { MessageLedger } from './message-ledger.ts';
import { TransitLedger } from './transit-ledger.ts';

/** The parts of a run that message accounting needs. */
export interface MessageAccountingParts {
  readonly scenario: Scenario;
  readonly world: LocalWorld;
  readonly deliveries: RunFlows;
  readonly stackOf: ProtocolStackOf;
  /** Finds messages in the datagrams of a host. */
  readonly readerOf: (host: HostSpec) => LocateMessage | undefined;
}

/** The accounts of a run, or the reason why there are none. */
export type MessageAccounting =
  | { readonly kind: 'kept'; readonly accounts: MessageAccounts }
  | { readonly kind: 'untracked'; readonly reason: string };

/** What real sockets lose, which no observer in the program sees. */
export interface SocketLosses {
  /** Number of lost datagrams by reason. */
  readonly lost: () => Readonly<Record<string, number>>;
  /** Number of datagrams received after the end, when they are no longer passed to nodes. */
  readonly unhandled: () => number;
}

/**
 * The reason shown instead of an account if nodes run in several processes or on several event
 * loops.
 */
export const MULTI_PROCESS_UNTRACKED_REASON =
  'nodes report them only in one process and on one event loop';
/**
 * The reason shown instead of an account if nodes of a live run turn messages into other messages,
 * as mixes do.
 */
const UNLINKABLE_UNTRACKED_REASON =
  'a node of a live run does not reveal which message came from which';

/** Begins to keep the message accounts of a run in virtual time. */
export function startMessageAccounting(parts: MessageAccountingParts): MessageAccounting {
  const reporters = reportersOf(parts);
  return typeof reporters === 'string' ? untracked(reporters) : kept(parts, reporters);
}

/** Begins to keep the message accounts of a live run whose nodes are all in this process. */
export function startLiveMessageAccounting(
  parts: MessageAccountingParts,
  losses: SocketLosses,
): MessageAccounting {
  const reporters = reportersOf(parts);
  if (typeof reporters === 'string') return untracked(reporters);
  // A real mix must not report which output came from which input, since that would defeat its
  // purpose (ADR 0012).
  const isSecretive = reporters.some(({ account }) => account.kind === 'steps');
  return isSecretive ? untracked(UNLINKABLE_UNTRACKED_REASON) : kept(parts, reporters, losses);
}

/**
 * Makes the observer for the lowest protocol of a node, or for a layer; undefined if that protocol
 * reports nothing.
 */
export function makeAccountingObserver(
  account: MessageAccounting,
  node: string,
  layer: string | undefined,
): MessageObserver | undefined {
  return account.kind === 'kept' ? account.accounts.of(node, layer) : undefined;
}

/**
 * Reports rejected messages to the account. To be called when the flows exist, which is once the
 * experiment is prepared.
 */
export function recordRefusedMessages(
  account: MessageAccounting,
  flows: Experiment['flows'],
): void {
  if (account.kind === 'untracked') return;
  const { accounts } = account;
  for (const { index, meter } of flows) {
    meter.onRefused = (sequence, reason): void => accounts.refused(index, sequence, reason);
  }
}

/** Checks at the end of a run that the account of messages balances, and returns its totals. */
export function finishMessageAccounting(
  account: MessageAccounting,
  experiment: Experiment,
): Pick<SeedResult, 'messages' | 'messagesUntracked'> {
  if (account.kind === 'untracked') return { messagesUntracked: account.reason };
  const { accounts } = account;
  const missing = accounts.imbalance((node, layer) => experiment.member(node, layer)?.holding?.());
  if (missing !== undefined) throw new BrokenGuaranteeError(`messages do not add up: ${missing}`);
  return { messages: accounts.totals(experiment.flows) };
}

function untracked(reason: string): MessageAccounting {
  return { kind: 'untracked', reason };
}

function kept(
  parts: MessageAccountingParts,
  reporters: readonly Reporter[],
  losses?: SocketLosses,
): MessageAccounting {
  const owners = flowOwners(parts).map(([first]) => first?.name ?? '');
  const accounts = reporters.map((reporter) => {
    const isOwn = (flow: number): boolean => owners[flow] === reporter.protocol;
    const { protocol, layer } = reporter;
    const ledger = ledgerOf(parts, { reporter, isOwn, losses });
    return { protocol, ledger, ...(layer === undefined ? {} : { layer }) };
  });
  return { kind: 'kept', accounts: new MessageAccounts(accounts, owners) };
}

/** What distinguishes the ledger of one protocol from that of another. */
interface LedgerTerms {
  readonly reporter: Reporter;
  readonly isOwn: (flow: number) => boolean;
  readonly losses: SocketLosses | undefined;
}

function ledgerOf(parts: MessageAccountingParts, terms: LedgerTerms): MessageAccountant {
  const { reporter, isOwn, losses } = terms;
  const { account, layer, isCarrier } = reporter;
  if (account.kind === 'passage') return passageLedger(parts, account, terms);
  const { scenario, readerOf } = parts;
  const { hosts } = scenario.topology;
  const isCarried = layer !== undefined;
  return new MessageLedger({
    ...common(parts),
    isOwn,
    readerOf: (name): LocateMessage | undefined => {
      const host = isCarried ? undefined : hosts.find((each) => each.name === name);
      return host && readerOf(host);
    },
    isPrompt: scenario.cpu === undefined && losses === undefined,
    isCustody: account.kind === 'custody',
    isCarried,
    isCarrier,
    damaged: (): number => parts.deliveries.damaged,
    lies: (): number => countOn(parts, ({ corrupted, injected }) => corrupted + injected),
  });
}

/** A protocol whose nodes report on the messages of its flows. */
interface Reporter {
  readonly protocol: string;
  readonly account: MessageAccountingMethod;
  /** The protocol's name if it is a layer of its hosts; absent if it is their lowest protocol. */
  readonly layer?: string;
  /** True if the protocol carries layers on at least one host. */
  readonly isCarrier: boolean;
}

/**
 * The protocols that accept and deliver messages of flows; or, if one of them cannot report on its
 * messages, the reason as text.
 */
function reportersOf(parts: MessageAccountingParts): readonly Reporter[] | string {
  const flows = flowOwners(parts);
  const owners = byName(flows.flat());
  if (owners.length === 0) return 'no application sends any messages';
  const reporters: Reporter[] = [];
  for (const { name, account } of owners) {
    if (account === undefined) return `protocol ${name} does not report them`;
    const reason = findUnaccounted(parts, name);
    if (reason !== undefined) return reason;
    const reporter = reportingOf(parts, name, account);
    if (typeof reporter === 'string') return reporter;
    reporters.push(reporter);
  }
  // Several lowest protocols would share links, and none of them can read all datagrams there.
  const lowest = reporters.filter(({ layer }) => layer === undefined);
  const mixed = flows.find((ends) => ends.length > 1) ?? [];
  const [first, second] =
    lowest.length > 1 ? lowest.map(({ protocol }) => protocol) : mixed.map(({ name }) => name);
  if (second === undefined) return reporters;
  return `they belong to several protocols: ${first}, ${second}`;
}

/** For each flow, the protocols at its two ends; one entry if they are the same. */
function flowOwners({
  scenario,
  stackOf,
}: MessageAccountingParts): readonly (readonly Protocol[])[] {
  const hosts = new Map(scenario.topology.hosts.map((host) => [host.name, host]));
  const asked = new Map<string, ReadonlyMap<string, Protocol>>();
  return scenario.traffic.map(({ from, to, by }) => {
    const owners: Protocol[] = [];
    for (const name of [from, to]) {
      const host = hosts.get(name);
      if (host === undefined) continue;
      const stack =
        asked.get(name) ?? new Map(stackOf(host).map(({ protocol }) => [protocol.name, protocol]));
      asked.set(name, stack);
      const owner = by === undefined ? [...stack.values()][0] : stack.get(by);
      if (owner !== undefined) owners.push(owner);
    }
    return byName(owners);
  });
}

/** Why nodes of a protocol cannot account for messages with the options that they have; undefined if they can. */
function findUnaccounted(
  { scenario, stackOf }: MessageAccountingParts,
  name: string,
): string | undefined {
  for (const host of scenario.topology.hosts) {
    for (const { protocol, options } of stackOf(host)) {
      const reason = protocol.name === name ? protocol.unaccounted?.(options) : undefined;
      if (reason !== undefined) return reason;
    }
  }
  return undefined;
}

/** Keeps one object for each protocol name, because a registry may make a new object on each request. */
function byName(protocols: readonly Protocol[]): readonly Protocol[] {
  return [...new Map(protocols.map((protocol) => [protocol.name, protocol])).values()];
}

/**
 * How a protocol reports, given its positions in the stacks of all hosts; if it cannot report
 * there, the reason as text.
 */
function reportingOf(
  parts: MessageAccountingParts,
  name: string,
  account: MessageAccountingMethod,
): Reporter | string {
  const { scenario, stackOf } = parts;
  const { hosts } = scenario.topology;
  const stacks = hosts.map(protocolNamesOfHost).filter((names) => names.includes(name));
  const isCarrier = stacks.some((names) => names.at(-1) !== name);
  const beside = sharedHostReason(hosts, name);
  if (beside !== undefined) return beside;
  if (isCarrier && scenario.cpu !== undefined) return 'layers wait for a modelled processor';
  const isLayer = ([lowest]: readonly string[]): boolean => lowest !== name;
  if (stacks.some(isLayer)) {
    if (!stacks.every(isLayer)) return `${name} is a layer at some nodes and the lowest at others`;
    if (account.kind === 'passage') return 'their datagrams are inside those of a carrier';
    if (scenario.cpu !== undefined) return 'layers wait for a modelled processor';
    return { protocol: name, account, layer: name, isCarrier };
  }
  const lowest = hosts.map((host) => stackOf(host)[0].protocol);
  const outsider = lowest.find(({ messages }) => messages === undefined);
  if (account.kind === 'steps' && outsider !== undefined) {
    return `protocol ${outsider.name} does not report those that pass through it`;
  }
  return { protocol: name, account, isCarrier };
}

/**
 * The reason why a lowest protocol that shares hosts with another one has no account: the datagrams
 * of both use the same links, and an account can read those of one protocol only.
 */
function sharedHostReason(hosts: readonly HostSpec[], name: string): string | undefined {
  for (const { protocol, layers = [] } of hosts) {
    const names = [protocol, ...layers.filter(isLowest).map((layer) => layer.name)];
    const other = names.find((one) => one !== name);
    if (other !== undefined && names.includes(name)) return `${name} shares links with ${other}`;
  }
  return undefined;
}

function passageLedger(
  parts: MessageAccountingParts,
  { keyOf }: Extract<MessageAccountingMethod, { kind: 'passage' }>,
  { reporter, isOwn, losses }: LedgerTerms,
): TransitLedger {
  const corrupted = (): number => countOn(parts, (direction) => direction.corrupted);
  return new TransitLedger({
    ...common(parts),
    isOwn,
    isCarrier: reporter.isCarrier,
    keyOf,
    unseen: () => ({ corrupted: corrupted() + parts.deliveries.damaged, ...losses?.lost() }),
    unhandled: () => losses?.unhandled() ?? 0,
  });
}

/** Adds up a count over all directions of links. */
function countOn(
  { world }: MessageAccountingParts,
  count: (direction: LinkDirection) => number,
): number {
  return world.sim.network.directions.reduce((sum, direction) => sum + count(direction), 0);
}

function common({ world, deliveries }: MessageAccountingParts): {
  readonly world: LocalWorld;
  readonly hosts: readonly string[];
  readonly flows: RunFlows['flows'];
} {
  const hosts = world.sim.hosts.map(({ name }) => name);
  return { world, hosts, flows: deliveries.flows };
}
