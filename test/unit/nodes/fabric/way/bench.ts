/**
 * The ways of one peer with a clock and a peer that answers, for tests of which way is taken.
 *
 * @module
 */
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import type { CarrierGuarantees } from '../../../../../engine/host/transport.ts';
import type { WayChooser } from '../../../../../nodes/_kit/way-chooser.ts';
import { CORRECT_BEHAVIOUR } from '../../../../../nodes/fabric/behaviour.ts';
import { DiskWriteScheduler } from '../../../../../nodes/fabric/disk-write-scheduler.ts';
import type { PeerEffect } from '../../../../../nodes/fabric/effects.ts';
import { Outbox } from '../../../../../nodes/fabric/outgoing/outbox.ts';
import { OutgoingMessage } from '../../../../../nodes/fabric/outgoing/outgoing-message.ts';
import type { PeerMachineParts } from '../../../../../nodes/fabric/peer-parts.ts';
import { WaySelector } from '../../../../../nodes/fabric/way/ways.ts';
import { decodePacket, type FabricPacket } from '../../../../../nodes/fabric/wire.ts';

export const MS = 1_000_000;
export const SECOND = 1_000 * MS;
export const MINUTE = 60 * SECOND;
export const MIB = 1_048_576;
const LIFE = 1;
export const MEMORY = new Uint8Array(8).fill(7);

/** A carrier that may lose messages, and one that keeps them. */
export const LOSSY: CarrierGuarantees = {
  maxBytes: 65_536,
  delivery: 'best-effort',
  isOrdered: false,
};
export const CUSTODY: CarrierGuarantees = {
  maxBytes: 16 * MIB,
  delivery: 'custody',
  isOrdered: false,
};

type Send = Extract<PeerEffect<never>, { kind: 'send' }>;
/** A packet that left. */
export interface Sent {
  readonly at: number;
  readonly way: number;
  readonly packet: FabricPacket;
  readonly wishes: Send['wishes'];
  readonly token: number | undefined;
}

/** The ways of one peer, with a clock. */
export class Bench {
  now = 0;
  readonly outbox = new Outbox<never>(1);
  readonly ways: WaySelector<never>;
  readonly sent: Sent[] = [];
  readonly counts = new Map<string, number>();
  readonly switches: number[] = [];
  /** How long after the first packet without an answer each of the switches was over. */
  readonly switchedAfterNs: number[] = [];
  readonly reached: string[] = [];

  constructor(carriers: readonly CarrierGuarantees[], seed = 1, chooser?: WayChooser) {
    const parts: PeerMachineParts = {
      ...(chooser && { chooser }),
      carrierNames: ['datagram', 'dtn'],
      ...{ own: 'alice', peer: 'bob', isPrivate: false, memory: MEMORY, life: LIFE, carriers },
      options: { queue: 1_000, outbox: 'memory', order: 'arrival', packet: 1_200 },
      behaviour: CORRECT_BEHAVIOUR,
      random: openRandomStream(seed, 'alice', 'retries'),
      clock: () => ({ seconds: 0, nanos: 0 }),
      numbers: { next: 1, take: () => undefined },
      ...{ records: [], inboxRecord: undefined, isOutside: () => false },
    };
    const emit = (effect: PeerEffect<never>): void => this.#take(effect);
    const news = { memory: MEMORY, contiguous: 5, above: new Uint8Array(0) };
    const sources = { outbox: this.outbox, news: (): typeof news => news };
    this.ways = new WaySelector<never>(
      { parts, journal: new DiskWriteScheduler(() => true), emit },
      sources,
    );
  }

  /** Over this way the peer answers within 10 ms; over none by default. */
  answering = -1;
  readonly #answers: { readonly at: number; readonly of: Sent }[] = [];

  /** A message is to be sent. */
  offer(bytes: number, { priority = 1, lifetimeNs = 15 * MINUTE } = {}): OutgoingMessage<never> {
    const message = new OutgoingMessage<never>({
      ...{
        number: this.outbox.last + 1,
        kind: 'message',
        priority,
        private: false,
        correlation: null,
      },
      ...{ deadlineNs: this.now + lifetimeNs, sinceNs: this.now },
      ...{ bytes: new Uint8Array(bytes), payloadBytes: bytes },
    });
    this.outbox.add(message);
    this.outbox.queue(message);
    return message;
  }

  /** Something happens now. @returns what leaves. */
  step(happens: () => void = () => undefined): readonly Sent[] {
    const before = this.sent.length;
    happens();
    this.ways.send(this.now);
    return this.sent.slice(before);
  }

  /** Time passes, until the instant or until `isDone`. @returns what leaves. */
  pass(untilNs: number, isDone: () => boolean = () => false): readonly Sent[] {
    const before = this.sent.length;
    for (;;) {
      const answer = this.#answers[0];
      const at = Math.min(this.ways.nextAt(), answer?.at ?? Number.POSITIVE_INFINITY);
      if (isDone() || at > untilNs) break;
      this.now = Math.max(this.now, at);
      if (answer?.at === at) this.acknowledge(this.#answers.splice(0, 1).map(({ of }) => of));
      else this.step(() => this.ways.due(this.now));
    }
    if (!isDone()) this.now = untilNs;
    return this.sent.slice(before);
  }

  /** The peer acknowledges these packets. */
  acknowledge(packets: readonly Sent[]): readonly Sent[] {
    return this.step(() => {
      for (const { way, packet } of packets) {
        const { number } = packet;
        const told = { largest: number, delayNs: 0, ranges: [[number, number]] as const };
        this.ways.acknowledged(this.now, this.ways.lane(way), { life: LIFE, ...told });
      }
    });
  }

  /** A carrier answers. */
  answer({ way, token = 0 }: Sent, outcome: string): readonly Sent[] {
    const answer = { kind: 'answered', way, token, outcome } as const;
    return this.step(() => this.ways.answered(this.now, answer));
  }

  get timeouts(): number {
    return this.counts.get('timeouts') ?? 0;
  }

  #take(effect: PeerEffect<never>): void {
    if (effect.kind === 'count')
      this.counts.set(effect.of, (this.counts.get(effect.of) ?? 0) + effect.amount);
    if (effect.kind === 'switched') {
      this.switches.push(effect.to);
      this.switchedAfterNs.push(effect.afterNs);
    }
    if (effect.kind === 'reach') this.reached.push(effect.state);
    if (effect.kind !== 'send') return;
    const { way, bytes, wishes, token } = effect;
    const packet = decodePacket(bytes);
    if (typeof packet === 'string') throw new Error(packet);
    const sent = { at: this.now, way, packet, wishes, token };
    this.sent.push(sent);
    if (way === this.answering) this.#answers.push({ at: this.now + 10 * MS, of: sent });
  }
}
