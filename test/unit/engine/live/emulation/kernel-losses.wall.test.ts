/**
 * Socket losses that the operating system reports, where it does.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { waitUntilPortBound } from '../../../../../engine/live/emulation/bound-ports.ts';
import { KernelLossWatch } from '../../../../../engine/live/emulation/kernel-losses.ts';
import {
  readSocketTable,
  socketTableAddress,
} from '../../../../../engine/live/emulation/socket-table.ts';

const hasTable = existsSync('/proc/net/udp');
if (!hasTable) process.stderr.write('skipped: this system has no /proc/net/udp\n');
const block = `127.${60 + (process.pid % 100)}.${(process.pid >>> 7) & 255}`;

/** Floods a socket that nobody reads within one call, so that its buffer overflows. */
const FLOOD = `
const { createSocket } = require('node:dgram');
const sender = createSocket('udp4');
let left = 2000;
const send = () => {
  if (left-- === 0) return sender.close();
  sender.send(Buffer.alloc(1000), Number(process.argv[2]), process.argv[1], send);
};
send();
`;

describe.skipIf(!hasTable)('the table of sockets', () => {
  it('shows a socket with its address and port once it is bound, and not before', async () => {
    const socket = createSocket('udp4');
    const address = `${block}.1`;
    const wait = { address, ports: [7_009], limitMs: 50, isOver: (): boolean => false };
    expect(await waitUntilPortBound(wait)).toBe(false);
    await new Promise<void>((resolve) => socket.bind({ address, port: 7_009 }, resolve));
    expect(await waitUntilPortBound(wait)).toBe(true);
    const rows = (await readSocketTable()) ?? [];
    expect(rows).toContainEqual(
      expect.objectContaining({ address: socketTableAddress(address), port: 7_009, drops: 0 }),
    );
    socket.close();
  });

  it('counts what a full receive buffer lost, on the side of the socket that lost it', async () => {
    const [ours, theirs] = [`${block}.2`, `${block}.3`];
    const watch = new KernelLossWatch({ hosts: [ours], programs: [theirs] });
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4_096 });
    let received = 0;
    socket.on('message', () => {
      received += 1;
    });
    await new Promise<void>((resolve) => socket.bind({ address: theirs, port: 0 }, resolve));
    // The call is synchronous, so this process cannot read in the meantime.
    execFileSync(process.execPath, ['-e', FLOOD, theirs, `${socket.address().port}`]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await watch.poll();
    await watch.poll();
    expect(watch.losses.ours).toBe(0);
    expect(watch.losses.theirs).toBeGreaterThan(0);
    expect(received + watch.losses.theirs).toBe(2_000);
    socket.close();
  });
});
