/**
 * Chooses how a run accounts for its messages, from what its protocols report (docs/adr/0028).
 * Where that is impossible it says why, so that no report is silent about it.
 *
 * @module
 */
import type {
  MessageAccount,
  MessageObserver,
  Protocol,
  ReadMessage,
} from '../../engine/host/protocol.ts';
import type { SeedResult } from '../../reports/model.ts';
import { stackNames } from '../../topologies/build/stack.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { Scenario } from '../model.ts';
import { BrokenPromise } from './crash/crash.ts';
import type { MessageAccountant } from './message-account.ts';
import { MessageLedger } from './message-ledger.ts';
import type { StackOf } from './nodes.ts';
import { PassageLedger } from './passage-ledger.ts';
import type { SimStageWorld } from './sim-stage-world.ts';
import type { Stage } from './stage.ts';

/** The parts of an account of messages. */
export interface AccountParts {
  readonly scenario: Scenario;
  readonly world: SimStageWorld;
  /** The stage, which is created after the account. */
  readonly stage: () => Pick<Stage, 'flows' | 'damaged'>;
  readonly protocolOf: (host: HostSpec) => Protocol;
  /** All protocols of a host, the lowest first. */
  readonly stackOf: StackOf;
  /** Finds messages in the datagrams of a host. */
  readonly readerOf: (host: HostSpec) => ReadMessage | undefined;
}

/** An account, or the reason why there is none. */
export type Account =
  | {
      readonly kind: 'kept';
      readonly ledger: MessageAccountant;
      /** The protocol that reports, where it is a layer; absent if it is the lowest of its hosts. */
      readonly layer?: string;
    }
  | { readonly kind: 'untracked'; readonly reason: string };

/** Losses in real sockets, where no observer can see them. */
export interface SocketLosses {
  /** Number of lost datagrams by reason. */
  readonly lost: () => Readonly<Record<string, number>>;
  /** Number of datagrams received after the end, when they are no longer passed to nodes. */
  readonly unhandled: () => number;
}

/** Why there is no account if nodes are in several processes, or on several event loops. */
export const SCATTERED = 'nodes report them only in one process and on one event loop';
/** Why there is no account of what nodes of a live run turn into other messages. */
const SECRETIVE = 'a node of a live run does not reveal which message came from which';

/** Accounts for the messages of a run in virtual time. */
export function keepAccount(parts: AccountParts): Account {
  const reporter = reporterOf(parts);
  return typeof reporter === 'string' ? untracked(reporter) : kept(parts, reporter);
}

/** Accounts for the messages of a live run in this process. */
export function keepLiveAccount(parts: AccountParts, losses: SocketLosses): Account {
  const reporter = reporterOf(parts);
  if (typeof reporter === 'string') return untracked(reporter);
  // A real deployment in which mixes reported this would be worthless (docs/adr/0012).
  return reporter.account.kind === 'steps' ? untracked(SECRETIVE) : kept(parts, reporter, losses);
}

/** The observer of a node, if its protocol is the one that reports. */
export function observerOf(
  account: Account,
  node: string,
  layer: string | undefined,
): MessageObserver | undefined {
  return account.kind === 'kept' && account.layer === layer ? account.ledger.of(node) : undefined;
}

/** Reports rejected messages to the account; the flows exist once the stage is prepared. */
export function followRefusals(account: Account, flows: Stage['flows']): void {
  if (account.kind === 'untracked') return;
  const { ledger } = account;
  for (const { index, meter } of flows) {
    meter.onRefused = (sequence, reason): void => ledger.refused(index, sequence, reason);
  }
}

function untracked(reason: string): Account {
  return { kind: 'untracked', reason };
}

function kept(parts: AccountParts, reporter: Reporter, losses?: SocketLosses): Account {
  const { account, layer } = reporter;
  if (account.kind === 'passage')
    return { kind: 'kept', ledger: passageLedger(parts, account, losses) };
  const { scenario, readerOf } = parts;
  const { hosts } = scenario.topology;
  const isCarried = layer !== undefined;
  const ledger = new MessageLedger({
    ...common(parts),
    readerOf: (name): ReadMessage | undefined => {
      const host = isCarried ? undefined : hosts.find((each) => each.name === name);
      return host && readerOf(host);
    },
    isPrompt: scenario.cpu === undefined && losses === undefined,
    isCustody: account.kind === 'custody',
    isCarried,
    damaged: (): number => parts.stage().damaged,
  });
  return { kind: 'kept', ledger, ...(layer === undefined ? {} : { layer }) };
}

