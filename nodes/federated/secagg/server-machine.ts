/**
 * The server of one session of secure aggregation (Bonawitz et al., CCS 2017, figure 4; on a sparse graph,
 * Bell et al., CCS 2020): learns the sum of the surviving clients' inputs, or aborts.
 *
 * A phase ends at its timer, or when all expected clients have answered or are gone; not at the t-th
 * answer, which would waste the work of honest clients. Only the phase of inputs may have a quorum, for
 * sessions that invite more clients than they need (Bonawitz et al. 2019, section 2.2). The members of
 * the next phase are fixed when a phase ends, so that all clients see the same members
 * (docs/spec/secure-aggregation.md#rules).
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { equalBytes } from '../../_kit/bytes.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import { wipe } from '../../_kit/secrets.ts';
import { assert } from './assert.ts';
import type { SecaggDropReason } from './drops.ts';
import type { SecaggAbortReason, ServerEffect, ServerInput, ServerPhase } from './effects.ts';
import { drawMaskGraph, type MaskGraph, ringMaskGraph } from './graph.ts';
import { JobStages } from './job-stage.ts';
import type { RebuiltSecret, SumMasksInput } from './jobs.ts';
import { MaliciousServerLies, type ServerAttack } from './malicious-server.ts';
import { addMaskSums, sumMasksJobInputs } from './mask-sum.ts';
import {
  type ClientPublicKeys,
  SECAGG_MESSAGE_TYPES,
  type SecaggMessageBody,
  type SecaggOutcome,
  type ShareKind,
  type SurvivorLists,
} from './messages.ts';
import { addVectorInto, reduceRingElements } from './ring.ts';
import type { SeedRule } from './seeds.ts';
import { multiplyVectorBy, ServerMessageRecord } from './server-message-record.ts';
import { deriveSessionId, type SecaggConfig } from './session-config.ts';
import {
  deriveSeedsJobInputs,
  keyStreamsToApply,
  type RebuiltSecrets,
  rebuildSecretsJobInputs,
  type SurvivorsInGraph,
  secretsToRebuild,
} from './unmask-plan.ts';
import { decodeSecaggMessage, encodeSecaggMessage } from './wire.ts';

/** What a {@link ServerMachine} is made from. */
export interface ServerMachineParts {
  readonly config: SecaggConfig;
  readonly crypto: CryptoProvider;
  /** Shuffles the clients onto the ring of a sparse graph; a complete graph draws nothing. */
  readonly random: Pick<Random, 'shuffle'>;
  /** Longest wait of a phase, ns. */
  readonly phaseTimeoutNs: Nanoseconds;
  /** Longest time from the beginning to the last input, ns; absent: only the phases limit it. */
  readonly deadlineNs?: Nanoseconds | undefined;
  /** Number of inputs at which the server stops waiting, if their senders have enough shares. */
  readonly quorum?: number | undefined;
  /** Fewest inputs of a sum: with fewer, or fewer than the threshold, the session is aborted. */
  readonly minSum: number;
  /** Identities of the clients, needed in signed mode. */
  readonly publicKeyOf?: (index: number) => Uint8Array | undefined;
  /** How seeds are derived from secrets; by default as the protocol has it. */
  readonly seeds?: SeedRule | undefined;
  /**
   * Factors with which a double multiplies masked inputs, by index of the client; absent: inputs are not
   * multiplied.
   */
  readonly weights?: readonly number[] | undefined;
  readonly attack?: ServerAttack | undefined;
}

/** The message that a phase waits for. */
const AWAITED: ReadonlyMap<ServerPhase, number> = new Map([
  ['inviting', SECAGG_MESSAGE_TYPES.advertise],
  ['sharing', SECAGG_MESSAGE_TYPES.shareKeys],
  ['collecting', SECAGG_MESSAGE_TYPES.maskedInput],
  ['consistency', SECAGG_MESSAGE_TYPES.consistency],
  ['unmasking', SECAGG_MESSAGE_TYPES.unmask],
]);
/** The phases that end at the deadline of inputs. */
const UNTIL_INPUT: ReadonlySet<ServerPhase> = new Set(['inviting', 'sharing', 'collecting']);
const ENDED: ReadonlySet<ServerPhase> = new Set(['done', 'aborted']);

