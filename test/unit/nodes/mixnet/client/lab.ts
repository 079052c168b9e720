/** A small mixnet around the client machines: real packets, one clock, faults on demand. */
import { SeededBytes } from '../../../../../engine/core/seeded-bytes.ts';
import { openRandomStream, type RandomStream } from '../../../../../engine/core/stream.ts';
import { createCryptoProvider as cryptoProvider } from '../../../../../engine/crypto/index.ts';
import type { SendWishes } from '../../../../../engine/host/transport.ts';
import { toHex } from '../../../../../nodes/_kit/bytes.ts';
import { TIMER_DUE, type TimerDue } from '../../../../../nodes/_kit/machine.ts';
import {
  type ArrivalWindowSettings,
  type ClientContact,
  type ClientDropReason,
  type ClientEffect,
  type ClientInput,
  type ClientOptions,
  clientConfig,
  type MixLoopInput,
  MixLoops,
  MixnetClientStateMachine,
  type RetrievedMessage,
} from '../../../../../nodes/mixnet/client/index.ts';
import type { Descriptor, DirectoryDocument } from '../../../../../nodes/mixnet/directory/index.ts';
import {
  createPacketFormat,
  type NodePrivateKey,
  type PacketFormat,
  type RoutingCommand,
  x25519Nike,
} from '../../../../../nodes/sphinx/index.ts';

export const MS = 1_000_000;
export const SECOND = 1_000_000_000;

/** The settings of a lab. */
export interface LabOptions {
  readonly seed?: number;
  readonly crypto?: 'modelled' | 'node';
  readonly clients?: number;
  readonly client?: unknown;
  readonly rates?: Partial<DirectoryDocument['rates']>;
  readonly topology?: DirectoryDocument['topology'];
  /** Probability that a packet is lost on a link. */
  readonly loss?: number;
  /** Probability that a client receives a message twice. */
  readonly duplicate?: number;
  /** Length of stop-and-go windows, ns; if absent, packets have no windows. */
  readonly windowNs?: number;
  /** Changes the messages that a client retrieves. */
  readonly mutate?: (payload: Uint8Array, random: RandomStream) => void;
  /** What becomes of a name that is stored now; by default it is durable at once. */
  readonly disk?: (now: number) => { readonly error?: string; readonly tookNs?: number };
  /** True if the packet must not reach that node. */
  readonly isBlocked?: (node: string, now: number) => boolean;
}

interface MixNode {
  readonly descriptor: Descriptor;
  readonly key: NodePrivateKey;
  readonly tags: Set<string>;
  readonly loops: MixLoops;
}

/** Where the answer to a request goes. */
type Answer = (answer: { readonly message: number } | { readonly refusal: string }) => void;

/** A client with everything that it reported. */
export interface LabClient {
  readonly contact: ClientContact;
  readonly machine: MixnetClientStateMachine<Answer>;
  readonly spool: { surbId?: Uint8Array; payload: Uint8Array }[];
  readonly sendTimes: number[];
  readonly sent: Record<string, number>;
  readonly delivered: { readonly from: string; readonly text: string; readonly at: number }[];
  readonly drops: Map<ClientDropReason, number>;
  readonly settled: Map<number, string>;
  readonly loopAges: number[];
  alarms: number;
  overdue: number;
}

const format = (crypto: 'modelled' | 'node'): PacketFormat => {
  const provider = cryptoProvider(crypto);
  return createPacketFormat({
    crypto: provider,
    exchange: x25519Nike(provider),
    nrHops: 5,
    userForwardPayloadLength: 256,
    withSurb: true,
    withWindows: true,
  });
};

/** A network of clients and mixes in one process, with a clock that the test advances. */
export class Lab {
  now = 0;
  readonly format: PacketFormat;
  readonly clients: LabClient[] = [];
  readonly nodes = new Map<string, MixNode>();
  readonly document: DirectoryDocument;
  readonly drops = new Map<string, number>();
  readonly alarms: { readonly node: string; readonly at: number }[] = [];
  absorbed = 0;
  lost = 0;
  /** Number of hops that were reached inside their window, and outside it. */
  readonly windows = { met: 0, missed: 0 };
  /** Delays requested from mixes and providers, ms. */
  readonly delaysMs: number[] = [];
  readonly #options: LabOptions;
  readonly #faults: RandomStream;
  readonly #events: { readonly at: number; readonly order: number; readonly run: () => void }[] =
    [];
  #order = 0;

