/**
 * One running BFD session: the machine with its two timers, jitter and counters.
 *
 * RFC 5880 6.8.7 (jitter). The caller's `send` delivers a packet to the peer (one-hop path or empty
 * path), and the caller assigns packets to links.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { Random } from '../../../engine/host/random.ts';
import type { Timer } from '../../../engine/host/time.ts';
import { BFD } from '../trace-states.ts';
import { BFD_JITTER_PERCENT_MAX, BFD_JITTER_PERCENT_MIN_SINGLE } from './geometry.ts';
import {
  BFD_INITIAL,
  type BfdEffect,
  type BfdInput,
  type BfdMachine,
  type BfdParameters,
  sendIntervalNs,
  stepBfd,
} from './machine.ts';
import { type BfdPacket, type BfdStateName, decodeBfd } from './packet.ts';

/** What a session needs from its router. */
export interface BfdSessionOptions {
  /** Names the link in traces and the session's random stream. */
  readonly link: string;
  readonly host: Host;
  readonly parameters: Omit<BfdParameters, 'discriminator'>;
  readonly send: (packet: BfdPacket) => void;
  /** Called after each change of state. */
  readonly onState: (state: BfdStateName) => void;
}

/** A session that runs from construction. */
export class BfdSession {
  readonly #options: BfdSessionOptions;
  readonly #parameters: BfdParameters;
  readonly #jitter: Random;
  readonly #timers: Record<'send' | 'detection', Timer>;
  #machine: BfdMachine = BFD_INITIAL;

  constructor(options: BfdSessionOptions) {
    this.#options = options;
    this.#jitter = options.host.random(`bfd ${options.link}`);
    this.#parameters = { ...options.parameters, discriminator: drawDiscriminator(this.#jitter) };
    const firstNs = sendIntervalNs(this.#machine, this.#parameters);
    const detection = options.host.after(0, () =>
      this.#take({ kind: 'timer', timer: 'detection' }),
    );
    detection.cancel();
    this.#timers = {
      send: options.host.after(this.#shorten(firstNs), () =>
        this.#take({ kind: 'timer', timer: 'send' }),
      ),
      detection,
    };
    this.#trace(this.#machine.state);
  }

  /** The session's state. */
  get state(): BfdStateName {
    return this.#machine.state;
  }

  /** Handles a control packet of `length` bytes at `offset`. */
  receive(bytes: Uint8Array, offset: number, length: number): void {
    const packet = decodeBfd(bytes, offset, length);
    if (typeof packet === 'string') this.#options.host.drop(packet);
    else this.#take({ kind: 'packet', packet });
  }

  /** Informs the peer and stops. */
  stop(): void {
    this.#take({ kind: 'admin', state: 'down' });
    this.#timers.send.cancel();
    this.#timers.detection.cancel();
  }

  #take(input: BfdInput): void {
    const step = stepBfd(this.#machine, this.#parameters, input);
    this.#machine = step.machine;
    for (const effect of step.effects) this.#perform(effect);
  }

  #perform(effect: BfdEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#options.send(effect.packet);
        return;
      case 'restart': {
        const isSend = effect.timer === 'send';
        const delayNs = isSend ? this.#shorten(effect.intervalNs) : effect.intervalNs;
        this.#timers[effect.timer].rearm(delayNs);
        return;
      }
      case 'stop':
        this.#timers[effect.timer].cancel();
        return;
      case 'state':
        this.#trace(effect.state);
        this.#options.onState(effect.state);
        return;
      case 'drop':
        this.#options.host.drop(effect.reason);
    }
  }

  /** RFC 5880 6.8.7: intervals are shortened at random, so that routers do not synchronise. */
  #trace(state: BfdStateName): void {
    const { host, link } = this.#options;
    host.trace.state(BFD.machine.write({ link }), BFD.state.write({ state }));
  }

  #shorten(intervalNs: number): number {
    const least = this.#parameters.detectMultiplier === 1 ? BFD_JITTER_PERCENT_MIN_SINGLE : 0;
    const percent = least + this.#jitter.below(BFD_JITTER_PERCENT_MAX - least);
    return Math.floor((intervalNs * (100 - percent)) / 100);
  }
}

/**
 * RFC 5880 6.8.1: unique and not zero; with one session per link, a random number is unique enough.
 */
function drawDiscriminator(random: Random): number {
  const drawn = random.u32();
  return drawn === 0 ? 1 : drawn;
}
