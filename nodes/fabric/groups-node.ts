/**
 * Fabric: the adapter between the host and the machine of groups. It also founds the group and casts the votes
 * that the options ask for.
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { GroundTruthWitness } from '../../engine/host/protocol.ts';
import type { Store } from '../../engine/host/store.ts';
import type { CalendarTime, Nanoseconds, Timer } from '../../engine/host/time.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import type { Behaviour } from './behaviour.ts';
import type { GroupOptions } from './config.ts';
import type { SubmittedMessage } from './effects.ts';
import { PRIORITY_DEFAULT } from './geometry.ts';
import type {
  GroupEvent,
  GroupRequestOutcome,
  GroupsEffect,
  GroupsInput,
} from './groups/effects.ts';
import { GROUP_MEMBERS_MAX } from './groups/geometry.ts';
import { GroupsMachine } from './groups/machine.ts';
import { GROUPS_KEY_PREFIX } from './groups/records.ts';
import { decodeGroupRequest, type GroupId, type GroupRequest } from './groups/requests.ts';
import type { OutcomeCallback } from './peer-node.ts';

const NS_PER_MS = 1_000_000;
const TALLY_VALUES = GROUP_MEMBERS_MAX + 1;
const TEXT = 'Shall we?';

/** Called with the answer to a request about a group. */
type Asker = (outcome: GroupRequestOutcome, body?: Uint8Array) => void;
type Result = Extract<GroupEvent, { kind: 'result' }>;

/** What a {@link GroupsAdapter} is made from. */
export interface GroupsAdapterParts {
  readonly host: Host;
  readonly witness: GroundTruthWitness;
  readonly store: Store;
  readonly options: GroupOptions | undefined;
  readonly yesOf: Behaviour['yesOf'];
  /** Nodes that the carriers reach. */
  readonly peers: readonly string[];
  readonly send: (to: string, message: SubmittedMessage<OutcomeCallback>) => void;
  /**
   * Called when the group message with this number from peer `from` was handled, so that it need not be handed
   * over again.
   */
  readonly handled: (from: string, number: number) => void;
}

/** Connects the machine of groups to its host, and founds groups and votes as the options say. */
export class GroupsAdapter {
  readonly #parts: GroupsAdapterParts;
  readonly #timers = new Set<Timer>();
  #machine: GroupsMachine<Asker> | undefined;
  #shell: StateMachineRunner<GroupsInput<Asker>, GroupsEffect<Asker>> | undefined;

  constructor(parts: GroupsAdapterParts) {
    this.#parts = parts;
  }

  start(): void {
    const { host, store } = this.#parts;
    const keys = store.keys({ prefix: GROUPS_KEY_PREFIX });
    const machine = new GroupsMachine<Asker>({
      own: host.name,
      clock: (): CalendarTime => host.clock(),
      records: keys.map((key) => [key, store.get(key) ?? new Uint8Array(0)]),
    });
    this.#machine = machine;
    this.#shell = new StateMachineRunner(host, machine, (effect) => this.#perform(effect));
    this.#shell.take({ kind: 'start' });
    this.#resume(machine);
  }

  stop(): void {
    this.#shell?.stop();
    for (const timer of this.#timers) timer.cancel();
  }

  /** Passes a request of the application to the machine; answers `bad-request` if it cannot be decoded. */
  request({ body, respond }: NodeRequest): void {
    const request = decodeGroupRequest(body);
    if (request === undefined) respond('bad-request');
    else if (this.#shell === undefined) respond('not-ready');
    else this.#ask(request, (outcome, answer) => respond(outcome, answer));
  }

  /** Called when a group message came from the peer `from`; `number` is its message number. */
  message(from: string, bytes: Uint8Array, number: number): void {
    this.#shell?.take({ kind: 'message', from, bytes, token: number });
  }

  #ask(request: GroupRequest, token: Asker): void {
    this.#shell?.take({ kind: 'request', request, token });
  }

  #perform(effect: GroupsEffect<Asker>): void {
    const { host, store, handled } = this.#parts;
    switch (effect.kind) {
      case 'send':
        this.#send(effect);
        return;
      case 'answer':
        effect.token(effect.outcome, effect.body);
        return;
      case 'tell':
        this.#told(effect.group, effect.event);
        return;
      case 'handled':
        handled(effect.from, effect.token);
        return;
      case 'put':
        store.put(effect.key, effect.value);
        return;
      case 'erase':
        store.delete(effect.key);
        return;
      case 'sync':
        store.sync((error) =>
          this.#shell?.take({ kind: 'synced', isDurable: error === undefined }),
        );
        return;
      case 'drop':
        host.drop(effect.reason);
    }
  }

