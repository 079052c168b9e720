/** Who has which address: only those are looked up that a node has to do with. */
import { expect, it } from 'vitest';
import type { Endpoint } from '../../../../engine/host/socket.ts';
import { PeerDirectory } from '../../../../nodes/_kit/peer-directory.ts';

const HOSTS = ['alice', 'bob'].map((name, at) => {
  return { name, address: `127.0.0.${at + 1}`, protocol: 'ping', stack: ['ping'] };
});
const PORT = 7007;

function directory(hosts = HOSTS): { readonly peers: PeerDirectory; readonly asked: string[] } {
  const asked: string[] = [];
  const pairs = [
    { address: '127.0.0.1', port: PORT },
    { address: '127.0.0.2', port: PORT },
    { address: '127.0.0.2', port: 9 },
    { address: '10.0.0.1', port: PORT },
  ];
  const host = {
    endpoint: (address: string, port: number): Endpoint => {
      asked.push(`${address}:${port}`);
      return pairs.findIndex((one) => one.address === address && one.port === port) as Endpoint;
    },
    endpointOf: (endpoint: Endpoint): { address: string; port: number } => {
      asked.push(`#${endpoint}`);
      return pairs[endpoint] as { address: string; port: number };
    },
  };
  return { peers: new PeerDirectory(host, { hosts }, PORT), asked };
}

it('finds peers by name and by endpoint, each looked up once', () => {
  const { peers, asked } = directory();
  expect(asked).toEqual([]);
  expect([peers.endpointOf('bob'), peers.endpointOf('bob'), peers.endpointOf('eve')]).toEqual([
    1,
    1,
    undefined,
  ]);
  expect([peers.nameOf(0 as Endpoint), peers.nameOf(0 as Endpoint)]).toEqual(['alice', 'alice']);
  expect(asked).toEqual(['127.0.0.2:7007', '#0']);
});

it('knows no strangers, nor other ports of a host', () => {
  const { peers } = directory();
  expect([peers.nameOf(2 as Endpoint), peers.nameOf(3 as Endpoint)]).toEqual([
    undefined,
    undefined,
  ]);
});

it('regression: ten thousand nodes that each listed all others took more memory than a machine has', () => {
  const hosts = Array.from({ length: 10_000 }, (_, at) => {
    return { ...HOSTS[0]!, name: `n${at}`, address: `10.${at >> 8}.${at & 255}.1` };
  });
  const { asked } = directory(hosts);
  const all = Array.from({ length: 10_000 }, () => directory(hosts).peers);
  expect(all).toHaveLength(10_000);
  expect(asked).toEqual([]);
});
