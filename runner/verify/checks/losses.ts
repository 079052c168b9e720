/**
 * Checks 10 and 11: Bernoulli loss and the Gilbert channel (docs/spec/link-model.md#impairments).
 *
 * A million packets do not show how a Gilbert channel starts, so ten thousand short runs test whether
 * the first packet has the stationary loss probability.
 *
 * @module
 */
import type { EventHandler } from '../../../engine/core/scheduler.ts';
import { FIRST_UPPER_EVENT_KIND } from '../../../engine/net/direction-context.ts';
import type { LinkDirectionSpec, LossSpec } from '../../../engine/net/link-spec.ts';
import type { Network, PacketSink } from '../../../engine/net/network.ts';
import { constantDraw, LinkChain } from '../base/line.ts';
import { acceptPlusMinus, type VerificationCheck } from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import { gilbertError } from '../base/theory.ts';

const PACKETS = 1_000_000;
const BYTES = 64;
const GAP_NS = 1_000;

function lossy(loss: LossSpec): LinkDirectionSpec {
  return { rateBps: Number.POSITIVE_INFINITY, delayNs: 0, loss };
}

/** Sends packets over a link; returns 1 for each packet that was lost and 0 for each other one. */
export function lostPacketFlags(
  engine: SeededEngine,
  run: { readonly name: string; readonly loss: LossSpec; readonly packets: number },
): Uint8Array {
  const lost = new Uint8Array(run.packets).fill(1);
  const line = new LinkChain(engine, {
    name: run.name,
    specs: [lossy(run.loss)],
    packets: run.packets,
    gapNs: constantDraw(GAP_NS),
    size: constantDraw(BYTES),
    watch: {
      arrived: (number): void => {
        lost[number] = 0;
      },
    },
  });
  line.run();
  return lost;
}

/** Check 10 of docs/VERIFICATION.md: Bernoulli loss. */
export const bernoulliCheck: VerificationCheck = {
  id: '10',
  name: 'Bernoulli loss',
  formula: 'binomial, n = 1e6, p = 0.01; quantiles of 4 standard errors, exact',
  catches: '4 %',
  run: (engine) => {
    const lost = lostPacketFlags(engine, {
      name: 'verify/10',
      loss: { kind: 'bernoulli', probability: 0.01 },
      packets: PACKETS,
    });
    const measured = lost.reduce((sum, one) => sum + one, 0);
    const accept = { kind: 'around', below: 10_000 - 9_604, above: 10_400 - 10_000 } as const;
    return [{ label: 'lost of 1e6', theory: 10_000, measured, accept, digits: 0 }];
  },
};

const LOSS = 0.02;
const BURST = 5;
const LONG_BURST = 10;
const SHORT_RUNS = 10_000;
const SHORT_PACKETS = 100;

/** Check 11 of docs/VERIFICATION.md: Gilbert channel. */
export const gilbertCheck: VerificationCheck = {
  id: '11',
  name: 'Gilbert channel',
  formula: 'loss L, mean burst B, P(burst >= k) = (1 - 1/B)^(k-1); stationary start',
  catches: 'loss 8 %, burst 7 %, share 18 %, a start that is not stationary',
  run: (engine) => {
    const spec = { kind: 'burst', probability: LOSS, meanBurst: BURST } as const;
    const lost = lostPacketFlags(engine, { name: 'verify/11', loss: spec, packets: PACKETS });
    const { losses, bursts, longBursts } = burstsOf(lost);
    const short = new ShortRuns(engine, spec);
    short.run();
    return [
      row('loss ratio', LOSS, losses / PACKETS, 0.00166),
      row('mean burst, packets', BURST, losses / bursts, 0.33),
      row(`share of bursts >= ${LONG_BURST}`, 0.8 ** 9, longBursts / bursts, 0.024),
      row(
        `first of ${SHORT_RUNS} short runs lost`,
        LOSS,
        short.firstLost / SHORT_RUNS,
        // Four standard errors of a proportion; the formula holds because the runs are independent.
        4 * Math.sqrt((LOSS * (1 - LOSS)) / SHORT_RUNS),
      ),
      row(
        `loss ratio of runs of ${SHORT_PACKETS}`,
        LOSS,
        short.lost / (SHORT_RUNS * SHORT_PACKETS),
        4 * gilbertError(LOSS, BURST, SHORT_RUNS * SHORT_PACKETS),
      ),
    ];
  },
};

function row(
  label: string,
  theory: number,
  measured: number,
  half: number,
): ReturnType<VerificationCheck['run']>[number] {
  return { label, theory, measured, accept: acceptPlusMinus(half), digits: 6 };
}

/** Counts the bursts: the longest possible sequences of lost packets. */
function burstsOf(lost: Uint8Array): {
  readonly losses: number;
  readonly bursts: number;
  readonly longBursts: number;
} {
  let losses = 0;
  let bursts = 0;
  let longBursts = 0;
  let length = 0;
  for (const isLost of lost) {
    if (isLost === 1) {
      losses += 1;
      length += 1;
      if (length === 1) bursts += 1;
      if (length === LONG_BURST) longBursts += 1;
    } else length = 0;
  }
  return { losses, bursts, longBursts };
}

/** Many short runs at the same time, each of which sends a packet every microsecond over a new link. */
class ShortRuns implements PacketSink, EventHandler {
  lost = SHORT_RUNS * SHORT_PACKETS;
  firstLost = SHORT_RUNS;
  private readonly network: Network;
  private round = 0;

  constructor(engine: SeededEngine, loss: LossSpec) {
    this.network = engine.network(this, this);
    for (let run = 0; run < SHORT_RUNS; run += 1) {
      const place = { linkId: `verify/11/${run}`, name: '0->1', fromNode: 0, toNode: 1 };
      this.network.addDirection(place, lossy(loss));
    }
  }

  run(): void {
    this.network.scheduler.post(GAP_NS, FIRST_UPPER_EVENT_KIND, 0);
    this.network.scheduler.run();
  }

  fire(): void {
    const { network, round } = this;
    for (const direction of network.directions) {
      const buffer = network.pool.alloc(BYTES);
      direction.offer(network.table.acquire(buffer, 0, BYTES, round, 0));
    }
    this.round += 1;
    if (this.round < SHORT_PACKETS) network.scheduler.post(GAP_NS, FIRST_UPPER_EVENT_KIND, 0);
  }

  arrive(direction: number, packet: number): void {
    this.network.countDelivered(direction);
    this.lost -= 1;
    if (this.network.table.from[packet] === 0) this.firstLost -= 1;
    this.network.table.free(packet);
  }
}