/** The server of one session. */
export class ServerMachine implements StateMachine<Exclude<ServerInput, TimerDue>, ServerEffect> {
  readonly #parts: ServerMachineParts;
  readonly #session: Uint8Array;
  readonly #book: ServerMessageRecord;
  readonly #jobs: JobStages;
  readonly #malice: MaliciousServerLies;
  #effects: ServerEffect[] = [];
  #phase: ServerPhase = 'idle';
  #deadline: Nanoseconds = Number.POSITIVE_INFINITY;
  /** Deadline of inputs: from this instant on the server waits for none. */
  #inputsUntil: Nanoseconds = Number.POSITIVE_INFINITY;
  #now: Nanoseconds = 0;
  /** Indices of the clients that are to answer in this phase, ascending. */
  #members: readonly number[] = [];
  #missing = new Set<number>();
  readonly #answered = new Set<number>();
  readonly #gone = new Set<number>();
  #graph: MaskGraph = ringMaskGraph([], 0);
  /** Clients whose shares arrived (U2), ascending. */
  #sharers: readonly number[] = [];
  /** Clients whose inputs arrived (U3), ascending. */
  #survivors: readonly number[] = [];
  /** The lists of survivors and lost clients that each client was sent. */
  readonly #asked = new Map<number, SurvivorLists>();

  constructor(parts: ServerMachineParts) {
    const { config, crypto, publicKeyOf, attack } = parts;
    assert(config.mode !== 'signed' || publicKeyOf !== undefined, 'signed mode without identities');
    this.#parts = parts;
    this.#session = deriveSessionId(config, crypto);
    this.#book = new ServerMessageRecord({ config, crypto, session: this.#session, publicKeyOf });
    this.#jobs = new JobStages((effect) => this.#effects.push(effect));
    this.#malice = new MaliciousServerLies(attack);
  }

  /** Name of the session, 32 bytes. */
  get session(): Uint8Array {
    return this.#session;
  }

  /** Clients in the order of their ring; undefined in a complete graph, or before it is drawn. */
  get ringOrder(): readonly number[] | undefined {
    return this.#graph.order;
  }

  /** The present phase. */
  get phase(): ServerPhase {
    return this.#phase;
  }

