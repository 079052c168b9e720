/**
 * Checks D4 and D7: conservation of bundles, and routers with small and with large stores, with real
 * agents that meet by chance (bundles/).
 *
 * @module
 */
import { seededRandom } from '../../../topologies/generate/random.ts';
import {
  ACCEPT_EQUAL,
  acceptWithin,
  type CheckMeasure,
  type VerificationCheck,
} from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import { type RouterTrial, type RouterTrialResult, runRouterTrial } from '../bundles/campaign.ts';
import type { RouterName } from '../bundles/delay-chains.ts';

const FEW = 5;
const ALL = 10_000;
/**
 * Whether a router makes one or several copies of a bundle; undefined for routers that need more than
 * meetings, or that never forward bundles.
 */
const COPIES: Readonly<Record<RouterName, 'one' | 'several' | undefined>> = {
  'first-contact': 'one',
  ...{ epidemic: 'several', 'two-hop': 'several' },
  ...{ 'spray-source': 'several', 'spray-binary': 'several' },
  ...{ 'contact-graph': undefined, static: undefined, direct: undefined },
  ...{ backpressure: undefined, prophet: undefined },
};
const ALL_ROUTERS = Object.keys(COPIES) as RouterName[];
const MEETING_ROUTERS = ALL_ROUTERS.filter((router) => COPIES[router] !== undefined);
const COPYING_ROUTERS = ALL_ROUTERS.filter((router) => COPIES[router] === 'several');

function result(engine: SeededEngine, campaign: RouterTrial): RouterTrialResult {
  const { everyLost = 0, everySwapped = 0, routerFor } = engine.defects.bundles ?? {};
  const router = routerFor?.(campaign.router) ?? campaign.router;
  const name = `D4/${router}/${campaign.kept}/${everyLost}/${everySwapped}`;
  return engine.once(name, () =>
    runRouterTrial(
      { ...campaign, router, everyLost, everySwapped },
      // The stream does not depend on the router, so that each router has the same messages and
      // meetings.
      seededRandom('verify/D4', engine.seed),
    ),
  );
}

/** Check D4 of docs/VERIFICATION.md: conservation of bundles. */
export const bundleConservationCheck: VerificationCheck = {
  id: 'D4',
  name: 'conservation of bundles',
  formula: 'accepted = delivered + dropped for a reason + held; none is delivered twice',
  catches: '1 bundle',
  run: (engine) => {
    const imbalance = (kept: number): number => {
      // With this router there is one copy of each bundle, so that counting copies counts bundles.
      const run = result(engine, { router: 'first-contact', kept });
      // A message that was delivered twice must not make up for a lost one.
      const arrived = run.delivered - run.doubled;
      return run.accepted - arrived - run.dropped - run.held;
    };
    const exactly = (label: string, measured: number): CheckMeasure => {
      return { label, theory: 0, measured, accept: ACCEPT_EQUAL, digits: 0 };
    };
    const doubled = [FEW, ALL].flatMap((kept) =>
      MEETING_ROUTERS.map((router) => result(engine, { router, kept }).doubled),
    );
    return [
      exactly('missing, stores of 5 bundles', imbalance(FEW)),
      exactly('missing, stores that hold all', imbalance(ALL)),
      exactly(
        'delivered twice, five routers',
        doubled.reduce((sum, one) => sum + one, 0),
      ),
    ];
  },
};

/** Check D7 of docs/VERIFICATION.md: which routers deliver more in small stores, and which in large ones. */
export const routerStoreSizeCheck: VerificationCheck = {
  id: 'D7',
  name: 'copies and stores',
  formula: 'few copies deliver more where stores are small, all copies where they hold all',
  catches: 'the order of two routers',
  run: (engine) => {
    const delivered = (router: RouterName, kept: number): number =>
      result(engine, { router, kept }).delivered;
    const ahead = (label: string, measured: number): CheckMeasure => {
      return { label, theory: 0, measured, accept: acceptWithin(1, ALL), digits: 0 };
    };
    return [
      ahead(
        'spray-binary - epidemic, 5 kept',
        delivered('spray-binary', FEW) - delivered('epidemic', FEW),
      ),
      ...COPYING_ROUTERS.slice(1).map((router) =>
        ahead(
          `epidemic - ${router}, all kept`,
          delivered('epidemic', ALL) - delivered(router, ALL),
        ),
      ),
    ];
  },
};
