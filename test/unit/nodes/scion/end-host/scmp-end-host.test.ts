import { describe, expect, it } from 'vitest';
import type {
  DatagramHandler,
  DatagramSocket,
  UdpOptions,
} from '../../../../../engine/host/socket.ts';
import { ANSWERED_REQUEST_RATE_MAX } from '../../../../../nodes/scion/end-host/geometry.ts';
import { ScmpEndHost } from '../../../../../nodes/scion/end-host/scmp-end-host.ts';
import { END_HOST_PORT } from '../../../../../nodes/scion/router/geometry.ts';
import { decodeHeader } from '../../../../../nodes/scion/wire/header.ts';
import { requireHostAddress } from '../../../../../nodes/scion/wire/host-address.ts';
import { isdAsWords, requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';
import { PacketView } from '../../../../../nodes/scion/wire/packet-view.ts';
import { type OneHopPath, reverseWirePath } from '../../../../../nodes/scion/wire/path.ts';
import {
  decodeScmp,
  encodeScmpPacket,
  type ScmpMessage,
} from '../../../../../nodes/scion/wire/scmp.ts';
import { encodeUdpPacket } from '../../../../../nodes/scion/wire/udp.ts';
import { THREE_SEGMENTS } from '../wire/corpus.ts';

const HERE = requireIsdAs('1-ff00:0:111');
const THERE = requireIsdAs('2-ff00:0:211');
const OWN = requireHostAddress('127.1.0.111');
const SENDER = requireHostAddress('127.1.4.111');
const ROUTER = 7;
const LAST_HOP = THREE_SEGMENTS.hops.length - 1;
/** As it arrives at the end of the path. */
const PATH = { ...THREE_SEGMENTS, currentHop: LAST_HOP, currentInfo: 2 };
const HEADER = {
  ...{ trafficClass: 0x28, flowId: 0x12345, path: PATH },
  ...{ target: HERE, targetHost: OWN, source: THERE, sourceHost: SENDER },
};
function doNothing(): void {
  // Neither of them is looked at.
}

const NO_LOG = { debug: doNothing, info: doNothing, warn: doNothing };
const ECHO: ScmpMessage = {
  ...{ kind: 'echo-request', code: 0, identifier: 31_007, sequence: 3 },
  data: Uint8Array.of(1, 2, 3, 4, 5),
};

/** A host, what it sends, and what becomes of the rest. */
class TestEndHost {
  readonly sent: { readonly bytes: Uint8Array; readonly to: number }[] = [];
  readonly drops: string[] = [];
  readonly errors: Uint8Array[] = [];
  readonly endHost: ScmpEndHost;
  port = 0;
  nowNs = 0;
  #receive: DatagramHandler | undefined;

  constructor() {
    const takeError = (datagram: Uint8Array): undefined => void this.errors.push(datagram);
    const own = { isdAs: isdAsWords(HERE), host: OWN };
    this.endHost = new ScmpEndHost(
      {
        alloc: (length): Uint8Array => new Uint8Array(length),
        drop: (reason): void => void this.drops.push(reason),
        log: NO_LOG,
        udp: (options): DatagramSocket => this.#open(options),
      },
      { own, takeError, now: (): number => this.nowNs },
    );
    this.endHost.start();
  }

  readonly take = (bytes: Uint8Array): void => this.#receive?.(bytes, 0, bytes.length, ROUTER, 0);

  #open({ port, onDatagram }: UdpOptions): DatagramSocket {
    this.port = port;
    this.#receive = onDatagram;
    const send: DatagramSocket['send'] = (buffer, offset, length, to) => {
      this.sent.push({ bytes: buffer.slice(offset, offset + length), to });
      return 'sent';
    };
    return { local: 1, send, close: doNothing };
  }
}

