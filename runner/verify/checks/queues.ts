/**
 * Checks 3, 4, 6 and 18: waits of a single server queue, and Little's law on the run of check 3
 * (docs/VERIFICATION.md).
 *
 * The links have 8 Mbit/s, so a byte takes 1,000 ns and packet sizes are service times in µs.
 *
 * @module
 */
import type { LinkDirection } from '../../../engine/net/direction.ts';
import type { LinkDirectionSpec } from '../../../engine/net/link-spec.ts';
import { ExactSum } from '../base/exact-sum.ts';
import { constantDraw, LinkChain, type LinkChainCallbacks, poissonGaps } from '../base/line.ts';
import {
  ACCEPT_EQUAL,
  acceptPlusMinus,
  type CheckMeasure,
  type VerificationCheck,
} from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import {
  discreteService,
  geometricService,
  meanWait,
  type ServiceMoments,
} from '../base/theory.ts';

/** A link on which one byte takes one microsecond. */
export const MICROSECOND_PER_BYTE_LINK: LinkDirectionSpec = {
  rateBps: 8_000_000,
  delayNs: 0,
  queue: { kind: 'drop-tail' },
};
/** Number of packets at the start that do not count. */
export const WARM_UP_PACKETS = 20_000;
const PACKETS = 1_000_000;

/** One queue and its load. */
interface QueueLoad {
  readonly name: string;
  readonly rho: number;
  /** Moments of the packet sizes, bytes. */
  readonly service: ServiceMoments;
  readonly size: () => number;
}

/** Measures the mean wait of a queue, µs; `watch` gets further events of the run. */
function queue(
  engine: SeededEngine,
  load: QueueLoad,
  watch: (line: () => LinkChain) => LinkChainCallbacks,
): number {
  let waits = 0;
  const line: LinkChain = new LinkChain(engine, {
    name: `verify/${load.name}`,
    specs: [MICROSECOND_PER_BYTE_LINK],
    packets: WARM_UP_PACKETS + PACKETS,
    gapNs: poissonGaps(engine.stream(load.name, 'gap'), (1e6 * load.rho) / load.service.mean),
    size: load.size,
    watch: {
      ...watch(() => line),
      started: (_hop, number, waitNs) => {
        if (number >= WARM_UP_PACKETS) waits += waitNs;
      },
    },
  });
  line.run();
  return waits / PACKETS / 1_000;
}

const NOTHING_MORE = (): LinkChainCallbacks => ({});

interface MarkovianResult {
  readonly meanWaitUs: number;
  /** Number of packets that did not leave directly after the packet sent before them. */
  readonly outOfOrder: number;
  /** Integral of the number in the system over time minus the sum of sojourn times, ns. */
  readonly littleNs: number;
}

/** Makes the run that checks 3 and 18 evaluate. */
function markovian(engine: SeededEngine): MarkovianResult {
  return engine.once('3', () => {
    const area = new ExactSum();
    const sojourns = new ExactSum();
    let outOfOrder = 0;
    let expected = 0;
    let since = 0;
    const load = {
      name: '3',
      rho: 0.7,
      service: geometricService(1_000),
      size: engine.geometricSizes(engine.stream('3', 'size'), 1_000),
    };
    const meanWaitUs = queue(engine, load, (line) => ({
      offered: (now) => {
        area.add(inSystem(line()) * (now - since));
        since = now;
      },
      arrived: (number, now, sojournNs) => {
        // The packet that arrives now has already left the pipe, so until now the system held one
        // packet more.
        area.add((inSystem(line()) + 1) * (now - since));
        since = now;
        sojourns.add(sojournNs);
        if (number !== expected) outOfOrder += 1;
        expected = number + 1;
      },
    }));
    return { meanWaitUs, outOfOrder, littleNs: area.minus(sojourns) };
  });
}

/** Number of packets on the link, counted where they are now and not as arrivals minus departures. */
function inSystem(line: LinkChain): number {
  const { queued, inSerialisation, inPipe } = (line.directions[0] as LinkDirection).conservation();
  return queued + inSerialisation + inPipe;
}

function meanWaitMeasure(theory: number, measured: number, half: number): CheckMeasure {
  return { label: 'mean wait, µs', theory, measured, accept: acceptPlusMinus(half), digits: 3 };
}

/** Check 3 of docs/VERIFICATION.md: M/M/1 (M/Geo/1). */
export const markovianQueueCheck: VerificationCheck = {
  id: '3',
  name: 'M/M/1 (M/Geo/1)',
  formula: 'Wq = lambda E[S^2] / (2 (1 - rho)), rho = 0.7',
  catches: '3.1 %',
  run: (engine) => {
    const { meanWaitUs, outOfOrder } = markovian(engine);
    return [
      meanWaitMeasure(meanWait(0.7, geometricService(1_000)), meanWaitUs, 73),
      // The mean wait is the same for any order of service, so a separate measure checks the order.
      {
        label: 'packets out of order',
        theory: 0,
        measured: outOfOrder,
        accept: ACCEPT_EQUAL,
        digits: 0,
      },
    ];
  },
};

/** Check 4 of docs/VERIFICATION.md: M/D/1. */
export const deterministicQueueCheck: VerificationCheck = {
  id: '4',
  name: 'M/D/1',
  formula: 'Wq = rho S / (2 (1 - rho)), rho = 0.8',
  catches: '2.7 %',
  run: (engine) => {
    const service = discreteService([{ value: 1_000, probability: 1 }]);
    const load = { name: '4', rho: 0.8, service, size: constantDraw(1_000) };
    return [meanWaitMeasure(meanWait(0.8, service), queue(engine, load, NOTHING_MORE), 54)];
  },
};

/** Check 6 of docs/VERIFICATION.md: M/G/1 bimodal. */
export const bimodalQueueCheck: VerificationCheck = {
  id: '6',
  name: 'M/G/1 bimodal',
  formula: 'Pollaczek-Khinchine, 64 B with 0.6 and 1,500 B with 0.4, rho = 0.75',
  catches: '2.6 %',
  run: (engine) => {
    const service = discreteService([
      { value: 64, probability: 0.6 },
      { value: 1_500, probability: 0.4 },
    ]);
    const sizes = engine.stream('6', 'size');
    const size = (): number => (sizes.chance(0.6) ? 64 : 1_500);
    const load = { name: '6', rho: 0.75, service, size };
    return [meanWaitMeasure(meanWait(0.75, service), queue(engine, load, NOTHING_MORE), 55)];
  },
};

/** Check 18 of docs/VERIFICATION.md: Little's law. */
export const littlesLawCheck: VerificationCheck = {
  id: '18',
  name: "Little's law",
  formula: 'integral of N dt = sum of sojourn times, on the run of 3, empty to empty',
  catches: '1 ns, one packet lost or counted twice',
  run: (engine) => [
    {
      label: 'difference, ns',
      theory: 0,
      measured: markovian(engine).littleNs,
      accept: ACCEPT_EQUAL,
      digits: 0,
    },
  ],
};
