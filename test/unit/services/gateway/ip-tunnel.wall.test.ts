/** IP packets between this machine and a gateway that the test plays, by a TUN device. */
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readIpPacket, writeIpHeaders } from '../../../../engine/pure/ip-headers.ts';
import { IpTunnel } from '../../../../services/gateway/index.ts';
import { tunMissing } from '../../../tun-here.ts';
import { PlayedGateway } from './played-gateway.ts';

const missing = tunMissing();
const OWN = '198.18.8.1';
const options = { name: 'orrery-tunnel', addresses: [`${OWN}/24`], mtuBytes: 1_280 };
const AS = Buffer.from('1-ff00:0:112');

let tunnel: IpTunnel | undefined;
afterEach(() => tunnel?.close());

async function open(): Promise<{ node: PlayedGateway; tunnel: IpTunnel }> {
  const node = new PlayedGateway();
  tunnel = await IpTunnel.open(node, options, () => undefined);
  return { node, tunnel };
}

/** A packet as the node gives it: the length of its source, the source, the packet. */
const given = (packet: Uint8Array): Uint8Array =>
  Buffer.concat([Uint8Array.of(AS.length), AS, packet]);

describe.skipIf(missing !== undefined)('a tunnel of IP packets', () => {
  it('gives the node what the system sends, and the system what the node receives', async () => {
    const { node, tunnel } = await open();
    node.answers['ip'] = { outcome: 'ok', text: '' };
    // The system may have sent packets before, to look for routers.
    const { lost } = tunnel;
    const socket = createSocket('udp4').bind(0, OWN);
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.send('to the peer', 9_000, '198.18.8.2');
    await vi.waitFor(() => expect(node.routed.some((packet) => packet[0] === 0x45)).toBe(true));
    const { flow, length } = readIpPacket(node.routed.find((packet) => packet[0] === 0x45)!)!;
    expect([flow.to.address, flow.to.port, length]).toEqual([[198, 18, 8, 2], 9_000, 28 + 11]);
    const back = new Uint8Array(28 + 3).fill(0x61);
    const from = { address: [198, 18, 8, 2], port: 9_000 };
    writeIpHeaders(back, { from, to: { address: [198, 18, 8, 1], port }, protocol: 'udp' });
    const received = once(socket, 'message');
    expect(node.take(given(back))).toBe('ok');
    expect(String((await received)[0])).toBe('aaa');
    socket.close();
    expect(tunnel.lost).toBe(lost);
  });

  it('says why it carries nothing any more when somebody removes its device', async () => {
    const { tunnel } = await open();
    expect(tunnel.problem).toBeUndefined();
    spawnSync('ip', ['link', 'delete', options.name]);
    await vi.waitFor(() => expect(tunnel.problem).toContain('the device was removed'), 5_000);
  });

  it('counts packets that no node has seen, and those that the system does not take', async () => {
    const { node, tunnel } = await open();
    node.answers['ip'] = { outcome: 'no-route', text: '' };
    const socket = createSocket('udp4').bind(0, OWN);
    socket.send('refused, and counted by the node', 9_000, '198.18.8.2');
    const routed = (): number => node.routed.filter((packet) => packet[0] === 0x45).length;
    await vi.waitFor(() => expect(routed()).toBe(1));
    const { lost } = tunnel;
    node.answers['ip'] = { outcome: 'node-down', text: '' };
    socket.send('lost', 9_000, '198.18.8.2');
    await vi.waitFor(() => expect(routed()).toBe(2));
    socket.close();
    expect(tunnel.lost).toBeGreaterThan(lost);
    const before = tunnel.lost;
    node.take(given(Buffer.from('\0this is no IP packet')));
    await vi.waitFor(() => expect(tunnel.lost).toBeGreaterThan(before));
  });
});
