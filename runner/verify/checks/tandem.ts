/**
 * Checks 8, 8b and 9: two links in a row, and two classes on one link (docs/VERIFICATION.md).
 *
 * In a packet network a packet has the same size on both links, so Burke's theorem does not hold; a
 * relay that draws the size anew makes the two waits independent.
 *
 * @module
 */

import { GapCorrelation } from '../base/gap-correlation.ts';
import { LinkChain, poissonGaps } from '../base/line.ts';
import { ACCEPT_EQUAL, acceptPlusMinus, type VerificationCheck } from '../base/model.ts';
import { geometricService, meanWait, priorityWaits } from '../base/theory.ts';
import { MICROSECOND_PER_BYTE_LINK, WARM_UP_PACKETS } from './queues.ts';

const PACKETS = 500_000;
const RHO = 0.6;
const MEAN_BYTES = 1_000;

/** Check 8 of docs/VERIFICATION.md: waits at two links in a row (Burke) if the size is drawn anew. */
export const burkeCheck: VerificationCheck = {
  id: '8',
  name: 'tandem (Burke), size drawn anew',
  formula: 'product form: the same wait at both links, Poisson between them, rho = 0.6',
  catches: '3.4 %',
  run: (engine) => {
    const waits = [0, 0];
    const between = new GapCorrelation();
    const line = new LinkChain(engine, {
      name: 'verify/8',
      specs: [MICROSECOND_PER_BYTE_LINK, MICROSECOND_PER_BYTE_LINK],
      packets: WARM_UP_PACKETS + PACKETS,
      gapNs: poissonGaps(engine.stream('8', 'gap'), (1e6 * RHO) / MEAN_BYTES),
      size: engine.geometricSizes(engine.stream('8', 'size-0'), MEAN_BYTES),
      resize: engine.geometricSizes(engine.stream('8', 'size-1'), MEAN_BYTES),
      watch: {
        started: (hop, number, waitNs) => {
          if (number >= WARM_UP_PACKETS) waits[hop] = (waits[hop] ?? 0) + waitNs;
        },
        relayed: (number, now) => {
          if (number >= WARM_UP_PACKETS) between.at(now);
        },
      },
    });
    line.run();
    const theory = meanWait(RHO, geometricService(MEAN_BYTES));
    return [
      ...waits.map((wait, hop) => ({
        label: `mean wait at link ${hop + 1}, µs`,
        theory,
        measured: wait / PACKETS / 1_000,
        accept: acceptPlusMinus(50),
        digits: 3,
      })),
      {
        label: 'lag-1 correlation between links',
        theory: 0,
        measured: between.lagOne(),
        accept: acceptPlusMinus(0.0057),
        digits: 5,
      },
    ];
  },
};

/** Check 8b of docs/VERIFICATION.md: two links in a row with packets of constant size. */
export const constantTandemCheck: VerificationCheck = {
  id: '8b',
  name: 'tandem, constant size',
  formula: 'what leaves the first link one by one never waits at the second',
  catches: '1 ns, one packet out of order',
  run: (engine) => {
    let longest = 0;
    let outOfOrder = 0;
    let expected = 0;
    let arrived = 0;
    const line = new LinkChain(engine, {
      name: 'verify/8b',
      specs: [MICROSECOND_PER_BYTE_LINK, MICROSECOND_PER_BYTE_LINK],
      packets: PACKETS,
      gapNs: poissonGaps(engine.stream('8b', 'gap'), (1e6 * RHO) / MEAN_BYTES),
      size: () => MEAN_BYTES,
      watch: {
        started: (hop, _number, waitNs) => {
          if (hop === 1 && waitNs > longest) longest = waitNs;
        },
        arrived: (number) => {
          arrived += 1;
          if (number !== expected) outOfOrder += 1;
          expected = number + 1;
        },
      },
    });
    line.run();
    const rows = [
      ['longest wait at link 2, ns', 0, longest],
      ['packets out of order', 0, outOfOrder],
      ['packets that came through', PACKETS, arrived],
    ] as const;
    return rows.map(([label, theory, measured]) => ({
      label,
      theory,
      measured,
      accept: ACCEPT_EQUAL,
      digits: 0,
    }));
  },
};

const PRIORITY_PACKETS = 1_200_000;
const CLASSES = [
  { name: 'high', bytes: 200, rho: 0.3, accept: acceptPlusMinus(3.7) },
  { name: 'low', bytes: 1_000, rho: 0.5, accept: acceptPlusMinus(90) },
] as const;
/**
 * DSCP of the high class: values from 48 on are class 0 of the default table (RFC 2474, network
 * control).
 */
const HIGH_DSCP = 48;

/** Check 9 of docs/VERIFICATION.md: non-preemptive priority (Cobham). */
export const priorityCheck: VerificationCheck = {
  id: '9',
  name: 'non-preemptive priority (Cobham)',
  formula: 'W1 = R/(1 - rho1), W2 = R/((1 - rho1)(1 - rho)), R = sum of lambda E[S^2] / 2',
  catches: '0.9 % high, 4.5 % low',
  run: (engine) => {
    const [high, low] = CLASSES;
    const sums = [0, 0];
    const counts = [0, 0];
    const classOf = new Uint8Array(WARM_UP_PACKETS + PRIORITY_PACKETS);
    let number = 0;
    // All packets come from one Poisson process of 2,000 packets/s, of whose packets three in four
    // are of the high class.
    const rates = CLASSES.map(({ rho, bytes }) => (1e6 * rho) / bytes);
    const total = rates.reduce((sum, rate) => sum + rate, 0);
    const share = (rates[0] ?? 0) / total;
    const kinds = engine.stream('9', 'class');
    const line = new LinkChain(engine, {
      name: 'verify/9',
      specs: [
        {
          ...MICROSECOND_PER_BYTE_LINK,
          queue: { kind: 'priority', classes: [{}, {}], classOfDscp: TABLE },
        },
      ],
      packets: classOf.length,
      gapNs: poissonGaps(engine.stream('9', 'gap'), total),
      size: () => {
        const kind = kinds.chance(share) ? 0 : 1;
        classOf[number] = kind;
        number += 1;
        return kind === 0 ? high.bytes : low.bytes;
      },
      dscp: (bytes) => (bytes === high.bytes ? HIGH_DSCP : 0),
      watch: {
        started: (_hop, packet, waitNs) => {
          if (packet < WARM_UP_PACKETS) return;
          const kind = classOf[packet] ?? 0;
          sums[kind] = (sums[kind] ?? 0) + waitNs;
          counts[kind] = (counts[kind] ?? 0) + 1;
        },
      },
    });
    line.run();
    const theory = priorityWaits(
      CLASSES.map(({ rho, bytes }) => ({ rho, mean: bytes, square: bytes * bytes })),
    );
    return CLASSES.map(({ name, accept }, i) => ({
      label: `mean wait ${name}, µs`,
      theory: theory[i] ?? Number.NaN,
      measured: (sums[i] ?? 0) / (counts[i] ?? 0) / 1_000,
      accept,
      digits: 3,
    }));
  },
};

const TABLE = Array.from({ length: 64 }, (_, dscp) => (dscp >= HIGH_DSCP ? 0 : 1));
