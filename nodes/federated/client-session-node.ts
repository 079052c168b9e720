/**
 * One session at a client: gives the update to the state machine of the sum, and counts the bytes of
 * the session's messages.
 *
 * @module
 */
import type { ComputeResult } from '../../engine/host/compute.ts';
import type { Host } from '../../engine/host/host.ts';
import type { GroundTruthWitness } from '../../engine/host/protocol.ts';
import { concatByteList } from '../_kit/bytes.ts';
import { wipe } from '../_kit/secrets.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import type { NoiseLevel } from './aggregator/remove-noise-job.ts';
import type { Behaviour } from './behaviour.ts';
import { computeClippingNorms } from './clip-plan.ts';
import type { CompressUpdateInput, CoordinateDrawSeed } from './compression/compress-job.ts';
import { largestCoordinateSteps, updateStepsPerUnit } from './compression/form.ts';
import { makeUpdateMessage } from './compression/plain-form.ts';
import type { FederatedOptions } from './config.ts';
import { hasNoiseLevels, NOISE_LEVEL_KEY_BYTES, plannedLevelVariances } from './noise-levels.ts';
import type { NoisePlan } from './privacy-plan.ts';
import type { PrivateUpdateInput } from './private-update-job.ts';
import type { QuantiseInput, QuantiseOutput } from './quantise-job.ts';
import type { SessionTrace } from './round-trace.ts';
import type { ClientMachine } from './secagg/client-machine.ts';
import type { ClientEffect, ClientInput, ClientPhase } from './secagg/effects.ts';
import { SECAGG_MESSAGE_TYPES } from './secagg/messages.ts';
import { reduceRingElements } from './secagg/ring.ts';
import { sumNameForWitness } from './session-names.ts';
import { encodeFederatedMessage } from './wire.ts';

/**
 * Bytes of an element of an update in the plain protocol with which traffic is compared: 16 bits
 * (Bonawitz et al. 2017, section 7.1).
 */
const BARE_BYTES = 2;
/** Length of the key from which random numbers are drawn, bytes. */
const KEY_BYTES = 32;

/**
 * For each value of the option `drop.after`, the type of the last message that a leaving client sends.
 */
const LAST_MESSAGE = {
  keys: SECAGG_MESSAGE_TYPES.advertise,
  shares: SECAGG_MESSAGE_TYPES.shareKeys,
  input: SECAGG_MESSAGE_TYPES.maskedInput,
} as const;

/** What a {@link ClientSession} is made from. */
export interface ClientSessionParts {
  readonly host: Host;
  readonly witness: GroundTruthWitness;
  readonly options: FederatedOptions;
  readonly behaviour: Behaviour;
  readonly session: Uint8Array;
  readonly index: number;
  /** The noise that clients add; absent without differential privacy. */
  readonly noise?: NoisePlan;
  /** Number of clients of the session. */
  readonly clients: number;
  /** Bits of an element of the sum. */
  readonly bits: number;
  /** Norm to which updates of this round are clipped; absent if the norm does not adapt. */
  readonly norm?: number | undefined;
  /** Seed and round, from which compression draws the same coordinates for all clients. */
  readonly shared: CoordinateDrawSeed;
  /** The state machine of the secure sum; absent if the aggregator sees each update. */
  readonly machine?: ClientMachine;
  /** Absent while no trace is recorded. */
  readonly trace?: SessionTrace;
  /** True if the client leaves this round as its option `drop` says. */
  readonly isLeaving: boolean;
  readonly send: (bytes: Uint8Array) => void;
  /** Called once, when the client has nothing more to do for this session. */
  readonly over: () => void;
}

