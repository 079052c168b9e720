/**
 * Answers the requests of applications beyond `send` and `packets` (questions.ts). The effect of
 * each call of the gateway's gRPC service is implemented here, not in the server, so that tests in
 * virtual time cover it.
 *
 * This code has no timers and no access to the host. A request with a bad body gets the outcome
 * `bad-question`.
 *
 * @module
 */
import type { z } from 'zod';
import type { CalendarTime } from '../../../engine/host/time.ts';
import type { SendWishes } from '../../../engine/host/transport.ts';
import { type FoundPaths, type IsdAs, isdAsOfWords, parseIsdAs } from '../../scion/index.ts';
import type { ExplainedPath, PathPreferences } from '../multipath/types.ts';
import type { MetricSeriesByName } from '../operator/node-metrics.ts';
import type { Peer } from '../peer.ts';
import { type IpAddress, parseIpAddress } from '../routing/ip-prefix.ts';
import type { IpRouter } from '../routing/ip-router.ts';
import type { ClockReadings } from '../session-parts.ts';
import { GATEWAY_PORT } from '../underlay/underlay-path.ts';
import type { GatewayCounts } from './counts.ts';
import {
  brokenLimit,
  type DescribedPath,
  describeUsedPath,
  type MeasuredPath,
  millisecondsOf,
  preferencesOf,
} from './describe-paths.ts';
import { explainNoPeer, explainWay } from './explain-address.ts';
import type { PeerProblems } from './health-reasons.ts';
import {
  metricsSchema,
  querySchema,
  type RequestedPreferences,
  registerSchema,
  sendSchema,
  sequenceSchema,
} from './questions.ts';
import {
  type ApplicationWindowOptions,
  ApplicationWindows,
  type SequenceVerdict,
} from './windows.ts';

/** Largest number of registrations; a further one gets the outcome `registrations-full`. */
export const REGISTRATIONS_MAX = 1_000;
const NS_PER_S = 1_000_000_000;
const MS_PER_S = 1_000;
const HEAD_LENGTH_BYTES = 2;

/** What the calls need from their node. */
export interface ApplicationCallsParts {
  readonly peers: () => readonly Peer[];
  readonly counts: GatewayCounts;
  readonly windows: ApplicationWindowOptions;
  readonly status: () => object;
  /** Explains why packets to a peer take the path that they take. */
  readonly explain: (peer: Peer) => object;
  readonly router: () => IpRouter<Peer>;
  /**
   * Lists what is wrong with a peer. A part of `explain`, which health checks request every second.
   */
  readonly problems: (peer: Peer) => PeerProblems;
  /** Reads the published metrics; the KPI gauges cover the last `seconds`. */
  readonly metrics: (seconds: number | undefined) => MetricSeriesByName;
  readonly moment: () => ClockReadings;
  readonly clock: () => CalendarTime;
  readonly findPaths: (target: IsdAs, done: (found: FoundPaths) => void) => void;
  /**
   * Begins a session with a gateway of the topology; returns false if no gateway has that name or
   * AS.
   */
  readonly open: (name: string) => boolean;
  readonly close: (name: string) => void;
  readonly send: (peer: Peer, packet: Uint8Array, wishes: SendWishes | undefined) => string;
  /**
   * Processes a SCION packet as if the socket had received it; returns `ok`, or why the packet is
   * dropped.
   */
  readonly receive: (packet: Uint8Array) => string;
}

/** A request, with the function that takes its answer. */
export interface ApplicationCall {
  readonly kind: string;
  readonly target: string;
  readonly body: Uint8Array;
  readonly wishes?: SendWishes;
  respond(outcome: string, body?: Uint8Array): void;
}

interface Registration {
  readonly preferences: RequestedPreferences | undefined;
  readonly destination: IsdAs;
  readonly endNs: number;
}

/** An outcome with a text or an answer in JSON; undefined if the answer comes later. */
type Reply = readonly [outcome: string, answer?: string | object] | undefined;

