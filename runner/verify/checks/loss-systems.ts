/**
 * Checks 5 and 7: systems that refuse arrivals, because a queue is full or all servers are busy
 * (docs/VERIFICATION.md).
 *
 * @module
 */

import { roundToNanoseconds } from '../../../engine/core/sampling.ts';
import { type EventHandler, Scheduler } from '../../../engine/core/scheduler.ts';
import { LinkChain, poissonGaps } from '../base/line.ts';
import { acceptPlusMinus, type VerificationCheck } from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import { erlangB, finiteQueueLoss } from '../base/theory.ts';
import { MICROSECOND_PER_BYTE_LINK, WARM_UP_PACKETS } from './queues.ts';

const PACKETS = 1_000_000;
const ROOM = 5;
const RHO = 0.8;
const MEAN_BYTES = 1_000;

const CALLS = 500_000;
const SERVERS = 10;
const LOAD = 8;
const HOLDING_NS = 1_000_000;

/** Check 5 of docs/VERIFICATION.md: M/M/1/K, K = 5. */
export const finiteQueueCheck: VerificationCheck = {
  id: '5',
  name: 'M/M/1/K, K = 5',
  formula: 'embedded chain of M/Geo/1/K, rho = 0.8: 1 - 1 / (pi_0 + rho)',
  catches: '3.2 %; K off by one gives 0.0664 or 0.1218',
  run: (engine) => {
    let lost = 0;
    const line = new LinkChain(engine, {
      name: 'verify/5',
      // The packet in service is not in the queue (docs/spec/link-model.md#queues-and-rate-limits).
      specs: [
        { ...MICROSECOND_PER_BYTE_LINK, queue: { kind: 'drop-tail', limitPackets: ROOM - 1 } },
      ],
      packets: WARM_UP_PACKETS + PACKETS,
      gapNs: poissonGaps(engine.stream('5', 'gap'), (1e6 * RHO) / MEAN_BYTES),
      size: engine.geometricSizes(engine.stream('5', 'size'), MEAN_BYTES),
      watch: {
        dropped: (number) => {
          if (number >= WARM_UP_PACKETS) lost += 1;
        },
      },
    });
    line.run();
    const theory = finiteQueueLoss(RHO, MEAN_BYTES, ROOM);
    const measured = lost / PACKETS;
    return [
      { label: 'lost / offered', theory, measured, accept: acceptPlusMinus(0.00286), digits: 7 },
    ];
  },
};

const CALL = 1;
const HANG_UP = 2;

/** Servers without a queue, made of timers of the scheduler only. */
class LossSystem implements EventHandler {
  lost = 0;
  private readonly scheduler = new Scheduler(this);
  private readonly gapNs: () => number;
  private readonly holdingNs: () => number;
  private busy = 0;
  private calls = 0;

  constructor(gapNs: () => number, holdingNs: () => number) {
    this.gapNs = gapNs;
    this.holdingNs = holdingNs;
  }

  run(): number {
    this.scheduler.post(this.gapNs(), CALL, 0);
    this.scheduler.run();
    return this.lost / CALLS;
  }

  fire(kind: number): void {
    if (kind === HANG_UP) {
      this.busy -= 1;
      return;
    }
    this.calls += 1;
    const counts = this.calls > WARM_UP_PACKETS;
    if (this.busy < SERVERS) {
      this.busy += 1;
      this.scheduler.schedule(this.holdingNs(), HANG_UP, 0, 0);
    } else if (counts) this.lost += 1;
    if (this.calls < WARM_UP_PACKETS + CALLS) this.scheduler.post(this.gapNs(), CALL, 0);
  }
}

function blocking(engine: SeededEngine, name: string, holdingNs: () => number): number {
  const gaps = poissonGaps(engine.stream(name, 'gap'), (LOAD * 1e9) / HOLDING_NS);
  return new LossSystem(gaps, holdingNs).run();
}

/** Check 7 of docs/VERIFICATION.md: Erlang-B. */
export const erlangCheck: VerificationCheck = {
  id: '7',
  name: 'Erlang-B',
  formula: 'B(8, 10), the same for every law of the holding time',
  catches: '2.5 %',
  run: (engine) => {
    const holding = engine.stream('7/exponential', 'holding');
    const exponential = (): number => roundToNanoseconds(holding.exponential(HOLDING_NS));
    const theory = erlangB(LOAD, SERVERS);
    const accept = acceptPlusMinus(0.003);
    return [
      {
        label: 'exponential holding, loss ratio',
        theory,
        measured: blocking(engine, '7/exponential', exponential),
        accept,
        digits: 7,
      },
      {
        label: 'constant holding, loss ratio',
        theory,
        measured: blocking(engine, '7/constant', () => HOLDING_NS),
        accept,
        digits: 7,
      },
    ];
  },
};
