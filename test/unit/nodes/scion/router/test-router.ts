/**
 * A border router in the configuration of vectors/scion/router.json, with its output recorded.
 *
 * @module
 */
import { nobleCrypto } from '../../../../../engine/crypto/noble.ts';
import type { CalendarTime } from '../../../../../engine/host/time.ts';
import { fromHex, readUint32 } from '../../../../../nodes/_kit/bytes.ts';
import { HopAuthenticator } from '../../../../../nodes/scion/mac.ts';
import { BorderRouter } from '../../../../../nodes/scion/router/border-router.ts';
import type { RouterContext } from '../../../../../nodes/scion/router/context.ts';
import type {
  NeighbourRole,
  RouterInterface,
  RouterLink,
} from '../../../../../nodes/scion/router/link.ts';
import { LocalDeliveryResolver } from '../../../../../nodes/scion/router/local-delivery.ts';
import { ScmpAuthenticator } from '../../../../../nodes/scion/router/scmp-authentication.ts';
import { requireHostAddress } from '../../../../../nodes/scion/wire/host-address.ts';
import { isdAsWords, requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';

/** Where a packet of router.json arrives or leaves. */
export type Arrival =
  | { readonly external: number }
  | { readonly sibling: string }
  | { readonly internal: string };

interface InterfaceCase {
  readonly linkTo: string;
  readonly isdAs: string;
}

/** The file router.json. */
export interface RouterCases {
  readonly now: number;
  readonly key: { readonly hopFieldKey: string };
  readonly router: {
    readonly isdAs: string;
    readonly internal: string;
    readonly external: Record<string, InterfaceCase>;
    readonly siblings: Record<
      string,
      { readonly internal: string; readonly interfaces: Record<string, InterfaceCase> }
    >;
    readonly services: Record<string, string[]>;
  };
  readonly cases: readonly RouterCase[];
}

/** One case of router.json. */
export interface RouterCase {
  readonly name: string;
  readonly arrivesOn: Arrival;
  readonly packet: string;
  readonly expect: {
    readonly action: 'forward' | 'scmp' | 'drop';
    readonly leavesOn?: Arrival;
    readonly packet?: string;
    readonly packetWithZeroedSpao?: string;
  };
}

/** The reaction of a router to one packet. */
export interface Sent {
  leavesOn?: Arrival;
  packet?: Uint8Array;
  drop?: string;
  suppressed?: boolean;
  bfd?: Arrival;
}

export interface TestRouterOptions {
  readonly isAuthenticated?: boolean;
  readonly mtu?: number;
  readonly mtuCheck?: boolean;
  readonly now?: number;
  /** Nanoseconds after {@link now}. */
  readonly nanos?: number;
}

const IPV4_HOST = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/;

/** The router `brA` of router.json. */
export class TestRouter {
  readonly links = new Map<string, RouterLink>();
  readonly router: BorderRouter;
  #endpoints: string[] = [];
  #sent: Sent = {};

  constructor(cases: RouterCases, options: TestRouterOptions = {}) {
    const clock = (): CalendarTime => ({
      seconds: options.now ?? cases.now,
      nanos: options.nanos ?? 0,
    });
    const interfaces = this.#interfaces(cases, options.mtu ?? 65_535);
    const authenticator = new ScmpAuthenticator({
      crypto: nobleCrypto,
      clock,
      // The reference's test programs use a key of zeros.
      keyOf: (): Uint8Array => new Uint8Array(16),
    });
    const context: RouterContext = {
      isdAs: isdAsWords(requireIsdAs(cases.router.isdAs)),
      interfaces,
      hops: new HopAuthenticator(nobleCrypto.aesCmac(fromHex(cases.key.hopFieldKey))),
      crypto: nobleCrypto,
      delivery: new LocalDeliveryResolver({
        endpointOf: (address, port): number => this.#endpoint(`${dotted(address)}:${port}`),
        services: new Map([[2, cases.router.services['CS']!.map((text) => this.#endpoint(text))]]),
        pick: (): number => 0,
        dispatchedPorts: { first: 1024, last: 65_535 },
      }),
      clock,
      mtuCheck: options.mtuCheck ?? true,
    };
    const replier = {
      isdAs: requireIsdAs(cases.router.isdAs),
      host: requireHostAddress(cases.router.internal.split(':')[0]!),
      ...(options.isAuthenticated ? { authenticator } : {}),
    };
    this.router = new BorderRouter(context, replier, {
      forward: (link, packet): void => {
        this.#sent.leavesOn = place(link, '');
        this.#sent.packet = packet.buffer.slice(packet.start, packet.end);
      },
      deliver: (target, packet): void => {
        this.#sent.leavesOn = { internal: this.#endpoints[target]! };
        this.#sent.packet = packet.buffer.slice(packet.start, packet.end);
      },
      reply: (link, to, bytes): void => {
        this.#sent.leavesOn = place(link, this.#endpoints[to]!);
        this.#sent.packet = bytes;
      },
      bfd: (link): void => {
        this.#sent.bfd = place(link, '');
      },
      drop: (reason): void => {
        this.#sent.drop = reason;
      },
      suppressed: (): void => {
        this.#sent.suppressed = true;
      },
    });
  }

  /** Passes a packet to the router, inside a larger buffer of random bytes. */
  receive(arrivesOn: Arrival, packet: Uint8Array): Sent {
    const buffer = new Uint8Array(packet.length + 200).fill(0xa5);
    buffer.set(packet, 100);
    this.#sent = {};
    const link = this.link(arrivesOn);
    const from = 'internal' in arrivesOn ? this.#endpoint(arrivesOn.internal) : 0;
    const drop = this.router.passage.begin(link, buffer, 100, packet.length);
    this.router.process(drop, from);
    return this.#sent;
  }

  link(arrival: Arrival): RouterLink {
    if ('external' in arrival) return this.links.get(String(arrival.external))!;
    return this.links.get('sibling' in arrival ? arrival.sibling : 'internal')!;
  }

  #interfaces(cases: RouterCases, mtu: number): Map<number, RouterInterface> {
    const interfaces = new Map<number, RouterInterface>();
    const add = (id: string, from: InterfaceCase, link: RouterLink): void => {
      const neighbour = from.linkTo.toLowerCase() as Exclude<NeighbourRole, 'none'>;
      const ifId = Number(id);
      interfaces.set(ifId, { ifId, neighbour, isdAs: isdAsWords(requireIsdAs(from.isdAs)), link });
    };
    for (const [id, from] of Object.entries(cases.router.external)) {
      const neighbour = from.linkTo.toLowerCase() as NeighbourRole;
      const index = this.links.size;
      const link = {
        kind: 'external' as const,
        index,
        id,
        ifId: Number(id),
        neighbour,
        mtu,
        isUp: true,
      };
      this.links.set(id, link);
      add(id, from, link);
    }
    for (const [name, sibling] of Object.entries(cases.router.siblings)) {
      const index = this.links.size;
      const inside = { index, ifId: 0, neighbour: 'none' as const, mtu, isUp: true };
      const link = { kind: 'sibling' as const, id: name, ...inside };
      this.links.set(name, link);
      for (const [id, from] of Object.entries(sibling.interfaces)) add(id, from, link);
    }
    const index = this.links.size;
    const inside = { index, ifId: 0, neighbour: 'none' as const, mtu, isUp: true };
    this.links.set('internal', { kind: 'internal', id: 'internal', ...inside });
    return interfaces;
  }

  #endpoint(text: string): number {
    const known = this.#endpoints.indexOf(text);
    return known < 0 ? this.#endpoints.push(text) - 1 : known;
  }
}

function place(link: RouterLink, from: string): Arrival {
  switch (link.kind) {
    case 'external':
      return { external: link.ifId };
    case 'sibling':
      return { sibling: link.id };
    case 'internal':
      return { internal: from };
  }
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}

/** An IPv4 address as a 32-bit number. */
export function addressWord(text: string): number {
  const bytes = Uint8Array.from(IPV4_HOST.exec(text)!.slice(1), Number);
  return readUint32(bytes, 0) | 0;
}