/** For each kind of request, the function that answers it. */
const ANSWERS = {
  'send-now': (calls, call) => calls.send(call),
  receive: (calls, { body }) => [calls.receive(body)],
  'query-paths': (calls, call) => calls.query(call),
  'register-path': (calls, call) => calls.register(call),
  sequence: (calls, call) => calls.checkSequence(call),
  stats: (calls) => calls.stats(),
  status: (calls) => ['ok', calls.status()],
  explain: (calls, call) => calls.explain(call),
  metrics: (calls, { body }) => calls.metrics(body),
  tunnels: (calls) => ['ok', calls.tunnels()],
  'open-tunnel': (calls, call) => calls.open(call),
  'close-tunnel': (calls, call) => calls.close(call),
} as const satisfies Readonly<
  Record<string, (calls: ApplicationCalls, call: ApplicationCall) => Reply>
>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Answers the requests of applications. */
export class ApplicationCalls {
  readonly #parts: ApplicationCallsParts;
  readonly #windows: ApplicationWindows;
  /** The registrations by their ids, the oldest first. */
  readonly #registrations = new Map<string, Registration>();
  #registered = 0;

  constructor(parts: ApplicationCallsParts) {
    this.#parts = parts;
    this.#windows = new ApplicationWindows(parts.windows);
  }

  /** Answers a request. @returns false if this class does not answer requests of this kind. */
  answer(call: ApplicationCall): boolean {
    const { kind } = call;
    if (!Object.hasOwn(ANSWERS, kind)) return false;
    const reply = ANSWERS[kind as keyof typeof ANSWERS](this, call);
    if (reply !== undefined) respond(call, reply);
    return true;
  }

  receive(packet: Uint8Array): string {
    return this.#parts.receive(packet);
  }

  status(): object {
    return this.#parts.status();
  }

  explain(call: ApplicationCall): Reply {
    const target = targetOf(call);
    const peer = this.#find(target);
    if (peer !== undefined) return ['ok', this.#parts.explain(peer)];
    const address = parseIpAddress(target);
    if (address !== undefined) return this.#explainAddress(target, address);
    const names = this.#parts.peers().map(({ name }) => name);
    return ['unknown-peer', `${target} is no peer; there are ${names.join(', ') || 'none'}`];
  }

  #explainAddress(text: string, address: IpAddress): Reply {
    const { router, peers, moment, explain } = this.#parts;
    // The clock is read only once, because a route may end between two readings.
    const { nowNs } = moment();
    const peer = router().peerFor(address, nowNs);
    if (typeof peer === 'string') return [peer, explainNoPeer(router(), text, address)];
    const way = explainWay({ router: router(), peers: peers(), nowNs }, peer, address);
    return ['ok', { address: text, ...way, ...explain(peer) }];
  }

  tunnels(): readonly object[] {
    const { nowNs } = this.#parts.moment();
    return this.#parts.peers().map((peer) => this.#tunnelOf(peer, nowNs));
  }

