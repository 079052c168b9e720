/**
 * Control services of the small network, joined by a network that hands their packets over after a millisecond.
 *
 * @module
 */
import { expect } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import type { CalendarTime } from '../../../../engine/host/time.ts';
import { TIMER_DUE, type TimerDue } from '../../../../nodes/_kit/machine.ts';
import { BEACON_SELECTIONS } from '../../../../nodes/control-service/beacons/selections/index.ts';
import { controlConfig } from '../../../../nodes/control-service/config.ts';
import type {
  ControlEffect,
  ControlInput,
} from '../../../../nodes/control-service/control-effects.ts';
import type { ControlKeys } from '../../../../nodes/control-service/keys.ts';
import { encodeRpcPacket } from '../../../../nodes/control-service/rpc/packet.ts';
import { ControlService } from '../../../../nodes/control-service/service.ts';
import type { ControlWay } from '../../../../nodes/control-service/ways.ts';
import {
  CONTROL_PORT,
  type EpochKey,
  type HostAnswer,
  type IsdAs,
  requireHostAddress,
  reverseWirePath,
  type SegmentsByRole,
  type WirePath,
} from '../../../../nodes/scion/index.ts';
import {
  addressOf,
  crypto,
  drkeysOf,
  hopsOf,
  NETWORK,
  NOW_S,
  publicKeyOf,
  signingKeyOf,
  surroundingsOf,
} from './small-network.ts';
import { withoutPhase } from './without-phase.ts';

const DELAY_NS = 1_000_000;
const SECOND_NS = 1_000_000_000;

/** A packet between two control services. */
export interface Handed {
  readonly from: IsdAs;
  readonly to: IsdAs;
  readonly way: ControlWay;
  readonly bytes: Uint8Array;
}

interface UnderWay {
  readonly atNs: number;
  readonly to: IsdAs;
  readonly way: ControlWay;
  readonly bytes: Uint8Array;
}

/** How a message comes that the test makes. */
export interface Coming {
  readonly from: IsdAs;
  readonly to: IsdAs;
  /** The interface on which it came over a one-hop path; 0 for any other path. */
  readonly ingress: number;
}

type Options = Readonly<Record<string, unknown>>;

/** The control services of some ASes. */
export class JoinedServices {
  nowNs = 0;
  readonly services = new Map<IsdAs, ControlService>();
  readonly drops: { readonly at: IsdAs; readonly reason: string }[] = [];
  /** By AS and metric. */
  readonly counts = new Map<string, number>();
  /** What a packet becomes on its way; undefined if it is lost. */
  onWay: (packet: Handed) => Uint8Array | undefined = ({ bytes }) => bytes;
  readonly #found: HostAnswer[] = [];
  #underWay: UnderWay[] = [];
  #callId = 0;
  #drawn = 0;
  readonly #keys: (EpochKey | undefined)[] = [];

