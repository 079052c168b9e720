/**
 * Check P15: success of corrupt mixes, counted over the routes of a network: compromised paths,
 * predecessor, tagging (docs/PRIVACY.md#attacks).
 *
 * @module
 */
import {
  bothEndsCorruptProbability,
  packetsUntilHalfCompromised,
} from '../../../reports/privacy/attacks/predecessor.ts';
import {
  shareLinkedByTagging,
  shareLostByTagging,
} from '../../../reports/privacy/attacks/tagging.ts';
import {
  compromisedPathShare,
  compromisedWithinProbability,
} from '../../../reports/privacy/metrics/closed-forms.ts';
import { EVENT_ARRIVED, type RunTruth } from '../../../reports/privacy/truth/truth.ts';
import { acceptPlusMinus, type CheckMeasure, type VerificationCheck } from '../base/model.ts';
import { runMixes } from '../mixes/mix-network.ts';

const LAYERS = 3;
const WIDTH = 10;
/**
 * Number of corrupt mixes in each layer. With one corrupt mix of ten in each, a thousandth of all
 * routes would be corrupt throughout, and the same accuracy would take many more routes.
 */
const CORRUPT = 3;

/**
 * For each message, the number of corrupt mixes on its route, and whether its first and last mixes
 * were corrupt.
 */
interface Routes {
  readonly corrupt: Uint8Array;
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

function routesOf({ events, messages }: RunTruth): Routes {
  const [corrupt, first, last] = [0, 1, 2].map(() => new Uint8Array(messages.count)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  for (let i = 0; i < events.count; i += 1) {
    const node = events.node[i] as number;
    if (events.code[i] !== EVENT_ARRIVED || node >= LAYERS * WIDTH || node % WIDTH >= CORRUPT)
      continue;
    const message = events.message[i] as number;
    corrupt[message] = (corrupt[message] as number) + 1;
    if (node < WIDTH) first[message] = 1;
    if (node >= (LAYERS - 1) * WIDTH) last[message] = 1;
  }
  return { corrupt, first, last };
}

/** Check P15 of docs/VERIFICATION.md: the success of corrupt mixes if 3 in 10 mixes are corrupt. */
export const corruptRouteCheck: VerificationCheck = {
  id: 'P15',
  name: 'routes, 3 of 10 mixes corrupt',
  formula: 'alpha = product of c_l / W_l; 1 - (1 - alpha)^k; first and last (c/n)^2 = c_1 c_3',
  catches: 'mixes that are not drawn uniformly and independently',
  run: (engine) => {
    const network = {
      name: 'P15',
      layers: LAYERS,
      width: WIDTH,
      rate: 5_000,
      meanSeconds: 0.01,
      linkSeconds: 0,
    };
    const plan = { warmupSeconds: 0, gapSeconds: 1, corruptFirst: [], drainSeconds: 20 };
    const routes = routesOf(runMixes(engine, network, plan).truth);
    const share = (isHit: (message: number) => boolean): number => {
      let hits = 0;
      for (let i = 0; i < routes.corrupt.length; i += 1) if (isHit(i)) hits += 1;
      return hits / routes.corrupt.length;
    };
    const layer = { corrupt: CORRUPT, nodes: WIDTH };
    const alpha = compromisedPathShare([layer, layer, layer]);
    const packets = packetsUntilHalfCompromised(alpha);
    const n = routes.corrupt.length;
    const users = Math.floor(n / packets);
    const row = (label: string, theory: number, measured: number, trials = n): CheckMeasure => ({
      label,
      theory,
      measured,
      accept: acceptPlusMinus(4 * Math.sqrt((theory * (1 - theory)) / trials)),
      digits: 4,
    });
    const corruption = { corruptFirst: CORRUPT / WIDTH, corruptLast: CORRUPT / WIDTH };
    const ends = share((i) => routes.first[i] === 1 && routes.last[i] === 1);
    return [
      row(
        'met corrupt mixes only',
        alpha,
        share((i) => routes.corrupt[i] === LAYERS),
      ),
      row(
        `users hit after ${packets} packets`,
        compromisedWithinProbability(alpha, packets),
        usersHit(routes, packets) / users,
        users,
      ),
      row(
        'first and last seen',
        bothEndsCorruptProbability({ nodes: WIDTH, corrupt: CORRUPT }),
        ends,
      ),
      row('linked by a tag', shareLinkedByTagging(corruption), ends),
      row(
        'lost to a tag',
        shareLostByTagging(corruption),
        share((i) => routes.first[i] === 1),
      ),
    ];
  },
};

/**
 * The number of users with at least one packet that met only corrupt mixes, if every user sends
 * this many packets.
 */
function usersHit({ corrupt }: Routes, packets: number): number {
  let hit = 0;
  for (let user = 0; (user + 1) * packets <= corrupt.length; user += 1) {
    const own = corrupt.subarray(user * packets, (user + 1) * packets);
    if (own.some((count) => count === LAYERS)) hit += 1;
  }
  return hit;
}
