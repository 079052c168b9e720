/**
 * the ring of epochs under every sequence of eight events, each run from the start without
 * merging states, and compared with a plain model of its contract. The sequences are counted.
 */
import { describe, expect, it } from 'vitest';
import { EpochRing, type EpochRingEntry } from '../../../../nodes/gateway/epochs.ts';

const OVERLAP_NS = 2;
const UNCONFIRMED_NS = 3;
const EVENTS = ['offer', 'adopt', 'current', 'next', 'previous', 'time'] as const;
type Event = (typeof EVENTS)[number];

class Held implements EpochRingEntry {
  readonly epoch: number;
  isConfirmed = false;
  retired = 0;
  constructor(epoch: number) {
    this.epoch = epoch;
  }
}

/** A ring with everything that it was ever given; the contract is checked after each event. */
class Run {
  readonly made: Held[] = [];
  readonly ring = new EpochRing<Held>(
    { overlapNs: OVERLAP_NS, unconfirmedNs: UNCONFIRMED_NS },
    (held) => {
      held.retired += 1;
    },
  );
  nowNs = 0;
  /** When an epoch ceased to be current, because the first frame of a newer one arrived. */
  readonly #overtakenNs = new Map<Held, number>();

  apply(event: Event): void {
    const before = this.ring.current;
    if (event === 'offer') this.ring.offer(this.#make(), this.nowNs);
    else if (event === 'adopt') this.ring.adopt(this.#make());
    else if (event === 'time') this.ring.expire(++this.nowNs);
    else this.#confirm(this.ring[event]);
    if (before !== undefined && before.retired > 0 && this.ring.current === before) {
      expect.fail('the current epoch was retired');
    }
  }

  /** The violated rule, or undefined. */
  broken(): string | undefined {
    const { current, previous, next } = this.ring;
    const held = [current, previous, next].filter((one) => one !== undefined);
    if (new Set(held).size !== held.length) return 'an epoch stands in two places';
    if (next?.isConfirmed) return 'a confirmed epoch waits as next';
    if (current === undefined && previous !== undefined) return 'a previous without a current';
    const order = [previous, current, next].flatMap((one) => one?.epoch ?? []);
    if (order.some((epoch, at) => epoch < (order[at - 1] ?? 0))) return 'a newer epoch came before';
    return this.#lost(held) ?? this.#overstayed();
  }

  /** Every epoch is held and can be found, or was retired once. */
  #lost(held: readonly Held[]): string | undefined {
    for (const one of this.made) {
      const isHeld = held.includes(one);
      if (one.retired !== (isHeld ? 0 : 1))
        return `epoch ${one.epoch} retired ${one.retired} times`;
      if (this.ring.find(one.epoch) !== (isHeld ? one : undefined)) return 'find and places differ';
    }
    return undefined;
  }

  #overstayed(): string | undefined {
    for (const [one, sinceNs] of this.#overtakenNs) {
      const isOver = this.nowNs - sinceNs >= OVERLAP_NS;
      if (isOver && one === this.ring.previous) return `epoch ${one.epoch} outlives its overlap`;
    }
    return undefined;
  }

  #make(): Held {
    const held = new Held(this.made.length + 1);
    this.made.push(held);
    return held;
  }

  #confirm(held: Held | undefined): void {
    if (held === undefined) return;
    const wasNew = !held.isConfirmed;
    const isPromoted = this.ring.confirm(held, this.nowNs);
    if (isPromoted && this.ring.current !== held) expect.fail('promoted, and not current');
    const { previous } = this.ring;
    if (wasNew && held === this.ring.current && previous !== undefined) {
      this.#overtakenNs.set(previous, this.nowNs);
    }
  }
}

/** Runs every sequence of a given length from the start. @returns the number of sequences. */
function walkAll(length: number): number {
  const total = EVENTS.length ** length;
  let walked = 0;
  for (let code = 0; code < total; code++, walked++) {
    const run = new Run();
    let rest = code;
    for (let step = 0; step < length; step++) {
      run.apply(EVENTS[rest % EVENTS.length]!);
      rest = Math.floor(rest / EVENTS.length);
    }
    const broken = run.broken();
    if (broken !== undefined) expect.fail(`${sequenceOf(code, length)}: ${broken}`);
  }
  return walked;
}

function sequenceOf(code: number, length: number): string {
  const at = (step: number): number => Math.floor(code / EVENTS.length ** step) % EVENTS.length;
  return Array.from({ length }, (_, step) => EVENTS[at(step)]).join(' ');
}

describe('the ring of epochs', () => {
  it('R-256: keeps its promises after every sequence of one to eight events', () => {
    let sequences = 0;
    for (let length = 1; length <= 8; length++) sequences += walkAll(length);
    // 6 + 6^2 + ... + 6^8, each from the start.
    expect(sequences).toBe(2_015_538);
  });

  it('seals under an adopted epoch at once, and under an offered one when it is used', () => {
    const run = new Run();
    run.apply('offer');
    expect([run.ring.current, run.ring.next?.epoch]).toEqual([undefined, 1]);
    run.apply('next');
    expect([run.ring.current?.epoch, run.ring.next]).toEqual([1, undefined]);
    run.apply('adopt');
    expect([run.ring.current?.epoch, run.ring.previous?.epoch]).toEqual([2, 1]);
  });

  it('keeps the previous epoch for its overlap, and an unused offer for its wait, exactly', () => {
    const run = new Run();
    for (const event of ['adopt', 'current', 'adopt', 'current', 'time'] as const) run.apply(event);
    expect(run.ring.previous?.epoch).toBe(1);
    run.apply('time');
    expect(run.ring.previous).toBeUndefined();
    for (const event of ['offer', 'time', 'time'] as const) run.apply(event);
    expect(run.ring.next?.epoch).toBe(3);
    run.apply('time');
    expect(run.ring.next).toBeUndefined();
  });
});