  step(now: Nanoseconds, input: ServerInput): readonly ServerEffect[] {
    this.#now = now;
    switch (input.kind) {
      case 'begin':
        this.#begin();
        break;
      case 'message': {
        const drop = this.#take(input.from, input.bytes);
        if (drop !== undefined) this.#drop(drop, input.from);
        break;
      }
      case 'gone':
        this.#gone.add(input.index);
        this.#missing.delete(input.index);
        break;
      case 'computed':
        if (!this.#jobs.accept(input)) this.#abort('compute-failed');
        break;
      case 'timer':
        if (now >= this.#deadline) this.#missing.clear();
        break;
    }
    // A phase whose members are all gone ends at once, and so may the next.
    while (this.#isComplete && AWAITED.has(this.#phase) && !this.#jobs.isBusy) this.#close();
    // The machine does not keep its effects: a message in one may have megabytes.
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  nextAt(): Nanoseconds {
    return this.#deadline;
  }

  /** True if the present phase has no client left to wait for. */
  get #isComplete(): boolean {
    const { quorum, config } = this.#parts;
    if (this.#missing.size === 0) return true;
    if (quorum === undefined || this.#phase !== 'collecting') return false;
    if (this.#answered.size < quorum) return false;
    const survivors = this.#members.filter((index) => this.#answered.has(index));
    const lost = this.#members.filter((index) => !this.#answered.has(index));
    const needed = secretsToRebuild({ graph: this.#graph, survivors, lost });
    return needed.every(({ holders }) => holders.length >= config.t);
  }

  #begin(): void {
    assert(this.#phase === 'idle', 'a session begins once');
    const { config, deadlineNs = Number.POSITIVE_INFINITY } = this.#parts;
    this.#inputsUntil = this.#now + deadlineNs;
    const everybody = Array.from({ length: config.n }, (_, index) => index);
    for (const to of everybody) this.#send(to, { type: SECAGG_MESSAGE_TYPES.invite, config });
    this.#enter('inviting', everybody);
  }

  #take(from: number, bytes: Uint8Array): SecaggDropReason | undefined {
    const decoded = decodeSecaggMessage(bytes);
    if (typeof decoded === 'string') return decoded;
    const { session, body } = decoded;
    if (session === undefined) return 'wrong-round';
    if (!equalBytes(session, this.#session)) return 'wrong-session';
    if (!(from >= 0 && from < this.#parts.config.n)) return 'unknown-client';
    if (body.type !== AWAITED.get(this.#phase) || this.#jobs.isBusy) return this.#untimely(body);
    if (this.#answered.has(from)) return 'duplicate';
    if (!this.#members.includes(from)) return 'unknown-client';
    const drop = this.#perform(from, body);
    if (drop !== undefined) return drop;
    this.#answered.add(from);
    this.#missing.delete(from);
    return undefined;
  }

  #untimely(body: SecaggMessageBody): SecaggDropReason {
    const isOver = this.#survivors.length > 0 || ENDED.has(this.#phase);
    return body.type === SECAGG_MESSAGE_TYPES.maskedInput && isOver ? 'late-input' : 'wrong-round';
  }

  #perform(from: number, body: SecaggMessageBody): SecaggDropReason | undefined {
    switch (body.type) {
      case SECAGG_MESSAGE_TYPES.advertise:
        return this.#book.advertise(from, body);
      case SECAGG_MESSAGE_TYPES.shareKeys:
        return this.#book.share(from, body.boxes, this.#graph);
      case SECAGG_MESSAGE_TYPES.maskedInput:
        return this.#takeInput(from, body.packed);
      case SECAGG_MESSAGE_TYPES.consistency:
        return this.#book.sign({ index: from, signature: body.signature }, this.#shown(from));
      case SECAGG_MESSAGE_TYPES.unmask:
        return this.#book.unmask(from, body.shares, this.#asked.get(from) as SurvivorLists);
      default:
        return 'wrong-round';
    }
  }

  #takeInput(from: number, packed: Uint8Array): SecaggDropReason | undefined {
    const vector = this.#book.mask(packed, this.#weightOf(from));
    if (typeof vector === 'string') return vector;
    this.#malice.note(from, vector);
    return undefined;
  }

  #shown(to: number): readonly number[] {
    return (this.#asked.get(to) as SurvivorLists).survivors;
  }

  /** Ends the present phase: the next one begins with the members that answered, or the session is aborted. */
  #close(): void {
    const answered = this.#members.filter((index) => this.#answered.has(index));
    if (answered.length < this.#parts.config.t) {
      this.#abort('too-few');
      return;
    }
    switch (this.#phase) {
      case 'inviting':
        this.#sendRosters(answered);
        break;
      case 'sharing':
        this.#forward(answered);
        break;
      case 'collecting':
        this.#sendLists(answered);
        break;
      case 'consistency':
        this.#sendSignatures(answered);
        break;
      default:
        this.#rebuild();
    }
  }

  #sendRosters(members: readonly number[]): void {
    const { config, random } = this.#parts;
    this.#graph = drawMaskGraph(members, config.k, random);
    for (const to of members) {
      const around = [...this.#graph.neighboursOf(to), to].sort((a, b) => a - b);
      const entries = around.map((index) => this.#keysOf(index));
      this.#send(to, { type: SECAGG_MESSAGE_TYPES.roster, entries });
    }
    this.#enter('sharing', members);
  }

  /** Forwards the boxes of `sharers` only: the boxes of a client reach all its neighbours or none. */
  #forward(sharers: readonly number[]): void {
    this.#sharers = sharers;
    const { boxes: byClient } = this.#book;
    for (const to of sharers) {
      const boxes = this.#graph.neighboursOf(to).flatMap((index) => {
        const box = byClient.get(index)?.get(to);
        return box === undefined ? [] : [{ index, box }];
      });
      this.#send(to, { type: SECAGG_MESSAGE_TYPES.forward, boxes });
    }
    this.#enter('collecting', sharers);
  }

  #sendLists(survivors: readonly number[]): void {
    const { config, minSum } = this.#parts;
    if (survivors.length < minSum) {
      this.#abort('small-sum');
      return;
    }
    this.#survivors = survivors;
    const needed = secretsToRebuild(this.#survival);
    if (needed.some(({ holders }) => holders.length < config.t)) {
      this.#abort('too-few');
      return;
    }
    this.#malice.plan(survivors);
    const lost = new Set(this.#lost);
    const isSurvivor = new Set(survivors);
    for (const to of survivors) {
      const around = [...this.#graph.neighboursOf(to), to].sort((a, b) => a - b);
      const truth = {
        survivors: around.filter((index) => isSurvivor.has(index)),
        lost: around.filter((index) => lost.has(index)),
      };
      const lists = this.#malice.listsFor(to, truth);
      this.#asked.set(to, lists);
      this.#send(to, { type: SECAGG_MESSAGE_TYPES.survivors, ...lists });
    }
    this.#enter(config.mode === 'signed' ? 'consistency' : 'unmasking', survivors);
  }

  #sendSignatures(signers: readonly number[]): void {
    const signatures = signers.map((index) => {
      const signature = this.#book.signatures.get(index) as Uint8Array;
      return { index, signature };
    });
    for (const to of signers) this.#send(to, { type: SECAGG_MESSAGE_TYPES.signatures, signatures });
    this.#enter('unmasking', signers);
  }

  // Makes the sum of the session.

  get #lost(): readonly number[] {
    const isSurvivor = new Set(this.#survivors);
    return this.#sharers.filter((index) => !isSurvivor.has(index));
  }

  get #survival(): SurvivorsInGraph {
    return { graph: this.#graph, survivors: this.#survivors, lost: this.#lost };
  }

  #rebuild(): void {
    this.#attack();
    const { config } = this.#parts;
    const { shares, keys } = this.#book;
    const needed = secretsToRebuild(this.#survival);
    const jobs = rebuildSecretsJobInputs({ needed, shares, keys, threshold: config.t });
    if (jobs === undefined) {
      this.#abort('too-few');
      return;
    }
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#jobs.start('rebuildSecrets', jobs, (outputs) => {
      const found = { own: new Map<number, Uint8Array>(), pair: new Map<number, Uint8Array>() };
      const isSurvivor = new Set(this.#survivors);
      for (const rebuilt of outputs.flat()) {
        const kind = isSurvivor.has(rebuilt.index) ? 'own' : 'pair';
        const reason = this.#doubt(rebuilt, kind);
        if (reason !== undefined) {
          this.#abort(reason);
          return;
        }
        found[kind].set(rebuilt.index, rebuilt.secret);
      }
      this.#derive(found);
    });
  }

  /**
   * Why a rebuilt secret aborts the session: it does not belong to its public key, or the shares of an own
   * mask contradict each other. Undefined if the secret is right.
   */
  #doubt(rebuilt: RebuiltSecret, kind: ShareKind): SecaggAbortReason | undefined {
    const { index, isConsistent, isMatching } = rebuilt;
    if (!isConsistent) this.#drop('share-inconsistent', index);
    if (!isMatching) {
      this.#drop('reconstruct-mismatch', index);
      return 'reconstruct-mismatch';
    }
    return isConsistent || kind === 'pair' ? undefined : 'share-inconsistent';
  }

  #derive(secrets: RebuiltSecrets): void {
    const { keys } = this.#book;
    const jobs = deriveSeedsJobInputs(this.#survival, secrets, { session: this.#session, keys });
    this.#jobs.start('deriveSeeds', jobs, (outputs) => {
      for (const secret of [...secrets.own.values(), ...secrets.pair.values()]) wipe(secret);
      const streams = keyStreamsToApply(jobs, outputs);
      if (streams === undefined) this.#abort('reconstruct-mismatch');
      else this.#sum(streams);
    });
  }

  #sum(streams: SumMasksInput['streams']): void {
    const { m, bits } = this.#parts.config;
    this.#jobs.start('sumMasks', sumMasksJobInputs(streams, m), (sums) => {
      const masks = new Uint32Array(m);
      addMaskSums(masks, sums, bits);
      const weights = this.#survivors.reduce((sum, index) => sum + this.#weightOf(index), 0);
      if (this.#parts.weights !== undefined) multiplyVectorBy(masks, weights);
      const ring = this.#book.sum;
      addVectorInto(ring, masks);
      reduceRingElements(ring, bits);
      this.#end('done', 'ok');
      this.#effects.push({ kind: 'sum', ring, survivors: this.#survivors, lost: this.#lost });
    });
  }

  #attack(): void {
    const { config, crypto, seeds } = this.#parts;
    const { keys, shares } = this.#book;
    const context = { crypto, session: this.#session, seeds };
    const knowledge = { context, config, keys, shares };
    const opened = this.#malice.open(knowledge, this.#graph, new Set(this.#sharers));
    if (opened === undefined) return;
    this.#effects.push({ kind: 'opened', index: opened.index, ring: opened.vector });
  }

  #weightOf(index: number): number {
    return this.#parts.weights?.[index] ?? 1;
  }

  #keysOf(index: number): ClientPublicKeys {
    return this.#book.keys.get(index) as ClientPublicKeys;
  }

  #abort(reason: SecaggAbortReason): void {
    const { phase } = this;
    const outcome = reason === 'too-few' || reason === 'small-sum' ? 'too-few' : 'refused';
    this.#jobs.cancel();
    this.#end('aborted', outcome);
    this.#effects.push({ kind: 'aborted', outcome, reason, phase });
  }

  /** Ends the session, and tells all clients that may still listen. */
  #end(phase: 'done' | 'aborted', outcome: SecaggOutcome): void {
    const survivors = this.#survivors.length;
    this.#book.wipe();
    for (let to = 0; to < this.#parts.config.n; to += 1) {
      if (!this.#gone.has(to))
        this.#send(to, { type: SECAGG_MESSAGE_TYPES.done, outcome, survivors });
    }
    this.#enter(phase, this.#survivors);
  }

  #enter(phase: ServerPhase, members: readonly number[]): void {
    this.#phase = phase;
    this.#members = members;
    this.#answered.clear();
    this.#missing = new Set(members.filter((index) => !this.#gone.has(index)));
    const longest = this.#now + this.#parts.phaseTimeoutNs;
    const until = UNTIL_INPUT.has(phase) ? Math.min(longest, this.#inputsUntil) : longest;
    this.#deadline = AWAITED.has(phase) ? until : Number.POSITIVE_INFINITY;
    this.#effects.push({ kind: 'phase', phase, members });
  }

  #send(to: number, body: SecaggMessageBody): void {
    const bytes = encodeSecaggMessage(this.#session, body);
    this.#effects.push({ kind: 'send', to, bytes, type: body.type });
  }

  #drop(reason: SecaggDropReason, from: number): void {
    this.#effects.push({ kind: 'drop', reason, from });
  }
}
