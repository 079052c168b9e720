/**
 * Packets of a neighbour AS whose hop fields are all right: what the MACs cover is mutated as well, and
 * the router finds each of them valid.
 *
 * @module
 */
import type { RandomStream } from '../../../engine/core/stream.ts';
import { HopAuthenticator } from '../../../nodes/scion/mac.ts';
import { ROUTER_DROP_REASONS } from '../../../nodes/scion/router/drops.ts';
import { requireIsdAs } from '../../../nodes/scion/wire/isd-as.ts';
import {
  makePacket,
  type PacketOptions,
  situation,
} from '../../unit/nodes/scion/router/packets.ts';
import { type Arrival, type Sent, TestRouter } from '../../unit/nodes/scion/router/test-router.ts';
import { mutate } from '../mutate.ts';
import type { SealedCase, Victim } from './victim.ts';

const PACKETS = 400;
/** Common and address header, then two info fields and some hops. */
const HEADER = 120;
const ARRIVALS: readonly Arrival[] = [
  ...['1', '2', '3', '4', '5', '8', '9'].map((id) => ({ external: Number(id) })),
  { sibling: 'other' },
  { internal: '127.1.1.128:31000' },
];

class Router implements Victim {
  readonly #random: RandomStream;
  readonly #routers = [false, true].map(
    (isAuthenticated) => new TestRouter(situation, { isAuthenticated, mtu: 1_400 }),
  );
  readonly #genuine: readonly Uint8Array[];

  constructor(random: RandomStream) {
    this.#random = random;
    this.#genuine = Array.from({ length: PACKETS }, () => makePacket(this.#options()));
  }

  give(): readonly string[] {
    const random = this.#random;
    const genuine = this.#genuine[random.below(PACKETS)]!;
    const packet = mutate(genuine, random, { header: HEADER });
    const arrival = ARRIVALS[random.below(ARRIVALS.length)]!;
    const router = this.#routers[random.chance(0.05) ? 1 : 0]!;
    const { verify } = HopAuthenticator.prototype;
    HopAuthenticator.prototype.verify = (): boolean => true;
    try {
      return namesOf(router.receive(arrival, packet));
    } finally {
      HopAuthenticator.prototype.verify = verify;
    }
  }

  delivers(): boolean {
    const hops = [
      [0, 77],
      [2, 3],
      [77, 0],
    ] as const;
    const packet = makePacket({ segments: [{ isConsDir: true, hops }], current: 1 });
    return this.#routers.every((router) => {
      const sent = router.receive({ external: 2 }, packet);
      return sent.drop === undefined && sent.packet !== undefined;
    });
  }

  #options(): PacketOptions {
    const random = this.#random;
    const ifId = (): number => [1, 2, 3, 4, 5, 6, 7, 8, 9][random.below(9)]!;
    const segments = Array.from({ length: 1 + random.below(3) }, () => ({
      isConsDir: random.chance(0.5),
      isPeering: random.chance(0.2),
      hops: Array.from({ length: 2 + random.below(2) }, () => [ifId(), ifId()] as const),
    }));
    const count = segments.reduce((sum, { hops }) => sum + hops.length, 0);
    return {
      segments,
      current: random.below(count),
      isFromOutside: random.chance(0.5),
      ingressAlert: random.chance(0.1),
      egressAlert: random.chance(0.1),
      ...(random.chance(0.3) && { target: '1-ff00:0:1' }),
      ...(random.chance(0.3) && { message: this.#message() }),
    };
  }

  #message(): NonNullable<PacketOptions['message']> {
    const [identifier, sequence] = [this.#random.below(9), this.#random.below(9)];
    const asked = { isdAs: requireIsdAs('1-ff00:0:1'), ifId: 2, data: new Uint8Array(0) };
    return { kind: 'traceroute-request', code: 0, identifier, sequence, ...asked };
  }
}

function namesOf({ drop, packet, bfd, suppressed }: Sent): readonly string[] {
  return [
    ...(drop === undefined ? [] : [drop]),
    ...(packet === undefined ? [] : ['sent']),
    ...(bfd === undefined ? [] : ['bfd']),
    ...(suppressed === undefined ? [] : ['suppressed']),
  ];
}

export const scion: SealedCase = {
  protocol: 'scion',
  what: 'packets with valid hop fields',
  drops: ROUTER_DROP_REASONS,
  ends: ['sent', 'bfd', 'suppressed'],
  reaches: [
    ...['sent', 'path-malformed', 'hop-expired', 'hop-ingress-mismatch', 'packet-length'],
    ...['source-ia', 'destination-ia', 'egress-unknown'],
  ],
  begin: (random) => new Router(random),
};