  constructor(options: LabOptions = {}) {
    this.#options = options;
    this.format = format(options.crypto ?? 'modelled');
    this.#faults = openRandomStream(options.seed ?? 1, 'lab', 'faults');
    const mixes = [0, 1, 2].map((layer) =>
      [0, 1].map((index) => this.#addNode(`mix-${layer + 1}-${index + 1}`, 'mix')),
    );
    const providers = [1, 2].map((index) => this.#addNode(`provider-${index}`, 'provider'));
    const isFree = options.topology === 'free-route';
    this.document = {
      epoch: 1,
      genesisEpoch: 1,
      epochLengthMs: 1_200_000,
      topology: options.topology ?? 'stratified',
      hops: 3,
      layers: isFree ? [mixes.flat()] : mixes,
      spares: [],
      providers,
      rates: {
        mu: 0.02,
        lambdaP: 0.01,
        lambdaL: 0.002,
        lambdaD: 0.002,
        lambdaM: 0,
        lambdaG: 0,
        ...options.rates,
      },
      sphinxGeometryHash: new Uint8Array(32),
      sharedRandomValue: new Uint8Array(32),
      priorSharedRandom: [],
      previousDocument: new Uint8Array(32),
    };
    const count = options.clients ?? 2;
    const contacts = Array.from({ length: count }, (_, index) => ({
      name: `client-${index + 1}`,
      provider: `provider-${(index % 2) + 1}`,
      recipientId: new Uint8Array(32).fill(index + 1),
    }));
    for (const contact of contacts) this.clients.push(this.#addClient(contact, contacts));
    for (const client of this.clients) {
      this.#step(client, { kind: 'document', document: this.document });
    }
    for (const node of this.nodes.values()) {
      this.#stepLoops(node, { kind: 'document', document: this.document, own: node.descriptor });
    }
  }

  client(index: number): LabClient {
    return this.clients[index - 1]!;
  }

  /** A client of the application gives a client of the mixnet a message to send. */
  submit(index: number, to: string, body: Uint8Array, wishes?: SendWishes): Parameters<Answer>[0] {
    let answer: Parameters<Answer>[0] | undefined;
    const request: Answer = (given) => {
      answer = given;
    };
    this.#step(this.client(index), { kind: 'submit', to, body, wishes, request });
    if (answer === undefined) throw new Error('no answer');
    return answer;
  }

  /** A client receives a message from its provider. */
  retrieved(index: number, message: RetrievedMessage): void {
    this.#step(this.client(index), { kind: 'retrieved', message });
  }

  /** Advances time to `until`. */
  run(until: number): void {
    for (;;) {
      const next = Math.min(until, this.#nextAt());
      this.now = next;
      if (next >= until) return;
      while (this.#events[0] !== undefined && this.#events[0].at <= next) {
        this.#events.shift()!.run();
      }
      this.#fire(next);
    }
  }

  #fire(now: number): void {
    for (const client of this.clients) {
      if (client.machine.nextAt() <= now) this.#step(client, TIMER_DUE);
    }
    for (const node of this.nodes.values()) {
      if (node.loops.nextAt() <= now) this.#stepLoops(node, TIMER_DUE);
    }
  }

  #stepLoops({ loops, descriptor }: MixNode, input: MixLoopInput | TimerDue): void {
    for (const effect of loops.step(this.now, input)) {
      if (effect.kind === 'send') this.#link(toHex(effect.packet.firstHop), effect.packet.packet);
      else if (effect.kind === 'drop') this.#count(effect.reason);
      else if (effect.kind === 'alarm') this.alarms.push({ node: descriptor.name, at: this.now });
    }
  }

  #nextAt(): number {
    let next = this.#events[0]?.at ?? Number.POSITIVE_INFINITY;
    for (const { machine } of this.clients) next = Math.min(next, machine.nextAt());
    for (const { loops } of this.nodes.values()) next = Math.min(next, loops.nextAt());
    return next;
  }

  /** Performs the effects of one input to a client. */
  #step(client: LabClient, input: ClientInput<Answer> | TimerDue): void {
    for (const effect of client.machine.step(this.now, input)) this.#perform(client, effect);
  }

