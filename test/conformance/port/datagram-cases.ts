/**
 * Port cases for datagrams (engine/host/socket.ts).
 *
 * @module
 */
import { expect } from 'vitest';
import type { Host } from '../../../engine/host/host.ts';
import type { DatagramSocket, Endpoint } from '../../../engine/host/socket.ts';
import { DSCP_NETWORK_CONTROL } from '../../../engine/pure/traffic-class.ts';
import type { PortCase, PortWorld } from './port-world.ts';

const PORT = 6_001;
const OTHER_PORT = 6_002;

interface Received {
  readonly bytes: Uint8Array;
  readonly from: Endpoint;
}

/** Opens a socket that keeps copies of what it receives. */
function collector(host: Host, port: number): { socket: DatagramSocket; got: Received[] } {
  const got: Received[] = [];
  const socket = host.udp({
    port,
    onDatagram: (buffer, offset, length, from) => {
      got.push({ bytes: buffer.slice(offset, offset + length), from });
    },
  });
  expect(socket).toBeDefined();
  return { socket: socket!, got };
}

function send(host: Host, socket: DatagramSocket, bytes: Uint8Array, to: Endpoint): void {
  const buffer = host.alloc(bytes.length);
  buffer.set(bytes);
  expect(socket.send(buffer, 0, bytes.length, to)).toBe('sent');
}

function pattern(length: number, salt = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + salt) & 255);
}

/** Opens sockets on both hosts. */
function pair(world: PortWorld): {
  left: ReturnType<typeof collector>;
  right: ReturnType<typeof collector>;
  toRight: Endpoint;
} {
  const left = collector(world.a, PORT);
  const right = collector(world.b, PORT);
  return { left, right, toRight: world.a.endpoint(world.addressOfB, PORT) };
}

