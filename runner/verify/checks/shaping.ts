/**
 * Checks 12 and 14: token bucket and CoDel, both exact
 * (docs/spec/link-model.md#queues-and-rate-limits).
 *
 * @module
 */
import type { LinkDirectionSpec } from '../../../engine/net/link-spec.ts';
import { CODEL_INTERVAL_NS, CODEL_TARGET_NS } from '../../../engine/net/queue/codel.ts';
import { constantDraw, LinkChain, poissonGaps } from '../base/line.ts';
import {
  ACCEPT_EQUAL,
  acceptAtMost,
  type CheckMeasure,
  type VerificationCheck,
} from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import { MICROSECOND_PER_BYTE_LINK } from './queues.ts';

const BUCKET_RATE = 1_000_000;
const BUCKET_BURST = 10_000;
/** Time that one byte takes at the rate of the token bucket, ns. */
const NS_PER_BYTE = 1e9 / BUCKET_RATE;
const BUCKET_BYTES = 1_000;
const BUCKET_PACKETS = 100;
const RANDOM_PACKETS = 100_000;

const BUCKET_LINK: LinkDirectionSpec = {
  rateBps: Number.POSITIVE_INFINITY,
  delayNs: 0,
  mtu: BUCKET_BURST,
  queue: { kind: 'drop-tail' },
  tokenBucket: { rateBytesPerSecond: BUCKET_RATE, burstBytes: BUCKET_BURST, mode: 'shape' },
};

/** The departures of a burst of packets that is offered at t = 0, ns. */
function burstDepartures(engine: SeededEngine): readonly number[] {
  const departures: number[] = [];
  new LinkChain(engine, {
    name: 'verify/12/burst',
    specs: [BUCKET_LINK],
    packets: BUCKET_PACKETS,
    gapNs: constantDraw(0),
    size: constantDraw(BUCKET_BYTES),
    watch: { started: (_hop, _number, _waitNs, now) => departures.push(now) },
  }).run();
  return departures;
}

/**
 * By how much a random run exceeds what the token bucket allows, in bytes: the maximum over s < t
 * of bytes(s, t) - b - r (t - s).
 */
function largestExcess(engine: SeededEngine): number {
  const sizes = engine.stream('12', 'size');
  const meanBytes = 800;
  const load = 0.95;
  let level = 0;
  let last = 0;
  let largest = Number.NEGATIVE_INFINITY;
  let bytes = 0;
  const drawn: number[] = [];
  new LinkChain(engine, {
    name: 'verify/12/random',
    specs: [BUCKET_LINK],
    packets: RANDOM_PACKETS,
    gapNs: poissonGaps(engine.stream('12', 'gap'), (load * BUCKET_RATE) / meanBytes),
    size: () => {
      bytes = 100 + sizes.below(2 * meanBytes - 199);
      drawn.push(bytes);
      return bytes;
    },
    watch: {
      started: (_hop, number, _waitNs, now) => {
        // The s of the maximum is either the previous one or `now`, so one pass is enough; the
        // excess is kept in ns at the bucket's rate.
        level = Math.max(0, level - (now - last)) + (drawn[number] ?? 0) * NS_PER_BYTE;
        last = now;
        largest = Math.max(largest, level);
      },
    },
  }).run();
  return largest / NS_PER_BYTE - BUCKET_BURST;
}

/** Check 12 of docs/VERIFICATION.md: token bucket. */
export const tokenBucketCheck: VerificationCheck = {
  id: '12',
  name: 'token bucket',
  formula: 'first 10 at 0, packet k at (k - 10) ms; bytes(s, t) <= b + r (t - s)',
  catches: '1 ns',
  run: (engine) => {
    const departures = burstDepartures(engine);
    const theory = (k: number): number => Math.max(0, k - 10) * BUCKET_BYTES * NS_PER_BYTE;
    const wrong = Array.from({ length: BUCKET_PACKETS }, (_, i) => i + 1).filter(
      (k) => departures[k - 1] !== theory(k),
    );
    const last = departures[BUCKET_PACKETS - 1] ?? Number.NaN;
    return [
      exactly(`packet ${BUCKET_PACKETS}, ns`, theory(BUCKET_PACKETS), last),
      exactly('packets at another instant', 0, wrong.length),
      {
        label: 'excess of a random run, B',
        theory: 0,
        measured: largestExcess(engine),
        accept: acceptAtMost(0),
        digits: 3,
      },
    ];
  },
};

