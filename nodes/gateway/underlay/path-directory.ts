/**
 * The gateway's directory of SCION paths: looks them up, names the links and routers they cross,
 * and caches answers with bounds on number and age.
 *
 * Paths are combined from segments: those that were published for the network before the run, or those that the
 * control service of the AS finds.
 *
 * @module
 */

import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { LinkView, NetworkView } from '../../../engine/host/network-view.ts';
import type { CalendarTime } from '../../../engine/host/time.ts';
import { leastOf } from '../../../engine/pure/extremes.ts';
import {
  applyPathPolicy,
  combineSegmentsIntoPaths,
  computePathTotals,
  type EpicAuthenticators,
  formatInterface,
  type IsdAs,
  interfaceIdOf,
  isdAsOf,
  leaveOutPaths,
  makePathFinder,
  type Path,
  type PathFinder,
  type PathInterface,
  type PathPolicy,
  passesOneOf,
  plainSegments,
  readLinkRelation,
  type SegmentClient,
  type SegmentSet,
} from '../../scion/index.ts';
import type { PathInfo } from '../multipath/types.ts';
import type { PATH_SOURCES } from '../trace-states.ts';
import { nameLong, namePaths, transitOf } from './path-names.ts';

/** Largest number of cached answers. */
export const CACHED_PATH_LOOKUPS_MAX = 1000;
/** Age at which a cached answer is looked up again, ns (R-033: 30 min). */
export const CACHED_PATH_LOOKUP_AGE_NS_MAX = 1_800_000_000_000;

/** A path that the gateway can send on. */
export interface GatewayPath {
  readonly info: PathInfo;
  readonly path: Path;
  /** Underlay address of the first border router. */
  readonly firstRouter: string;
  /** Ids of all links from this host to the target host, in order; used to show the run, and for no choice. */
  readonly linkIds: readonly string[];
  /** Short display name, unique among the paths of one answer: `via-110-310-210`. */
  readonly name: string;
  /**
   * True if the path is from an earlier answer of the control service, and the latest one leaves it out since it
   * believes that an interface is down.
   */
  readonly isRevoked: boolean;
  readonly source: PathSource['source'];
  /** Present if frames leave on the path as an EPIC-HP path. */
  readonly epic?: EpicAuthenticators | undefined;
}

/**
 * The origin and age of a path's segments, whether the path is revoked, and whether it is used as
 * an EPIC-HP path.
 */
export interface PathSource {
  /** Segments that were computed from the topology before the run, or those that the control service of the AS knows. */
  readonly source: (typeof PATH_SOURCES)[number];
  /**
   * Age of the segments from which the path was combined, ns: since they were computed, or since the request was sent
   * that the control service answered; -1 while no segments are known.
   */
  readonly sourceAgeNs: number;
  readonly isRevoked: boolean;
  /** True if frames leave on the path as an EPIC-HP path. */
  readonly isEpic: boolean;
}

/**
 * The result of the latest search for paths to a target, with the numbers of paths that were left
 * out.
 */
export interface PathSearch {
  /**
   * True if a control service is asked for segments; false if paths are computed from the topology.
   */
  readonly isAsked: boolean;
  /** True if the control service has ever answered. */
  readonly isAnswered: boolean;
  /** Time since the first request that was not answered, if the latest was not, ns; -1 otherwise. */
  readonly unansweredNs: number;
  /** Number of paths that can be combined from the known segments. */
  readonly combined: number;
  /** Number of those that cross an interface which is believed to be down. */
  readonly revoked: number;
  /** Number of the other paths that the policy excludes. */
  readonly excluded: number;
  /**
   * Number of paths that may be used: all others, and paths of earlier answers that are revoked
   * now.
   */
  readonly usable: number;
  /** True if there are paths, and all are revoked. */
  readonly isRevoked: boolean;
}

