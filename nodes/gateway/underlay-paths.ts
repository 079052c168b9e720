/**
 * The underlay paths to one peer: one for each known path, and one for the reverse path of a received
 * packet.
 *
 * It knows paths and packets, but no keys and no path health; the caller chooses the path.
 *
 * @module
 */
import { equalBytes } from '../_kit/bytes.ts';
import {
  decodePath,
  EPIC_META_LENGTH,
  PATH_TYPE_EPIC,
  PATH_TYPE_SCION,
  type PacketView,
  ROUTER_INTERNAL_PORT,
  reverseWirePath,
  type WirePath,
} from '../scion/index.ts';
import { disjointPathIndexes } from './multipath/selection.ts';
import { PathUsage } from './path-usage.ts';
import type { PeerContext } from './peer-context.ts';
import { PacketTemplate } from './underlay/packet-template.ts';
import type { GatewayPath } from './underlay/path-directory.ts';
import { SentFrameMarks } from './underlay/sent-frame-marks.ts';
import { makeEpic, makeUnderlayPath, type UnderlayPath } from './underlay/underlay-path.ts';

/** The path id used when a frame of the peer arrived on an unknown path. */
const WAY_BACK = 'way back';

/** Largest number of reverses of received paths that are kept. */
const BACKS_MAX = 8;

/**
 * Largest number of paths that are kept although the latest lookup did not find them: packets on them may be quoted.
 */
export const VANISHED_PATHS_MAX = 100;

