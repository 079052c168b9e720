/**
 * Checks 1 and 2: every arrival of known packets over known links, to the nanosecond
 * (docs/spec/link-model.md#serialisation-and-delay, docs/spec/workloads.md#b-chain-of-ten-hops).
 *
 * @module
 */

import type { LinkDirectionSpec } from '../../../engine/net/link-spec.ts';
import { greatestOf } from '../../../engine/pure/extremes.ts';
import { constantDraw, LinkChain } from '../base/line.ts';
import { ACCEPT_EQUAL, type CheckMeasure, type VerificationCheck } from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';

/** Payload and header of workload (b): together 1,054 bytes on the wire. */
const PAYLOAD_BYTES = 1_000;
const HEADER_BYTES = 54;
const CHAIN_HOPS = 10;
const CHAIN_DELAY_NS = 1_000_000;
const CHAIN_RATE_BPS = 1_000_000_000;
/** The time to send 1,054 bytes at 1 Gbit/s, ns. */
const CHAIN_TIME_NS = 8_432;
const CHAIN_FIRST_NS = CHAIN_HOPS * (CHAIN_TIME_NS + CHAIN_DELAY_NS);
const SATURATING_PACKETS = 20_000;

const UNLIMITED = { kind: 'drop-tail' } as const;

/** Arrival of each packet at the end of a line, in the order of arrival. */
interface Arrivals {
  readonly numbers: readonly number[];
  readonly timesNs: readonly number[];
}

/** Offers all packets to a line at t = 0, and returns their arrivals. */
function burst(
  engine: SeededEngine,
  name: string,
  specs: readonly LinkDirectionSpec[],
  load: { readonly packets: number; readonly bytes: number },
): Arrivals {
  const numbers: number[] = [];
  const timesNs: number[] = [];
  const line = new LinkChain(engine, {
    name,
    specs,
    packets: load.packets,
    gapNs: constantDraw(0),
    size: constantDraw(load.bytes),
    watch: {
      arrived: (number, now): void => {
        numbers.push(number);
        timesNs.push(now);
      },
    },
  });
  line.run();
  return { numbers, timesNs };
}

function chain(engine: SeededEngine, packets: number): Arrivals {
  const spec: LinkDirectionSpec = {
    rateBps: CHAIN_RATE_BPS,
    delayNs: CHAIN_DELAY_NS,
    overheadBytes: HEADER_BYTES,
    queue: UNLIMITED,
  };
  const specs = new Array<LinkDirectionSpec>(CHAIN_HOPS).fill(spec);
  return burst(engine, 'verify/chain', specs, { packets, bytes: PAYLOAD_BYTES });
}

/** The largest error of a packet k against `theory(k)`, k from 1; missing packets are NaN. */
function largestError(arrivals: Arrivals, packets: number, theory: (k: number) => number): number {
  let largest = 0;
  for (let k = 1; k <= packets; k += 1) {
    const error = (arrivals.timesNs[k - 1] ?? Number.NaN) - theory(k);
    if (!(Math.abs(error) <= Math.abs(largest))) largest = error;
    if (Number.isNaN(error)) return error;
  }
  return largest;
}

function exactly(label: string, theory: number, measured: number | undefined): CheckMeasure {
  return { label, theory, measured: measured ?? Number.NaN, accept: ACCEPT_EQUAL, digits: 0 };
}

/** Four packets over 10, 1 and 100 Mbit/s: the second link is the bottleneck. */
function unequalHops(engine: SeededEngine): readonly CheckMeasure[] {
  const bytes = 1_250;
  const hops = [
    { rateBps: 10_000_000, delayNs: 5_000_000 },
    { rateBps: 1_000_000, delayNs: 20_000_000 },
    { rateBps: 100_000_000, delayNs: 1_000_000 },
  ] as const;
  const times = hops.map(({ rateBps }) => (8e9 * bytes) / rateBps);
  const first = hops.reduce((sum, { delayNs }, i) => sum + delayNs + (times[i] ?? 0), 0);
  const spacing = greatestOf(times);
  const { timesNs } = burst(engine, 'verify/unequal', hops, { packets: 4, bytes });
  return [1, 2, 3, 4].map((k) => {
    const theory = first + (k - 1) * spacing;
    return exactly(`3 unequal hops, packet ${k}, ns`, theory, timesNs[k - 1]);
  });
}

/** Measures when back-to-back packets have been sent whose serialisation times are not whole ns. */
function carriedRemainder(
  engine: SeededEngine,
  name: string,
  load: { readonly rateBps: number; readonly bytes: number; readonly packets: number },
): readonly CheckMeasure[] {
  const { rateBps, bytes, packets } = load;
  const arrivals = burst(engine, name, [{ rateBps, delayNs: 0 }], { packets, bytes });
  // The engine carries the remainder of each division over to the next packet, so packet k ends at
  // its exact time, rounded down, which is computed here in integers.
  const end = (k: number): number =>
    Number((BigInt(8 * bytes * k) * 1_000_000_000n) / BigInt(rateBps));
  const rate = rateBps >= 1e9 ? `${rateBps / 1e9} Gbit/s` : `${rateBps / 1e6} Mbit/s`;
  return [
    exactly(`${rate}, ${packets} x ${bytes} B, ns`, end(packets), arrivals.timesNs[packets - 1]),
    exactly('largest error of these, ns', 0, largestError(arrivals, packets, end)),
  ];
}

/** Check 1 of docs/VERIFICATION.md: serialisation + propagation. */
export const serialisationCheck: VerificationCheck = {
  id: '1',
  name: 'serialisation + propagation',
  formula: 'sum of 8 bytes / rate + delay, remainder of each division carried',
  catches: '1 ns',
  run: (engine) => [
    exactly('10 hops, first packet, ns', CHAIN_FIRST_NS, chain(engine, 1).timesNs[0]),
    ...unequalHops(engine),
    ...carriedRemainder(engine, 'verify/slow', { rateBps: 7_000_000, bytes: 1_500, packets: 7 }),
    ...carriedRemainder(engine, 'verify/fast', {
      rateBps: 100_000_000_000,
      bytes: 64,
      packets: 25,
    }),
  ],
};

/** Check 2 of docs/VERIFICATION.md: saturated rate. */
export const saturatedRateCheck: VerificationCheck = {
  id: '2',
  name: 'saturated rate',
  formula: 'packet k at 10,084,320 + (k - 1) 8,432 ns; 1e9 / 8,432 packets/s',
  catches: '1 ns, one packet out of order',
  run: (engine) => {
    const packets = SATURATING_PACKETS;
    const arrivals = chain(engine, packets);
    const { numbers, timesNs } = arrivals;
    const theory = (k: number): number => CHAIN_FIRST_NS + (k - 1) * CHAIN_TIME_NS;
    const last = timesNs[packets - 1] ?? Number.NaN;
    const rate = ((packets - 1) * 1e9) / (last - (timesNs[0] ?? Number.NaN));
    const displaced = numbers.filter((number, i) => number !== i).length;
    return [
      exactly(`packet ${packets}, ns`, theory(packets), timesNs[packets - 1]),
      exactly('largest error of a packet, ns', 0, largestError(arrivals, packets, theory)),
      exactly('packets in the place of another', 0, displaced),
      {
        label: 'rate, packets/s',
        theory: 1e9 / CHAIN_TIME_NS,
        measured: rate,
        accept: ACCEPT_EQUAL,
        digits: 3,
      },
    ];
  },
};
