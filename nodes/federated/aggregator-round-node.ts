/**
 * Federated learning: one round at the aggregator, with one session for all its clients or one for each
 * of its groups.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import { sessionOfInput } from './aggregator/input-session.ts';
import {
  type AggregatorSession,
  type AggregatorSessionHandlers,
  dropSessionMessage,
  type PlainMessageReader,
  PlainSumSession,
  SecureSumSession,
  type SessionSum,
} from './aggregator-session-node.ts';
import type { FederatedSetup } from './behaviour.ts';
import { readUpdateMessage } from './compression/plain-form.ts';
import { PlainSumServer } from './plain-sum.ts';
import { sessionPlan, sumInputsMin, sumVectorLength } from './plan.ts';
import { findVerifyingKey } from './provisioning.ts';
import { dealRandomGroups } from './robust/groups.ts';
import type { RoundTrace } from './round-trace.ts';
import { ServerMachine } from './secagg/server-machine.ts';
import {
  deriveSessionId,
  encodeSecaggConfig,
  type SecaggConfig,
  secaggConfigProblem,
} from './secagg/session-config.ts';
import { countQuorumInputs } from './selection.ts';
import { makeServerAttack } from './server-attack.ts';
import {
  encodePlainSessionConfig,
  hashModel,
  PLAIN_SESSION_RANDOM_BYTES,
  plainSessionId,
  sumNameForWitness,
} from './session-names.ts';
import { encodeFederatedMessage, type FederatedMessage } from './wire.ts';

/** What an {@link AggregatorRound} is made from. */
export interface AggregatorRoundParts {
  readonly host: Host;
  readonly setup: FederatedSetup;
  /** Undefined while no trace is recorded. */
  readonly trace: RoundTrace | undefined;
  /** Number of parameters of the model. */
  readonly parameters: number;
  readonly round: number;
  /**
   * The model from which clients start, followed by the clipping norm of the round if the norm adapts.
   */
  readonly model: Float32Array;
  readonly clients: readonly string[];
  readonly send: (client: string, bytes: Uint8Array, done?: (outcome: string) => void) => void;
  /** Called when a client did not get its task; `outcome` is the carrier's reason. */
  readonly away: (client: string, outcome: string) => void;
  /** Called when all sessions are over. If there are no sums, `reason` says why. */
  readonly ended: (sums: readonly RoundSessionSum[], reason: string) => void;
}

/** The sum of a session, with the bits of its elements and the session's clients. */
export interface RoundSessionSum extends SessionSum {
  /** Name of the session. */
  readonly name: Uint8Array;
  /** Name under which the witness of the run knows the sum. */
  readonly space: string;
  readonly bits: number;
  /** Names of all clients of the session, by index. */
  readonly clients: readonly string[];
}

/** A session and its clients. */
interface Group {
  readonly clients: readonly string[];
  readonly session: AggregatorSession;
  readonly name: Uint8Array;
  readonly bits: number;
  /** The encoded parameters of the session, which are part of each task. */
  readonly config: Uint8Array;
}

/** A session that was just opened, without its clients. */
type Opened = Omit<Group, 'clients'>;

/** One round at the aggregator: a session for all its clients, or one for each of its groups. */
export class AggregatorRound {
  readonly #parts: AggregatorRoundParts;
  readonly #groups: readonly Group[];
  readonly #places = new Map<string, { readonly group: Group; readonly index: number }>();
  readonly #sums = new Map<Group, RoundSessionSum>();
  readonly beganNs: number;
  #open = 0;
  #isOver = false;

  constructor(parts: AggregatorRoundParts) {
    const { host, setup, clients } = parts;
    this.#parts = parts;
    this.beganNs = host.now();
    const { groups } = setup.options;
    const dealt =
      groups === 'none'
        ? [clients]
        : dealRandomGroups(clients, groups, host.random('federated.groups'));
    this.#groups = dealt.flatMap((members) => this.#group(members));
    this.#open = this.#groups.length;
    for (const group of this.#groups) {
      for (const [index, client] of group.clients.entries()) {
        this.#places.set(client, { group, index });
      }
    }
  }

  get round(): number {
    return this.#parts.round;
  }

  get clients(): readonly string[] {
    return this.#parts.clients;
  }

  /** False if there are too few clients for a session. */
  get isPossible(): boolean {
    return this.#groups.length > 0;
  }

