/** Frames that several threads open: judged once, in order, as if one thread had opened them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { ByteJobInput, ComputeResult } from '../../engine/host/compute.ts';
import { ReplayWindow } from '../../nodes/_kit/replay-window.ts';
import { OffloadedFrames } from '../../nodes/gateway/opening/offloaded-frames.ts';
import { openJob } from '../../nodes/gateway/opening/open-job.ts';
import { OpenThreads } from '../../nodes/gateway/opening/open-threads.ts';
import {
  OPENING_BYTES_MAX,
  OPENING_FRAMES_MAX,
  OpeningQueue,
} from '../../nodes/gateway/opening/opening-queue.ts';
import { decodeFrame, FrameHeader } from '../../nodes/gateway/wire.ts';
import type { PacketView } from '../../nodes/scion/index.ts';
import { at, moved, Pair, sealed } from '../unit/nodes/gateway/session-pair.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });

/** Threads that answer when the test says so. */
class Threads {
  readonly calls: (ByteJobInput & { done(result: ComputeResult): void })[] = [];
  readonly warnings: string[] = [];
  readonly threads = new OpenThreads({
    compute: (_job: string, input: unknown, done: (result: ComputeResult) => void) => {
      this.calls.push({ ...(input as ByteJobInput), done });
      return { cancel: (): void => undefined };
    },
    log: { warn: (text: string): void => void this.warnings.push(text) },
  } as unknown as ConstructorParameters<typeof OpenThreads>[0]);
}

const WINDOW_BITS = 64;
/** By so many frames at most a frame, or its copy, comes later than its turn. */
const LATE_MAX = 40;
const FRAMES = 120;

/** What becomes of a frame: it is late, it comes twice, and somebody forges one with another number. */
const fate = fc.record({
  late: sometimes(3, fc.nat(LATE_MAX)),
  copy: sometimes(3, fc.nat(LATE_MAX)),
  forged: sometimes(3, fc.integer({ min: 1_000, max: 2 ** 53 - 2 })),
});

/** In so many of ten cases a value. */
function sometimes(tenths: number, value: fc.Arbitrary<number>): fc.Arbitrary<number | undefined> {
  const never = fc.constant(undefined);
  return fc.oneof({ weight: tenths, arbitrary: value }, { weight: 10 - tenths, arbitrary: never });
}

interface Arrival {
  readonly frame: Uint8Array;
  readonly place: number;
}

/** The receiver of a session, whose threads answer when the test says so. */
class ThreadedReceiver {
  readonly threads = new Threads();
  readonly pair: Pair;
  readonly accepted: string[] = [];
  readonly refused = new Map<string, number>();
  /** What the account of messages hears. */
  readonly trail: string[] = [];
  readonly #elsewhere: OffloadedFrames;
  readonly #setups = new Map<Uint8Array, ReturnType<typeof openJob.open>>();

  constructor() {
    const { threads } = this.threads;
    const guards = { create: (): ReplayWindow => new ReplayWindow(WINDOW_BITS) };
    this.pair = new Pair({ threads, guards });
    this.pair.a.session.connect(at(0));
    this.pair.exchange(at(0));
    const refuse = (reason: string): void =>
      void this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
    this.#elsewhere = new OffloadedFrames({
      ...{ threads, session: this.pair.b.session, scratch: new Uint8Array(100) },
      ...{ moment: (): ReturnType<typeof at> => at(1), refused: refuse },
      arrivals: {
        held: ({ sequence }): void => void this.trail.push(`held ${sequence}`),
        heldEnded: ({ sequence }, how): void => void this.trail.push(`${how} ${sequence}`),
      },
      judged: ({ opened, plaintext }): void => {
        if (typeof opened === 'string') refuse(opened);
        else this.accepted.push(String.fromCharCode(...plaintext.subarray(0, opened)));
      },
    });
    // The calls that bring the keys.
    this.threads.calls.length = 0;
  }

  receive(frame: Uint8Array): void {
    const header = new FrameHeader();
    decodeFrame(frame, 0, frame.length, header);
    const view = { buffer: frame, start: 0, end: frame.length } as PacketView;
    this.#elsewhere.send(at(1), header, view);
  }

  /** A thread ends with one of its frames; one in eight threads has died. */
  end(draw: number): void {
    const { calls } = this.threads;
    const [call] = calls.splice(draw % calls.length, 1);
    if (call === undefined) return;
    const { setup, bytes, done } = call;
    const record = new Uint8Array(openJob.recordLength);
    if (draw % 8 === 0) {
      done({ kind: 'failed', message: 'died' });
      return;
    }
    const job = this.#setups.get(setup) ?? openJob.open(setup, crypto);
    this.#setups.set(setup, job);
    job.run(bytes, record);
    done({ kind: 'done', output: { bytes, record } });
  }
}

