/**
 * Makes the path finder of a network from its topology: segments with real hop fields, computed at
 * the start of the run.
 *
 * Dynamic beaconing will make the segments instead; who asks for paths sees no difference.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { LinkView, NetworkView } from '../../engine/host/network-view.ts';
import type { Random } from '../../engine/host/random.ts';
import { provisionForwardingKey } from './mac.ts';
import { makeSegments } from './paths/beacon.ts';
import { PathFinder } from './paths/finder.ts';
import type { ScionLink, ScionTopology } from './paths/topology.ts';
import { isdAs } from './wire/isd-as.ts';

/** Hop fields are dated back by this much against clock drift, as the reference does for BFD. */
const CLOCK_DRIFT_SECONDS = 10;

/** What {@link makePathFinder} works with. */
export interface PathFinderSources {
  readonly network: NetworkView;
  readonly crypto: CryptoProvider;
  /** Draws the segment ids. */
  readonly random: Random;
  /** Calendar time at which the segments are made, seconds since 1970. */
  readonly seconds: number;
}

/** Computes the segments and returns the finder of paths over them. */
export function makePathFinder(sources: PathFinderSources): PathFinder {
  const { network, crypto, random } = sources;
  const topology = scionTopology(network, crypto);
  const timestamp = sources.seconds - CLOCK_DRIFT_SECONDS;
  const segments = makeSegments({ topology, crypto, random, timestamp });
  return new PathFinder({ topology, segments, crypto, timestamp });
}

function scionTopology(network: NetworkView, crypto: CryptoProvider): ScionTopology {
  const asOf = new Map(network.hosts.map((host) => [host.name, host.isdAs]));
  return {
    ases: network.ases.map((as) => {
      const name = isdAs(as.isdAs);
      const forwardingKey = provisionForwardingKey(crypto, name, (p) => network.secret(p));
      return { isdAs: name, core: as.core, mtu: as.mtu, forwardingKey };
    }),
    links: network.links.flatMap((link) => scionLink(link, asOf)),
  };
}

function scionLink(
  link: LinkView,
  asOf: ReadonlyMap<string, string | undefined>,
): readonly ScionLink[] {
  const { relation, a, b, mtu } = link;
  const asA = asOf.get(a.host);
  const asB = asOf.get(b.host);
  if (relation === 'internal' || asA === undefined || asB === undefined) return [];
  return [
    {
      a: { isdAs: isdAs(asA), ifId: a.ifId },
      b: { isdAs: isdAs(asB), ifId: b.ifId },
      type: relation,
      mtu,
    },
  ];
}
