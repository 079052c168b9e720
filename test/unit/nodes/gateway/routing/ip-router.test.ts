/** The router of a gateway: which peer gets a packet, and what a peer can put into its table. */
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../../runner/fixture.ts';
import { ipv4Packet } from '../sig/frames.ts';
import { announcing, type PlayedRouter, routerOf } from './router.ts';

const ALL = 'accept 0-0 0-0 0.0.0.0/0,::/0';

function announce(
  { router, peers }: PlayedRouter,
  name: string,
  prefixes: readonly string[],
  { life, sequence = 0 }: { readonly life?: number; readonly sequence?: number } = {},
): void {
  const peer = peers.find((one) => one.name === name)!;
  for (const body of announcing(prefixes, life))
    router.received(peer, body, { epoch: 1, sequence });
}

/** Where a packet to an address goes. */
function sent({ router }: PlayedRouter, address: string): string {
  const packet = ipv4Packet(60);
  packet.set(address.split('.').map(Number), 16);
  return router.send(packet, undefined);
}

describe('an IP router', () => {
  it('sends by the longest prefix, whichever came first', () => {
    const played = routerOf(ALL, ['1-2', '1-3']);
    announce(played, '1-3', ['10.1.2.0/24']);
    announce(played, '1-2', ['10.0.0.0/8', '0.0.0.0/0']);
    expect(sent(played, '10.1.2.3')).toBe('to 1-3');
    expect(sent(played, '10.1.3.3')).toBe('to 1-2');
    expect(sent(played, '192.0.2.1')).toBe('to 1-2');
  });

  it('sends to another peer with the same prefix while the first does not answer', () => {
    const played = routerOf(ALL, ['1-2', '1-3']);
    announce(played, '1-3', ['10.0.0.0/8']);
    announce(played, '1-2', ['10.0.0.0/8']);
    expect(sent(played, '10.1.2.3')).toBe('to 1-2');
    played.peers[0]!.isUsable = false;
    expect(sent(played, '10.1.2.3')).toBe('to 1-3');
    played.peers[1]!.isUsable = false;
    expect(sent(played, '10.1.2.3')).toBe('to 1-2');
  });

  it('forgets a prefix that is not announced again, or withdrawn with one around it', () => {
    const played = routerOf(ALL, ['1-2', '1-3']);
    announce(played, '1-2', ['10.1.0.0/16', '10.2.0.0/16']);
    announce(played, '1-3', ['10.1.0.0/16']);
    announce(played, '1-2', ['10.0.0.0/15'], { life: 0 });
    expect(sent(played, '10.1.2.3')).toBe('to 1-3');
    expect(sent(played, '10.2.2.3')).toBe('to 1-2');
    played.clock.nowNs = 30 * SECOND;
    expect(sent(played, '10.2.2.3')).toBe('no-route');
    played.router.start();
    expect(played.router.table.list()).toEqual([]);
  });

  it('is not given back a withdrawn prefix by an announcement that was sent before, and comes late', () => {
    const played = routerOf(ALL, ['1-2']);
    announce(played, '1-2', ['10.1.0.0/16'], { sequence: 7 });
    announce(played, '1-2', ['10.1.0.0/16'], { life: 0, sequence: 9 });
    announce(played, '1-2', ['10.1.0.0/16'], { sequence: 8 });
    expect(sent(played, '10.1.2.3')).toBe('no-route');
    expect(played.drops.get('announcement-old')).toBe(1);
    announce(played, '1-2', ['10.1.0.0/16'], { sequence: 10 });
    expect(sent(played, '10.1.2.3')).toBe('to 1-2');
  });

  it('takes 64 prefixes of a peer, and counts the others, but renews those that it has', () => {
    const played = routerOf(ALL, ['1-2', '1-3']);
    const prefixes = Array.from({ length: 70 }, (_, i) => `10.${i}.0.0/16`);
    announce(played, '1-2', prefixes.slice(0, 64));
    announce(played, '1-2', prefixes.slice(60));
    expect(played.router.table.count('1-2')).toBe(64);
    expect(Object.fromEntries(played.drops)).toEqual({ 'prefix-limit': 6 });
    announce(played, '1-3', prefixes.slice(60));
    expect(played.router.table.count('1-3')).toBe(10);
    expect(sent(played, '10.65.0.1')).toBe('to 1-3');
  });

  it('reads no more announcements than a peer has to send', () => {
    const played = routerOf(ALL, ['1-2', '1-3']);
    for (let i = 0; i < 60; i += 1) announce(played, '1-2', [`10.${i}.0.0/16`]);
    expect(Object.fromEntries(played.drops)).toEqual({ 'announcement-rate': 12 });
    announce(played, '1-3', ['10.0.0.0/16']);
    played.clock.nowNs = SECOND;
    for (let i = 0; i < 25; i += 1) announce(played, '1-2', ['10.0.0.0/16']);
    expect(played.drops.get('announcement-rate')).toBe(13);
  });

  it('keeps with a new policy those routes that it accepts', () => {
    const played = routerOf(ALL, ['1-2']);
    announce(played, '1-2', ['10.1.0.0/16', '10.2.0.0/16', '10.0.0.0/8']);
    played.router.changePolicy('accept 0-0 0-0 10.1.0.0/16');
    expect(sent(played, '10.1.2.3')).toBe('to 1-2');
    expect(sent(played, '10.2.2.3')).toBe('no-route');
    expect(played.router.table.count('1-2')).toBe(1);
  });

  it('counts what is no announcement', () => {
    const played = routerOf(ALL, ['1-2']);
    played.router.received(played.peers[0]!, Uint8Array.of(9, 9), { epoch: 1, sequence: 0 });
    expect(Object.fromEntries(played.drops)).toEqual({ 'malformed-body': 1 });
  });
});
