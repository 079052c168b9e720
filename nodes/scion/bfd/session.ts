/**
 * One running BFD session: runs the state machine with its timer, and encodes and decodes its
 * packets.
 *
 * The caller performs the effects, such as sending packets, and finds the session of a received
 * packet.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import { type StateMachineHost, StateMachineRunner } from '../../_kit/shell.ts';
import { type BfdEffect, type BfdInput, BfdMachine, type BfdParameters } from './machine.ts';
import { type BfdStateName, decodeBfdControlPacket } from './packet.ts';

/** What a session needs from its router. */
export interface BfdSessionParts {
  readonly host: StateMachineHost;
  /** A random stream for this session only: for the discriminator and the jitter. */
  readonly random: Random;
  readonly parameters: Omit<BfdParameters, 'discriminator'>;
  readonly perform: (effect: BfdEffect) => void;
}

/** A BFD session, which starts when it is created. */
export class BfdSession {
  readonly #perform: (effect: BfdEffect) => void;
  readonly #machine: BfdMachine;
  readonly #shell: StateMachineRunner<BfdInput, BfdEffect>;

  constructor({ host, random, parameters, perform }: BfdSessionParts) {
    const own = { ...parameters, discriminator: drawDiscriminator(random) };
    this.#perform = perform;
    this.#machine = new BfdMachine(own, random, host.now());
    this.#shell = new StateMachineRunner(host, this.#machine, perform);
    this.#shell.start();
  }

  /** The session's state. */
  get state(): BfdStateName {
    return this.#machine.state;
  }

  /** Handles a control packet of `length` bytes at `offset`. */
  receive(bytes: Uint8Array, offset: number, length: number): void {
    const packet = decodeBfdControlPacket(bytes, offset, length);
    if (typeof packet === 'string') this.#perform({ kind: 'drop', reason: packet });
    else this.#shell.take({ kind: 'packet', packet });
  }

  /** Tells the peer that the session is administratively down, and stops. */
  stop(): void {
    this.#shell.take({ kind: 'admin', state: 'down' });
    this.#shell.stop();
  }
}

/**
 * Draws the local discriminator. RFC 5880 6.8.1: it is unique and not zero; with one session per
 * link, a random number is unique enough.
 */
function drawDiscriminator(random: Random): number {
  const drawn = random.u32();
  return drawn === 0 ? 1 : drawn;
}