  #at(at: number, run: () => void): void {
    const event = { at, order: this.#order++, run };
    let index = this.#events.length;
    while (index > 0 && this.#events[index - 1]!.at > at) index--;
    this.#events.splice(index, 0, event);
  }

  #addNode(name: string, role: 'mix' | 'provider'): Descriptor {
    const bytes = new SeededBytes(this.#options.seed ?? 1, name);
    const key = this.format.openKey(bytes.next(this.format.privateKeyLength));
    const descriptor: Descriptor = {
      name,
      nodeId: bytes.next(32),
      role,
      address: '10.0.0.1',
      port: 1,
      identityKey: new Uint8Array(32),
      vrfKey: new Uint8Array(32),
      vrfKeySince: 0,
      mixKeys: new Map([
        [1, key.publicKey],
        [2, key.publicKey],
      ]),
      asn: 'AS1',
      family: '',
      loadWeight: 1,
    };
    const loops = new MixLoops({
      host: {
        random: this.#streams(name),
        randomBytes: (length): Uint8Array => bytes.next(length),
      },
      format: this.format,
      alarm: { slack: 100 * MS, window: 60 * SECOND, loss: 0, falseAlarms: 0.001 },
      epochAt: (): number => 1,
      ...this.#windows(),
    });
    this.nodes.set(toHex(descriptor.nodeId), { descriptor, key, tags: new Set(), loops });
    return descriptor;
  }

  #streams(name: string): (purpose: string) => RandomStream {
    const streams = new Map<string, RandomStream>();
    return (purpose): RandomStream => {
      const known =
        streams.get(purpose) ?? openRandomStream(this.#options.seed ?? 1, name, purpose);
      streams.set(purpose, known);
      return known;
    };
  }

  #addClient(contact: ClientContact, contacts: readonly ClientContact[]): LabClient {
    const bytes = new SeededBytes(this.#options.seed ?? 1, contact.name);
    const options: ClientOptions = clientConfig.parse(this.#options.client ?? {});
    const drops = new Map<ClientDropReason, number>();
    const client: Omit<LabClient, 'machine'> & { machine?: MixnetClientStateMachine<Answer> } = {
      contact,
      spool: [],
      sendTimes: [],
      sent: {},
      delivered: [],
      drops,
      settled: new Map(),
      loopAges: [],
      alarms: 0,
      overdue: 0,
    };
    client.machine = new MixnetClientStateMachine({
      self: contact,
      host: {
        random: this.#streams(contact.name),
        randomBytes: (length): Uint8Array => bytes.next(length),
      },
      format: this.format,
      contacts: {
        byName: (name): ClientContact | undefined => contacts.find((one) => one.name === name),
        byId: (id): ClientContact | undefined =>
          contacts.find((one) => toHex(one.recipientId) === toHex(id)),
      },
      options,
      sendsAtOnce: options.double === 'chatty',
      epochAt: (): number => 1,
      ...this.#windows(),
      remembered: [],
    });
    return client as LabClient;
  }

  #perform(client: LabClient, effect: ClientEffect<Answer>): void {
    switch (effect.kind) {
      case 'send':
        client.sendTimes.push(this.now);
        client.sent[effect.cause.kind] = (client.sent[effect.cause.kind] ?? 0) + 1;
        this.#link(this.#ownProvider(client), effect.packet);
        return;
      case 'retrieve':
        this.#retrieve(client);
        return;
      case 'store': {
        const { name } = effect;
        const { error, tookNs = 0 } = this.#options.disk?.(this.now) ?? {};
        this.#at(this.now + tookNs, () => this.#step(client, { kind: 'stored', name, error }));
        return;
      }
      case 'deliver': {
        const text = new TextDecoder().decode(effect.body);
        client.delivered.push({ from: effect.from, text, at: this.now });
        return;
      }
      case 'accept':
        effect.request({ message: effect.message });
        return;
      case 'refuse':
        effect.request({ refusal: effect.reason });
        return;
      case 'drop':
        client.drops.set(effect.reason, (client.drops.get(effect.reason) ?? 0) + 1);
        return;
      default:
        report(client, effect);
    }
  }

  #ownProvider({ contact }: LabClient): string {
    return [...this.nodes].find(([, node]) => node.descriptor.name === contact.provider)![0];
  }