const CODEL_BYTES = 1_000;
const CODEL_GAP_NS = 800_000;
const CODEL_END_NS = 5_000_000_000;
const MS = 1_000_000;
/**
 * When a packet that has waited for TARGET is first dequeued, ns: at 25 ms, since with an overload of
 * 1.25 the wait grows by 0.2 ns per ns.
 */
const FIRST_ABOVE_NS = CODEL_TARGET_NS / 0.2;

/** The effect of CoDel on the overload of check 14. */
export interface CodelOverloadResult {
  readonly drops: readonly { readonly atNs: number; readonly number: number }[];
  readonly sent: number;
  readonly forwarded: number;
  readonly maxSojournNs: number;
}

/** Sends packets of 1,000 B every 0.8 ms over a link with CoDel that takes 1 ms for each packet. */
export function runCodelOverload(engine: SeededEngine): CodelOverloadResult {
  const drops: { atNs: number; number: number }[] = [];
  let forwarded = 0;
  let maxSojournNs = 0;
  const line = new LinkChain(engine, {
    name: 'verify/14',
    specs: [
      { ...MICROSECOND_PER_BYTE_LINK, queue: { kind: 'codel', maxPacketBytes: CODEL_BYTES } },
    ],
    packets: 0,
    gapNs: constantDraw(0),
    size: constantDraw(CODEL_BYTES),
    watch: {
      dropped: (number, atNs): void => {
        drops.push({ atNs, number });
      },
      started: (_hop, _number, waitNs): void => {
        forwarded += 1;
        maxSojournNs = Math.max(maxSojournNs, waitNs);
      },
    },
  });
  const sent = CODEL_END_NS / CODEL_GAP_NS;
  // All arrivals are scheduled before the run, so that an arrival at the instant of a dequeue comes
  // first.
  for (let i = 0; i < sent; i += 1) {
    line.network.scheduler.after(i * CODEL_GAP_NS, () => line.fire());
  }
  line.run();
  return { drops, sent, forwarded, maxSojournNs };
}

/**
 * The drop instants that RFC 8289 gives for a steady overload: the first drop comes an INTERVAL
 * after the first packet above TARGET, each next one INTERVAL / sqrt(count) later, at the dequeue
 * that follows.
 */
export function codelDropInstants(untilNs: number): readonly number[] {
  const instants: number[] = [];
  let dropNext = FIRST_ABOVE_NS + CODEL_INTERVAL_NS;
  for (let count = 1; ; count += 1) {
    const atNs = Math.ceil(dropNext / MS) * MS;
    if (atNs > untilNs) return instants;
    instants.push(atNs);
    dropNext += Math.floor(CODEL_INTERVAL_NS / Math.sqrt(count));
  }
}

/** Check 14 of docs/VERIFICATION.md: CoDel under overload 1.25. */
export const codelCheck: VerificationCheck = {
  id: '14',
  name: 'CoDel under overload 1.25',
  formula: 'RFC 8289: 125 ms, then + 100 ms / sqrt(count), at the next dequeue (whole ms)',
  catches: '1 ns',
  run: (engine) => {
    const { drops } = runCodelOverload(engine);
    const theory = codelDropInstants(CODEL_END_NS);
    const wrong = theory.filter((atNs, i) => drops[i]?.atNs !== atNs);
    const bySecond = (second: number): CheckMeasure => {
      const isBefore = (atNs: number): boolean => atNs <= second * 1e9;
      const measured = drops.filter(({ atNs }) => isBefore(atNs)).length;
      return exactly(`drops by ${second} s`, theory.filter(isBefore).length, measured);
    };
    return [
      exactly('first drop, ns', theory[0] ?? Number.NaN, drops[0]?.atNs ?? Number.NaN),
      exactly('drops at another instant', 0, wrong.length),
      ...[1, 2, 3, 4, 5].map(bySecond),
    ];
  },
};

function exactly(label: string, theory: number, measured: number): CheckMeasure {
  return { label, theory, measured, accept: ACCEPT_EQUAL, digits: 0 };
}