/** Age at which the control service is asked again, ns: its answers change when links fail and return. */
const DISCOVERED_AGE_NS_MAX = 1_000_000_000;
/** Time between two searches for paths while the control service has found none, ns. */
const SEARCH_NS = 250_000_000;
/**
 * Time between two searches if some paths were found, but no session with the target is open, ns:
 * then nothing shows whether the paths still work.
 */
const SEARCH_AGAIN_NS = 5_000_000_000;
/** Largest number of paths that stay in use although the latest answer leaves them out. */
const REVOKED_PATHS_KEPT_MAX = 100;
const BPS_PER_KBPS = 1_000;

/** The source of a directory's paths, and the rules about which of them may be used. */
export interface DirectoryOptions {
  readonly network: NetworkView;
  readonly crypto: CryptoProvider;
  /** Name of the gateway's host. */
  readonly host: string;
  /** Asks the control service of the AS; absent where segments were published before the run. */
  readonly client?: Pick<SegmentClient, 'find'> | undefined;
  /** Which paths may be used; all if absent. */
  readonly policy?: PathPolicy | undefined;
  /** Whether frames leave on EPIC-HP paths where that is possible. */
  readonly isEpic?: boolean;
  /** Called when the control service has answered about a target. */
  readonly answered?: (target: string) => void;
}

type FoundCounts = Pick<PathSearch, 'combined' | 'revoked' | 'excluded'>;

interface Answer {
  readonly paths: readonly GatewayPath[];
  readonly counts: FoundCounts;
  readonly atNs: number;
}

const NONE_FOUND: FoundCounts = { combined: 0, revoked: 0, excluded: 0 };

interface Ends {
  readonly from: IsdAs;
  readonly to: IsdAs;
}

/** The latest answer of the control service about a target. */
interface Discovered {
  /** Undefined before the first answer. */
  segments: SegmentSet | undefined;
  revoked: readonly PathInterface[];
  atNs: number;
  lookedUpNs: number;
  isAsked: boolean;
  /** When the first request was sent that was not answered, if the latest was not, ns; -1 otherwise. */
  unansweredNs: number;
  /** True if no lookup has used the answer yet. */
  isUnread: boolean;
}

