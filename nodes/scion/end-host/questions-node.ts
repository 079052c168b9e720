/**
 * Answers requests of operators to a SCION host: for its paths, a ping or a traceroute.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { NodeRequest } from '../../../engine/host/host.ts';
import type { NetworkMap } from '../../../engine/host/network-view.ts';
import type { HostPart } from '../../_kit/host-part.ts';
import { CONTROL_PROTOCOL, exitsOf, interfaceIdOf, isdAsOf, ROUTER_PROTOCOL } from '../network.ts';
import type { Path } from '../paths/path.ts';
import type { FoundPaths } from '../paths/revoked.ts';
import { applyPathPolicy } from '../policy/policy.ts';
import { END_HOST_PORT, ROUTER_INTERNAL_PORT } from '../router/geometry.ts';
import { EpicPathMaker } from '../wire/epic.ts';
import { formatHost, parseHost } from '../wire/host-address.ts';
import { type IsdAs, isdAsOfWords } from '../wire/isd-as.ts';
import type { PacketEnd } from '../wire/packet-view.ts';
import { type ProbeFacts, pingJson, tracerouteJson } from './answer-text.ts';
import { describePath } from './path-text.ts';
import { Ping } from './ping.ts';
import { type ProbeQuestion, parseProbeQuestion } from './question.ts';
import type { ProbeRoute } from './route.ts';
import type { ScmpEndHost } from './scmp-end-host.ts';
import { Traceroute } from './traceroute.ts';

/** The kinds of requests that every SCION host answers, each with its meaning. */
export const END_HOST_QUESTIONS = {
  paths: 'the paths from this AS to the AS that the question names, as JSON',
  ping: 'echo requests to a host of the AS that the question names, and the answers, as JSON',
  traceroute: 'the round trip times to the routers of a path to that AS, as JSON',
} as const;

/** The parts of a host that answers need. */
export interface EndHostQuestionsParts {
  readonly host: HostPart<'after' | 'clock' | 'endpoint' | 'now'>;
  readonly crypto: CryptoProvider;
  readonly own: PacketEnd;
  readonly network: NetworkMap;
  readonly endHost: ScmpEndHost;
  /** Finds the paths to another AS. */
  readonly findPaths: (target: IsdAs, done: (found: FoundPaths) => void) => void;
}

/** The route of a ping or traceroute, with the facts that its result reports. */
interface ProbePath extends ProbeFacts {
  readonly route: ProbeRoute;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Answers the requests of operators to one host. */
export class EndHostQuestions {
  readonly #parts: EndHostQuestionsParts;
  readonly #isdAs: IsdAs;

  constructor(parts: EndHostQuestionsParts) {
    this.#parts = parts;
    this.#isdAs = isdAsOfWords(parts.own.isdAs);
  }