  /** The windows of a sender; the calendar of the lab starts with its clock. */
  #windows(): { readonly windows?: ArrivalWindowSettings } {
    const { windowNs } = this.#options;
    if (windowNs === undefined) return {};
    return { windows: { lengthNs: windowNs, calendarMsAt: (at): number => Math.floor(at / MS) } };
  }

  #checkWindow(commands: readonly RoutingCommand[]): void {
    const window = commands.find((command) => command.kind === 'nodeWindow');
    if (window === undefined) return;
    const late = this.now - window.firstMs * MS;
    this.windows[late >= 0 && late <= window.spanMs * MS ? 'met' : 'missed']++;
  }

  #count(reason: string): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
  }

  /** Sends a packet over a link of 1 ms that may lose it. */
  #link(to: string, packet: Uint8Array): void {
    const node = this.nodes.get(to)!;
    if (packet.length !== this.format.geometry.packetLength) throw new Error('another length');
    if (this.#faults.chance(this.#options.loss ?? 0)) {
      this.lost++;
      return;
    }
    if (this.#options.isBlocked?.(node.descriptor.name, this.now) === true) return;
    this.#at(this.now + MS, () => this.#receive(node, packet));
  }

  #receive(node: MixNode, packet: Uint8Array): void {
    const rules = {
      delayMsMax: 3_600_000,
      isNextHop: (id: Uint8Array): boolean => this.nodes.has(toHex(id)),
      keys: [
        {
          key: node.key,
          enterTag: (tag: Uint8Array): boolean => {
            const name = toHex(tag);
            if (node.tags.has(name)) return false;
            node.tags.add(name);
            return true;
          },
        },
      ],
    };
    const received = this.format.receive(rules, packet);
    if ('drop' in received) {
      this.#count(received.drop);
      return;
    }
    const { unwrapped, delayMs } = received;
    if (unwrapped.kind === 'forward') {
      this.delaysMs.push(delayMs);
      this.#checkWindow(unwrapped.commands);
      const next = toHex(unwrapped.nextNode);
      this.#at(this.now + delayMs * MS, () => this.#link(next, packet));
      return;
    }
    const recipient = unwrapped.commands.find((command) => command.kind === 'recipient');
    this.#spool(node, toHex(recipient!.id), unwrapped);
  }

  #spool(
    node: MixNode,
    recipient: string,
    message: { readonly payload: Uint8Array; readonly surbId?: Uint8Array },
  ): void {
    if (recipient === '00'.repeat(32)) {
      this.absorbed++;
      return;
    }
    if (recipient === toHex(node.descriptor.nodeId)) {
      this.#stepLoops(node, { kind: 'returned', payload: message.payload });
      return;
    }
    const client = this.clients.find((one) => toHex(one.contact.recipientId) === recipient);
    if (client === undefined) {
      this.#count('recipient-unknown');
      return;
    }
    const copies = this.#faults.chance(this.#options.duplicate ?? 0) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const payload = message.payload.slice();
      this.#options.mutate?.(payload, this.#faults);
      const { surbId } = message;
      client.spool.push(surbId === undefined ? { payload } : { payload, surbId: surbId.slice() });
    }
  }

  #retrieve(client: LabClient): void {
    const messages = client.spool.splice(0);
    if (this.#options.duplicate !== undefined) this.#faults.shuffle(messages);
    this.#at(this.now + MS, () => {
      for (const message of messages) this.#step(client, { kind: 'retrieved', message });
    });
  }
}

/** What a client only reports. */
function report(client: LabClient, effect: ClientEffect<Answer>): void {
  if (effect.kind === 'settled') {
    if (client.settled.has(effect.message)) throw new Error(`${effect.message} settled twice`);
    client.settled.set(effect.message, effect.how);
  } else if (effect.kind === 'loop-returned') {
    client.loopAges.push(effect.age);
  } else if (effect.kind === 'loop-overdue') {
    client.overdue++;
  } else if (effect.kind === 'alarm') {
    client.alarms++;
  }
}