/** The path directory of one gateway. */
export class PathDirectory {
  /** Lookups that the cache answered, and the others. */
  hits = 0;
  misses = 0;
  readonly #options: DirectoryOptions;
  readonly #answers = new Map<string, Answer>();
  readonly #discovered = new Map<string, Discovered>();
  #policy: PathPolicy;
  #finder: PathFinder | undefined;
  #finderNs = 0;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#policy = options.policy ?? {};
  }

  /** Replaces the policy: from the next lookup on, other paths are found in what is known. */
  changePolicy(policy: PathPolicy | undefined): void {
    this.#policy = policy ?? {};
    this.#answers.clear();
  }

  /**
   * The instant at which to look for paths to `target` again while no session with it is open, ns:
   * a control service may find paths later, or may just have found some, and known paths expire
   * unnoticed. Infinity before the first lookup.
   */
  searchAt(target: string): number {
    const answer = this.#answers.get(target);
    const found = this.#discovered.get(target);
    // Segments that were published before the run are read anew only after this time, so an earlier
    // search would find the same paths.
    if (found === undefined)
      return (answer?.atNs ?? Number.POSITIVE_INFINITY) + CACHED_PATH_LOOKUP_AGE_NS_MAX;
    const isFound = !found.isUnread && (answer?.paths.length ?? 0) > 0;
    return found.lookedUpNs + (isFound ? SEARCH_AGAIN_NS : SEARCH_NS);
  }

  /**
   * True if the control service has answered since the last lookup with paths to `target` of which the first `most` do
   * not include the path in use. Paths that are merely new can wait for the next lookup.
   * @param most Number of paths that are probed; `id` the path in use, undefined if there is none.
   */
  leavesOut(target: string, id: string | undefined, most: number): boolean {
    if (!this.#discovered.get(target)?.isUnread) return false;
    const paths = this.#answers.get(target)?.paths.slice(0, most) ?? [];
    return paths.length > 0 && paths.every(({ info }) => info.id !== id);
  }

  /**
   * Paths from this gateway to the gateway `target`, best first. With a control service these are the paths of its
   * latest answer (none before the first answer), and a new answer is requested if that one is old.
   * @param now Instant of the run, ns; `clock` the calendar time of that instant.
   */
  lookup(target: string, now: number, clock: CalendarTime): readonly GatewayPath[] {
    const { client } = this.#options;
    if (client !== undefined) this.#ask(client, target, now, clock);
    const known = this.#answers.get(target);
    if (known !== undefined && now - known.atNs < CACHED_PATH_LOOKUP_AGE_NS_MAX) {
      this.hits += 1;
      return known.paths;
    }
    this.misses += 1;
    const { paths, counts } = this.#find(target, now, clock);
    this.#answers.set(target, { paths, counts, atNs: now });
    if (this.#answers.size > CACHED_PATH_LOOKUPS_MAX) this.#forgetOldest();
    return paths;
  }

  /**
   * The segments from which the latest paths to `target` were combined. Does not start a new
   * lookup.
   */
  segments(target: string): SegmentSet | undefined {
    const ends = this.#ends(target);
    if (this.#options.client !== undefined) return this.#discovered.get(target)?.segments;
    return ends && this.#finder?.segmentsBetween(ends.from, ends.to);
  }

  /** The origin of the path `id` to `target`. */
  sourceOf(target: string, id: string, now: number): PathSource {
    const isComputed = this.#options.client === undefined;
    const found = this.#discovered.get(target);
    const path = this.#answers.get(target)?.paths.find(({ info }) => info.id === id);
    const discoveredNs = found?.segments && found.atNs;
    const atNs = isComputed ? this.#finder && this.#finderNs : discoveredNs;
    return {
      source: isComputed ? 'computed' : 'control-service',
      sourceAgeNs: atNs === undefined ? -1 : now - atNs,
      isRevoked: path?.isRevoked ?? false,
      isEpic: path?.epic !== undefined,
    };
  }

  /** The result of the latest search for paths to `target`. */
  searchOf(target: string, now: number): PathSearch {
    const found = this.#discovered.get(target);
    const { paths = [], counts = NONE_FOUND } = this.#answers.get(target) ?? {};
    const unansweredNs = found?.unansweredNs ?? -1;
    return {
      isAsked: this.#options.client !== undefined,
      isAnswered: found?.segments !== undefined,
      unansweredNs: unansweredNs < 0 ? -1 : now - unansweredNs,
      ...counts,
      usable: paths.length,
      isRevoked: paths.length > 0 && paths.every(({ isRevoked }) => isRevoked),
    };
  }

  /** Asks the control service, unless its answer is recent or a request is under way. */
  #ask(
    client: Pick<SegmentClient, 'find'>,
    target: string,
    now: number,
    clock: CalendarTime,
  ): void {
    const ends = this.#ends(target);
    if (ends === undefined) return;
    const known: Discovered = this.#discovered.get(target) ?? {
      ...{ segments: undefined, revoked: [], atNs: now, lookedUpNs: now },
      ...{ isAsked: false, isUnread: false, unansweredNs: -1 },
    };
    known.lookedUpNs = now;
    known.isUnread = false;
    const isFresh = known.segments !== undefined && now - known.atNs < DISCOVERED_AGE_NS_MAX;
    if (known.isAsked || isFresh) return;
    this.#discovered.set(target, known);
    known.isAsked = true;
    client.find({ source: ends.from, target: ends.to }, (answer) => {
      known.isAsked = false;
      // While there is no answer, the known segments stay in use.
      if (answer === undefined) {
        if (known.unansweredNs < 0) known.unansweredNs = now;
        return;
      }
      known.unansweredNs = -1;
      known.segments = plainSegments(answer.segments);
      known.revoked = answer.revoked;
      known.atNs = now;
      known.isUnread = true;
      const before = this.#answers.get(target)?.paths ?? [];
      const { paths: found, counts } = this.#find(target, now, clock);
      const kept = revokedPaths(before, { found, revoked: answer.revoked, clock });
      const paths = namePaths([...found, ...kept]);
      this.#answers.set(target, { paths, counts, atNs: now });
      this.#options.answered?.(target);
    });
  }

  #forgetOldest(): void {
    const oldest = this.#answers.keys().next();
    if (!oldest.done) this.#answers.delete(oldest.value);
  }

  #find(target: string, now: number, clock: CalendarTime): Pick<Answer, 'paths' | 'counts'> {
    const ends = this.#ends(target);
    if (ends === undefined) return { paths: [], counts: NONE_FOUND };
    const combined = this.#paths(target, ends, now, clock);
    const valid = leaveOutPaths(combined, this.#discovered.get(target)?.revoked ?? []);
    const allowed = applyPathPolicy(this.#policy, valid);
    const found = allowed.flatMap((one) => this.#describe(one, target, now, clock));
    const counts = {
      combined: combined.length,
      revoked: combined.length - valid.length,
      excluded: valid.length - allowed.length,
    };
    return { paths: namePaths(found), counts };
  }

  #paths(target: string, { from, to }: Ends, now: number, clock: CalendarTime): readonly Path[] {
    const { client, crypto } = this.#options;
    if (client === undefined) return this.#finderAt(now, clock).paths(from, to);
    const segments = this.#discovered.get(target)?.segments;
    if (segments === undefined) return [];
    return combineSegmentsIntoPaths({ ...segments, source: from, target: to, crypto });
  }

  #ends(target: string): Ends | undefined {
    const { network, host } = this.#options;
    const from = isdAsOf(network.hosts.find(({ name }) => name === host));
    const to = isdAsOf(network.hosts.find(({ name }) => name === target));
    return from === undefined || to === undefined ? undefined : { from, to };
  }

  /**
   * Returns the path finder of all targets. It takes fresh segments every 30 minutes: hop fields
   * are valid for six hours.
   */
  #finderAt(now: number, clock: CalendarTime): PathFinder {
    const isOld = now - this.#finderNs >= CACHED_PATH_LOOKUP_AGE_NS_MAX;
    if (this.#finder !== undefined && !isOld) return this.#finder;
    this.#finder = makePathFinder({ ...this.#options, seconds: clock.seconds });
    this.#finderNs = now;
    return this.#finder;
  }

  #describe(path: Path, target: string, now: number, clock: CalendarTime): GatewayPath[] {
    const { network, host, client, isEpic } = this.#options;
    const external = externalLinks(network, path);
    const first = external[0];
    if (first === undefined) return [];
    const linkIds = allLinks(network, host, target, external);
    // Where paths are discovered, only segments describe other ASes: without their routers, inner links and rates.
    const isComputed = client === undefined;
    if (linkIds === undefined && isComputed) return [];
    const transit = transitOf(path);
    const lastRouter = external.at(-1)?.to.host ?? '';
    const routers = isComputed ? [first.from.host, lastRouter] : [first.from.host];
    // Converts half seconds since 1970 to an instant of the run.
    const leftSeconds = path.expiryHalfSeconds / 2 - clock.seconds;
    const links = external.map(({ from, to }) => `${from.name}>${to.name}`);
    const info: PathInfo = {
      id: path.fingerprint,
      links,
      transit: [...transit, ...routers],
      hops: path.interfaces.length,
      mtu: path.mtu,
      expiresAt: now + Math.floor(leftSeconds * 1_000_000_000),
      bandwidthBps: isComputed
        ? leastOf(external.map(({ link }) => link.rateBps))
        : announcedBandwidthBps(path),
    };
    const address = network.hosts.find(({ name }) => name === first.from.host)?.address ?? '';
    return [
      {
        info,
        path,
        firstRouter: address,
        linkIds: linkIds ?? external.map(({ link }) => link.id),
        name: nameLong(path),
        isRevoked: false,
        source: isComputed ? 'computed' : 'control-service',
        epic: isEpic === true ? path.epic : undefined,
      },
    ];
  }
}