  /**
   * Sends a packet at once or not at all. The body of the request consists of the length of its
   * head (two bytes), the head as JSON, and the packet.
   */
  send(call: ApplicationCall): Reply {
    const { body } = call;
    const end = HEAD_LENGTH_BYTES + (((body[0] ?? 0) << 8) | (body[1] ?? 0));
    const head = readJson(sendSchema, body.subarray(HEAD_LENGTH_BYTES, end));
    if (head === undefined) return refused('the head is none');
    const peer = this.#find(call.target);
    if (peer === undefined) return ['unknown-peer'];
    const active = pathInUse(peer, this.#parts.moment().nowNs);
    if (typeof active === 'string') return [active];
    const { preferences, sequence, timestampUs } = head;
    const limits = preferences === undefined ? {} : preferencesOf(preferences);
    const objection = objectionTo(active, head, limits);
    if (objection !== undefined) return ['path-unfit', objection];
    const check = sequence && {
      ...{ name: isdAsOfWords(peer.end.isdAs), sequence: Number(sequence), timestampUs },
    };
    const verdict = check && this.#check({ ...check, updates: false });
    if (verdict !== undefined && verdict !== 'fresh') return [verdict];
    const outcome = this.#parts.send(peer, body.subarray(end), call.wishes);
    if (outcome !== 'ok') return [outcome];
    if (check) this.#check({ ...check, updates: true });
    return ['ok', this.#describe(active.path, active, limits, active.path.fingerprint)];
  }

  query(call: ApplicationCall): Reply {
    const query = readJson(querySchema, call.body);
    const target = query && parseIsdAs(query.destination);
    if (query === undefined) return refused('expected a destination and preferences');
    if (target?.kind !== 'isd-as') return refused(`"${query.destination}" is no ISD-AS`);
    const asked = query.preferences ?? this.#registeredFor(target.isdAs);
    this.#list(target.isdAs, asked, (paths) =>
      respond(call, paths.length === 0 ? ['no-path'] : ['ok', paths]),
    );
    return undefined;
  }

  register(call: ApplicationCall): Reply {
    const asked = readJson(registerSchema, call.body);
    const target = asked && parseIsdAs(asked.destination);
    if (asked === undefined) return refused('expected a destination, seconds and preferences');
    if (target?.kind !== 'isd-as') return refused(`"${asked.destination}" is no ISD-AS`);
    const { nowNs } = this.#parts.moment();
    for (const [id, { endNs }] of this.#registrations) {
      if (endNs <= nowNs) this.#registrations.delete(id);
    }
    if (this.#registrations.size >= REGISTRATIONS_MAX) return ['registrations-full'];
    this.#registered += 1;
    const id = `path-${this.#registered}`;
    const { preferences, seconds } = asked;
    const endNs = nowNs + seconds * NS_PER_S;
    this.#registrations.set(id, { preferences, destination: target.isdAs, endNs });
    const expiresMs = Math.round(millisecondsOf(this.#parts.clock()) + seconds * MS_PER_S);
    this.#list(target.isdAs, preferences, (paths) =>
      respond(call, ['ok', { id, expiresMs, paths }]),
    );
    return undefined;
  }

  checkSequence(call: ApplicationCall): Reply {
    const asked = readJson(sequenceSchema, call.body);
    if (asked === undefined) return refused('expected a name and a sequence of digits');
    const { timestampUs } = asked;
    const verdict = this.#check({ ...asked, timestampUs, sequence: Number(asked.sequence) });
    if (verdict === 'windows-full') return [verdict];
    return ['ok', { verdict, window: this.#windows.view(asked.name) }];
  }

  /** Checks a sequence number and counts the verdict. */
  #check(asked: Parameters<ApplicationWindows['check']>[0]): SequenceVerdict {
    const verdict = this.#windows.check(asked, this.#parts.moment());
    const { counts } = this.#parts;
    if (verdict === 'fresh') {
      if (asked.updates) counts.accepted += 1;
    } else if (verdict !== 'windows-full') counts[verdict] += 1;
    return verdict;
  }

  open(call: ApplicationCall): Reply {
    const name = targetOf(call);
    if (this.#find(name) === undefined) this.#parts.open(name);
    const peer = this.#find(name);
    return peer === undefined
      ? ['unknown-peer']
      : ['ok', this.#tunnelOf(peer, this.#parts.moment().nowNs)];
  }

  close(call: ApplicationCall): Reply {
    const peer = this.#find(targetOf(call));
    if (peer === undefined) return ['unknown-peer'];
    this.#parts.close(peer.name);
    return ['ok'];
  }

  metrics(body: Uint8Array): Reply {
    const asked = body.length === 0 ? {} : readJson(metricsSchema, body);
    if (asked === undefined) return refused('expected seconds');
    return ['ok', this.#parts.metrics(asked.seconds)];
  }

  stats(): Reply {
    const { peers, counts } = this.#parts;
    const { nowNs } = this.#parts.moment();
    const all = peers();
    const paths = all.flatMap((peer) => {
      const active = activePath(peer, nowNs)?.path.fingerprint;
      return measuredPaths(peer, nowNs).map((one) => this.#describe(one.path, one, {}, active));
    });
    return ['ok', { counts, open: all.filter((peer) => peer.session.isOpen).length, paths }];
  }

  /** The paths to an AS that satisfy the limits, the best first. */
  #list(
    target: IsdAs,
    asked: RequestedPreferences | undefined,
    done: (paths: readonly DescribedPath[]) => void,
  ): void {
    const preferences = asked === undefined ? {} : preferencesOf(asked);
    this.#parts.findPaths(target, ({ paths }) => {
      const { nowNs } = this.#parts.moment();
      const peer = this.#find(target);
      const known = peer === undefined ? [] : measuredPaths(peer, nowNs);
      const active = peer && activePath(peer, nowNs)?.path.fingerprint;
      const described = paths.flatMap((path) => {
        const measured = known.find(({ explained }) => explained.id === path.fingerprint);
        if (brokenLimit(path, measured, preferences) !== undefined) return [];
        return [this.#describe(path, measured, preferences, active)];
      });
      done(described.sort((a, b) => b.score - a.score));
    });
  }

  #describe(
    path: MeasuredPath['path'],
    measured: MeasuredPath | undefined,
    preferences: PathPreferences,
    active: string | undefined,
  ): DescribedPath {
    const { nowNs } = this.#parts.moment();
    const clockMs = millisecondsOf(this.#parts.clock());
    return describeUsedPath(path, measured, { preferences, active, nowNs, clockMs });
  }

  /** The preferences that applications registered last for an AS. */
  #registeredFor(target: IsdAs): RequestedPreferences | undefined {
    const { nowNs } = this.#parts.moment();
    const all = [...this.#registrations.values()];
    return all.findLast(({ destination, endNs }) => destination === target && endNs > nowNs)
      ?.preferences;
  }

  /** A session with another gateway, in the form in which applications see it. */
  #tunnelOf(peer: Peer, nowNs: number): object {
    const { isOpen } = peer.session;
    const open = peer.isUsable ? 'active' : 'inactive';
    return {
      ...{ peer: peer.name, isdAs: isdAsOfWords(peer.end.isdAs), port: GATEWAY_PORT },
      state: isOpen ? open : 'creating',
      paths: peer.status(nowNs).length,
      reasons: this.#parts.problems(peer).reasons,
    };
  }

  /** Finds a peer by its name or its AS. */
  #find(target: string): Peer | undefined {
    const parsed = parseIsdAs(target);
    const isdAs = parsed.kind === 'isd-as' ? parsed.isdAs : undefined;
    const peers = this.#parts.peers();
    return peers.find(({ name, end }) => name === target || isdAsOfWords(end.isdAs) === isdAs);
  }
}

function measuredPaths(peer: Peer, nowNs: number): readonly MeasuredPath[] {
  return peer.status(nowNs).flatMap((explained) => measuredPath(peer, explained) ?? []);
}

// hot: once per packet of an application.
function activePath(peer: Peer, nowNs: number): MeasuredPath | undefined {
  const explained = peer.controller.explainActive(nowNs);
  return explained && measuredPath(peer, explained);
}

function measuredPath(peer: Peer, explained: ExplainedPath): MeasuredPath | undefined {
  const underlay = peer.underlays.get(explained.id);
  return underlay && { explained, usage: underlay.usage, path: underlay.path.path };
}

/** The path on which packets leave, or why there is none. */
function pathInUse(peer: Peer, nowNs: number): MeasuredPath | 'no-path' | 'no-path-answers' {
  const active = peer.isUsable ? activePath(peer, nowNs) : undefined;
  return active ?? (peer.status(nowNs).length === 0 ? 'no-path' : 'no-path-answers');
}

/** Why the application does not accept the path in use; undefined if it does. */
function objectionTo(
  active: MeasuredPath,
  { interfaceId, path }: z.output<typeof sendSchema>,
  limits: PathPreferences,
): string | undefined {
  const { ifId } = active.path.interfaces[0] ?? {};
  const { fingerprint } = active.path;
  if (path !== undefined && path !== fingerprint) return `the path in use is ${fingerprint}`;
  if (interfaceId !== undefined && ifId !== interfaceId) return `the path in use leaves by ${ifId}`;
  const broken = brokenLimit(active.path, active, limits);
  return broken && `the path in use breaks ${broken}`;
}

/** The name or AS in a request: its target, or the text of its body. */
function targetOf({ target, body }: ApplicationCall): string {
  return target === '' ? decoder.decode(body).trim() : target;
}

function readJson<Value>(
  schema: { safeParse(value: unknown): { success: boolean; data?: Value } },
  body: Uint8Array,
): Value | undefined {
  try {
    return schema.safeParse(JSON.parse(decoder.decode(body))).data;
  } catch {
    // The text is not JSON, so it is not a valid question.
    return undefined;
  }
}

function refused(why: string): Reply {
  return ['bad-question', why];
}

function respond(call: ApplicationCall, [outcome, answer]: NonNullable<Reply>): void {
  if (answer === undefined) call.respond(outcome);
  else {
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    call.respond(outcome, encoder.encode(text));
  }
}
