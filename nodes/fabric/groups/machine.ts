/**
 * Groups: the machine of a node. The node owns groups and is a member of groups of other owners. Each
 * message between them arrives once, in any order, or its sender is told that it did not arrive.
 *
 * An effect that leaves the node waits until the change that led to it is on disk. Only then is the
 * message that led to the change `handled`; after an earlier crash the message is handed over again.
 *
 * @module
 */
import type { CalendarTime, Nanoseconds } from '../../../engine/host/time.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import type { GroupDropReason } from './drops.ts';
import { DurableEffectQueue } from './durable-effect-queue.ts';
import type {
  ExternallyVisibleEffect,
  GroupRequestOutcome,
  GroupsContext,
  GroupsEffect,
  GroupsInput,
  OutgoingGroupMessage,
} from './effects.ts';
import {
  GROUP_MEMBERS_MAX,
  GROUP_MESSAGE_LIFETIME_NS,
  GROUPS_MAX,
  VOTE_LIFETIME_DEFAULT_MS,
  WAITING_EFFECTS_MAX,
} from './geometry.ts';
import { JoinedGroup } from './joined-group.ts';
import { LeftGroups } from './left-groups.ts';
import {
  decodeGroupMessage,
  encodeGroupMessage,
  type GroupMessage,
  type MemberMessage,
} from './messages.ts';
import { isNodeName, isVoteText } from './names.ts';
import { computeVoteDeadline, OwnedGroup } from './owned-group.ts';
import { encodeLastGroupNumber, LAST_GROUP_NUMBER_KEY, memberRecordKey } from './records.ts';
import { type RecoveredGroups, recoverGroups, type StoredRecord } from './recovery.ts';
import {
  encodeNumberAnswer,
  encodeShowAnswer,
  type GroupId,
  type GroupRequest,
  type GroupStatus,
} from './requests.ts';

const NS_PER_MS = 1_000_000;
const MS_PER_S = 1_000;
const NEVER = Number.POSITIVE_INFINITY;

/** What a {@link GroupsMachine} is made from. */
export interface GroupsMachineParts {
  /** Name of this node. */
  readonly own: string;
  readonly clock: () => CalendarTime;
  /** Records of the store whose keys begin with `groups/`. */
  readonly records: readonly StoredRecord[];
}