/** One session at a client: gives the update to the machine of the sum, and counts bytes. */
export class ClientSession {
  readonly #parts: ClientSessionParts;
  readonly #shell: StateMachineRunner<ClientInput, ClientEffect> | undefined;
  #isOver = false;
  #isTold = false;
  /** True once the client has sent the shares that the server needs to open the sum. */
  #isUnmasked = false;
  /** Numbers of bytes given to the carrier (`#up`), and received (`#down`). */
  #up = 0;
  #down = 0;
  /** Keys of the levels of noise, until the session is over. */
  #levels: readonly NoiseLevel[] | undefined;
  /** Number of elements of the update before it is compressed. */
  #length = 0;

  constructor(parts: ClientSessionParts) {
    this.#parts = parts;
    const { machine, host } = parts;
    if (machine !== undefined) {
      this.#shell = new StateMachineRunner(host, machine, (effect) => this.#perform(effect));
    }
  }

  /** True once the session has ended for this client: its further messages are ignored. */
  get isOver(): boolean {
    return this.#isOver;
  }

  begin(): void {
    const { isLeaving, options } = this.#parts;
    if (isLeaving && options.drop?.after === 'invitation') this.#leave();
    else this.#shell?.take({ kind: 'begin' });
  }

  /** Called when the client goes away without telling anybody. */
  lose(): void {
    this.#traced('left');
    this.end();
  }

  /** Called when another session has replaced this one, or the node stops. */
  end(): void {
    this.#isOver = true;
    this.#shell?.stop();
    this.#tellOver();
  }

  /** Handles a message of the secure sum. */
  message(bytes: Uint8Array): void {
    this.#down += bytes.length;
    if (this.#shell === undefined) this.#parts.host.drop('no-session');
    else this.#shell.take({ kind: 'message', bytes });
  }

  /** Called when training is done: turns the update into elements of the sum. */
  update(update: Float32Array<ArrayBuffer>, weight: number): void {
    if (this.#isOver) return;
    const { host, options, shared } = this.#parts;
    const { compression, learn } = options;
    this.#length = update.length + (learn.weight === 'examples' ? 1 : 0);
    if (compression === 'none' || 'bits' in compression) {
      this.#quantise(update, weight);
      return;
    }
    const input: CompressUpdateInput = { update, compression, shared };
    host.compute('compress', input, (result) => {
      if (this.#isOver) return;
      if (result.kind === 'failed') throw new Error(`compressing failed: ${result.message}`);
      this.#quantise(result.output as Float32Array<ArrayBuffer>, weight);
    });
  }

  #quantise(update: Float32Array<ArrayBuffer>, weight: number): void {
    const { host, bits } = this.#parts;
    const count = update.length;
    const [job, input] = this.#inputOf(update, weight);
    host.compute(job, input, (result) => {
      if (this.#isOver) return;
      if (result.kind === 'failed') throw new Error(`${job} failed: ${result.message}`);
      const { ring, clipped } = result.output as QuantiseOutput;
      host.meter.counter('federated.coordinates').add(count);
      host.meter.counter('federated.clipped').add(clipped);
      reduceRingElements(ring, bits);
      this.#give(ring);
    });
  }

  /** The job, with its input, that makes elements of the sum from an update. */
  #inputOf(
    update: Float32Array<ArrayBuffer>,
    weight: number,
  ): readonly ['quantise', QuantiseInput] | readonly ['privateUpdate', PrivateUpdateInput] {
    const { host, options, noise, norm } = this.#parts;
    const { clip, weight: weighting } = options.learn;
    const scale = updateStepsPerUnit(options);
    const most = largestCoordinateSteps(options);
    const key = host.randomBytes(KEY_BYTES) as Uint8Array<ArrayBuffer>;
    if (noise !== undefined && options.privacy !== undefined) {
      const { bound, clientVariance: variance } = noise;
      const { mechanism } = options.privacy;
      const { update: length, unit } = computeClippingNorms(options.privacy);
      const written = norm === undefined ? {} : { written: { length, unit } };
      const common = { update, key, scale, bound, mechanism, variance };
      const input = { ...common, clip: norm ?? length, ...written };
      if (!hasNoiseLevels(options)) return ['privateUpdate', input];
      const levels = this.#drawLevels();
      return ['privateUpdate', { ...input, levels }];
    }
    const hasWeight = weighting === 'examples';
    const cut = most === undefined ? {} : { most };
    const counted = { weight: hasWeight ? weight : 1, hasWeight };
    return ['quantise', { update, key, scale, clip, ...counted, ...cut }];
  }

  #drawLevels(): readonly NoiseLevel[] {
    const { host, options, clients } = this.#parts;
    const levels = plannedLevelVariances(options, clients).map((variance) => {
      return { key: host.randomBytes(NOISE_LEVEL_KEY_BYTES), variance };
    });
    this.#levels = levels;
    return levels;
  }

  /**
   * Called when the survivors are known: reveals the keys of the noise levels that would be needed only
   * if more clients had been lost.
   */
  #reveal(): void {
    const { machine, options, behaviour, session, clients } = this.#parts;
    const levels = this.#levels;
    if (machine === undefined || levels === undefined) return;
    const { survivors } = machine;
    const removed = behaviour.removedLevels(options, { clients, survivors });
    const keys = concatByteList(removed.map((level) => (levels[level] as NoiseLevel).key));
    if (keys.length > 0) this.#send(encodeFederatedMessage({ kind: 'levels', session, keys }));
    for (const { key } of levels) wipe(key);
    this.#levels = undefined;
  }

