/** Received packets on their way to an application that asked for them. */
import { describe, expect, it } from 'vitest';
import type { NodeRequest } from '../../../../engine/host/host.ts';
import {
  encodeReceivedPacket,
  RECEIVED_BYTES_MAX,
  ReceivedPackets,
} from '../../../../nodes/gateway/received-packets.ts';

/** An application that takes so many parts. */
class Application {
  readonly parts: Uint8Array[] = [];
  ended: string | undefined;
  room = Number.POSITIVE_INFINITY;
  again: () => void = () => undefined;
  cancel: () => void = () => undefined;

  asRequest(): NodeRequest {
    return {
      ...{ kind: 'packets', target: '', body: new Uint8Array(0) },
      more: (part: Uint8Array): 'ok' | 'full' => {
        if (this.parts.length >= this.room) return 'full';
        this.parts.push(part.slice());
        return 'ok';
      },
      onRoom: (handler: () => void): void => {
        this.again = handler;
      },
      onCancel: (handler: () => void): void => {
        this.cancel = handler;
      },
      respond: (outcome: string): void => {
        this.ended = outcome;
      },
    } as NodeRequest;
  }
}

const packet = (value: number, length = 3): Uint8Array => new Uint8Array(length).fill(value);

describe('received packets', () => {
  it('go to the application in order, each with the name of its sender', () => {
    const received = new ReceivedPackets(() => undefined);
    const application = new Application();
    received.open(application.asRequest());
    received.take('gateway-112', packet(1));
    received.take('gw', packet(2, 0));
    expect(application.parts).toEqual([
      encodeReceivedPacket('gateway-112', packet(1)),
      Uint8Array.of(2, 0x67, 0x77),
    ]);
  });

  it('wait for a slow application up to four megabytes; beyond that the newest is dropped', () => {
    let drops = 0;
    const received = new ReceivedPackets(() => {
      drops += 1;
    });
    const application = new Application();
    application.room = 0;
    received.open(application.asRequest());
    const size = 1_048_576;
    for (let value = 1; value <= 5; value += 1) received.take('g', packet(value, size));
    expect(5 - drops).toBe(Math.floor(RECEIVED_BYTES_MAX / size) - 1);
    application.room = 2;
    application.again();
    expect(application.parts.map((part) => part.at(-1))).toEqual([1, 2]);
    received.take('g', packet(6, size));
    application.room = 9;
    application.again();
    expect(application.parts.map((part) => part.at(-1))).toEqual([1, 2, 3, 6]);
  });

  it('cost 64 bytes each beside their own, so that small ones do not fill the memory', () => {
    let drops = 0;
    const received = new ReceivedPackets(() => {
      drops += 1;
    });
    const application = new Application();
    application.room = 0;
    received.open(application.asRequest());
    for (let i = 0; i < 70_000; i += 1) received.take('g', Uint8Array.of(i));
    expect(70_000 - drops).toBe(Math.floor(RECEIVED_BYTES_MAX / (3 + 64)));
    application.room = 70_000;
    application.again();
    expect(application.parts).toHaveLength(70_000 - drops);
  });

  it('are not kept while no application has asked for them', () => {
    const received = new ReceivedPackets(() => undefined);
    received.take('g', packet(1));
    const application = new Application();
    received.open(application.asRequest());
    expect(application.parts).toEqual([]);
    application.cancel();
    received.take('g', packet(2));
    const next = new Application();
    received.open(next.asRequest());
    expect(next.parts).toEqual([]);
  });

  it('go to the application that asked last; the one before is told, and all when the gateway stops', () => {
    const received = new ReceivedPackets(() => undefined);
    const [first, second] = [new Application(), new Application()];
    received.open(first.asRequest());
    received.open(second.asRequest());
    received.take('g', packet(7));
    expect([first.ended, first.parts.length, second.parts.length]).toEqual(['replaced', 0, 1]);
    received.close();
    expect(second.ended).toBe('stopped');
  });
});