  begin(): void {
    for (const group of this.#groups) group.session.begin();
    const { send, away, setup, model } = this.#parts;
    const { secureAggregation: sum } = setup.options;
    const isSigned = sum !== 'none' && sum.mode === 'signed';
    const isCrafted = setup.options.serverAttack === 'crafted-models';
    for (const { clients, config, session } of this.#groups) {
      const members = isSigned ? clients : [];
      for (const [index, client] of clients.entries()) {
        const sent = isCrafted && index > 0 ? new Float32Array(model.length) : model;
        const task = encodeFederatedMessage({ kind: 'task', config, index, members, model: sent });
        send(client, task, (outcome) => {
          if (outcome === 'ok') return;
          // Called even after the end of the round, so that the next round does not invite this
          // client.
          away(client, outcome);
          if (!this.#isOver) session.gone(index);
        });
      }
    }
  }

  message(from: string, message: FederatedMessage): void {
    const place = this.#places.get(from);
    if (place === undefined) this.#parts.host.drop('not-client');
    else if (this.#isLate(message, place.group)) dropSessionMessage(this.#parts.host, 'late-input');
    else place.group.session.message(place.index, message);
  }

  /**
   * True if the message is an input to a session other than that of the client's group; the round of
   * such a session is over.
   */
  #isLate(message: FederatedMessage, { name }: Group): boolean {
    const session = sessionOfInput(message);
    return session !== undefined && !this.#parts.host.crypto.equal(session, name);
  }

  /** Called when a client declined a session. */
  declined(client: string, session: Uint8Array): void {
    const place = this.#places.get(client);
    if (place === undefined) return;
    const { group, index } = place;
    if (this.#parts.host.crypto.equal(session, group.name)) group.session.gone(index);
  }

  end(): void {
    this.#isOver = true;
    for (const { session } of this.#groups) session.end();
  }

  /**
   * Opens the session of these clients.
   * @returns the group in a list; an empty list if they are too few for a session.
   */
  #group(clients: readonly string[]): readonly Group[] {
    const { host, round } = this.#parts;
    const random = host.randomBytes(PLAIN_SESSION_RANDOM_BYTES);
    let own: Group | undefined;
    const handlers = this.#handlers(clients, () => own as Group);
    const { secureAggregation: sum } = this.#parts.setup.options;
    const opened =
      sum === 'none'
        ? this.#plain(clients, encodePlainSessionConfig(random, round), handlers)
        : this.#hidden(clients, random, handlers);
    if (opened === undefined) return [];
    own = { ...opened, clients };
    return [own];
  }

  #plain(
    clients: readonly string[],
    config: Uint8Array,
    handlers: AggregatorSessionHandlers,
  ): Opened {
    const { host, setup, parameters } = this.#parts;
    const { minimum, phaseTimeout, aggregate, groups, attack } = setup.options;
    const { deadline = phaseTimeout } = setup.options;
    const name = plainSessionId(config, host.crypto) ?? new Uint8Array(0);
    const length = sumVectorLength(setup.options, parameters);
    const machine = new PlainSumServer({
      clients: clients.length,
      length,
      timeoutNs: Math.min(phaseTimeout, deadline),
      quorum: countQuorumInputs(setup.options),
      minimum: groups === 'none' ? minimum : 1,
      keepsVectors: (aggregate !== 'mean' || attack?.inversion === true) && groups === 'none',
    });
    const form: PlainMessageReader = {
      session: name,
      read: (message) => readUpdateMessage(message, setup.options, length),
    };
    const session = new PlainSumSession(host, machine, form, handlers);
    return { session, config, name, bits: 32 };
  }

  #hidden(
    clients: readonly string[],
    random: Uint8Array,
    handlers: AggregatorSessionHandlers,
  ): Opened | undefined {
    const { host, setup, parameters, round, model } = this.#parts;
    const { options } = setup;
    const { secureAggregation: sum } = options;
    if (sum === 'none') return undefined;
    const plan = sessionPlan(options, clients.length, parameters);
    const config: SecaggConfig = {
      random,
      round,
      n: clients.length,
      k: plan.neighbours,
      t: plan.threshold,
      m: plan.length,
      bits: plan.bits,
      mode: sum.mode,
      modelHash: hashModel(model, host.crypto),
    };
    if (secaggConfigProblem(config) !== undefined) return undefined;
    const { jobs } = setup.behaviour;
    const machine = this.#machine(config, clients);
    const session = new SecureSumSession({ host, machine, jobs }, handlers);
    const name = deriveSessionId(config, host.crypto);
    return { session, config: encodeSecaggConfig(config), name, bits: plan.bits };
  }

  #machine(config: SecaggConfig, clients: readonly string[]): ServerMachine {
    const { host, setup } = this.#parts;
    const { options, network, behaviour } = setup;
    const { seeds, weights } = behaviour;
    return new ServerMachine({
      config,
      crypto: host.crypto,
      random: host.random('federated.graph'),
      phaseTimeoutNs: options.phaseTimeout,
      deadlineNs: options.deadline,
      quorum: countQuorumInputs(options),
      minSum: sumInputsMin(options),
      publicKeyOf: (index): Uint8Array => findVerifyingKey(network, clients[index] ?? ''),
      seeds,
      weights,
      attack: makeServerAttack(options),
    });
  }

  #handlers(clients: readonly string[], group: () => Group): AggregatorSessionHandlers {
    const { send, trace, setup } = this.#parts;
    return {
      send: (client, bytes): void => send(clients[client] ?? '', bytes),
      summed: (sum): void => this.#summed(group(), sum),
      aborted: (reason): void => this.#closed(reason),
      opened: (client, ring): void => this.#opened(group(), client, ring),
      phase: (phase, members, order): void => {
        // Not traced with groups: the trace has a single list of client indices, but each group has
        // indices of its own.
        if (setup.options.groups === 'none') trace?.phase(phase, members, order);
      },
    };
  }

  #summed(group: Group, sum: SessionSum): void {
    const { bits, clients, name } = group;
    this.#sums.set(group, { ...sum, bits, clients, name, space: sumNameForWitness(name) });
    this.#closed('');
  }

  /**
   * Reports an input that an attack claims to have opened, as a sum of one input, which the witness of
   * the run checks.
   */
  #opened({ bits, name }: Group, client: number, ring: Uint32Array): void {
    const { host, setup } = this.#parts;
    host.meter.counter('federated.openings').add(1);
    const metric = 'federated.opened';
    setup.witness.sum({
      space: sumNameForWitness(name),
      parts: [client],
      vector: ring,
      bits,
      metric,
    });
  }

  #closed(reason: string): void {
    this.#open -= 1;
    if (this.#open > 0 || this.#isOver) return;
    // The sums are put into the order of the groups; they were collected in the order in which the
    // groups ended.
    this.#parts.ended(
      this.#groups.flatMap((group) => this.#sums.get(group) ?? []),
      reason,
    );
  }
}
