/**
 * The cost per packet of a machine that returns its effects as values instead of calling its output.
 * One border router calls its output; the output of another collects effects in a list that is
 * performed afterwards. Batches of the same packets are measured in both alternately.
 *
 * @module
 */
import { createCryptoProvider } from '../engine/crypto/index.ts';
import { HopAuthenticator } from '../nodes/scion/mac.ts';
import type { RouterLink } from '../nodes/scion/router/link.ts';
import type { PacketView } from '../nodes/scion/wire/packet-view.ts';
import { type BenchResult, cpuTimeUs, requireEqual, spreadOf } from './bench-result.ts';
import { createRouter, EGRESS, INGRESS, link, ROUTER_KEY, transitPacket } from './router.ts';

/** Name of this benchmark for `npm run bench -- effects`. */
export const name = 'effects';

const ROUNDS = 200_000;
const BATCHES = 9;
const NS_PER_US = 1000;
const BUFFER_LENGTH = 2048;

type Effect =
  | { readonly kind: 'forward'; readonly link: RouterLink; readonly packet: PacketView }
  | { readonly kind: 'drop'; readonly reason: string };

/** Measures both routers alternately. */
export function run(): BenchResult[] {
  const called = routing(false);
  const listed = routing(true);
  const times = { called: [] as number[], listed: [] as number[] };
  for (let batch = 0; batch <= BATCHES; batch += 1) {
    const pair = [called.nsPerPacket(), listed.nsPerPacket()] as const;
    // The first batch of each is the warm-up.
    if (batch === 0) continue;
    times.called.push(pair[0]);
    times.listed.push(pair[1]);
  }
  requireEqual('packets forwarded', listed.forwarded(), called.forwarded());
  const more = times.listed.map((ns, index) => ns - (times.called[index] ?? 0));
  return [
    { name: 'transit packet, output called', ...spreadOf(times.called), unit: 'ns/packet' },
    { name: 'transit packet, effects listed', ...spreadOf(times.listed), unit: 'ns/packet' },
    { name: 'difference of the pairs', ...spreadOf(more), unit: 'ns/packet' },
  ];
}

interface Routing {
  readonly nsPerPacket: () => number;
  readonly forwarded: () => number;
}

function routing(isListed: boolean): Routing {
  const hops = new HopAuthenticator(
    createCryptoProvider('node', { timing: 'simulation' }).aesCmac(ROUTER_KEY),
  );
  const template = transitPacket(hops);
  const links = [link(0, INGRESS), link(1, EGRESS)] as const;
  let forwarded = 0;
  let effects: Effect[] = [];
  const perform = (effect: Effect): void => {
    switch (effect.kind) {
      case 'forward':
        forwarded += effect.packet.end > 0 ? 1 : 0;
        return;
      case 'drop':
        throw new Error(effect.reason);
    }
  };
  const router = createRouter(hops, links, (to, packet) => {
    if (isListed) effects.push({ kind: 'forward', link: to, packet });
    else forwarded += packet.end > 0 ? 1 : 0;
  });
  const buffer = new Uint8Array(BUFFER_LENGTH);
  const batch = (): void => {
    for (let round = 0; round < ROUNDS; round += 1) {
      buffer.set(template);
      effects = [];
      router.process(router.passage.begin(links[0], buffer, 0, template.length), 0);
      for (const effect of effects) perform(effect);
    }
  };
  return {
    nsPerPacket: () => (cpuTimeUs(batch) * NS_PER_US) / ROUNDS,
    forwarded: () => forwarded,
  };
}
