/**
 * Sends a traceroute request for each interface of a path, one after the other; an alert flag in a
 * hop field makes the router with that interface answer (reference scion/traceroute/traceroute.go).
 *
 * @module
 */
import type { Nanoseconds, Timer } from '../../../engine/host/time.ts';
import type { HostPart } from '../../_kit/host-part.ts';
import type { Path } from '../paths/path.ts';
import { type IsdAs, requireIsdAs } from '../wire/isd-as.ts';
import type { SegmentedPath } from '../wire/path.ts';
import type { ReceivedScmp } from '../wire/scmp.ts';
import { TRACEROUTE_TRIES } from './geometry.ts';
import type { ProbeRoute } from './route.ts';
import type {
  ScmpConversation,
  ScmpEndHost,
  ScmpReceiver,
  ScmpReply,
  ScmpSource,
} from './scmp-end-host.ts';

/** The answers for one interface of the path. */
export interface TracedInterface {
  /** The router that answered; undefined if no answer came. */
  readonly from: Pick<ScmpSource, 'isdAs' | 'address'> | undefined;
  readonly ifId: number;
  /** Round-trip time of each request; undefined if no answer came in time. */
  readonly rttsNs: readonly (Nanoseconds | undefined)[];
}

/** The result of a traceroute. */
export interface TracerouteResult {
  readonly sent: number;
  readonly received: number;
  readonly interfaces: readonly TracedInterface[];
}

/** The path of a traceroute, with the interfaces that it crosses, in order of travel. */
interface TracedPath extends Pick<Path, 'interfaces'> {
  readonly wire: SegmentedPath;
}

/** A hop field by its index, and the alert flag to set in it. */
interface AlertPlace {
  readonly hop: number;
  readonly flag: 'hasIngressAlert' | 'hasEgressAlert';
}

const NO_AS: IsdAs = requireIsdAs('0-0');
const NO_BYTES = new Uint8Array(0);

/** A traceroute: requests to the routers of one path. */
export class Traceroute implements ScmpReceiver {
  readonly #host: HostPart<'after' | 'now'>;
  readonly #route: ProbeRoute;
  readonly #timeoutNs: Nanoseconds;
  readonly #done: (result: TracerouteResult) => void;
  readonly #path: TracedPath;
  readonly #places: readonly AlertPlace[];
  readonly #interfaces: TracedInterface[] = [];
  #rttsNs: (Nanoseconds | undefined)[] = [];
  #from: TracedInterface['from'];
  #ifId = 0;
  #conversation: ScmpConversation | undefined;
  #timer: Timer | undefined;
  #sequence = -1;
  #sentNs = 0;
  #received = 0;

  constructor(
    host: HostPart<'after' | 'now'>,
    { route, path }: { readonly route: ProbeRoute; readonly path: TracedPath },
    timeoutNs: Nanoseconds,
    done: (result: TracerouteResult) => void,
  ) {
    this.#host = host;
    this.#route = route;
    this.#path = path;
    this.#places = listAlertFlags(path.wire);
    this.#timeoutNs = timeoutNs;
    this.#done = done;
  }

  /**
   * Sends the first request.
   * @returns false if the host has too many conversations.
   */
  start(endHost: ScmpEndHost): boolean {
    this.#conversation = endHost.converse(this);
    if (this.#conversation === undefined) return false;
    this.#next();
    return true;
  }

  /** Ends the traceroute without a result. */
  cancel(): void {
    this.#timer?.cancel();
    this.#conversation?.close();
  }

  /** Accepts a reply only from the AS of the requested interface, and only for that interface. */
  reply(message: ScmpReply, { isdAs, address }: ScmpSource): boolean {
    if (message.kind !== 'traceroute-reply' || message.sequence !== this.#sequence) return false;
    const asked = this.#path.interfaces[this.#interfaces.length];
    const isOfAs = isdAs === asked?.isdAs && message.isdAs === isdAs;
    if (!isOfAs || message.ifId !== asked.ifId) return false;
    this.#received += 1;
    this.#from = { isdAs, address };
    this.#ifId = message.ifId;
    this.#take(this.#host.now() - this.#sentNs);
    return true;
  }

  /**
   * Counts an error about the present request as a missing answer: a router has refused the
   * request.
   */
  error(_: ReceivedScmp, __: ScmpSource, sequence: number): boolean {
    if (sequence === this.#sequence) this.#take(undefined);
    return sequence <= this.#sequence;
  }

  #take(rttNs: Nanoseconds | undefined): void {
    this.#timer?.cancel();
    this.#rttsNs.push(rttNs);
    if (this.#rttsNs.length === TRACEROUTE_TRIES) {
      this.#interfaces.push({ from: this.#from, ifId: this.#ifId, rttsNs: this.#rttsNs });
      this.#rttsNs = [];
      this.#from = undefined;
      this.#ifId = 0;
    }
    this.#next();
  }

  #next(): void {
    const place = this.#places[this.#interfaces.length];
    if (place === undefined) {
      this.cancel();
      const sent = this.#sequence + 1;
      this.#done({ sent, received: this.#received, interfaces: this.#interfaces });
      return;
    }
    this.#sequence += 1;
    this.#sentNs = this.#host.now();
    const route = { ...this.#route, path: withAlert(this.#path.wire, place) };
    this.#conversation?.send(route, {
      ...{ kind: 'traceroute-request', code: 0, sequence: this.#sequence, data: NO_BYTES },
      ...{ isdAs: NO_AS, ifId: 0 },
    });
    this.#timer = this.#host.after(this.#timeoutNs, () => this.#take(undefined));
  }
}

/**
 * Lists the alert flags for the interfaces of a path, in order of travel. The first hop has a flag
 * only for the interface by which packets leave, the last hop only for the one by which they enter.
 * At a change of segments, each of the two hops has a flag only for the one interface that the path
 * uses (reference scion/traceroute/traceroute.go, Traceroute).
 */
export function listAlertFlags({ infos, segmentLengths }: SegmentedPath): readonly AlertPlace[] {
  const hops = infos.flatMap(({ isConsDir, isPeering }, index) => {
    const length = segmentLengths[index] ?? 0;
    return Array.from({ length }, (_, at) => ({
      isConsDir,
      crosses: at + 1 === length && !isPeering,
    }));
  });
  return hops.flatMap(({ isConsDir, crosses }, hop) => {
    const [into, out]: readonly AlertPlace['flag'][] = isConsDir
      ? ['hasIngressAlert', 'hasEgressAlert']
      : ['hasEgressAlert', 'hasIngressAlert'];
    const isEntered = hop > 0 && hops[hop - 1]?.crosses === false;
    const isLeft = hop < hops.length - 1 && !crosses;
    return [...placesIf(isEntered, hop, into), ...placesIf(isLeft, hop, out)];
  });
}

function placesIf(
  isUsed: boolean,
  hop: number,
  flag: AlertPlace['flag'] | undefined,
): readonly AlertPlace[] {
  return isUsed && flag !== undefined ? [{ hop, flag }] : [];
}

function withAlert(path: SegmentedPath, { hop, flag }: AlertPlace): SegmentedPath {
  return {
    ...path,
    hops: path.hops.map((one, index) => (index === hop ? { ...one, [flag]: true } : one)),
  };
}
