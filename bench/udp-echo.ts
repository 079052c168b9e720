/**
 * The cost of a datagram on this machine without any code of this project: two sockets in one
 * process echo 1,000 bytes to each other, with several datagrams under way.
 *
 * @module
 */
import { createSocket, type Socket } from 'node:dgram';

const DATAGRAMS = 100_000;
const UNDER_WAY = 64;
const PAYLOAD = new Uint8Array(1000);
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** CPU time for sending and receiving one datagram, in microseconds. */
export async function bareEchoUs(): Promise<number> {
  const [near, far] = [openSocket('127.0.0.1'), openSocket('127.0.0.2')];
  const { port } = far.address();
  far.on('message', (message, { port: from, address }) => far.send(message, from, address));
  const begin = process.cpuUsage();
  await new Promise<void>((resolve) => {
    let sent = 0;
    const throwOne = (): void => {
      sent += 1;
      near.send(PAYLOAD, port, '127.0.0.2');
    };
    near.on('message', () => {
      if (sent * 2 < DATAGRAMS) throwOne();
      else resolve();
    });
    while (sent < UNDER_WAY) throwOne();
  });
  const { user, system } = process.cpuUsage(begin);
  near.close();
  far.close();
  return (user + system) / DATAGRAMS;
}

function openSocket(address: string): Socket {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: RECEIVE_BUFFER_BYTES,
    // The lookup is synchronous, so that the socket is bound when `bind` returns.
    lookup: (host, _options, callback) => callback(null, host, 4),
  });
  socket.bind({ address, port: 0 });
  return socket;
}
