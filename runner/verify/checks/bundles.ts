/**
 * Checks D1 and D3: routers of bundles among nodes that meet by chance, and repairs of LTP, with
 * real agents and machines (bundles/).
 *
 * @module
 */
import { seededRandom } from '../../../topologies/generate/random.ts';
import {
  acceptPlusMinus,
  acceptWithin,
  type CheckMeasure,
  type VerificationCheck,
} from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import {
  type MeetingNetwork,
  markovDelayOfRouter,
  type RouterName,
} from '../bundles/delay-chains.ts';
import {
  meanMaxOfGeometric,
  meanRoundsSureCheckpoints,
  measureLtpRounds,
  SEGMENTS_PER_BLOCK,
} from '../bundles/ltp-rounds.ts';
import { measureDeliveryDelays } from '../bundles/meeting-delays.ts';

/** Half width of the interval, in standard errors (docs/VERIFICATION.md#how-to-read-the-table). */
const ERRORS = 4;
const MESSAGES = 1_500;
const NETWORK: MeetingNetwork = { nodes: 10, everySeconds: 3_600, copies: 4 };
const WITHIN_SECONDS = 600;
const ROUTERS: readonly RouterName[] = [
  'direct',
  'two-hop',
  'spray-source',
  'spray-binary',
  'epidemic',
];

function delayMeasures(engine: SeededEngine, router: RouterName): readonly CheckMeasure[] {
  const { mean, deviation, shareIn } = markovDelayOfRouter(router, NETWORK);
  const share = shareIn(WITHIN_SECONDS);
  // Each router has its own stream: with a common stream, all routers would have the same random
  // errors.
  const draw = seededRandom(`verify/D1/${router}`, engine.seed);
  const run = engine.defects.bundles?.routerFor?.(router) ?? router;
  const delays = measureDeliveryDelays(run, NETWORK, { count: MESSAGES, draw });
  return [
    {
      label: `${router}, mean delay, s`,
      theory: mean,
      measured: delays.reduce((sum, delay) => sum + delay, 0) / MESSAGES,
      accept: acceptPlusMinus((ERRORS * deviation) / Math.sqrt(MESSAGES)),
      digits: 0,
    },
    {
      label: `${router}, there in 600 s`,
      theory: share,
      measured: delays.filter((delay) => delay <= WITHIN_SECONDS).length / MESSAGES,
      accept: acceptPlusMinus(ERRORS * Math.sqrt((share * (1 - share)) / MESSAGES)),
      digits: 4,
    },
  ];
}

/** Check D1 of docs/VERIFICATION.md: delays of bundles with each router, among nodes that meet by chance. */
export const routerDelayCheck: VerificationCheck = {
  id: 'D1',
  name: 'routers of bundles',
  formula: 'chain of the holders of copies; 10 nodes, pairs meet after Exp(1 h), 4 copies',
  catches: 'mean delay 10 % (direct) to 4 %, share 2 to 5 points; a router that gives other copies',
  run: (engine) => ROUTERS.flatMap((router) => delayMeasures(engine, router)),
};

const LOSS = 0.1;
const BLOCKS = 400;
/** Standard deviation of the rounds of a block, as measured over 400 blocks. */
const ROUNDS_DEVIATION = 0.66;

/** Check D3 of docs/VERIFICATION.md: rounds of LTP over a delay of 324 s with 10 % loss. */
export const ltpRepairCheck: VerificationCheck = {
  id: 'D3',
  name: 'LTP over 324 s, 10 % loss',
  formula: 'greatest of 100 geometric draws; exact: the last segment of a round always arrives',
  catches: 'mean rounds 5 %',
  run: (engine) => {
    const loss = LOSS * (engine.defects.bundles?.lossFactor ?? 1);
    const { mean } = measureLtpRounds(loss, BLOCKS, engine.stream('D3', 'loss'));
    const greatest = meanMaxOfGeometric(SEGMENTS_PER_BLOCK, LOSS);
    return [
      {
        label: 'mean rounds, exact chain',
        theory: meanRoundsSureCheckpoints(SEGMENTS_PER_BLOCK, LOSS),
        measured: mean,
        accept: acceptPlusMinus((ERRORS * ROUNDS_DEVIATION) / Math.sqrt(BLOCKS)),
        digits: 3,
      },
      {
        label: 'mean rounds, greatest of 100',
        theory: greatest,
        measured: mean,
        accept: acceptWithin(0.9 * greatest, 1.1 * greatest),
        digits: 3,
      },
    ];
  },
};