/** Checks at the end of a run that the messages add up, and summarises what happened to them. */
export function closeAccount(
  account: Account,
  stage: Stage,
): Pick<SeedResult, 'messages' | 'messagesUntracked'> {
  if (account.kind === 'untracked') return { messagesUntracked: account.reason };
  const { ledger, layer } = account;
  const missing = ledger.imbalance((node) => stage.node(node, layer)?.holding?.());
  if (missing !== undefined) throw new BrokenPromise(`messages do not add up: ${missing}`);
  return { messages: ledger.totals() };
}

/** The protocol whose nodes report on the messages of all flows. */
interface Reporter {
  readonly account: MessageAccount;
  /** Its name, where it is a layer of its hosts; absent if it is their lowest protocol. */
  readonly layer?: string;
}

/** Finds the protocol that takes and delivers the messages of all flows; a sentence if none can report. */
function reporterOf(parts: AccountParts): Reporter | string {
  const owners = ownersOf(parts);
  const [first] = owners;
  if (first === undefined) return 'no application sends any messages';
  const silent = owners.find(({ account }) => account === undefined);
  if (silent !== undefined) return `protocol ${silent.name} does not report them`;
  const other = owners.find(({ name }) => name !== first.name);
  if (other !== undefined) return `they belong to several protocols: ${first.name}, ${other.name}`;
  const { account } = first;
  return account === undefined ? '' : placed(parts, first.name, account);
}

/** The protocols at both ends of the flows, each once. */
function ownersOf({ scenario, stackOf }: AccountParts): readonly Protocol[] {
  const hosts = new Map(scenario.topology.hosts.map((host) => [host.name, host]));
  const asked = new Map<string, ReadonlyMap<string, Protocol>>();
  const owners = new Set<Protocol>();
  for (const { from, to, by } of scenario.traffic) {
    for (const name of [from, to]) {
      const host = hosts.get(name);
      if (host === undefined) continue;
      const stack =
        asked.get(name) ?? new Map(stackOf(host).map(({ protocol }) => [protocol.name, protocol]));
      asked.set(name, stack);
      const owner = by === undefined ? [...stack.values()][0] : stack.get(by);
      if (owner !== undefined) owners.add(owner);
    }
  }
  return [...owners];
}

/** Looks at the places of a protocol in the stacks of all hosts. */
function placed(parts: AccountParts, name: string, account: MessageAccount): Reporter | string {
  const { scenario, protocolOf } = parts;
  const { hosts } = scenario.topology;
  const stacks = hosts.map(stackNames).filter((names) => names.includes(name));
  if (stacks.some((names) => names.at(-1) !== name)) {
    return `${name} also carries messages of other protocols`;
  }
  const isLayer = ([lowest]: readonly string[]): boolean => lowest !== name;
  if (stacks.some(isLayer)) {
    if (!stacks.every(isLayer)) return `${name} is a layer at some nodes and the lowest at others`;
    if (account.kind === 'passage') return 'their datagrams are inside those of a carrier';
    if (scenario.cpu !== undefined) return 'layers wait for a modelled processor';
    return { account, layer: name };
  }
  const outsider = hosts.map(protocolOf).find(({ messages }) => messages === undefined);
  if (account.kind === 'steps' && outsider !== undefined) {
    return `protocol ${outsider.name} does not report those that pass through it`;
  }
  return { account };
}

function passageLedger(
  parts: AccountParts,
  { keyOf }: Extract<MessageAccount, { kind: 'passage' }>,
  losses: SocketLosses | undefined,
): PassageLedger {
  const { world } = parts;
  const corrupted = (): number =>
    world.sim.network.directions.reduce((sum, direction) => sum + direction.corrupted, 0);
  return new PassageLedger({
    ...common(parts),
    keyOf,
    unseen: () => ({ corrupted: corrupted() + parts.stage().damaged, ...losses?.lost() }),
    unhandled: () => losses?.unhandled() ?? 0,
  });
}

function common({ world, stage }: AccountParts): {
  readonly world: SimStageWorld;
  readonly hosts: readonly string[];
  readonly flows: () => Stage['flows'];
} {
  const hosts = world.sim.hosts.map(({ name }) => name);
  return { world, hosts, flows: () => stage().flows };
}