/** The state machine of all groups of a node, owned and joined. */
export class GroupsMachine<Request>
  implements StateMachine<GroupsInput<Request>, GroupsEffect<Request>>
{
  readonly #facts: GroupsMachineParts;
  readonly #shared: GroupsContext;
  readonly #owned: Map<number, OwnedGroup>;
  readonly #joined: Map<string, JoinedGroup>;
  readonly #left: LeftGroups;
  readonly #gate = new DurableEffectQueue<ExternallyVisibleEffect<Request>>();
  /** Callbacks by token of a message under way; called once the message was delivered, or will not be. */
  readonly #underWay = new Map<number, (isDelivered: boolean) => void>();
  #nextToken = 1;
  #lastNumber: number;
  #unread: Pick<RecoveredGroups, 'bad' | 'orphans'>;
  #now: Nanoseconds = 0;
  #resendAt: Nanoseconds = NEVER;
  #effects: GroupsEffect<Request>[] = [];

  /** Makes a machine that goes on from the records on disk. */
  constructor(facts: GroupsMachineParts) {
    this.#facts = facts;
    this.#shared = {
      own: facts.own,
      nowMs: (): number => this.#nowMs(),
      send: (message): void => this.#send(message),
      tell: (group, event): void => this.#gate.add({ kind: 'tell', group, event }),
      put: (key, value): void => this.#put(key, value),
      erase: (key): void => this.#erase(key),
      drop: (reason): void => this.#drop(reason),
      resendIn: (waitNs): void => {
        this.#resendAt = Math.min(this.#resendAt, this.#now + waitNs);
      },
    };
    const { last, owned, joined, left, bad, orphans } = recoverGroups(this.#shared, facts.records);
    this.#lastNumber = last;
    this.#owned = new Map(owned);
    this.#joined = new Map(joined);
    this.#left = new LeftGroups(this.#shared, left);
    this.#unread = { bad, orphans };
  }

  /** Number of messages under way plus number of effects that wait for the disk. */
  get holding(): number {
    return this.#underWay.size + this.#gate.size;
  }

  /** How many groups this node owns, has joined, and remembers having left. */
  get sizes(): { readonly owned: number; readonly joined: number; readonly left: number } {
    return { owned: this.#owned.size, joined: this.#joined.size, left: this.#left.size };
  }

  /** Identifiers of the groups of which this node is owner or member. */
  get names(): readonly GroupId[] {
    return [...this.#all()].map(({ name }) => name);
  }

  /** The state of a group for the application; undefined if this node is not in the group. */
  shown(group: GroupId): GroupStatus | undefined {
    return this.#find(group)?.shown;
  }

  step(now: Nanoseconds, input: GroupsInput<Request> | TimerDue): readonly GroupsEffect<Request>[] {
    this.#now = now;
    this.#effects = [];
    for (const group of this.#all()) group.endDue();
    this.#take(input);
    for (const one of this.#gate.takeFree()) this.#effects.push(one);
    if (this.#gate.begins(now)) this.#effects.push({ kind: 'sync' });
    return this.#effects;
  }

  nextAt(): Nanoseconds {
    let nextMs = NEVER;
    for (const group of this.#all()) nextMs = Math.min(nextMs, group.nextMs);
    return Math.min(this.#instantOf(nextMs), this.#resendAt, this.#gate.nextAt);
  }

  #take(input: GroupsInput<Request> | TimerDue): void {
    switch (input.kind) {
      case 'start':
        this.#start();
        return;
      case 'request':
        this.#request(input.request, input.token);
        return;
      case 'message':
        this.#message(input.from, input.bytes);
        this.#gate.add({ kind: 'handled', from: input.from, token: input.token });
        return;
      case 'sent': {
        const done = this.#underWay.get(input.token);
        this.#underWay.delete(input.token);
        done?.(input.isDelivered);
        return;
      }
      case 'synced':
        for (const one of this.#gate.ended(this.#now, input.isDurable)) this.#effects.push(one);
        return;
      case 'timer':
        if (this.#resendAt > this.#now) return;
        this.#resendAt = NEVER;
        for (const group of this.#all()) group.resend();
    }
  }

  #start(): void {
    const { bad, orphans } = this.#unread;
    for (const key of [...bad, ...orphans]) this.#erase(key);
    for (const _ of bad) this.#drop('bad-group-record');
    this.#unread = { bad: [], orphans: [] };
    for (const group of this.#owned.values()) group.resend();
    for (const group of this.#joined.values()) group.resume();
  }

  #request(request: GroupRequest, token: Request): void {
    const answer = (outcome: GroupRequestOutcome, body?: Uint8Array): void =>
      this.#gate.add({ kind: 'answer', token, outcome, ...(body && { body }) });
    if (this.#gate.size >= WAITING_EFFECTS_MAX) {
      this.#effects.push({ kind: 'answer', token, outcome: 'busy' });
      return;
    }
    switch (request.kind) {
      case 'create': {
        const created = this.#create(request.members);
        if (typeof created === 'number') answer('ok', encodeNumberAnswer(created));
        else answer(created);
        return;
      }
      case 'invite':
      case 'remove':
        answer(this.#changeMembers(request));
        return;
      case 'leave':
        answer(this.#leave(request.group));
        return;
      case 'propose':
        this.#propose(request, (outcome, vote) =>
          answer(outcome, vote === undefined ? undefined : encodeNumberAnswer(vote)),
        );
        return;
      case 'cast':
        answer(this.#cast(request));
        return;
      case 'show': {
        const shown = this.shown(request.group);
        if (shown === undefined) answer('unknown-group');
        else answer('ok', encodeShowAnswer(shown));
      }
    }
  }

  #create(others: readonly string[]): number | GroupRequestOutcome {
    const { own } = this.#facts;
    const names = [own, ...others];
    if (!names.every(isNodeName)) return 'bad-name';
    if (new Set(names).size < names.length) return 'already-member';
    if (names.length > GROUP_MEMBERS_MAX) return 'too-many-members';
    if (this.#owned.size >= GROUPS_MAX) return 'too-many-groups';
    const number = this.#uniqueNumber();
    const members = names.map((name) => [name, 1] as const);
    const group = new OwnedGroup(this.#shared, number, { epoch: 1, lastVote: 0, members });
    this.#owned.set(number, group);
    this.#put(LAST_GROUP_NUMBER_KEY, encodeLastGroupNumber(number));
    group.found();
    return number;
  }

  #changeMembers(
    request: Extract<GroupRequest, { kind: 'invite' | 'remove' }>,
  ): GroupRequestOutcome {
    const group = this.#find(request.group);
    if (group === undefined) return 'unknown-group';
    if (group instanceof JoinedGroup) return 'not-owner';
    if (!isNodeName(request.member)) return 'bad-name';
    return request.kind === 'invite' ? group.invite(request.member) : group.remove(request.member);
  }

  #leave(name: GroupId): GroupRequestOutcome {
    const group = this.#find(name);
    if (group === undefined) return 'unknown-group';
    if (group instanceof JoinedGroup) group.leave();
    else {
      group.dissolve();
      this.#owned.delete(name.number);
    }
    return 'ok';
  }

  #propose(
    { group: name, rule, lifetimeMs, text }: Extract<GroupRequest, { kind: 'propose' }>,
    answer: (outcome: GroupRequestOutcome, vote?: number) => void,
  ): void {
    const group = this.#find(name);
    const deadlineMs = computeVoteDeadline(
      this.#nowMs(),
      lifetimeMs === 0 ? VOTE_LIFETIME_DEFAULT_MS : lifetimeMs,
    );
    if (group === undefined) answer('unknown-group');
    else if (!isVoteText(text)) answer('text-too-long');
    else if (deadlineMs === undefined) answer('bad-deadline');
    else {
      const proposing = { proposal: this.#uniqueNumber(), rule, deadlineMs, text };
      if (group instanceof JoinedGroup) group.propose(proposing, answer);
      else {
        const opened = group.propose({ proposer: this.#facts.own, ...proposing });
        if (typeof opened === 'number') answer('ok', opened);
        else answer(opened);
      }
    }
  }

  #cast({
    group: name,
    vote,
    isYes,
  }: Extract<GroupRequest, { kind: 'cast' }>): GroupRequestOutcome {
    const group = this.#find(name);
    if (group === undefined) return 'unknown-group';
    if (group instanceof JoinedGroup) return group.cast(vote, isYes);
    const fault = group.cast(this.#facts.own, vote, isYes);
    switch (fault) {
      case undefined:
        return 'ok';
      case 'late-vote':
        return 'vote-over';
      case 'repeated-ballot':
      case 'second-ballot':
        return 'already-voted';
      default:
        return 'unknown-vote';
    }
  }

  #message(from: string, bytes: Uint8Array): void {
    const message = decodeGroupMessage(bytes);
    const drop = typeof message === 'string' ? message : this.#dispatch(from, message);
    if (drop !== undefined) this.#drop(drop);
  }

  #dispatch(from: string, message: GroupMessage): GroupDropReason | undefined {
    switch (message.kind) {
      case 'propose':
      case 'cast':
      case 'leave':
        return this.#fromMember(from, message);
      case 'list':
        return this.#list(from, message);
      case 'gone':
        return this.#gone({ owner: from, number: message.number }, message.epoch);
      case 'opened':
      case 'result':
      case 'refused': {
        const name = { owner: from, number: message.number };
        const group = this.#joined.get(memberRecordKey('in', name));
        if (group !== undefined) return group.receive(message);
        return this.#left.epochOf(name) > 0 ? 'left-group' : 'unknown-group';
      }
    }
  }

  #fromMember(from: string, message: MemberMessage): GroupDropReason | undefined {
    const group = this.#owned.get(message.number);
    if (group !== undefined) return group.receive(from, message);
    // Numbers of groups are never used twice, so no later group can have this number.
    const gone = { kind: 'gone', number: message.number, epoch: Number.MAX_SAFE_INTEGER } as const;
    this.#send({ to: from, message: gone, lifetimeNs: GROUP_MESSAGE_LIFETIME_NS });
    return 'unknown-group';
  }

  #list(
    from: string,
    { number, epoch, members }: Extract<GroupMessage, { kind: 'list' }>,
  ): GroupDropReason | undefined {
    const isWhole = members[0] === from && members.includes(this.#facts.own);
    if (!isWhole || from === this.#facts.own) return 'list-without-me';
    if (epoch === 0 || new Set(members).size < members.length) return 'bad-group-message';
    const name = { owner: from, number };
    const known = this.#joined.get(memberRecordKey('in', name));
    if (known !== undefined) return known.list(epoch, members);
    if (epoch <= this.#left.epochOf(name)) return 'left-group';
    if (this.#joined.size >= GROUPS_MAX) {
      this.#send({
        to: from,
        message: { kind: 'leave', number, epoch },
        lifetimeNs: GROUP_MESSAGE_LIFETIME_NS,
      });
      return 'too-many-groups';
    }
    const record = { epoch, leftEpoch: 0, lastVote: 0, members };
    const group = new JoinedGroup(this.#shared, name, record);
    this.#joined.set(memberRecordKey('in', name), group);
    this.#left.remove(name);
    group.join();
    return undefined;
  }

  #gone(name: GroupId, epoch: number): GroupDropReason | undefined {
    const group = this.#joined.get(memberRecordKey('in', name));
    if (group !== undefined && epoch < group.epoch) return group.returned();
    if (group === undefined && epoch <= this.#left.epochOf(name)) return 'known-list';
    group?.erase();
    this.#joined.delete(memberRecordKey('in', name));
    this.#left.add(name, epoch);
    return undefined;
  }

  /** The group, if this node is in it and is not about to leave it. */
  #find(name: GroupId): OwnedGroup | JoinedGroup | undefined {
    if (name.owner === this.#facts.own) return this.#owned.get(name.number);
    const joined = this.#joined.get(memberRecordKey('in', name));
    return joined?.isLeaving === false ? joined : undefined;
  }

  *#all(): Generator<OwnedGroup | JoinedGroup> {
    yield* this.#owned.values();
    yield* this.#joined.values();
  }

  /**
   * Makes a number for a group or proposal that this node has never used: it is at least the calendar
   * time in ms, so that it is new even after the loss of the disk.
   */
  #uniqueNumber(): number {
    this.#lastNumber = Math.max(this.#lastNumber + 1, this.#nowMs());
    return this.#lastNumber;
  }

  #send({ to, message, lifetimeNs, done }: OutgoingGroupMessage): void {
    const token = this.#nextToken;
    this.#nextToken += 1;
    if (done !== undefined) this.#underWay.set(token, done);
    this.#gate.add({ kind: 'send', to, bytes: encodeGroupMessage(message), lifetimeNs, token });
  }

  #put(key: string, value: Uint8Array): void {
    this.#gate.markDirty();
    this.#effects.push({ kind: 'put', key, value });
  }

  #erase(key: string): void {
    this.#gate.markDirty();
    this.#effects.push({ kind: 'erase', key });
  }

  #drop(reason: GroupDropReason): void {
    this.#effects.push({ kind: 'drop', reason });
  }

  #nowMs(): number {
    const { seconds, nanos } = this.#facts.clock();
    return seconds * MS_PER_S + Math.floor(nanos / NS_PER_MS);
  }

  /**
   * Instant of the monotonic clock at which the calendar clock will show `ms`, if nobody sets the
   * calendar clock.
   */
  #instantOf(ms: number): Nanoseconds {
    if (ms === NEVER) return NEVER;
    const { seconds, nanos } = this.#facts.clock();
    return this.#now + Math.max(0, (ms - seconds * MS_PER_S) * NS_PER_MS - nanos);
  }
}
