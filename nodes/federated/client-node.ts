/**
 * Federated learning: a client. It says that it is ready, and answers the tasks of its aggregator: while keys
 * are exchanged it trains on its examples, and then gives its update to the sum.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { NodeHandle } from '../../engine/host/protocol.ts';
import type { Random } from '../../engine/host/random.ts';
import type { Timer } from '../../engine/host/time.ts';
import type { Transport } from '../../engine/host/transport.ts';
import { CborReader } from '../../engine/pure/cbor-reader.ts';
import { BackOff } from '../_kit/back-off.ts';
import { equalBytes } from '../_kit/bytes.ts';
import type { FederatedSetup } from './behaviour.ts';
import { ClientSession } from './client-session-node.ts';
import { adaptiveClipElementCount, modelOfState, normOfState } from './clip-plan.ts';
import type { CoordinateDrawSeed } from './compression/compress-job.ts';
import { plainRoundBytesMax, secureRoundBytesMax, taskBytesMax } from './device/forecast.ts';
import type { DeviceLimitName, DeviceUse, RoundWork } from './device/limits.ts';
import { ClientDevice } from './device-node.ts';
import { CARRIER_RETRY_NS, PHASE_TIMEOUTS_PER_SESSION } from './geometry.ts';
import { revealMessageBytesMax } from './noise-levels.ts';
import {
  roundClientsMax,
  sessionClientsMinMax,
  sessionPlan,
  sumInputsMin,
  sumVectorLength,
} from './plan.ts';
import { DevicePresence } from './presence-node.ts';
import { noisePlan } from './privacy-plan.ts';
import {
  federationDataSeed,
  findSigningSecret,
  findVerifyingKey,
  nodeDataSource,
} from './provisioning.ts';
import { SessionTrace } from './round-trace.ts';
import { ClientMachine } from './secagg/client-machine.ts';
import { UsedKeyLedger } from './secagg/key-ledger.ts';
import { decodeSecaggConfig, deriveSessionId, type SecaggConfig } from './secagg/session-config.ts';
import { hashModel, plainSessionId, roundOfPlainSession } from './session-names.ts';
import { ClientTrainer } from './trainer-node.ts';
import {
  type DeclineReason,
  decodeFederatedMessage,
  encodeFederatedMessage,
  type FederatedMessage,
} from './wire.ts';

type Task = Extract<FederatedMessage, { kind: 'task' }>;

/** Session id in the message of a client that declines without having been invited. */
const NO_SESSION = new Uint8Array(0);
/** Largest length of the CBOR head of a client's name, bytes. */
const NAME_HEAD = 3;

/** A session that is opened and has not begun. */
interface Opened {
  readonly session: ClientSession;
  readonly name: Uint8Array;
  /** Upper bound of the total length of its messages, bytes. */
  readonly bytes: number;
}

/** A client: reports that it is ready, and answers the aggregator's tasks with updates. */
export class ClientNode implements NodeHandle {
  readonly #host: Host;
  readonly #setup: FederatedSetup;
  readonly #learner: ClientTrainer;
  readonly #device: ClientDevice;
  readonly #presence: DevicePresence;
  #isInRound = false;
  /** Timer that repeats the report of readiness; at most one is pending, however often the aggregator asks. */
  #repeat: Timer | undefined;
  readonly #waits: BackOff;
  readonly #drops: Random;
  /** Keys of earlier sessions, to notice a random generator that repeats itself. */
  readonly #keys = new UsedKeyLedger();
  #transport: Transport | undefined;
  #session: ClientSession | undefined;
  /** The limit of the device that keeps this client out of rounds; undefined if none does. */
  #limit: DeviceLimitName | undefined;
  /** Cancels the training for the present session. */
  #endTraining: () => void = () => undefined;

