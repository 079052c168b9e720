/**
 * Connections that arrive after their host has ended.
 *
 * @module
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import type { Stream } from '../../../../engine/host/stream.ts';
import { TcpHost } from '../../../../engine/live/tcp-host.ts';
import { EndpointTable } from '../../../../engine/net/endpoint-table.ts';

const ADDRESS = `127.${100 + (process.pid % 50)}.${(process.pid >>> 8) & 255}.9`;
const PORT = 7_911;

it('a connection that is reset before its owner hears of it ends nothing but itself', async () => {
  const accepted: Stream[] = [];
  const host = new TcpHost({
    address: ADDRESS,
    endpoints: new EndpointTable(),
    ports: undefined,
    // The host has ended, so nothing is treated as an event any more.
    asEvent: () => undefined,
    onTrouble: () => undefined,
    warn: () => undefined,
    onDirect: () => undefined,
  });
  host.listen({ port: PORT }, (stream) => accepted.push(stream));
  const socket = connect({ host: ADDRESS, port: PORT });
  await once(socket, 'connect');
  socket.write('x');
  await new Promise((resolve) => setTimeout(resolve, 20));
  // Without a listener, an error would end this process.
  socket.resetAndDestroy();
  await once(socket, 'close');
  await new Promise((resolve) => setTimeout(resolve, 20));
  host.close();
  expect(accepted).toEqual([]);
});