export const datagramCases: readonly PortCase[] = [
  {
    id: 'datagram/content',
    says: 'carries the bytes and the endpoint of the sender',
    run: async (world) => {
      let sockets!: ReturnType<typeof pair>;
      world.act(() => {
        sockets = pair(world);
        send(world.a, sockets.left.socket, pattern(1_000), sockets.toRight);
      });
      await world.until(() => sockets.right.got.length > 0, 'the datagram arrives');
      const [received] = sockets.right.got;
      expect(received!.bytes).toEqual(pattern(1_000));
      expect(received!.from).toBe(sockets.left.socket.local);
      expect(world.b.endpointOf(received!.from).port).toBe(PORT);
    },
  },
  {
    id: 'datagram/sizes',
    says: 'carries datagrams of 0, 1, 1,200 and 65,507 bytes',
    run: async (world) => {
      const sizes = [0, 1, 1_200, 65_507];
      let sockets!: ReturnType<typeof pair>;
      world.act(() => {
        sockets = pair(world);
        for (const size of sizes) {
          send(world.a, sockets.left.socket, pattern(size, size), sockets.toRight);
        }
      });
      await world.until(() => sockets.right.got.length === sizes.length, 'all sizes arrive');
      for (const [index, size] of sizes.entries()) {
        expect(sockets.right.got[index]!.bytes).toEqual(pattern(size, size));
      }
    },
  },
  {
    id: 'datagram/too-long',
    says: 'refuses a datagram of 65,508 bytes as a mistake of the node',
    run: (world) => {
      world.act(() => {
        const { left, toRight } = pair(world);
        const buffer = world.a.alloc(65_508);
        expect(() => left.socket.send(buffer, 0, 65_508, toRight)).toThrow(/65,?507/);
      });
      return Promise.resolve();
    },
  },
  {
    id: 'datagram/reply-in-place',
    says: 'lets the handler change the buffer in place and send it back',
    run: async (world) => {
      let left!: ReturnType<typeof collector>;
      world.act(() => {
        left = collector(world.a, PORT);
        const echo: DatagramSocket = world.b.udp({
          port: PORT,
          onDatagram: (buffer, offset, length, from) => {
            for (let i = 0; i < length; i += 1) buffer[offset + i] = buffer[offset + i]! ^ 0xff;
            echo.send(buffer, offset, length, from);
          },
        })!;
        const to = world.a.endpoint(world.addressOfB, PORT);
        for (let i = 0; i < 20; i += 1) send(world.a, left.socket, pattern(256, i), to);
      });
      await world.until(() => left.got.length === 20, 'all replies arrive');
      for (const [index, { bytes }] of left.got.entries()) {
        expect(bytes).toEqual(pattern(256, index).map((byte) => byte ^ 0xff));
      }
    },
  },
  {
    id: 'datagram/release',
    says: 'lets the handler give back what it received and what it allocated',
    run: async (world) => {
      let count = 0;
      let sockets!: ReturnType<typeof pair>;
      world.act(() => {
        sockets = pair(world);
        sockets.right.socket.close();
        world.b.udp({
          port: PORT,
          onDatagram: (buffer) => {
            world.b.release(world.b.alloc(256));
            world.b.release(buffer);
            count += 1;
          },
        });
        for (let i = 0; i < 8; i += 1) {
          send(world.a, sockets.left.socket, pattern(256, i), sockets.toRight);
        }
      });
      await world.until(() => count === 8, 'all datagrams arrive');
      // No buffer was returned twice: two allocations never share their bytes.
      world.act(() => {
        const buffers = Array.from({ length: 20 }, () => world.b.alloc(256));
        for (const [index, buffer] of buffers.entries()) buffer.fill(index);
        for (const [index, buffer] of buffers.entries()) expect(buffer[0]).toBe(index);
      });
    },
  },
  {
    id: 'datagram/slice-copies',
    says: 'hands over arrays whose slice is a copy',
    run: async (world) => {
      const kept: Uint8Array[] = [];
      world.act(() => {
        const left = collector(world.a, PORT);
        world.b.udp({
          port: PORT,
          onDatagram: (buffer, offset, length) => {
            kept.push(buffer.slice(offset, offset + length));
            buffer.fill(0xee);
          },
        });
        send(world.a, left.socket, pattern(64), world.a.endpoint(world.addressOfB, PORT));
      });
      await world.until(() => kept.length > 0, 'the datagram arrives');
      expect([...kept[0]!]).toEqual([...pattern(64)]);
    },
  },
  {
    id: 'datagram/burst',
    says: 'delivers 300 datagrams of one turn unchanged and in order',
    run: async (world) => {
      let sockets!: ReturnType<typeof pair>;
      world.act(() => {
        sockets = pair(world);
        for (let i = 0; i < 300; i += 1) {
          send(world.a, sockets.left.socket, pattern(500, i), sockets.toRight);
        }
      });
      await world.until(() => sockets.right.got.length === 300, 'the burst arrives');
      for (const [index, { bytes }] of sockets.right.got.entries()) {
        expect(bytes).toEqual(pattern(500, index));
      }
    },
  },
  {
    id: 'datagram/urgent',
    says: 'asks which datagrams are urgent without a change to what arrives, each unchanged and once',
    run: async (world) => {
      const got: Uint8Array[] = [];
      let isTrue = true;
      world.act(() => {
        const left = collector(world.a, PORT);
        world.b.udp({
          port: PORT,
          onDatagram: (buffer, offset, length) => {
            got.push(buffer.slice(offset, offset + length));
          },
          isUrgent: (buffer, offset, length) => {
            isTrue &&= length === 200 && offset + length <= buffer.length;
            return buffer[offset] === 0;
          },
        });
        const to = world.a.endpoint(world.addressOfB, PORT);
        for (let i = 0; i < 40; i += 1) {
          const bytes = pattern(200, i);
          bytes[0] = i % 2;
          send(world.a, left.socket, bytes, to);
        }
      });
      await world.until(() => got.length === 40, 'all datagrams arrive');
      expect(isTrue).toBe(true);
      // Urgent datagrams may overtake others, but datagrams of the same kind never overtake each
      // other.
      for (const parity of [0, 1]) {
        const salts = got.filter(([first]) => first === parity).map((bytes) => bytes[1]);
        const expected = Array.from({ length: 20 }, (_, i) => (7 + 2 * i + parity) & 255);
        expect(salts).toEqual(expected);
      }
    },
  },
  {
    id: 'datagram/class-order',
    says: 'decides by the class of each send which datagram leaves a priority queue first',
    run: async (world) => {
      let sockets!: ReturnType<typeof pair>;
      world.act(() => {
        sockets = pair(world);
        for (let i = 0; i < 40; i += 1) {
          const buffer = world.a.alloc(1_000);
          buffer[0] = i;
          // The first one is in the transmitter before the others come.
          sockets.left.socket.send(
            buffer,
            0,
            1_000,
            sockets.toRight,
            i < 35 ? 0 : DSCP_NETWORK_CONTROL,
          );
        }
      });
      await world.until(() => sockets.right.got.length === 40, 'all datagrams arrive');
      const order = sockets.right.got.map(({ bytes }) => bytes[0]);
      const data = Array.from({ length: 34 }, (_, i) => i + 1);
      expect(order).toEqual([0, 35, 36, 37, 38, 39, ...data]);
    },
  },
  {
    id: 'datagram/class-arrives',
    says: 'tells the handler the class of a datagram that the socket itself would call urgent',
    run: async (world) => {
      const got: [number | undefined, number][] = [];
      world.act(() => {
        const left = collector(world.a, PORT);
        world.b.udp({
          port: PORT,
          // biome-ignore lint/complexity/useMaxParams: the signature of the port
          onDatagram: (buffer, offset, _length, _from, dscp) => {
            got.push([buffer[offset], dscp]);
          },
          isUrgent: (buffer, offset) => buffer[offset] === 1,
        });
        const to = world.a.endpoint(world.addressOfB, PORT);
        for (const first of [0, 1, 0, 1]) {
          const buffer = world.a.alloc(10);
          buffer[0] = first;
          left.socket.send(buffer, 0, 10, to, first * DSCP_NETWORK_CONTROL);
        }
      });
      await world.until(() => got.length === 4, 'all datagrams arrive');
      expect(got.filter(([first]) => first === 0)).toEqual([
        [0, 0],
        [0, 0],
      ]);
      expect(got.filter(([first]) => first === 1)).toEqual([
        [1, 48],
        [1, 48],
      ]);
    },
  },
  {
    id: 'datagram/class-range',
    says: 'refuses a class above 63 as a mistake of the node',
    run: (world) => {
      world.act(() => {
        const { left, toRight } = pair(world);
        expect(() => left.socket.send(world.a.alloc(1), 0, 1, toRight, 64)).toThrow(/0\.\.63/);
      });
      return Promise.resolve();
    },
  },
  {
    id: 'datagram/taken-port',
    says: 'reports a taken port by undefined',
    run: (world) => {
      world.act(() => {
        collector(world.a, PORT);
        expect(world.a.udp({ port: PORT, onDatagram: () => undefined })).toBeUndefined();
        // Ports of different hosts are independent.
        collector(world.b, PORT);
      });
      return Promise.resolve();
    },
  },
  {
    id: 'datagram/chosen-port',
    says: 'chooses different ports from 49,152 upwards when asked for port 0',
    run: (world) => {
      world.act(() => {
        const ports = [collector(world.a, 0), collector(world.a, 0)].map(
          ({ socket }) => world.a.endpointOf(socket.local).port,
        );
        expect(Math.min(...ports)).toBeGreaterThanOrEqual(49_152);
        expect(ports[0]).not.toBe(ports[1]);
      });
      return Promise.resolve();
    },
  },
  {
    id: 'datagram/reuse',
    says: 'frees the port at close, for the next socket and its handler only',
    run: async (world) => {
      let first!: ReturnType<typeof collector>;
      let second!: ReturnType<typeof collector>;
      let sender!: ReturnType<typeof collector>;
      world.act(() => {
        sender = collector(world.a, PORT);
        first = collector(world.b, PORT);
        first.socket.close();
        second = collector(world.b, PORT);
        send(world.a, sender.socket, pattern(9), world.a.endpoint(world.addressOfB, PORT));
      });
      await world.until(() => second.got.length > 0, 'the second socket hears');
      world.act(() => {
        // The first socket no longer influences the port.
        first.socket.close();
        send(world.a, sender.socket, pattern(9), world.a.endpoint(world.addressOfB, PORT));
      });
      await world.until(() => second.got.length > 1, 'the second socket hears again');
      expect(first.got).toEqual([]);
    },
  },
  {
    id: 'datagram/unbound',
    says: 'loses a datagram to an unbound port by name and goes on',
    run: async (world) => {
      let sockets!: ReturnType<typeof pair>;
      world.act(() => {
        sockets = pair(world);
        const nobody = world.a.endpoint(world.addressOfB, OTHER_PORT);
        send(world.a, sockets.left.socket, pattern(5), nobody);
        send(world.a, sockets.left.socket, pattern(6), sockets.toRight);
      });
      await world.until(() => sockets.right.got.length > 0, 'the second datagram arrives');
      expect(sockets.right.got.length).toBe(1);
      expect(world.networkDrops('port-unreachable')).toBe(1);
    },
  },
  {
    id: 'datagram/closed',
    says: 'neither throws nor delivers after close',
    run: async (world) => {
      let sockets!: ReturnType<typeof pair>;
      world.act(() => {
        sockets = pair(world);
        sockets.left.socket.close();
        sockets.left.socket.close();
        const buffer = world.a.alloc(4);
        sockets.left.socket.send(buffer, 0, 4, sockets.toRight);
      });
      await world.pass(20);
      expect(sockets.right.got).toEqual([]);
    },
  },
];
