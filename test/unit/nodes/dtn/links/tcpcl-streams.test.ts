import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import type { LinkView, NetworkView } from '../../../../../engine/host/network-view.ts';
import type { Stream } from '../../../../../engine/host/stream.ts';
import type { SimHost } from '../../../../../engine/net/sim-host.ts';
import type { SimWorld } from '../../../../../engine/net/sim-world.ts';
import { SegmentStreamModel } from '../../../../../engine/net/stream/segment-streams.ts';
import { concatBytes } from '../../../../../nodes/_kit/bytes.ts';
import { dtnConfig } from '../../../../../nodes/dtn/config.ts';
import { protocol } from '../../../../../nodes/dtn/index.ts';
import type { TlsPolicy } from '../../../../../nodes/dtn/layer/tcpcl-interface.ts';
import {
  encodeContactHeader,
  encodeTcpclMessage,
  type TcpclMessage,
} from '../../../../../nodes/dtn/layer/tcpcl-wire.ts';
import { listLinkEnds } from '../../../../../nodes/dtn/links/link-end.ts';
import { TcpclLinks } from '../../../../../nodes/dtn/links/tcpcl-node.ts';
import { TlsKeys } from '../../../../../nodes/dtn/links/tcpcl-tls.ts';
import { HostEids } from '../../../../../nodes/dtn/names.ts';
import { viewWith } from '../../../../fixtures/views.ts';
import { MS, SECOND } from '../../../engine/net/stream/stream-fixture.ts';
import { makeWorld } from '../../../engine/net/world-fixture.ts';

const PORT = 4_556;
const crypto = createCryptoProvider('noble');
const secretOf = (host: string): Uint8Array => new Uint8Array(32).fill(host === 'a' ? 1 : 2);

const LINK: LinkView = {
  id: 'ab',
  a: { host: 'a', address: '127.0.0.1', port: PORT },
  b: { host: 'b', address: '127.0.0.2', port: PORT },
  mtu: 1_500,
  rateBps: 100_000_000,
  delayNs: 5 * MS,
} as LinkView;

const NETWORK: NetworkView = {
  ...viewWith({ hosts: [], links: [LINK], areas: [] }),
  identity: (host) => ({
    publicKey: (): Uint8Array => crypto.x25519PublicKey(secretOf(host)),
    secret: (): Uint8Array => secretOf(host),
  }),
};

/** Node b, and a host a at the address of its neighbour on which the test opens streams. */
class Stage {
  readonly a: SimHost;
  readonly b: SimHost;
  readonly world: SimWorld;
  bundles = 0;
  readonly #keys: TlsKeys;

  constructor(tls: TlsPolicy) {
    // Small buffers, so that little has to be sent until they are full.
    const streams = new SegmentStreamModel({ receiveBufferBytes: 16_384, sendLimitBytes: 16_384 });
    this.world = makeWorld({ streams, cryptoFor: () => crypto });
    const { drops, metrics } = protocol;
    const [a, b] = (['a', 'b'] as const).map((name, index) =>
      this.world.addHost({ name, address: `127.0.0.${index + 1}`, drops, metrics }),
    );
    this.a = a!;
    this.b = b!;
    const ends = { a: { host: 'a', port: 50_000 }, b: { host: 'b', port: 50_000 } };
    const direction = { rateBps: 100_000_000, delayNs: 5 * MS };
    this.world.addLink({ id: 'ab', ...ends, forward: direction, backward: direction });
    this.#keys = new TlsKeys('a', crypto, NETWORK);
    const names = new HostEids(['a', 'b'], 'ipn');
    const options = dtnConfig.parse({ layer: 'tcpcl', tcpcl: { tls } });
    const node = new TcpclLinks(
      this.b,
      { options, network: NETWORK, names },
      {
        onBundle: (_bundle, _from, transfer): void => {
          this.bundles += 1;
          node.kept(transfer!);
        },
        onReceipt: (): void => undefined,
        onWay: (): void => undefined,
        onFailed: (): void => undefined,
      },
    );
    for (const end of listLinkEnds('b', NETWORK, names)) node.add(end);
    node.start();
  }

  run(ns: number): void {
    this.world.runUntil(this.b.now() + ns);
  }

  /** Opens a stream to b, which says nothing by itself. */
  dial(use: (stream: Stream) => void): void {
    const to = this.a.endpoint('127.0.0.2', PORT);
    this.a.connect({ to }, (stream) => use(stream!));
  }