  #send({ to, bytes, lifetimeNs, token }: Extract<GroupsEffect<Asker>, { kind: 'send' }>): void {
    const request: OutcomeCallback = (outcome) =>
      this.#shell?.take({ kind: 'sent', token, isDelivered: outcome === 'ok' });
    const message = { kind: 'group', payload: bytes, priority: PRIORITY_DEFAULT } as const;
    this.#parts.send(to, { ...message, lifetimeNs, request });
  }

  #told(group: GroupId, event: GroupEvent): void {
    const { meter } = this.#parts.host;
    switch (event.kind) {
      case 'joined':
        meter.counter('fabric.group.joined').add(1);
        return;
      case 'opened':
        if (event.mayVote) this.#vote(group, event.proposal.vote);
        return;
      case 'result':
        this.#ended(group, event);
        return;
      case 'members':
      case 'left':
    }
  }

  #ended(group: GroupId, { proposal, result }: Result): void {
    const { host, witness, yesOf } = this.#parts;
    const { meter } = host;
    meter.counter('fabric.group.results').add(1);
    const yes = yesOf(result.yes);
    const tally = (yes * TALLY_VALUES + result.no) * TALLY_VALUES + result.electors;
    const space = `group/${group.owner}/${group.number}`;
    const isKnown = witness.note(space, proposal.vote);
    const isSame = witness.note(`${space}/${proposal.vote}`, tally);
    if (isKnown && !isSame) meter.counter('fabric.group.disagreed').add(1);
    if (group.owner !== host.name) return;
    meter.counter('fabric.group.votes').add(1);
    if (result.outcome === 'accepted') meter.counter('fabric.group.accepted').add(1);
    meter.counter('fabric.group.counted').add(result.yes + result.no);
    const members = this.#machine?.shown(group)?.members.length ?? 0;
    meter.counter('fabric.group.awaited').add(members);
  }

  /** Founds the group and opens the votes of the options, or continues where a restart interrupted this. */
  #resume(machine: GroupsMachine<Asker>): void {
    const { host, options } = this.#parts;
    const own = machine.names.find(({ owner }) => owner === host.name);
    for (const name of machine.names) {
      for (const { proposal, result } of machine.shown(name)?.votes ?? []) {
        if (result === undefined) this.#vote(name, proposal.vote);
      }
    }
    if (options?.members === undefined) return;
    if (own === undefined) this.#at(options.start, () => this.#found(options));
    else this.#propose(own, options);
  }

  #found(options: GroupOptions): void {
    const { host, peers } = this.#parts;
    const members = options.members === 'all' ? peers : (options.members ?? []);
    this.#ask({ kind: 'create', members }, (outcome) => {
      const own = this.#machine?.names.find(({ owner }) => owner === host.name);
      if (own !== undefined) this.#propose(own, options);
      else host.log.warn(`the group is not founded: ${outcome}`);
    });
  }

  /** Opens those votes of the options that were not opened before a restart. */
  #propose(group: GroupId, { votes, start, every, lifetime, rule }: GroupOptions): void {
    const made = this.#machine?.shown(group)?.votes.at(-1)?.proposal.vote ?? 0;
    const lifetimeMs = Math.floor(lifetime / NS_PER_MS);
    const request = { kind: 'propose', group, rule, lifetimeMs, text: TEXT } as const;
    for (let vote = made + 1; vote <= votes; vote += 1) {
      this.#at(start + vote * every, () => this.#ask(request, ignore));
    }
  }

  /** Votes as the options say, after a random time. */
  #vote(group: GroupId, vote: number): void {
    const { host, options } = this.#parts;
    if (options === undefined || options.ballot === 'none') return;
    const thinkNs = Math.floor(host.random('groups').uniform() * options.think);
    const request = { kind: 'cast', group, vote, isYes: options.ballot === 'yes' } as const;
    this.#at(host.now() + thinkNs, () =>
      this.#ask(request, (outcome) => {
        if (outcome === 'ok') host.meter.counter('fabric.group.ballots').add(1);
      }),
    );
  }

  #at(at: Nanoseconds, act: () => void): void {
    const { host } = this.#parts;
    const timer = host.after(Math.max(0, at - host.now()), () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
  }
}

function ignore(): void {
  // The answer to the request is not needed: the result of the vote is reported anyway.
}