describe('frames that threads open', () => {
  it('R-246: are accepted once each and none refused, though 30 % come late, 30 % come twice and 30 % are forged', () => {
    const fates = fc.array(fate, { minLength: FRAMES, maxLength: FRAMES });
    const draws = fc.array(fc.nat(10_000), { minLength: 3 * FRAMES, maxLength: 3 * FRAMES });
    fc.assert(
      fc.property(fates, draws, (all, ends) => {
        const receiver = new ThreadedReceiver();
        const sent = all.map((_, index) => String(index));
        const arrivals = all.flatMap(({ late = 0, copy, forged }, index): Arrival[] => {
          const frame = sealed(receiver.pair.a, String(index));
          const copies = copy === undefined ? [] : [{ frame, place: index + copy }];
          const forgery = { frame: moved(frame, forged ?? 0), place: index };
          return [
            ...(forged === undefined ? [] : [forgery]),
            ...[{ frame, place: index + late }, ...copies],
          ];
        });
        arrivals.sort((one, other) => one.place - other.place);
        for (const [index, { frame }] of arrivals.entries()) {
          receiver.receive(frame);
          // Two thirds of the frames end now, whichever they are, and the others at last.
          const draw = ends[index] ?? 0;
          if (draw % 3 > 0) receiver.end(draw);
        }
        for (const draw of ends) receiver.end(draw);
        const count = (key: 'copy' | 'forged'): number =>
          all.filter((one) => one[key] !== undefined).length;
        expect([...receiver.accepted].sort()).toEqual(sent.sort());
        const refusals = { replay: count('copy'), 'bad-auth': count('forged') };
        for (const [reason, number] of Object.entries(refusals)) {
          expect(receiver.refused.get(reason) ?? 0, reason).toBe(number);
          receiver.refused.delete(reason);
        }
        expect([...receiver.refused]).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('are in the account until the genuine frame is back, though a forged copy ended before', () => {
    for (const isForgedFirst of [true, false]) {
      const receiver = new ThreadedReceiver();
      const frame = sealed(receiver.pair.a, 'x');
      const forged = frame.with(-1, (frame.at(-1) ?? 0) ^ 1);
      const sequence = receiver.pair.a.session.status()['sequence'] as number;
      for (const one of isForgedFirst ? [forged, frame] : [frame, forged]) receiver.receive(one);
      receiver.end(1);
      receiver.end(1);
      expect(receiver.accepted).toEqual(['x']);
      expect(receiver.trail).toEqual([`held ${sequence - 1}`, `delivered ${sequence - 1}`]);
    }
  });

  it('are lost for the reason of the genuine frame, though a forged copy ends later', () => {
    const receiver = new ThreadedReceiver();
    const frame = sealed(receiver.pair.a, 'x');
    receiver.receive(frame);
    receiver.end(1);
    receiver.receive(frame);
    receiver.receive(frame.with(-1, (frame.at(-1) ?? 0) ^ 1));
    // The first of two.
    receiver.end(2);
    expect(receiver.refused).toEqual(new Map([['replay', 1]]));
    expect(receiver.trail.at(-1)).toMatch(/^dropped/);
    const { length } = receiver.trail;
    receiver.end(1);
    expect(receiver.refused.get('bad-auth')).toBe(1);
    expect(receiver.trail).toHaveLength(length);
  });

  it('R-246: are refused, and move no window, if the keys of their epoch were replaced meanwhile', () => {
    const { pair } = new ThreadedReceiver();
    const frame = sealed(pair.a, 'x');
    const header = new FrameHeader();
    decodeFrame(frame, 0, frame.length, header);
    const { session } = pair.b;
    const key = session.keyElsewhere(header, at(1));
    if (typeof key === 'string') throw new Error(key);
    const plaintext = new Uint8Array(1);
    const other = key + 1;
    expect(session.decrypt(other, header, frame, new Uint8Array(frame.length))).toBe(-1);
    expect(session.openedElsewhere(other, header, plaintext, at(1))).toBe('epoch-unknown');
    // Nor was it called forged where nobody had opened it.
    expect(session.openedElsewhere(other, header, undefined, at(1))).toBe('epoch-unknown');
    expect(session.decrypt(key, header, frame, new Uint8Array(frame.length))).toBe(1);
    expect(session.openedElsewhere(key, header, plaintext, at(1))).toBe(1);
  });

  it('are at most 4 MiB, whatever their number, since nobody has authenticated them', () => {
    const queue = new OpeningQueue(() => undefined);
    const done = queue.add(new Uint8Array(OPENING_BYTES_MAX));
    expect(queue.isFull).toBe(true);
    done(undefined);
    expect(queue.isFull).toBe(false);
  });

  it('are taken once each and in the order in which they came, whatever finishes first', () => {
    const order = fc.shuffledSubarray(
      Array.from({ length: 40 }, (_, at) => at),
      { minLength: 40, maxLength: 40 },
    );
    fc.assert(
      fc.property(order, (finished) => {
        const taken: number[] = [];
        const queue = new OpeningQueue((bytes, length) => {
          expect(length).toBe(bytes[0]);
          taken.push(bytes[0] as number);
        });
        const answers = finished.map((_, at) => queue.add(Uint8Array.of(at)));
        for (const at of finished) answers[at]?.(at);
        expect(taken).toEqual(finished.map((_, at) => at));
        expect(queue.size).toBe(0);
      }),
    );
  });

  it('are bounded, and forgotten with their peer', () => {
    const taken: number[] = [];
    const queue = new OpeningQueue(([byte]) => void taken.push(byte as number));
    const answers = Array.from({ length: OPENING_FRAMES_MAX }, () => queue.add(Uint8Array.of(1)));
    expect(queue.isFull).toBe(true);
    expect(queue.clear()).toHaveLength(OPENING_FRAMES_MAX);
    for (const answer of answers) answer(0);
    expect(taken).toEqual([]);
  });

  it('are with threads that wipe a key as soon as it is retired', () => {
    const { calls, threads } = new Threads();
    const [one, two] = [7, 9].map((byte) => threads.add(new Uint8Array(32).fill(byte)));
    expect([one, two]).toEqual([0, 1]);
    const before = calls.at(-1)?.setup ?? expect.fail('no call');
    expect([...before].filter((byte) => byte === 7)).toHaveLength(32);
    threads.remove(0);
    const after = calls.at(-1)?.setup ?? expect.fail('no call');
    expect(after).not.toBe(before);
    expect(after.includes(7)).toBe(false);
    expect(after.includes(9)).toBe(true);
    // What the node keeps of it is overwritten, too.
    expect(before.every((byte) => byte === 0)).toBe(true);
  });

  it('are opened by the main thread if a thread dies, which is said once', () => {
    const { calls, threads, warnings } = new Threads();
    const answers: (number | undefined)[] = [];
    for (let at = 0; at < 2; at += 1)
      threads.open(new Uint8Array(20), (length) => answers.push(length));
    for (const { done } of calls) done({ kind: 'failed', message: 'worker 1 died' });
    expect(answers).toEqual([undefined, undefined]);
    expect(warnings).toEqual([expect.stringContaining('worker 1 died')]);
  });

  it('are no frames, or name no key: the job opens none of them and does not throw', () => {
    const job = openJob.open(new Uint8Array(36).fill(3), crypto);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 100 }), (bytes) => {
        const record = new Uint8Array(4);
        job.run(bytes.slice(), record);
        expect([...record]).toEqual([0, 0, 0, 0]);
      }),
    );
    job.close();
  });
});