  constructor(host: Host, setup: FederatedSetup) {
    this.#host = host;
    this.#setup = setup;
    this.#learner = new ClientTrainer(host, nodeDataSource(host.crypto, setup));
    this.#device = new ClientDevice(host, setup, this.#learner.exampleNs);
    this.#presence = new DevicePresence(host, setup.options, (isThere) => this.#moved(isThere));
    this.#drops = host.random('federated.drop');
    const mostNs = Math.max(CARRIER_RETRY_NS, setup.options.phaseTimeout);
    this.#waits = new BackOff({ firstNs: CARRIER_RETRY_NS, mostNs });
  }

  start(): void {
    const host = this.#host;
    this.#transport = host.transport({
      onMessage: (from, buffer, offset, length) =>
        this.#message(from, buffer.subarray(offset, offset + length)),
    });
    host.onRequest(({ respond }) => respond('unknown-request'));
    this.#presence.start();
    this.#tellReadiness();
    // The run need not wait for this client, because it only answers the aggregator.
    host.finished();
  }

  stop(): void {
    this.#end();
    this.#presence.stop();
    this.#device.stop();
  }

  status(): Readonly<Record<string, unknown>> {
    const { count: examples, labels } = this.#learner;
    const inRound = this.#session?.isOver === false;
    const limit = this.#limit ?? null;
    return { examples, inRound, labels, limit, used: this.#device.used ?? null };
  }

  /** Tells the aggregator whether this client can take part; repeats it until the carrier accepts it. */
  #tellReadiness(): void {
    const reason = this.#reasonAgainst(this.#next);
    const message: FederatedMessage =
      reason === undefined ? { kind: 'ready' } : { kind: 'declined', session: NO_SESSION, reason };
    this.#send(encodeFederatedMessage(message), (outcome) => {
      if (outcome === 'ok') this.#waits.reset();
      else if (this.#repeat?.isPending !== true) {
        this.#repeat = this.#host.after(this.#waits.next(), () => this.#tellReadiness());
      }
    });
  }

  /** Called when the device came or went away; a device that goes away during a round sends no notice. */
  #moved(isThere: boolean): void {
    if (isThere || !this.#isInRound) {
      this.#tellReadiness();
      return;
    }
    this.#host.meter.counter('federated.away').add(1);
    this.#session?.lose();
  }

  #send(bytes: Uint8Array, done: (outcome: string) => void = () => undefined): void {
    const { aggregator, phaseTimeout: lifetime } = this.#setup.options;
    this.#device.moved(bytes.length);
    this.#transport?.send(aggregator, bytes, { lifetime, tolerant: true }, done);
  }

  #message(from: string, bytes: Uint8Array): void {
    const host = this.#host;
    if (from !== this.#setup.options.aggregator) {
      host.drop('not-aggregator');
      return;
    }
    const before = this.#device.used;
    this.#device.moved(bytes.length);
    const message = decodeFederatedMessage(bytes);
    switch (message?.kind) {
      case 'task':
        this.#task(message, bytes.length, before);
        return;
      case 'sum':
        if (this.#session === undefined || this.#session.isOver) host.drop('no-session');
        else this.#session.message(message.bytes);
        return;
      case 'ready':
        // The aggregator asks whether this client can take part.
        this.#tellReadiness();
        return;
      case 'update':
      case 'packed':
      case 'offer':
      case 'answer':
      case 'refused':
      case 'sparse':
      case 'declined':
      case 'levels':
      case undefined:
        host.drop('malformed');
    }
  }

  /** Begins a new task. A session that is still open is ended, since the aggregator has given it up. */
  #task(task: Task, length: number, before: DeviceUse | undefined): void {
    const host = this.#host;
    if (!this.#isOurModel(task)) {
      host.drop('task-refused');
      return;
    }
    const opened = this.#open(task, before);
    if (opened === undefined) {
      host.drop('task-refused');
      return;
    }
    host.meter.sample('federated.bytes.model', length);
    this.#end();
    const { session, name, bytes } = opened;
    const work = this.#learner.workOf(bytes);
    const reason = this.#reasonAgainst(work);
    if (reason !== undefined) this.#decline(name, reason);
    else {
      this.#isInRound = true;
      this.#session = session;
      this.#device.reserve(work, () => this.#work(session, task));
    }
  }

  /** True if the model in the task has the length of the federation's model, and its norm, if any, is valid. */
  #isOurModel({ model }: Task): boolean {
    const { options } = this.#setup;
    const length = this.#learner.parameters + adaptiveClipElementCount(options);
    return model.length === length && !Number.isNaN(normOfState(options, model));
  }

  #work(session: ClientSession, { model }: Task): void {
    if (session.isOver) return;
    session.begin();
    if (session.isOver) return;
    const { options } = this.#setup;
    const { weight } = options.learn;
    this.#endTraining = this.#learner.learn(
      modelOfState(options, model),
      (update) => session.update(update, weight === 'examples' ? this.#learner.count : 1),
      (examples) => this.#device.learned(examples),
    );
  }

  /** Why this client takes part in no round with this work; undefined if it takes part. */
  #reasonAgainst(work: RoundWork): DeclineReason | undefined {
    if (!this.#presence.isThere) return 'away';
    const limit = this.#device.broken(work);
    if (limit !== undefined && this.#limit === undefined) this.#device.declined(limit);
    this.#limit = limit;
    return limit;
  }

  /** Upper bound of the work that the next round asks for. */
  get #next(): RoundWork {
    const { options } = this.#setup;
    const { parameters } = this.#learner;
    const peers = this.#transport?.peers ?? [];
    const [, n] = sessionClientsMinMax(options, roundClientsMax(options, peers.length));
    const { secureAggregation: sum } = options;
    const { mode = 'semi-honest' } = sum === 'none' ? {} : sum;
    const { neighbours: k, length: m, bits } = sessionPlan(options, n, parameters);
    const session =
      sum === 'none'
        ? plainRoundBytesMax(m)
        : secureRoundBytesMax({ n, k, m, bits, mode }) + revealMessageBytesMax(options, n);
    const names = mode === 'signed' ? peers : [];
    const nameBytes = names.reduce((bytes, name) => bytes + NAME_HEAD + 3 * name.length, 0);
    return this.#learner.workOf(
      session + taskBytesMax(parameters + adaptiveClipElementCount(options), nameBytes),
    );
  }

  /**
   * Tells the aggregator that this client will not take part, so that the aggregator does not wait until its
   * time-out.
   */
  #decline(session: Uint8Array, reason: DeclineReason): void {
    this.#send(encodeFederatedMessage({ kind: 'declined', session, reason }));
  }

  /** Called when the session needs nothing more from this client. */
  #over(before: DeviceUse | undefined): void {
    this.#endTraining();
    this.#isInRound = false;
    if (before === undefined) return;
    this.#device.over(before);
    // A device that is away sends nothing.
    if (!this.#presence.isThere) return;
    if (this.#reasonAgainst(this.#next) !== undefined) this.#tellReadiness();
  }

  #shared(round: number): CoordinateDrawSeed {
    return { seed: federationDataSeed(this.#setup.network), round };
  }

  #open(task: Task, before: DeviceUse | undefined): Opened | undefined {
    const { options, witness } = this.#setup;
    const host = this.#host;
    // Drawn for every task, so that later draws do not depend on whether this client leaves.
    const isLeaving = this.#drops.chance(options.drop?.probability ?? 0);
    const { parameters } = this.#learner;
    const clients = this.#transport?.peers.length ?? 0;
    const noise = noisePlan(options, clients, parameters);
    const parts = {
      host,
      ...(noise === undefined ? {} : { noise }),
      witness,
      options,
      behaviour: this.#setup.behaviour,
      index: task.index,
      norm: normOfState(options, task.model),
      isLeaving,
      send: (bytes: Uint8Array): void => this.#send(bytes),
      over: (): void => this.#over(before),
    };
    if (options.secureAggregation === 'none') {
      const name = plainSessionId(task.config, host.crypto);
      if (name === undefined) return undefined;
      const shared = this.#shared(roundOfPlainSession(task.config) ?? 0);
      const session = new ClientSession({ ...parts, session: name, clients, bits: 32, shared });
      return { session, name, bytes: plainRoundBytesMax(sumVectorLength(options, parameters)) };
    }
    const config = readConfig(task.config);
    if (config === undefined || !this.#isExpected(config, task)) return undefined;
    const name = deriveSessionId(config, host.crypto);
    const session = new ClientSession({
      ...parts,
      session: name,
      clients: config.n,
      bits: config.bits,
      shared: this.#shared(config.round),
      machine: this.#machine(config, task),
      ...(host.trace.isRecorded ? { trace: new SessionTrace(host, config.round) } : {}),
    });
    return {
      session,
      name,
      bytes: secureRoundBytesMax(config) + revealMessageBytesMax(options, config.n),
    };
  }

  #machine(config: SecaggConfig, { index, members }: Task): ClientMachine {
    const host = this.#host;
    const { options, network, behaviour } = this.#setup;
    const { seeds, checkLists } = behaviour;
    return new ClientMachine({
      config,
      index,
      least: sumInputsMin(options),
      crypto: host.crypto,
      randomBytes: (length): Uint8Array => host.randomBytes(length),
      sessionTimeoutNs: PHASE_TIMEOUTS_PER_SESSION * options.phaseTimeout,
      ledger: this.#keys,
      ...(config.mode === 'signed'
        ? {
            identity: {
              secret: findSigningSecret(network, host.name),
              publicKeyOf: (member: number): Uint8Array | undefined =>
                keyOf(network, members[member]),
            },
          }
        : {}),
      seeds,
      checkLists,
    });
  }

  /**
   * True if the session's parameters are those that follow from the options: the aggregator must not weaken the
   * protection.
   */
  #isExpected(config: SecaggConfig, { index, members, model }: Task): boolean {
    const { options } = this.#setup;
    const { secureAggregation: sum } = options;
    if (sum === 'none' || index >= config.n) return false;
    if (sum.mode === 'signed' && !this.#isRoster(members, config.n, index)) return false;
    const plan = sessionPlan(options, config.n, this.#learner.parameters);
    return (
      config.n >= sumInputsMin(options) &&
      // `peers` includes the aggregator, so its length is the number of all clients; a larger n would only cost
      // key agreements.
      config.n <= (this.#transport?.peers.length ?? 0) &&
      config.k === plan.neighbours &&
      config.t === plan.threshold &&
      config.m === plan.length &&
      config.bits === plan.bits &&
      config.mode === sum.mode &&
      config.modelHash !== undefined &&
      equalBytes(config.modelHash, hashModel(model, this.#host.crypto))
    );
  }

  #end(): void {
    this.#endTraining();
    this.#session?.end();
  }

  /**
   * True if `members` has one name for each index, no name twice, and this client's name at `index`; so no
   * signer counts twice.
   */
  #isRoster(members: readonly string[], count: number, index: number): boolean {
    const isWhole = members.length === count && new Set(members).size === count;
    return isWhole && members[index] === this.#host.name;
  }
}

function readConfig(bytes: Uint8Array): SecaggConfig | undefined {
  const reader = new CborReader();
  reader.open(bytes, 0, bytes.length);
  const config = decodeSecaggConfig(reader);
  return reader.at === bytes.length ? config : undefined;
}

/** The verifying key of a node; undefined if the network has no such node of this protocol. */
function keyOf(network: NetworkView, name: string | undefined): Uint8Array | undefined {
  const host = network.hosts.find((one) => one.name === name);
  if (host === undefined || !host.stack.includes('federated')) return undefined;
  return findVerifyingKey(network, host.name);
}
