import { describe, expect, it } from 'vitest';
import { nobleCrypto } from '../../../../../engine/crypto/noble.ts';
import { fromHex } from '../../../../../nodes/_kit/bytes.ts';
import { makeOneHopPath } from '../../../../../nodes/scion/bfd/envelope.ts';
import { PROTOCOL_BFD, PROTOCOL_UDP } from '../../../../../nodes/scion/geometry.ts';
import { HopAuthenticator, nextSegmentId } from '../../../../../nodes/scion/mac.ts';
import {
  type DecodedHeader,
  decodeHeader,
  encodePacket,
} from '../../../../../nodes/scion/wire/header.ts';
import { requireHostAddress } from '../../../../../nodes/scion/wire/host-address.ts';
import { requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';
import type { OneHopPath } from '../../../../../nodes/scion/wire/path.ts';
import { HERE, NOW, situation } from './packets.ts';
import { type Arrival, type Sent, TestRouter } from './test-router.ts';

const INSIDE = { internal: '127.1.1.100:30252' };
const NEIGHBOUR = '1-ff00:0:30';
const hops = new HopAuthenticator(nobleCrypto.aesCmac(fromHex(situation.key.hopFieldKey)));
const path = makeOneHopPath(hops, 3, { seconds: NOW, nanos: 0 });

interface Options {
  readonly source?: string;
  readonly target?: string;
  readonly path?: OneHopPath;
  readonly nextHeader?: number;
}

function send(arrival: Arrival, options: Options, cut = 0): Sent {
  const header = {
    trafficClass: 0,
    flowId: 1,
    nextHeader: options.nextHeader ?? PROTOCOL_UDP,
    source: requireIsdAs(options.source ?? HERE),
    target: requireIsdAs(options.target ?? NEIGHBOUR),
    sourceHost: requireHostAddress('127.1.1.100'),
    targetHost: requireHostAddress('SVC CS'),
    path: options.path ?? path,
  };
  const packet = encodePacket(header, new Uint8Array(24));
  return new TestRouter(situation).receive(arrival, packet.slice(0, packet.length - cut));
}

function pathOf(sent: Sent): OneHopPath {
  return (decodeHeader(sent.packet!) as DecodedHeader).header.path as OneHopPath;
}

describe('one-hop packets', () => {
  it('are dated back 10 s for clocks that are behind, and live for 6 h', () => {
    expect(path.info).toMatchObject({ timestamp: NOW - 10, isConsDir: true });
    expect(path.first).toMatchObject({ expTime: 63, consIngress: 0, consEgress: 3 });
  });

  it('leave by the interface of their first hop, which is folded into the segment id', () => {
    const sent = send(INSIDE, {});
    expect(sent.leavesOn).toEqual({ external: 3 });
    expect(pathOf(sent).info.segmentId).toBe(nextSegmentId(0, path.first.mac));
    expect(pathOf(sent).first).toEqual(path.first);
  });

  it('enter with their second hop made by this AS, and go to the service', () => {
    const sent = send({ external: 3 }, { source: NEIGHBOUR, target: HERE });
    expect(sent.leavesOn).toEqual({ internal: '127.1.1.100:30252' });
    const { info, second } = pathOf(sent);
    expect(second).toMatchObject({ consIngress: 3, consEgress: 0, expTime: path.first.expTime });
    expect(second.mac).toEqual(hops.mac({ ...info, ...second }));
  });

  const wrong: readonly (readonly [string, Arrival, Options])[] = [
    ['onehop-source', INSIDE, { source: NEIGHBOUR }],
    ['onehop-target', INSIDE, { target: '1-ff00:0:40' }],
    ['onehop-target', { external: 3 }, { source: NEIGHBOUR, target: NEIGHBOUR }],
    ['onehop-source', { external: 3 }, { source: '1-ff00:0:40', target: HERE }],
    ['onehop-egress', INSIDE, { path: { ...path, first: { ...path.first, consEgress: 6 } } }],
    ['onehop-egress', INSIDE, { path: { ...path, first: { ...path.first, consEgress: 0 } } }],
    ['onehop-mac', INSIDE, { path: { ...path, first: { ...path.first, expTime: 1 } } }],
    ['onehop-direction', INSIDE, { path: { ...path, info: { ...path.info, isConsDir: false } } }],
  ];
  for (const [drop, arrival, options] of wrong) {
    it(`are dropped without a reply: ${drop}, ${Object.keys(arrival)[0]}`, () => {
      expect(send(arrival, options)).toEqual({ drop });
    });
  }

  it('are dropped when they are cut', () => {
    expect(send(INSIDE, {}, 1)).toEqual({ drop: 'packet-length' });
  });

  it('with BFD inside go to the session of their link', () => {
    const sent = send({ external: 3 }, { nextHeader: PROTOCOL_BFD });
    expect(sent).toEqual({ bfd: { external: 3 } });
  });
});
