/**
 * Why IP packets to an address go to a peer, and on which path by their traffic class, or why no peer gets them: texts for the
 * operator (`explain`), from the rules of docs/spec/gateway-routing.md.
 *
 * @module
 */
import type { Peer } from '../peer.ts';
import type { ClassChoice } from '../routing/class-routes.ts';
import { containsAddress, formatIpPrefix, type IpAddress } from '../routing/ip-prefix.ts';
import type { IpRouter } from '../routing/ip-router.ts';
import type { Route } from '../routing/route-table.ts';
import type { TrafficClass } from '../routing/traffic-class.ts';

/** Number of prefixes that are listed where none fits. */
const LISTED_MAX = 8;

const BY: Readonly<Record<ClassChoice['by'], string>> = {
  order: ' and the first in the order of',
  'in-use': ', in use, and allowed by',
  found: ' and the first that was found of those allowed by',
};

/** What is said of the way of packets to an address, beside what is said of its peer. */
interface ExplainedWay {
  readonly prefix: string;
  /** Time until the route ends, unless it is announced again. */
  readonly endsInNs: number;
  /** Why this peer: a sentence without its subject, the peer. */
  readonly whyPeer: string;
  /** The classes that packets to the address may be of, in their order, until one that takes all of them. */
  readonly classes: readonly ExplainedClass[];
}

interface ExplainedClass {
  readonly name: string;
  /** Keys of its `match`, beside the destination, that packets must fit. */
  readonly keys: readonly string[];
  /** Name of the path; absent if packets of the class are refused. */
  readonly path?: string | undefined;
  /** A sentence without its subject, the path or the class. */
  readonly why: string;
}

interface WayParts {
  readonly router: IpRouter<Peer>;
  readonly peers: readonly Peer[];
  readonly nowNs: number;
}

/** Explains the way of packets to an address that `peer` gets. */
export function explainWay(
  { router, peers, nowNs }: WayParts,
  peer: Peer,
  address: IpAddress,
): ExplainedWay {
  const routes = router.table.lookup(address, nowNs);
  const route = routes.find((one) => one.peer === peer.name) as Route;
  const prefix = formatIpPrefix(route.prefix);
  const others = peers.filter((one) => one !== peer && routes.some((of) => of.peer === one.name));
  const whyPeer = [
    `announced ${prefix}, the longest prefix that it is in`,
    ...others.map(({ name, isUsable }) => {
      const why = isUsable ? 'comes later by its name' : 'cannot be reached now';
      return `so did ${name}, which ${why}`;
    }),
  ].join('; ');
  const fitting = router.classes.flatMap((one, index) =>
    one.fitsTo(address) ? [explainClass(peer, index, one)] : [],
  );
  const last = fitting.findIndex(({ keys }) => keys.length === 0);
  const classes = last < 0 ? fitting : fitting.slice(0, last + 1);
  return { prefix, endsInNs: route.endNs - nowNs, whyPeer, classes };
}

/** Why no peer gets packets to an address: a whole sentence. */
export function explainNoPeer(router: IpRouter<Peer>, text: string, address: IpAddress): string {
  const own = router.own.find((prefix) => containsAddress(prefix, address));
  if (own !== undefined)
    return `${text} is in ${formatIpPrefix(own)}, which this gateway announces`;
  const known = router.table.list();
  const listed = known
    .slice(0, LISTED_MAX)
    .map(({ prefix, peer }) => `${formatIpPrefix(prefix)} of ${peer}`);
  const more = known.length > LISTED_MAX ? ` and ${known.length - LISTED_MAX} more` : '';
  const all = known.length === 0 ? 'none' : `${listed.join(', ')}${more}`;
  return `no peer has announced an accepted prefix that ${text} is in; there are ${all}`;
}

function explainClass(
  peer: Peer,
  index: number,
  { name, otherKeys: keys }: TrafficClass,
): ExplainedClass {
  const { path, choice } = peer.routes.classes.all[index] ?? {};
  if (path === undefined || choice === undefined) {
    return { name, keys, why: 'is refused: no path that its policies allow answers' };
  }
  const { policy, health, by } = choice;
  const before = policy === 0 ? '' : `; those before it allow none that is`;
  const why = `is ${health}${BY[by]} policy ${policy + 1}${before}`;
  return { name, keys, path: peer.underlays.get(path)?.path.name ?? path, why };
}