  constructor(
    ases: readonly IsdAs[] = NETWORK.ases.map(({ isdAs }) => isdAs),
    options: Options | ((isdAs: IsdAs) => Options) = {},
    keysOf: (isdAs: IsdAs) => ControlKeys = (isdAs): ControlKeys => {
      return { kind: 'modelled', own: signingKeyOf(isdAs), of: publicKeyOf };
    },
  ) {
    const optionsOf = typeof options === 'function' ? options : (): Options => options;
    for (const isdAs of ases) {
      const service = new ControlService({
        ...{ surroundings: surroundingsOf(isdAs), options: controlConfig.parse(optionsOf(isdAs)) },
        crypto,
        selection: BEACON_SELECTIONS.reference,
        ...{ hops: hopsOf(isdAs), keys: keysOf(isdAs) },
        random: {
          calls: openRandomStream(1, isdAs, 'calls'),
          beacons: withoutPhase(openRandomStream(1, isdAs, 'beacons')),
        },
        randomBytes: (length): Uint8Array =>
          crypto.sha256(Uint8Array.of(++this.#drawn & 255, length)),
        drkeys: drkeysOf(isdAs),
        clock: (): CalendarTime => ({
          seconds: NOW_S + Math.floor(this.nowNs / SECOND_NS),
          nanos: this.nowNs % SECOND_NS,
        }),
      });
      this.services.set(isdAs, service);
    }
  }

  count(isdAs: IsdAs, metric: string): number {
    return this.counts.get(`${isdAs} ${metric}`) ?? 0;
  }

  #count(isdAs: IsdAs, metric: string): void {
    this.counts.set(`${isdAs} ${metric}`, this.count(isdAs, metric) + 1);
  }

  status(isdAs: IsdAs): Readonly<Record<string, unknown>> {
    return this.services.get(isdAs)!.status();
  }

  /** Reasons of the drops in an AS, in their order. */
  dropsAt(isdAs: IsdAs): string[] {
    return this.drops.filter(({ at }) => at === isdAs).map(({ reason }) => reason);
  }

  runTo(seconds: number): this {
    const untilNs = seconds * SECOND_NS;
    for (let next = this.#nextAt(); next <= untilNs; next = this.#nextAt()) {
      this.nowNs = Math.max(this.nowNs, next);
      const packet = this.#underWay.find(({ atNs }) => atNs <= this.nowNs);
      if (packet === undefined) this.#fire();
      else this.#arrive(packet);
    }
    this.nowNs = untilNs;
    return this;
  }

  /** Looks segments up, for at most the time of a call. */
  find(isdAs: IsdAs, target: IsdAs): SegmentsByRole {
    return this.findAll(isdAs, target).segments;
  }

  /** Looks segments up, and which of their interfaces are believed to be down. */
  findAll(isdAs: IsdAs, target: IsdAs): HostAnswer {
    this.#found.length = 0;
    this.step(isdAs, { kind: 'lookup', token: 7, target });
    const endNs = this.nowNs + 12 * SECOND_NS;
    while (this.#found.length === 0 && this.nowNs < endNs) {
      this.runTo(this.nowNs / SECOND_NS + 0.1);
    }
    return this.#found[0] ?? expect.fail('the lookup has no end');
  }

  /** Asks for the key that `owner` shares with a host of `isdAs`, for at most the time of a call. */
  findKey(isdAs: IsdAs, owner: IsdAs, host: string, seconds = NOW_S): EpochKey | undefined {
    this.#keys.length = 0;
    const asked = { owner, seconds, host: requireHostAddress(host) };
    this.step(isdAs, { kind: 'host-key', token: 8, ...asked });
    const endNs = this.nowNs + 12 * SECOND_NS;
    while (this.#keys.length === 0 && this.nowNs < endNs) {
      this.runTo(this.nowNs / SECOND_NS + 0.1);
    }
    return this.#keys.length > 0 ? this.#keys[0] : expect.fail('the search for a key has no end');
  }

  /** Hands over a message of a call in one packet. @returns why it is dropped or refused. */
  tell({ from, to, ingress }: Coming, message: Uint8Array): string[] {
    const before = this.dropsAt(to).length;
    const head = { callId: ++this.#callId, isAnswer: false, isOver: false, number: 0, room: 1_200 };
    const fragment = { index: 0, count: 1, data: message };
    this.hand({ from, to, ingress }, encodeRpcPacket({ ...head, ack: undefined, fragment }));
    return this.dropsAt(to).slice(before);
  }

  /** Hands over the packet of a call. @returns what the service does. */
  hand({ from, to, ingress }: Coming, bytes: Uint8Array): readonly ControlEffect[] {
    const way = this.#wayBack({ from, to, ingress, path: { kind: 'empty' } });
    return this.step(to, { kind: 'datagram', way, bytes });
  }

  step(isdAs: IsdAs, input: ControlInput | TimerDue): readonly ControlEffect[] {
    const effects = this.services.get(isdAs)!.step(this.nowNs, input);
    for (const effect of effects) this.#perform(isdAs, effect);
    return effects;
  }

  #perform(at: IsdAs, effect: ControlEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#send(at, effect.way, effect.bytes);
        return;
      case 'found':
        this.#found.push(effect);
        return;
      case 'host-key':
        this.#keys.push(effect.answer);
        return;
      case 'drop':
        this.drops.push({ at, reason: effect.reason });
        return;
      case 'count':
        this.#count(at, effect.metric);
        return;
      case 'beacon-sent':
        this.#count(at, 'control.beacons_sent');
        return;
      case 'restored':
      case 'ticked':
    }
  }

  #send(from: IsdAs, sent: ControlWay, bytes: Uint8Array): void {
    const { isdAs: to, path } = sent;
    expect(bytes.length).toBeLessThan(1_400);
    const arrived = this.onWay({ from, to, way: sent, bytes });
    if (arrived === undefined || !this.services.has(to)) return;
    const there = arrivalOf(from, path);
    const back = reverseWirePath(there.path);
    if (typeof back === 'string') expect.fail(back);
    const way = this.#wayBack({ from, to, ingress: there.ingress, path: back });
    this.#underWay.push({ atNs: this.nowNs + DELAY_NS, to, way, bytes: arrived });
  }

  #wayBack({ from, to, ingress, path }: Coming & { readonly path: WirePath }): ControlWay {
    return this.services.get(to)!.wayBack({
      ...{ isdAs: from, host: requireHostAddress(addressOf(from)), port: CONTROL_PORT },
      ...{ path, ingress, router: '10.1.0.1' },
    });
  }

  #arrive(packet: UnderWay): void {
    this.#underWay = this.#underWay.filter((one) => one !== packet);
    this.step(packet.to, { kind: 'datagram', way: packet.way, bytes: packet.bytes });
  }

  #fire(): void {
    for (const [isdAs, service] of this.services) {
      if (service.nextAt() <= this.nowNs) this.step(isdAs, TIMER_DUE);
    }
  }

  #nextAt(): number {
    const timers = [...this.services.values()].map((service) => service.nextAt());
    return Math.min(...timers, ...this.#underWay.map(({ atNs }) => atNs));
  }
}

/** A path as it is when it has arrived: the second router has added its hop, or the last hop is the current one. */
function arrivalOf(
  from: IsdAs,
  path: WirePath,
): { readonly path: WirePath; readonly ingress: number } {
  if (path.kind === 'one-hop') {
    const out = surroundingsOf(from).interfaces.get(path.first.consEgress)!;
    const second = { ...path.first, consIngress: out.neighbourIfId, consEgress: 0 };
    return { path: { ...path, second }, ingress: out.neighbourIfId };
  }
  if (path.kind !== 'scion') return { path, ingress: 0 };
  const ends = { currentInfo: path.infos.length - 1, currentHop: path.hops.length - 1 };
  return { path: { ...path, ...ends }, ingress: 0 };
}