/**
 * Those valid paths of the previous answer that the latest one leaves out because of one of these
 * interfaces. A gateway that has them finds out by probes whether they still work.
 */
function revokedPaths(
  before: readonly GatewayPath[],
  {
    found,
    revoked,
    clock,
  }: {
    readonly found: readonly GatewayPath[];
    readonly revoked: readonly PathInterface[];
    readonly clock: CalendarTime;
  },
): readonly GatewayPath[] {
  if (revoked.length === 0) return [];
  const passes = passesOneOf(revoked);
  const ids = new Set(found.map(({ info }) => info.id));
  return before
    .filter(({ info, path }) => !ids.has(info.id) && passes(path.interfaces))
    .filter(({ path }) => path.expiryHalfSeconds > 2 * clock.seconds)
    .slice(0, REVOKED_PATHS_KEPT_MAX)
    .map((one) => ({ ...one, isRevoked: true }));
}

/** The bandwidth announced for a path, bit/s; 0 if it is unknown. */
function announcedBandwidthBps({ metadata }: Path): number {
  return BPS_PER_KBPS * ((metadata && computePathTotals(metadata).bandwidthKbps) ?? 0);
}

interface Crossing {
  readonly link: LinkView;
  readonly from: { readonly host: string; readonly name: string };
  readonly to: { readonly host: string; readonly name: string };
}

