/**
 * Asks the other side of a channel for its clock and answers such questions: one `clock.ping` and
 * one `clock.pong` at a time, several per round, recorded in a {@link ClockOffset}.
 *
 * Processes of one machine share CLOCK_MONOTONIC (docs/spec/live.md#clocks): they recognise this and
 * measure nothing. The owner of the channel decides when rounds take place: one before the start, one
 * after the end, and in long runs some in between, because uncertainty grows by 100 ppm of the time to
 * the nearest round.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ClockOffset } from './clock-offset.ts';
import type { Channel } from './model.ts';

/**
 * Number of exchanges per round. Of 16 exchanges, at least one is usually delayed in neither
 * direction, and the one with the shortest delay is used.
 */
const ROUND_PINGS = 16;
/** An answer that takes longer than this ends its round, in ms. */
const ANSWER_MS = 2_000;

/** The clock and identity of a side; tests use their own. */
export interface ClockSource {
  /** Reads the monotonic clock, ns. */
  readonly now: () => bigint;
  /** Identifies the machine, see {@link machineIdentity}. */
  readonly machine: string | undefined;
}

/** The clock of this process. */
export const OWN_CLOCK: ClockSource = {
  now: () => process.hrtime.bigint(),
  machine: machineIdentity(),
};

/**
 * A name that two processes share only if they read the same monotonic clock: a hash of the boot
 * identifier of the kernel, the host name and the time namespace. It is hashed because it is sent.
 * @returns undefined if the kernel does not reveal this; clocks are then measured.
 */
export function machineIdentity(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // A container may see the monotonic clock with an offset of its own (time_namespaces(7)).
    const namespace = readlinkSync('/proc/self/ns/time');
    const name = [boot, hostname(), namespace].join('\n');
    return createHash('sha256').update(name).digest('hex').slice(0, 32);
  } catch {
    return undefined;
  }
}

/**
 * Answers a request for the local clock.
 * @returns false if the message is not such a request, and must be handled by the caller.
 */
export function answerClockPing(
  channel: Pick<Channel, 'send'>,
  message: unknown,
  source: ClockSource = OWN_CLOCK,
): boolean {
  const t2 = source.now();
  if (!isKind(message, 'clock.ping')) return false;
  const { id } = message;
  // The answer repeats the id of the question, so only a safe integer is accepted; a question with
  // any other id is not answered.
  if (!Number.isSafeInteger(id)) return true;
  const { machine } = source;
  channel.send({ kind: 'clock.pong', id, machine, t2, t3: source.now() });
  return true;
}

/**
 * Measures the clock at the other side of a channel; the owner of the channel passes all messages to {@link take}.
 */
export class ClockProbe {
  readonly #channel: Pick<Channel, 'send'>;
  readonly #offset: ClockOffset;
  readonly #source: ClockSource;
  #id = 0;
  #sentAt = 0n;
  /** Called with true when the expected answer has arrived, with false when it is late. */
  #answered: ((isThere: boolean) => void) | undefined;

  constructor(
    channel: Pick<Channel, 'send'>,
    offset: ClockOffset,
    source: ClockSource = OWN_CLOCK,
  ) {
    this.#channel = channel;
    this.#offset = offset;
    this.#source = source;
  }

  /**
   * Processes an answer.
   * @returns false if the message is not an answer, and must be handled by the caller.
   */
  take(message: unknown): boolean {
    const t4 = this.#source.now();
    if (!isKind(message, 'clock.pong')) return false;
    const { id, t2, t3, machine } = message;
    // This is a late answer to a question that was abandoned.
    if (id !== this.#id || this.#answered === undefined) return true;
    if (typeof machine === 'string' && machine === this.#source.machine) {
      this.#offset.shareClock();
    } else if (typeof t2 === 'bigint' && typeof t3 === 'bigint') {
      this.#offset.add({ t1: this.#sentAt, t2, t3, t4 });
    }
    this.#answered(true);
    return true;
  }

  /**
   * Makes one round of exchanges, one after the other. Rounds must not overlap.
   * @returns false if the other side did not answer, or answered nonsense.
   */
  async round(pings: number = ROUND_PINGS): Promise<boolean> {
    for (let ping = 0; ping < pings; ping += 1) {
      if (!(await this.#exchange())) break;
      if (this.#offset.isShared) return true;
    }
    return this.#offset.endRound();
  }

  #exchange(): Promise<boolean> {
    return new Promise((resolve) => {
      const alarm = setTimeout(() => this.#answered?.(false), ANSWER_MS);
      this.#answered = (isThere): void => {
        this.#answered = undefined;
        clearTimeout(alarm);
        resolve(isThere);
      };
      this.#id += 1;
      this.#sentAt = this.#source.now();
      this.#channel.send({ kind: 'clock.ping', id: this.#id });
    });
  }
}

function isKind(message: unknown, kind: string): message is Readonly<Record<string, unknown>> {
  return (
    typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind
  );
}
