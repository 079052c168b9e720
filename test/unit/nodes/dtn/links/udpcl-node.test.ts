import { expect, it } from 'vitest';
import type { LinkView } from '../../../../../engine/host/network-view.ts';
import { fromHex } from '../../../../../nodes/_kit/bytes.ts';
import { protocol } from '../../../../../nodes/dtn/index.ts';
import { listLinkEnds } from '../../../../../nodes/dtn/links/link-end.ts';
import type { LinkHandlers } from '../../../../../nodes/dtn/links/link-layer.ts';
import { UdpclLinks } from '../../../../../nodes/dtn/links/udpcl-node.ts';
import { HostEids } from '../../../../../nodes/dtn/names.ts';
import { viewWith } from '../../../../fixtures/views.ts';
import { MS, SECOND } from '../../../engine/net/stream/stream-fixture.ts';
import { makeWorld } from '../../../engine/net/world-fixture.ts';

const PORT = 4_556;
const LINK = {
  id: 'ab',
  a: { host: 'a', address: '127.0.0.1', port: PORT },
  b: { host: 'b', address: '127.0.0.2', port: PORT },
  mtu: 1_500,
  rateBps: 100_000_000,
  delayNs: 5 * MS,
} as LinkView;

it('transfers of a link that is quiet were given up when the next datagram came, if ever', () => {
  const world = makeWorld({});
  const { drops, metrics } = protocol;
  const [a, b] = ['a', 'b'].map((name, index) =>
    world.addHost({ name, address: `127.0.0.${index + 1}`, drops, metrics }),
  );
  const ends = { a: { host: 'a', port: PORT }, b: { host: 'b', port: PORT } };
  const direction = { rateBps: 100_000_000, delayNs: 5 * MS };
  world.addLink({ id: 'ab', ...ends, forward: direction, backward: direction });
  const network = viewWith({ hosts: [], links: [LINK], areas: [] });
  const names = new HostEids(['a', 'b'], 'ipn');
  const nothing = (): void => undefined;
  const node = new UdpclLinks(b!, { onBundle: nothing, onWay: nothing } as unknown as LinkHandlers);
  for (const end of listLinkEnds('b', network, names)) node.add(end);
  node.start();
  const socket = a!.udp({ port: PORT, link: 'ab', onDatagram: () => undefined });
  const dropped: (number | undefined)[] = [];
  for (const transfer of ['01', '02']) {
    const claim = fromHex(`a10284${transfer}1a01000000004100`);
    const buffer = a!.alloc(claim.length);
    buffer.set(claim);
    socket?.send(buffer, 0, claim.length, a!.endpoint('127.0.0.2', PORT));
    world.runUntil(b!.now() + 10 * SECOND);
  }
  for (const seconds of [15, 3, 10]) {
    world.runUntil(b!.now() + seconds * SECOND);
    dropped.push(b!.drops.get('transfer-expired'));
  }
  expect(dropped).toEqual([1, 1, 2]);
});