describe('SCMP at the end-host port', () => {
  it('answers an echo request on the reversed path, to the router it came from, with its data and a checksum', () => {
    const { sent, take, port } = new TestEndHost();
    expect(port).toBe(END_HOST_PORT);
    take(encodeScmpPacket(HEADER, ECHO));
    expect(sent).toHaveLength(1);
    const { bytes, to } = sent[0]!;
    expect(to).toBe(ROUTER);
    const decoded = decodeHeader(bytes);
    if (typeof decoded === 'string') throw new Error(decoded);
    expect(decoded.header).toMatchObject({
      ...{ target: THERE, targetHost: SENDER, source: HERE, sourceHost: OWN },
      ...{ flowId: HEADER.flowId, trafficClass: HEADER.trafficClass },
      path: reverseWirePath(PATH),
    });
    const message = decodeScmp(bytes.subarray(decoded.headerLength));
    expect(message).toMatchObject({ ...ECHO, kind: 'echo-reply' });
    const view = new PacketView();
    expect(view.parse(bytes, 0, bytes.length)).toBeUndefined();
    expect((message as { checksum: number }).checksum).not.toBe(0);
    expect(view.checkUpper()).toBeUndefined();
  });

  it('answers a traceroute request that no router took', () => {
    const { sent, take } = new TestEndHost();
    const request = { kind: 'traceroute-request', code: 0, identifier: 9, sequence: 2 } as const;
    const none = { isdAs: requireIsdAs('0-0'), ifId: 0, data: new Uint8Array(0) };
    take(encodeScmpPacket(HEADER, { ...request, ...none }));
    const decoded = decodeHeader(sent[0]!.bytes);
    if (typeof decoded === 'string') throw new Error(decoded);
    expect(decodeScmp(sent[0]!.bytes.subarray(decoded.headerLength))).toMatchObject({
      kind: 'traceroute-reply',
      identifier: 9,
    });
  });

  it('gives errors to whoever sent the packet that they quote', () => {
    const { errors, sent, take } = new TestEndHost();
    const down = { kind: 'external-interface-down', isdAs: THERE, ifId: 4, code: 0 } as const;
    const packet = encodeScmpPacket(HEADER, { ...down, data: new Uint8Array(8) });
    take(packet);
    expect(errors).toEqual([packet]);
    expect(sent).toEqual([]);
  });

  it('ended a try for an error that quotes a request which went to nobody', () => {
    const { endHost, errors, sent, take } = new TestEndHost();
    const heard: number[] = [];
    const error = (_: unknown, __: unknown, sequence: number): boolean => heard.push(sequence) > 0;
    const request = { kind: 'echo-request', code: 0, sequence: 5, data: ECHO.data } as const;
    const route = { target: THERE, targetHost: SENDER, path: THREE_SEGMENTS, nextHop: ROUTER };
    endHost.converse({ reply: () => false, error })?.send(route, request);
    const header = { ...HEADER, ...{ source: HERE, sourceHost: OWN, ...route } };
    const guess = { ...request, identifier: END_HOST_PORT };
    const down = { kind: 'external-interface-down', isdAs: THERE, ifId: 4, code: 0 } as const;
    const forged = [
      encodeScmpPacket({ ...header, target: HERE }, guess),
      encodeScmpPacket({ ...header, targetHost: OWN }, guess),
    ];
    for (const data of forged) take(encodeScmpPacket(HEADER, { ...down, data }));
    expect([heard, errors.length]).toEqual([[], 2]);
    take(encodeScmpPacket(HEADER, { ...down, data: sent[0]!.bytes }));
    expect([heard, errors.length]).toEqual([[5], 2]);
  });

  it.each([
    ['for another host', { ...HEADER, targetHost: SENDER }, 'not-for-us'],
    ['for another AS', { ...HEADER, target: THERE }, 'not-for-us'],
    ['over a path without a way back', { ...HEADER, path: oneHop(0) }, 'path-irreversible'],
  ])('drops a request %s by name', (_, header, reason) => {
    const { sent, drops, take } = new TestEndHost();
    take(encodeScmpPacket(header, ECHO));
    expect({ sent, drops }).toEqual({ sent: [], drops: [reason] });
  });

  it('drops by name what is cut off, changed, no SCMP, or answers nothing', () => {
    const { sent, drops, take } = new TestEndHost();
    const whole = encodeScmpPacket(HEADER, ECHO);
    take(whole.subarray(0, whole.length - 6));
    const changed = whole.slice();
    changed[changed.length - 1]! ^= 1;
    take(changed);
    take(encodeScmpPacket(HEADER, { ...ECHO, kind: 'echo-reply' } as ScmpMessage));
    take(
      encodeScmpPacket(HEADER, { kind: 'unknown', type: 200, code: 0, data: new Uint8Array(4) }),
    );
    take(encodeUdpPacket(HEADER, { sourcePort: 1, targetPort: 2, payload: new Uint8Array(4) }));
    take(Uint8Array.of(1, 2, 3));
    expect(sent).toEqual([]);
    expect(drops).toEqual([
      ...['l4-checksum', 'l4-checksum', 'scmp-unasked', 'scmp-unknown', 'scmp-only'],
      'scion-truncated',
    ]);
  });

  it('drops each truncation of a request, and answers none with more bytes than it has', () => {
    const { sent, drops, take } = new TestEndHost();
    const whole = encodeScmpPacket(HEADER, ECHO);
    for (let length = 0; length < whole.length; length += 1) take(whole.slice(0, length));
    expect(sent).toEqual([]);
    expect(drops).toHaveLength(whole.length);
    take(whole);
    expect(sent[0]?.bytes).toHaveLength(whole.length);
  });

  it('answers no more requests than its limit', () => {
    const host = new TestEndHost();
    const { sent, drops, take } = host;
    const { burst, perSecond } = ANSWERED_REQUEST_RATE_MAX;
    const packet = encodeScmpPacket(HEADER, ECHO);
    for (let count = 0; count < burst + 10; count += 1) take(packet);
    expect(sent).toHaveLength(burst);
    expect(drops).toEqual(Array<string>(10).fill('scmp-rate'));
    host.nowNs += 1_000_000_000 / perSecond;
    take(packet);
    expect(sent).toHaveLength(burst + 1);
  });
});

/** A path of one hop into the AS, over that interface. */
function oneHop(consIngress: number): OneHopPath {
  const info = { isPeering: false, isConsDir: true, segmentId: 1, timestamp: 1 };
  const alerts = { hasIngressAlert: false, hasEgressAlert: false };
  const hop = { ...alerts, expTime: 63, consEgress: 1, mac: new Uint8Array(6) };
  const first = { ...hop, consIngress: 0 };
  return { kind: 'one-hop', info, first, second: { ...hop, consIngress } };
}
