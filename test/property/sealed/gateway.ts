/**
 * What a gateway with genuine keys says in a genuine session: kinds, fragments and plaintexts of frames
 * are mutated as they come out of the cipher, as if they had been sealed so.
 *
 * @module
 */
import type { RandomStream } from '../../../engine/core/stream.ts';
import { FRAME_TYPE, type FrameType } from '../../../nodes/gateway/geometry.ts';
import { protocol } from '../../../nodes/gateway/index.ts';
import { type FrameOpenResult, Session } from '../../../nodes/gateway/session.ts';
import { GATEWAY_PORT } from '../../../nodes/gateway/underlay/underlay-path.ts';
import type { FrameHeader } from '../../../nodes/gateway/wire.ts';
import { ROUTER_INTERNAL_PORT, protocol as scion } from '../../../nodes/scion/index.ts';
import { load, MS, prepare, SECOND } from '../../unit/runner/fixture.ts';
import { mutate } from '../mutate.ts';
import type { SealedCase, Victim } from './victim.ts';

const VICTIM = 'gateway-211';
const ROUTER = 'br-211-1';
const LINK = `${VICTIM}--${ROUTER}`;
const BURST = 50;
const KEPT = 200;
const TYPES: readonly FrameType[] = [
  ...[FRAME_TYPE.data, FRAME_TYPE.data, FRAME_TYPE.probe],
  ...[FRAME_TYPE.probeReply, FRAME_TYPE.report],
];

class Gateways implements Victim {
  readonly #random: RandomStream;
  readonly #run = prepare(
    load('failover.yaml', {
      ...{ duration: '200s', warmup: '3s', events: '[]' },
      ...{ 'traffic.0.kind': 'constant', 'traffic.0.rate': '100/s', 'traffic.0.size': '100B' },
    }),
  );
  readonly #datagrams: Uint8Array[] = [];
  #sequence = 2 ** 40;
  #given = 0;

  constructor(random: RandomStream) {
    this.#random = random;
    const { world } = this.#run;
    world.link(LINK).tap('backward', ({ bytes, offset, length }) => {
      if (this.#datagrams.length < KEPT) this.#datagrams.push(bytes.slice(offset, offset + length));
      return true;
    });
    world.sim.runUntil(4 * SECOND);
  }

  give(): readonly string[] {
    const { world } = this.#run;
    const { network, endpoints } = world.sim;
    const [direction] = world.sim.link(LINK).directions('backward');
    const at = (name: string, port: number): number => endpoints.intern(this.#address(name), port);
    const ends = { from: at(ROUTER, ROUTER_INTERNAL_PORT), to: at(VICTIM, GATEWAY_PORT) };
    const buffer = this.#datagrams[this.#random.below(this.#datagrams.length)]!.slice();
    network.inject(direction!, { buffer, offset: 0, length: buffer.length, ...ends });
    this.#given += 1;
    return this.#given % BURST === 0 ? this.#pass() : ['under way'];
  }

  delivers(): boolean {
    const { world, experiment } = this.#run;
    const { meter } = experiment.flows[0]!;
    world.sim.runUntil(world.now() + SECOND);
    const before = meter.deliveredTotal;
    world.sim.runUntil(world.now() + 3 * SECOND);
    return meter.deliveredTotal - before > 150;
  }

  #address(name: string): string {
    const { hosts } = this.#run.scenario.topology;
    return hosts.find((host) => host.name === name)?.address ?? '';
  }

  /** Lets what was sent arrive. @returns what came of it. */
  #pass(): readonly string[] {
    const { world } = this.#run;
    const before = { ...world.nodeDrops() };
    const { open } = Session.prototype;
    const lie = (header: FrameHeader, target: Uint8Array, length: number): number =>
      this.#lie(header, target, length);
    Session.prototype.open = function opened(header, buffer, target, moment): FrameOpenResult {
      const result = open.call(this, header, buffer, target, moment);
      return result === 'replay' || typeof result === 'number'
        ? lie(header, target, header.bodyLength - 16)
        : result;
    };
    try {
      world.sim.runUntil(world.now() + MS);
    } finally {
      Session.prototype.open = open;
    }
    const after = Object.entries(world.nodeDrops());
    const dropped = after.filter(([name, count]) => count > (before[name] ?? 0));
    return ['arrived', ...dropped.map(([name]) => name)];
  }

  /** The header and the plaintext that the peer has sealed instead. @returns the length of it. */
  #lie(header: FrameHeader, target: Uint8Array, length: number): number {
    const random = this.#random;
    this.#sequence += 1;
    header.sequence = this.#sequence;
    if (random.chance(0.5)) header.type = TYPES[random.below(TYPES.length)]!;
    if (random.chance(0.5)) {
      header.fragments = 1 + random.below(random.chance(0.5) ? 3 : 1_024);
      header.fragment = random.below(header.fragments);
      if (random.chance(0.5)) header.sequence -= random.below(8);
    }
    const plain = mutate(target.slice(0, length), random, { header: 12 });
    const room = Math.min(plain.length, target.length);
    target.set(plain.subarray(0, room));
    return room;
  }
}

export const gateway: SealedCase = {
  protocol: 'gateway',
  what: 'frames of a genuine session',
  drops: { ...scion.drops, ...protocol.drops },
  ends: ['under way', 'arrived'],
  reaches: [
    ...['malformed-body', 'fragment-evicted', 'fragment-mismatch', 'fragment-duplicate'],
    'packet-empty',
  ],
  begin: (random) => new Gateways(random),
};
