/**
 * Makes the router of a node from its options.
 *
 * @module
 */
import type { NetworkMap } from '../../../engine/host/network-view.ts';
import type { DtnBehaviour } from '../behaviour.ts';
import type { DtnOptions } from '../config.ts';
import type { HostEids } from '../names.ts';
import { NetworkPlans } from '../network-plans.ts';
import { BackpressureRouter } from './backpressure.ts';
import { ContactGraphRouter } from './contact-graph.ts';
import { DirectRouter } from './direct.ts';
import { EpidemicRouter } from './epidemic.ts';
import { FirstContactRouter } from './first-contact.ts';
import { PROPHET_DEFAULTS } from './predictability.ts';
import { ProphetRouter } from './prophet.ts';
import type { CopyRouter, Router } from './router.ts';
import { SprayAndWaitRouter } from './spray-and-wait.ts';
import { StaticRouter } from './static-routes.ts';
import type { OnRoutesConsidered } from './tried-routes.ts';
import { TwoHopRouter } from './two-hop.ts';

/** What the routers are made from. */
export interface RouterParts {
  /** Name of the node. */
  readonly own: string;
  readonly options: DtnOptions;
  readonly behaviour: DtnBehaviour;
  readonly network: NetworkMap;
  readonly names: HostEids;
  /** Names of all hosts that this node reaches directly, on a link or through a carrier. */
  readonly neighbours: ReadonlySet<string>;
  /** Called with the routes that were considered for a bundle; absent while no trace is recorded. */
  readonly onTried?: OnRoutesConsidered | undefined;
}

/** The router of a node; if `copies` is present, it decides instead of `router`. */
export interface ChosenRouter {
  readonly router: Router;
  readonly copies?: CopyRouter;
}

/** Makes the router that the options name. */
export function makeRouter(parts: RouterParts): ChosenRouter {
  const { own, options, behaviour, names, neighbours, network, onTried } = parts;
  const { router: kind, routes } = options;
  if (kind === 'contact-graph') {
    const plans = new NetworkPlans(network, names);
    return { router: new ContactGraphRouter({ own, names, plans, behaviour, onTried }) };
  }
  const direct = new DirectRouter(neighbours);
  if (kind === 'direct') return { router: direct };
  if (kind === 'static') return { router: new StaticRouter(routes, neighbours) };
  return { router: direct, copies: copyRouter(kind, parts) };
}

type CopyKind = Exclude<DtnOptions['router'], 'contact-graph' | 'direct' | 'static'>;

function copyRouter(kind: CopyKind, { own, options, names }: RouterParts): CopyRouter {
  const isKnown = (name: string): boolean => names.numberOf(name) !== undefined;
  switch (kind) {
    case 'epidemic':
      return new EpidemicRouter();
    case 'two-hop':
      return new TwoHopRouter();
    case 'first-contact':
      return new FirstContactRouter();
    case 'spray-source':
      return new SprayAndWaitRouter('source', options.copies);
    case 'spray-binary':
      return new SprayAndWaitRouter('binary', options.copies);
    case 'backpressure':
      return new BackpressureRouter(isKnown);
    case 'prophet': {
      const { usual: usualNs, unit: unitNs } = options.prophet;
      return new ProphetRouter(own, { ...PROPHET_DEFAULTS, usualNs, unitNs }, isKnown);
    }
  }
}
