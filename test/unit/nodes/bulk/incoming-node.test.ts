import { expect, it } from 'vitest';
import type { Host } from '../../../../engine/host/host.ts';
import type { Stream, StreamHandlers } from '../../../../engine/host/stream.ts';
import { SimDisk, SimStore } from '../../../../engine/net/sim-store.ts';
import { concatBytes } from '../../../../nodes/_kit/bytes.ts';
import { IncomingMachineAdapter } from '../../../../nodes/bulk/incoming-node.ts';
import { decodePacketNumber, encodeHello, encodePacket } from '../../../../nodes/bulk/wire.ts';

it('a peer that reads nothing got a confirmation for each of its packets', () => {
  const written: number[] = [];
  let handlers: Partial<StreamHandlers> = {};
  const stream = {
    handle: (given: StreamHandlers) => {
      handlers = given;
    },
    write: (bytes: Uint8Array) => {
      written.push(decodePacketNumber(bytes));
      return written.length === 1 ? 'full' : 'sent';
    },
    setPaused: () => undefined,
  } as unknown as Stream;
  const host = { now: () => 0, meter: { counter: () => ({ add: () => undefined }) } };
  const node = new IncomingMachineAdapter({
    host: host as unknown as Host,
    peer: 'a',
    // Written at once.
    store: new SimStore(new SimDisk(), (call) => call()),
    handOver: () => undefined,
    handedOver: () => undefined,
    account: undefined,
  });
  node.accept(stream);
  const hello = encodeHello({ memory: new Uint8Array(8), confirmed: 0 });
  const packets = Array.from({ length: 100 }, () => encodePacket(Uint8Array.of(1)));
  const bytes = concatBytes(hello, ...packets);
  handlers.onData?.(bytes, 0, bytes.length);
  expect(written).toEqual([0]);
  handlers.onDrain?.();
  expect(written).toEqual([0, 100]);
});