  /** Answers a request; refuses requests of other kinds as `unknown-request`. */
  answer(request: NodeRequest): void {
    if (!Object.hasOwn(END_HOST_QUESTIONS, request.kind)) {
      request.respond('unknown-request');
      return;
    }
    const question = parseProbeQuestion(decoder.decode(request.body).trim());
    if ('reason' in question) {
      request.respond('bad-question', encoder.encode(question.reason));
      return;
    }
    if (question.isEpic && request.kind !== 'ping') {
      request.respond('bad-question', encoder.encode('only a ping leaves on EPIC-HP paths'));
      return;
    }
    this.#parts.findPaths(question.target, (found) => {
      const paths = this.#chosen(question, found.paths);
      const none = found.isShort ? 'revoked' : 'no-path';
      if (paths.length === 0) request.respond(none, encoder.encode('[]'));
      else if (request.kind === 'paths') this.#answerPaths(request, paths);
      else this.#probe(request, question, paths);
    });
  }

  #chosen({ fingerprint, sequence }: ProbeQuestion, found: readonly Path[]): readonly Path[] {
    return applyPathPolicy({ sequence }, found).filter((path) =>
      path.fingerprint.startsWith(fingerprint),
    );
  }

  #answerPaths(request: NodeRequest, paths: readonly Path[]): void {
    const texts = paths.map((path) => ({
      ...describePath(path),
      fingerprint: path.fingerprint,
      nextHop: this.#nextHop(path) ?? '',
    }));
    request.respond('ok', encoder.encode(JSON.stringify(texts)));
  }

  #probe(request: NodeRequest, question: ProbeQuestion, paths: readonly Path[]): void {
    const { target, isEpic } = question;
    const best = isEpic ? paths.find(({ epic }) => epic !== undefined) : paths[0];
    if (best === undefined) {
      const why = `of no path to ${target} the last two ASes announce what EPIC-HP needs (option epic of their control services)`;
      request.respond('no-epic', encoder.encode(why));
      return;
    }
    const probe = this.#probePath(question, best);
    if (probe === undefined) {
      request.respond('no-host', encoder.encode(`no host of ${target} is known`));
      return;
    }
    const wire = probe.path.wire;
    if (request.kind === 'ping') this.#ping(request, question, probe);
    else if (wire.kind === 'scion') this.#trace(request, question, { ...probe, wire });
    else request.respond('no-path', encoder.encode('inside an AS there is nothing to trace'));
  }

  #ping(request: NodeRequest, question: ProbeQuestion, probe: ProbePath): void {
    const ping = new Ping(this.#parts.host, probe.route, question, (result) => {
      const isAnswered = result.replies.length > 0;
      const text = pingJson(probe, question.size, result);
      request.respond(isAnswered ? 'ok' : 'no-reply', encoder.encode(text));
    });
    this.#start(request, ping);
  }

  #trace(
    request: NodeRequest,
    { timeoutNs }: ProbeQuestion,
    probe: ProbePath & { readonly wire: Extract<Path['wire'], { readonly kind: 'scion' }> },
  ): void {
    const { route, wire } = probe;
    const path = { wire, interfaces: probe.path.interfaces };
    const trace = new Traceroute(this.#parts.host, { route, path }, timeoutNs, (result) => {
      const isWhole = result.received === result.sent;
      const text = tracerouteJson(probe, result);
      request.respond(isWhole ? 'ok' : 'packets-lost', encoder.encode(text));
    });
    this.#start(request, trace);
  }

  #start(request: NodeRequest, probe: Ping | Traceroute): void {
    if (probe.start(this.#parts.endHost)) request.onCancel(() => probe.cancel());
    else request.respond('busy');
  }

  #probePath({ target, host, isEpic }: ProbeQuestion, path: Path): ProbePath | undefined {
    const { own } = this.#parts;
    const targetHost = host ?? this.#hostOf(target);
    const nextHop = this.#nextHop(path);
    if (targetHost === undefined) return undefined;
    const address = formatHost(targetHost);
    const [router = '', port = ''] = nextHop?.split(':') ?? [address, String(END_HOST_PORT)];
    const nextEndpoint = this.#parts.host.endpoint(router, Number(port));
    return {
      path,
      remote: `${target},${address}`,
      localIp: formatHost(own.host),
      nextHop: `${router}:${port}`,
      route: {
        ...{ target, targetHost, path: path.wire, nextHop: nextEndpoint },
        epic: isEpic ? this.#epicOf(path) : undefined,
      },
    };
  }

  /**
   * Creates the maker of packet paths for an EPIC-HP path; undefined if the path cannot be used as
   * one.
   */
  #epicOf({ epic, wire }: Path): EpicPathMaker | undefined {
    const { host, crypto, own } = this.#parts;
    if (epic === undefined || wire.kind !== 'scion') return undefined;
    const sender = { ...epic, source: this.#isdAs, sourceHost: own.host, path: wire };
    return new EpicPathMaker(crypto, sender, () => host.clock());
  }

  /**
   * Chooses a host of an AS that can answer: not a router, and a control service only if there is
   * no other host.
   */
  #hostOf(target: IsdAs): ProbeRoute['targetHost'] | undefined {
    const hosts = this.#parts.network.hosts.filter(
      (one) => isdAsOf(one) === target && one.protocol !== ROUTER_PROTOCOL,
    );
    const found = hosts.find(({ protocol }) => protocol !== CONTROL_PROTOCOL) ?? hosts[0];
    return found && parseHost(found.address);
  }

  /**
   * Address and port of the router with the first interface of a path; undefined for a path inside
   * the AS.
   */
  #nextHop({ interfaces: [first] }: Path): string | undefined {
    const exit = exitsOf(this.#isdAs, this.#parts.network).find(
      ({ near }) => interfaceIdOf(near) === first?.ifId,
    );
    return exit && `${exit.near.address}:${ROUTER_INTERNAL_PORT}`;
  }
}
