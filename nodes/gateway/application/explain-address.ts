/**
 * Texts for the operator (`explain`): why IP packets to an address go to a peer, and which path
 * each traffic class takes, or why no peer gets the packets. The rules are those of
 * docs/spec/gateway-routing.md.
 *
 * @module
 */
import type { Peer } from '../peer.ts';
import type { ClassChoice } from '../routing/class-routes.ts';
import { containsAddress, formatIpPrefix, type IpAddress } from '../routing/ip-prefix.ts';
import type { IpRouter } from '../routing/ip-router.ts';
import type { Route } from '../routing/route-table.ts';
import type { TrafficClass } from '../routing/traffic-class.ts';

/** Largest number of prefixes that are listed if none contains the address. */
const LISTED_MAX = 8;

const CHOICE_TEXTS: Readonly<Record<ClassChoice['by'], string>> = {
  order: ' and the first in the order of',
  'in-use': ', in use, and allowed by',
  found: ' and the first that was found of those allowed by',
};

/** The part of the explanation that concerns an address; the rest concerns its peer. */
interface ExplainedWay {
  readonly prefix: string;
  /** Time until the route ends, unless it is announced again. */
  readonly endsInNs: number;
  /** Why packets go to this peer, as a sentence whose subject, the peer, is left out. */
  readonly whyPeer: string;
  /**
   * The traffic classes that packets to the address may belong to, in order. The list ends with the
   * first class that takes all of these packets.
   */
  readonly classes: readonly ExplainedClass[];
}

interface ExplainedClass {
  readonly name: string;
  /**
   * The keys of the class's `match`, other than the destination, which decide whether a packet
   * belongs to the class.
   */
  readonly keys: readonly string[];
  /** Name of the path; absent if packets of the class are refused. */
  readonly path?: string | undefined;
  /** A sentence whose subject, the path or the class, is left out. */
  readonly why: string;
}

interface WayParts {
  readonly router: IpRouter<Peer>;
  readonly peers: readonly Peer[];
  readonly nowNs: number;
}

/** Explains which way packets to an address take to `peer`. */
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

/** Explains why no peer gets packets to an address, as a complete sentence. */
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
  const why = `is ${health}${CHOICE_TEXTS[by]} policy ${policy + 1}${before}`;
  return { name, keys, path: peer.underlays.get(path)?.path.name ?? path, why };
}