  /** Gives an input to the sum, after reporting it unhidden to the witness of the run. */
  #give(ring: Uint32Array): void {
    const { witness, session, index, options } = this.#parts;
    witness.addend(sumNameForWitness(session), index, ring.slice());
    if (this.#shell !== undefined) this.#shell.take({ kind: 'update', ring });
    else {
      this.#send(encodeFederatedMessage(makeUpdateMessage(options, session, ring)));
      this.#finish();
    }
  }

  #perform(effect: ClientEffect): void {
    if (this.#isOver) return;
    const { host, isLeaving, options, behaviour } = this.#parts;
    switch (effect.kind) {
      case 'send': {
        this.#send(effect.bytes);
        const { after } = options.drop ?? {};
        const isLast = after !== undefined && after !== 'invitation';
        if (isLeaving && isLast && LAST_MESSAGE[after] === effect.type) this.#leave();
        return;
      }
      case 'compute':
        host.compute(behaviour.jobs[effect.name] ?? effect.name, effect.input, (result) => {
          if (this.#isOver) return;
          this.#shell?.take({ kind: 'computed', job: effect.job, output: outputOf(result) });
        });
        return;
      case 'drop':
        host.drop(effect.reason);
        return;
      case 'phase':
        this.#isUnmasked ||= effect.phase === 'unmasked';
        this.#traced(effect.phase);
        return;
      case 'finished':
        // The server's last message, `done`, has come, so that its bytes are counted too. A client that
        // sent no shares for opening the sum has not finished the round: the round went on without it.
        if (effect.outcome === 'ok' && this.#isUnmasked) {
          this.#reveal();
          this.#finish();
        } else this.end();
    }
  }

  #send(bytes: Uint8Array): void {
    this.#up += bytes.length;
    this.#parts.send(bytes);
  }

  #leave(): void {
    this.#parts.host.meter.counter('federated.left').add(1);
    this.lose();
  }

  #traced(phase: ClientPhase | 'left'): void {
    this.#parts.trace?.phase(phase, { up: this.#up, down: this.#down });
  }

  #finish(): void {
    const { meter } = this.#parts.host;
    meter.sample('federated.bytes.up', this.#up);
    meter.sample('federated.bytes.down', this.#down);
    const bare = BARE_BYTES * this.#length;
    if (bare > 0) meter.sample('federated.expansion', (this.#up + this.#down) / bare);
    this.#tellOver();
  }

  #tellOver(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#parts.over();
  }
}

/** The output of a job; undefined if it failed, whereupon a machine gives up its session. */
function outputOf(result: ComputeResult): unknown {
  return result.kind === 'done' ? result.output : undefined;
}