/** The inter-AS links that a path crosses, each in the direction of travel. */
function externalLinks(network: NetworkView, path: Path): Crossing[] {
  const crossings: Crossing[] = [];
  for (let i = 0; i + 1 < path.interfaces.length; i += 2) {
    const egress = path.interfaces[i];
    const ingress = path.interfaces[i + 1];
    if (egress === undefined || ingress === undefined) continue;
    const out = formatInterface(egress);
    const into = formatInterface(ingress);
    for (const link of network.links) {
      const a = { host: link.a.host, name: endName(network, link.a) };
      const b = { host: link.b.host, name: endName(network, link.b) };
      if (a.name === out && b.name === into) crossings.push({ link, from: a, to: b });
      else if (b.name === out && a.name === into) crossings.push({ link, from: b, to: a });
    }
  }
  return crossings;
}

function endName(network: NetworkView, end: LinkView['a']): string {
  const as = isdAsOf(network.hosts.find(({ name }) => name === end.host)) ?? '';
  return `${as}#${interfaceIdOf(end)}`;
}

/** Inter-AS links with the internal links between them; undefined when a gap has no link. */
function allLinks(
  network: NetworkView,
  source: string,
  target: string,
  external: readonly Crossing[],
): readonly string[] | undefined {
  const ids: string[] = [];
  let at = source;
  for (const { link, from, to } of external) {
    const inside = at === from.host ? '' : internalLink(network, at, from.host);
    if (inside === undefined) return undefined;
    if (inside !== '') ids.push(inside);
    ids.push(link.id);
    at = to.host;
  }
  const last = internalLink(network, at, target);
  return last === undefined ? undefined : [...ids, last];
}

function internalLink(network: NetworkView, one: string, other: string): string | undefined {
  return network.links.find(
    (link) => joins(link, one, other) && readLinkRelation(link) === 'internal',
  )?.id;
}

function joins({ a, b }: LinkView, one: string, other: string): boolean {
  return (a.host === one && b.host === other) || (a.host === other && b.host === one);
}