/** The underlay paths for one peer. */
export class UnderlayPaths {
  readonly #peer: string;
  readonly #context: PeerContext;
  readonly #known = new Map<string, UnderlayPath>();
  /**
   * For paths that carry shorter datagrams than they announce: the largest length, bytes, by the id
   * of the path.
   */
  readonly #limits = new Map<string, number>();
  /** Ids of known paths, by {@link wayOf}. */
  readonly #ways = new Map<string, string>();
  /** Marks of packets that left on reverse paths that match no known path. */
  readonly #backMarks = new SentFrameMarks();
  readonly #backUsage = new PathUsage();
  /** The latest reverses of received paths, kept because probes and reports come on the same few paths. */
  readonly #backs: {
    readonly type: number;
    readonly bytes: Uint8Array;
    readonly underlay: UnderlayPath;
  }[] = [];
  /** Index of the path that the next message takes while no path is known to work. */
  #turn = 0;

  constructor(peer: string, context: PeerContext) {
    this.#peer = peer;
    this.#context = context;
  }

  /** The underlay of the path `id`. */
  get(id: string): UnderlayPath | undefined {
    return this.#known.get(id);
  }

  /**
   * Returns the underlay of a path. A known path keeps its underlay, with new headers if the hop
   * fields have changed.
   * @returns the underlay to use from now on.
   */
  adopt(path: GatewayPath): UnderlayPath {
    const { endpoint, drawFlowId, ends, epicClock, measured } = this.#context;
    const known = this.#known.get(path.info.id);
    if (known?.path === path) return known;
    if (known === undefined) measured.discovered.of(this.#peer).add();
    const firstRouter = endpoint(path.firstRouter, ROUTER_INTERNAL_PORT);
    const start = { firstRouter, flowId: known?.flowId ?? drawFlowId() };
    const marks = known?.marks ?? new SentFrameMarks();
    const epic = makeEpic(path, ends(this.#peer), epicClock);
    const usage = known?.usage ?? new PathUsage();
    const made = { ...makeUnderlayPath(path, ends(this.#peer), start, epic), marks, usage };
    const underlay = this.#limited(made);
    this.#known.set(path.info.id, underlay);
    this.#backs.length = 0;
    this.#ways.set(wayOf(path.path.wire), path.info.id);
    return underlay;
  }

  /** Sets the largest datagram of a path, bytes: its MTU, or less if longer ones do not arrive. */
  limit(id: string, bytes: number): void {
    const known = this.#known.get(id);
    if (known === undefined) return;
    this.#limits.set(id, bytes);
    this.#known.set(id, this.#limited(known));
  }

  #limited(underlay: UnderlayPath): UnderlayPath {
    const { info } = underlay.path;
    const bytes = Math.min(info.mtu, this.#limits.get(info.id) ?? info.mtu);
    return { ...underlay, room: bytes - underlay.template.length };
  }

  /**
   * Forgets the paths that were not among those found last, except the latest {@link
   * VANISHED_PATHS_MAX}; the oldest are forgotten first.
   */
  forgetVanished(found: readonly GatewayPath[]): void {
    if (this.#known.size <= found.length + VANISHED_PATHS_MAX) return;
    const ids = new Set(found.map(({ info }) => info.id));
    const vanished = [...this.#known].filter(([id]) => !ids.has(id));
    for (const [id, { path }] of vanished.slice(0, -VANISHED_PATHS_MAX)) {
      this.#known.delete(id);
      this.#limits.delete(id);
      this.#ways.delete(wayOf(path.path.wire));
    }
  }

  /** Id of the path on which the quoted packet left within the last second, or `way back`. */
  quoted(now: number, quote: Uint8Array): string | undefined {
    for (const [id, { marks }] of this.#known) if (marks.has(now, quote)) return id;
    return this.#backMarks.has(now, quote) ? WAY_BACK : undefined;
  }

  /** Returns the next path in rotation, one per call. */
  next(): UnderlayPath | undefined {
    return this.disjoint(1)[0];
  }

  /** Returns a path whose headers take at most `headerBytes`; rotates between calls. */
  within(headerBytes: number): UnderlayPath | undefined {
    const fitting = [...this.#known.values()].filter(
      ({ template }) => template.length <= headerBytes,
    );
    this.#turn += 1;
    return fitting[this.#turn % Math.max(1, fitting.length)];
  }

  /**
   * Up to `most` paths that have as few elements in common as possible; the first one rotates
   * between calls.
   */
  disjoint(most: number): readonly UnderlayPath[] {
    const all = [...this.#known.values()];
    const infos = all.map(({ path }) => path.info);
    const chosen = disjointPathIndexes(infos, this.#turn % Math.max(1, all.length), most);
    this.#turn += 1;
    return chosen.flatMap((index) => all[index] ?? []);
  }

  /**
   * The underlay on the reverse of a received packet's path; undefined when the path cannot be
   * reversed.
   */
  back(view: PacketView): UnderlayPath | undefined {
    const end = view.start + view.headerLength;
    return this.reverse(view.pathType, view.buffer.subarray(view.pathOffset, end));
  }

  /** Id of the path whose reverse was received, or `way back`. */
  idOf(pathType: number, pathBytes: Uint8Array): string {
    const path = decodePath(pathType, pathBytes);
    const back = typeof path === 'string' ? path : reverseWirePath(path);
    return (typeof back === 'string' ? undefined : this.#ways.get(wayOf(back))) ?? WAY_BACK;
  }

  /** The underlay on the reverse of a path as received; undefined when it cannot be reversed. */
  reverse(pathType: number, pathBytes: Uint8Array): UnderlayPath | undefined {
    // The reverse of an EPIC-HP path is the reverse of the SCION path inside, because only that is
    // the same for many packets.
    if (pathType === PATH_TYPE_EPIC) {
      return this.reverse(PATH_TYPE_SCION, pathBytes.subarray(EPIC_META_LENGTH));
    }
    const backs = this.#backs;
    const made = backs.find((one) => one.type === pathType && equalBytes(one.bytes, pathBytes));
    if (made !== undefined) return made.underlay;
    const underlay = this.#makeReverse(pathType, pathBytes);
    if (underlay === undefined) return undefined;
    if (backs.length >= BACKS_MAX) backs.shift();
    backs.push({ type: pathType, bytes: pathBytes.slice(), underlay });
    return underlay;
  }

  #makeReverse(pathType: number, pathBytes: Uint8Array): UnderlayPath | undefined {
    const path = decodePath(pathType, pathBytes);
    if (typeof path === 'string') return undefined;
    const back = reverseWirePath(path);
    if (typeof back === 'string') return undefined;
    // The reverse path leaves through the router that owns its first interface.
    const router = this.#context.firstRouterOf(back);
    const any = this.#known.values().next().value;
    if (router === undefined || any === undefined) return undefined;
    const template = new PacketTemplate(this.#context.ends(this.#peer), back, 0);
    const room = any.path.info.mtu - template.length;
    // Answers and reports return on the peer's path, which is usually one of our paths too.
    const same = this.#known.get(this.#ways.get(wayOf(back)) ?? '');
    const marks = same?.marks ?? this.#backMarks;
    const usage = same?.usage ?? this.#backUsage;
    return { path: any.path, template, firstRouter: router, flowId: 0, room, marks, usage };
  }
}

/**
 * The egress interfaces of a path in order, starting in the local AS. They identify its links,
 * whichever segments it was combined from.
 */
function wayOf(path: WirePath): string {
  if (path.kind !== 'scion') return path.kind;
  const { infos, hops, segmentLengths } = path;
  let way = '';
  let at = 0;
  for (const [index, { isConsDir, isPeering }] of infos.entries()) {
    const end = at + (segmentLengths[index] ?? 0);
    // The next segment provides the egress from a segment's last hop, except at a peering link.
    const last = isPeering && index + 1 < infos.length ? end : end - 1;
    for (const hop of hops.slice(at, last)) {
      way += `${isConsDir ? hop.consEgress : hop.consIngress} `;
    }
    at = end;
  }
  return way;
}