  /** A session of the true neighbour over TLS, on which `send` sends a bundle when it is up. */
  honest(): { send: () => void; isOpen: () => boolean } {
    let up: Stream | undefined;
    let isOpen = false;
    this.dial((stream) => {
      let isSecure = false;
      stream.handle({
        onData: () => {
          if (isSecure) return;
          isSecure = true;
          stream.secure(this.#keys.of('b', 'active'), (error) => {
            if (error !== undefined) return;
            stream.write(SESSION);
            up = stream;
            isOpen = true;
          });
        },
        onClose: () => {
          isOpen = false;
        },
      });
      stream.write(encodeContactHeader(true));
    });
    return { send: (): void => void up?.write(BUNDLE), isOpen: (): boolean => isOpen };
  }

  /** A session of somebody who knows the name of the neighbour, and has no key. */
  claimed(): { isOpen: () => boolean } {
    let isOpen = true;
    this.dial((stream) => {
      const onClose = (): void => {
        isOpen = false;
      };
      stream.handle({ onData: () => undefined, onClose });
      stream.write(concatBytes(encodeContactHeader(false), SESSION));
    });
    return { isOpen: (): boolean => isOpen };
  }

  silent(): void {
    this.dial((stream) => stream.handle({ onData: () => undefined }));
  }
}

const segment = (fields: Partial<Extract<TcpclMessage, { kind: 'segment' }>>): Uint8Array =>
  encodeTcpclMessage({
    ...{ kind: 'segment', isStart: false, isEnd: false, transfer: 0, isForeign: false },
    data: new Uint8Array(0),
    ...fields,
  });
const SESSION = encodeTcpclMessage({
  ...{ kind: 'session', keepAliveS: 0, segmentMru: 1_000, transferMru: 1_000 },
  ...{ nodeId: 'ipn:1.0', isForeign: false },
});
const BUNDLE = segment({ isStart: true, isEnd: true, data: new Uint8Array(10) });

describe('a neighbour that sends empty segments and reads nothing', () => {
  it('is not read any more once its answers wait, and is again when it reads', () => {
    const stage = new Stage('off');
    const chunk = concatBytes(...new Array<Uint8Array>(1_000).fill(segment({})));
    let written = 0;
    let read = 0;
    let stream: Stream | undefined;
    stage.dial((opened) => {
      stream = opened;
      const flood = (): void => {
        for (let isFull = false; !isFull && written < 20_000_000; written += chunk.length) {
          isFull = opened.write(chunk) === 'full';
        }
      };
      opened.handle({
        onData: (_buffer, _offset, length) => {
          read += length;
        },
        onDrain: flood,
      });
      opened.setPaused(true);
      opened.write(concatBytes(encodeContactHeader(false), SESSION, segment({ isStart: true })));
      flood();
    });
    stage.run(2 * SECOND);
    // The buffers and send queues of both ends, and what the 1,024 last answers were for.
    expect(written).toBeLessThan(120_000);
    const stopped = written;
    stage.run(10 * SECOND);
    expect(written).toBe(stopped);
    stream?.setPaused(false);
    stage.run(50 * MS);
    expect(written).toBeGreaterThan(stopped);
    expect(read).toBeGreaterThan(40_000);
  });
});

describe('silent streams at 25 a second, from the address of a neighbour', () => {
  it('end no session that has proved itself, nor keep out another one', () => {
    const stage = new Stage('require');
    const first = stage.honest();
    stage.run(SECOND);
    for (let round = 0; round < 200; round += 1) {
      stage.silent();
      stage.run(40 * MS);
    }
    expect(first.isOpen()).toBe(true);
    first.send();
    const second = stage.honest();
    stage.silent();
    stage.run(SECOND);
    second.send();
    stage.run(SECOND);
    expect(stage.bundles).toBe(2);
    expect(stage.b.drops.get('tcpcl-crowded')).toBe(202 - 64);
  });

  it('a third session of the neighbour ends its oldest one, which a crash may have left', () => {
    const stage = new Stage('require');
    const sessions = [1, 2, 3].map(() => {
      const session = stage.honest();
      stage.run(SECOND);
      return session;
    });
    expect(sessions.map(({ isOpen }) => isOpen())).toEqual([false, true, true]);
  });

  it('a session without a key makes room for those that have proved themselves', () => {
    const stage = new Stage('prefer');
    const sessions = [0, 1, 2].map((at) => {
      const session = at === 1 ? stage.claimed() : stage.honest();
      stage.run(SECOND);
      return session;
    });
    expect(sessions.map(({ isOpen }) => isOpen())).toEqual([true, false, true]);
  });
});
