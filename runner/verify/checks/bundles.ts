/**
 * Checks D1 and D3: routers of bundles among nodes that meet by chance, and repairs of LTP, with
 * real agents and machines (bundles/).
 *
 * @module
 */
import { seededRandom } from '../../../topologies/generate/random.ts';
import { type Check, type Measure, plusMinus, within } from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import { exactDelay, type MeetingNodes, type RouterName } from '../bundles/delay-chains.ts';
import {
  greatestOfGeometric,
  ltpRounds,
  SEGMENTS_PER_BLOCK,
  withSureCheckpoints,
} from '../bundles/ltp-rounds.ts';
import { deliveryDelays } from '../bundles/meeting-delays.ts';

/** Half of the interval, in standard errors (docs/VERIFICATION.md#how-to-read-the-table). */
const ERRORS = 4;
const MESSAGES = 1_500;
const NETWORK: MeetingNodes = { nodes: 10, everySeconds: 3_600, copies: 4 };
const WITHIN_SECONDS = 600;
const ROUTERS: readonly RouterName[] = [
  'direct',
  'two-hop',
  'spray-source',
  'spray-binary',
  'epidemic',
];

function delayMeasures(engine: SeededEngine, router: RouterName): readonly Measure[] {
  const { mean, deviation, shareIn } = exactDelay(router, NETWORK);
  const share = shareIn(WITHIN_SECONDS);
  // One stream per router: with a common one, all routers would share the same random errors.
  const draw = seededRandom(`verify/D1/${router}`, engine.seed);
  const run = engine.defects.bundles?.routerFor?.(router) ?? router;
  const delays = deliveryDelays(run, NETWORK, { count: MESSAGES, draw });
  return [
    {
      label: `${router}, mean delay, s`,
      theory: mean,
      measured: delays.reduce((sum, delay) => sum + delay, 0) / MESSAGES,
      accept: plusMinus((ERRORS * deviation) / Math.sqrt(MESSAGES)),
      digits: 0,
    },
    {
      label: `${router}, there in 600 s`,
      theory: share,
      measured: delays.filter((delay) => delay <= WITHIN_SECONDS).length / MESSAGES,
      accept: plusMinus(ERRORS * Math.sqrt((share * (1 - share)) / MESSAGES)),
      digits: 4,
    },
  ];
}

/** Check D1 of docs/VERIFICATION.md: delays of bundles with each router, among nodes that meet by chance. */
export const routersOfCopies: Check = {
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
export const repairsOfLtp: Check = {
  id: 'D3',
  name: 'LTP over 324 s, 10 % loss',
  formula: 'greatest of 100 geometric draws; exact: the last segment of a round always arrives',
  catches: 'mean rounds 5 %',
  run: (engine) => {
    const loss = LOSS * (engine.defects.bundles?.lossFactor ?? 1);
    const { mean } = ltpRounds(loss, BLOCKS, engine.stream('D3', 'loss'));
    const greatest = greatestOfGeometric(SEGMENTS_PER_BLOCK, LOSS);
    return [
      {
        label: 'mean rounds, exact chain',
        theory: withSureCheckpoints(SEGMENTS_PER_BLOCK, LOSS),
        measured: mean,
        accept: plusMinus((ERRORS * ROUNDS_DEVIATION) / Math.sqrt(BLOCKS)),
        digits: 3,
      },
      {
        label: 'mean rounds, greatest of 100',
        theory: greatest,
        measured: mean,
        accept: within(0.9 * greatest, 1.1 * greatest),
        digits: 3,
      },
    ];
  },
};
