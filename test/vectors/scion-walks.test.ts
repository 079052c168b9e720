/**
 * Packets walk along whole paths, from host to host and back, through router nodes in the
 * reference's default graph (vectors/scion/walks.json).
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { LinkEndView, NetworkView } from '../../engine/host/network-view.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { interfaceIdOf } from '../../nodes/scion/network.ts';
import { viewWith } from '../fixtures/views.ts';
import { FakeWorld } from '../unit/nodes/scion/fake-world.ts';
import { vectorSets } from '../vectors-root.ts';
import { type GraphFile, graphFor } from './scion-graph.ts';
import { UP_ONLY } from './scion-walk.ts';

interface Step {
  readonly at?: string;
  readonly deliveredIn?: string;
  readonly to?: string;
  readonly leftOn?: number;
  readonly arrivesOn?: number;
  readonly packet: string;
}

interface WalksFile {
  readonly now: number;
  readonly walks: readonly {
    readonly name: string;
    readonly source: string;
    readonly target: string;
    readonly forward: readonly Step[];
    readonly back: readonly Step[];
  }[];
}

const HOST_PORT = 31_001;

/** The graph with one router and one host per AS. */
function networkOf(graph: GraphFile): NetworkView {
  const hosts = graph.ases.flatMap(({ isdAs }, index) => [
    {
      name: `br ${isdAs}`,
      address: `127.1.${index + 1}.1`,
      protocol: 'scion',
      stack: ['scion'],
      area: isdAs,
    },
    {
      name: `host ${isdAs}`,
      address: `127.1.${index + 1}.128`,
      protocol: 'none',
      stack: ['none'],
      area: isdAs,
    },
  ]);
  const isCore = new Map(graph.ases.map(({ isdAs, core }) => [isdAs, core]));
  const end = (text: string): LinkEndView & { readonly isdAs: string } => {
    const [isdAs, ifId] = text.split('#') as [string, string];
    const host = `br ${isdAs}`;
    const { address } = hosts.find(({ name }) => name === host)!;
    return {
      isdAs,
      host,
      address,
      port: 50_000 + Number(ifId),
      attributes: { interface: Number(ifId) },
    };
  };
  const links = graph.links.map((link) => {
    const [a, b] = [end(link.a), end(link.b)];
    const isCoreLink = isCore.get(a.isdAs) && isCore.get(b.isdAs);
    const relation = link.peer ? ('peer' as const) : ('parent-child' as const);
    return {
      id: `${link.a} ${link.b}`,
      a,
      b,
      attributes: { relation: isCoreLink ? ('core' as const) : relation },
      mtu: 1400,
      delayNs: 1000,
      rateBps: 1e9,
    };
  });
  const secret = (purpose: string): Uint8Array => {
    const isdAs = purpose.replace('forwarding-key/', '');
    // As specified by keys.rule in walks.json.
    return Uint8Array.from(createHash('sha256').update(`orrery ${isdAs}`).digest().subarray(0, 16));
  };
  return viewWith({ hosts, links, areas: [] }, secret);
}

function addressOf(network: NetworkView, name: string): string {
  return network.hosts.find((host) => host.name === name)!.address;
}

function ifIdOf(network: NetworkView, link: string | undefined, host: string): number {
  const view = network.links.find(({ id }) => id === link)!;
  return view.a.host === host ? interfaceIdOf(view.a) : interfaceIdOf(view.b);
}

/** Walks the steps in a new world and compares every datagram. */
function walk(network: NetworkView, world: FakeWorld, steps: readonly Step[]): void {
  const source = `host ${steps[0]!.at}`;
  const packet = fromHex(steps[0]!.packet);
  world.sent.length = 0;
  const socket = world.listen(source, HOST_PORT);
  const router = world.endpoint(`${addressOf(network, `br ${steps[0]!.at}`)}:30042`);
  socket.send(packet, 0, packet.length, router);
  world.runUntil(world.nowNs + 1_000_000);
  socket.close();
  const seen = world.sent.slice(1);
  expect(world.drops).toEqual([]);
  expect(seen.map(({ bytes }) => toHex(bytes))).toEqual(steps.slice(1).map((step) => step.packet));
  steps.slice(1).forEach((step, index) => {
    if (step.to === undefined) {
      expect(ifIdOf(network, seen[index]!.link, `br ${steps[index]!.at}`)).toBe(step.leftOn);
      expect(ifIdOf(network, seen[index]!.link, `br ${step.at}`)).toBe(step.arrivesOn);
    } else {
      expect(seen[index]!.to).toBe(step.to);
    }
  });
}

const SETS = vectorSets<WalksFile>('scion/walks.json', UP_ONLY);

describe.each(SETS)('packets walk whole paths, $set', ({ file, isWhole }) => {
  const network = networkOf(graphFor({ isWhole }));
  const world = new FakeWorld({ network, epoch: file.now });
  for (const { name, protocol } of network.hosts) {
    if (protocol === 'scion') world.startRouter(name, { bfd: false });
  }
  for (const { name, forward, back } of file.walks) {
    it(`${name}: every AS sees the published bytes on the published interface`, () => {
      walk(network, world, forward);
    });
    if (back.length === 0) continue;
    it(`${name}: the reversed reply walks back`, () => {
      walk(network, world, back);
    });
  }
});
