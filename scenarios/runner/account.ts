/**
 * Chooses how a run accounts for its messages, from what its protocols report (docs/adr/0028).
 * Where that is impossible it says why, so that no report is silent about it.
 *
 * @module
 */
import type { MessageAccount, Protocol, ReadMessage } from '../../engine/host/protocol.ts';
import type { SeedResult } from '../../reports/model.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { Scenario } from '../model.ts';
import { BrokenPromise } from './crash/crash.ts';
import type { MessageAccountant } from './message-account.ts';
import { MessageLedger } from './message-ledger.ts';
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
  /** Finds messages in the datagrams of a host. */
  readonly readerOf: (host: HostSpec) => ReadMessage | undefined;
}

/** An account, or the reason why there is none. */
export type Account =
  | { readonly kind: 'kept'; readonly ledger: MessageAccountant }
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
/** Why there is no account where applications use layers. */
const STACKED = 'they pass through a stack of protocols';
/** Why there is no account of what mixes carry in a live run. */
const SECRETIVE = 'a mix of a live run does not reveal which message came from which';

/** Accounts for the messages of a run in virtual time. */
export function keepAccount(parts: AccountParts): Account {
  const account = supportedAccount(parts);
  return typeof account === 'string' ? untracked(account) : kept(parts, account);
}

/** Accounts for the messages of a live run in this process. */
export function keepLiveAccount(parts: AccountParts, losses: SocketLosses): Account {
  const account = supportedAccount(parts);
  if (typeof account === 'string') return untracked(account);
  // A real deployment in which mixes reported this would be worthless (docs/adr/0012).
  return account.kind === 'steps' ? untracked(SECRETIVE) : kept(parts, account, losses);
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

function kept(parts: AccountParts, account: MessageAccount, losses?: SocketLosses): Account {
  if (account.kind === 'passage')
    return { kind: 'kept', ledger: passageLedger(parts, account, losses) };
  const { scenario, readerOf } = parts;
  const { hosts } = scenario.topology;
  const ledger = new MessageLedger({
    ...common(parts),
    readerOf: (name): ReadMessage | undefined => {
      const host = hosts.find((each) => each.name === name);
      return host && readerOf(host);
    },
    isPrompt: scenario.cpu === undefined && losses === undefined,
    isCustody: account.kind === 'custody',
    damaged: (): number => parts.stage().damaged,
  });
  return { kind: 'kept', ledger };
}

/** Checks at the end of a run that the messages add up, and summarises what happened to them. */
export function closeAccount(
  account: Account,
  stage: Stage,
): Pick<SeedResult, 'messages' | 'messagesUntracked'> {
  if (account.kind === 'untracked') return { messagesUntracked: account.reason };
  const { ledger } = account;
  const missing = ledger.imbalance((node) => stage.node(node)?.holding?.());
  if (missing !== undefined) throw new BrokenPromise(`messages do not add up: ${missing}`);
  return { messages: ledger.totals() };
}

/**
 * The kind of account that the protocols at both ends of the flows support; a sentence if there is
 * none.
 */
function supportedAccount({ scenario, protocolOf }: AccountParts): MessageAccount | string {
  const { hosts } = scenario.topology;
  const ends = new Set(scenario.traffic.flatMap(({ from, to }) => [from, to]));
  const applications = hosts.filter(({ name }) => ends.has(name));
  if (applications.some(({ layers }) => layers !== undefined)) return STACKED;
  const protocols = applications.map(protocolOf);
  const [first] = protocols;
  if (first === undefined) return 'no application sends any messages';
  const silent = protocols.find(({ account }) => account === undefined);
  if (silent !== undefined) return `protocol ${silent.name} does not report them`;
  const other = protocols.find(({ name }) => name !== first.name);
  if (other !== undefined) return `they belong to several protocols: ${first.name}, ${other.name}`;
  const { account } = first;
  const outsider = hosts.map(protocolOf).find(({ messages }) => messages === undefined);
  if (account?.kind === 'steps' && outsider !== undefined) {
    return `protocol ${outsider.name} does not report those that pass through it`;
  }
  return account ?? '';
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
