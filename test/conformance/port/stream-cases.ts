/**
 * Port cases for reliable streams (engine/host/stream.ts).
 *
 * @module
 */
import { expect } from 'vitest';
import type { Host } from '../../../engine/host/host.ts';
import type { Stream, StreamError, StreamTlsOptions } from '../../../engine/host/stream.ts';
import type { PortCase, PortWorld } from './port-world.ts';

const PORT = 6_200;
const bytesOf = (words: string): Uint8Array => new TextEncoder().encode(words);

/** One end of a stream, with the events that it received. */
class End {
  readonly stream: Stream;
  readonly chunks: Uint8Array[] = [];
  bytes = 0;
  hasEnded = false;
  drains = 0;
  isClosed = false;
  closeError: StreamError | undefined;
  onData: (text: string) => void = () => undefined;

  constructor(stream: Stream) {
    this.stream = stream;
    stream.handle({
      onData: (buffer, offset, length) => {
        this.chunks.push(buffer.slice(offset, offset + length));
        this.bytes += length;
        this.onData(new TextDecoder().decode(this.chunks.at(-1)));
      },
      onEnd: () => {
        this.hasEnded = true;
      },
      onDrain: () => {
        this.drains += 1;
      },
      onClose: (error) => {
        expect(this.isClosed).toBe(false);
        this.isClosed = true;
        this.closeError = error;
      },
    });
  }

  get text(): string {
    return new TextDecoder().decode(concat(this.chunks));
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Opens a stream from a to b. */
async function open(world: PortWorld): Promise<{ client: End; server: End }> {
  let client: End | undefined;
  let server: End | undefined;
  world.act(() => {
    const listener = world.b.listen({ port: PORT }, (stream) => {
      server = new End(stream);
    });
    expect(listener).toBeDefined();
    connect(world.a, world, (stream) => {
      client = new End(stream!);
    });
  });
  await world.until(() => client !== undefined && server !== undefined, 'the stream opens');
  return { client: client!, server: server! };
}

function connect(
  host: Host,
  world: PortWorld,
  done: (stream: Stream | undefined, error?: StreamError) => void,
): void {
  host.connect({ to: host.endpoint(world.addressOfB, PORT) }, done);
}

const PSK = { identity: 'gateway', key: new Uint8Array(32).fill(7) };

/** Exchanges `begin` and `go`, then secures both ends; returns the results of `secure`. */
async function upgrade(
  world: PortWorld,
  ends: { client: End; server: End },
  keys: { client: StreamTlsOptions['psk']; server: StreamTlsOptions['psk'] },
): Promise<{ client: StreamError | 'secure'; server: StreamError | 'secure' }> {
  const said: { client?: StreamError | 'secure'; server?: StreamError | 'secure' } = {};
  const { client, server } = ends;
  server.onData = (text): void => {
    if (text !== 'begin') return;
    server.stream.write(bytesOf('go'));
    server.stream.secure({ role: 'server', ...optional(keys.server) }, (error) => {
      said.server = error ?? 'secure';
    });
  };
  client.onData = (text): void => {
    if (text !== 'go') return;
    client.stream.secure({ role: 'client', ...optional(keys.client) }, (error) => {
      said.client = error ?? 'secure';
    });
  };
  world.act(() => client.stream.write(bytesOf('begin')));
  const isDone = (): boolean => said.client !== undefined && said.server !== undefined;
  await world.until(isDone, 'both ends have heard of the handshake');
  return { client: said.client!, server: said.server! };
}

function optional(psk: StreamTlsOptions['psk']): { psk?: NonNullable<StreamTlsOptions['psk']> } {
  return psk === undefined ? {} : { psk };
}

export const streamCases: readonly PortCase[] = [
  {
    id: 'stream/both-ways',
    says: 'opens, carries bytes both ways, and names both ends alike',
    run: async (world) => {
      const { client, server } = await open(world);
      world.act(() => {
        expect(client.stream.write(bytesOf('ping'))).toBe('sent');
        server.stream.write(bytesOf('pong'));
      });
      await world.until(() => client.bytes === 4 && server.bytes === 4, 'bytes arrive');
      expect([client.text, server.text]).toEqual(['pong', 'ping']);
      expect(client.stream.remote).toBe(server.stream.local);
      expect(server.stream.remote).toBe(client.stream.local);
      expect(world.b.endpointOf(server.stream.local).port).toBe(PORT);
    },
  },
  {
    id: 'stream/refused',
    says: 'is refused where nobody listens',
    run: async (world) => {
      let outcome: StreamError | 'open' | undefined;
      world.act(() => {
        connect(world.a, world, (stream, error) => {
          outcome = stream === undefined ? error : 'open';
        });
        expect(outcome).toBeUndefined();
      });
      await world.until(() => outcome !== undefined, 'the answer arrives');
      expect(outcome).toBe('refused');
    },
  },
  {
    id: 'stream/taken-port',
    says: 'reports a taken port by undefined, and frees it at close',
    run: async (world) => {
      world.act(() => {
        const listener = world.b.listen({ port: PORT }, () => undefined);
        expect(world.b.listen({ port: PORT }, () => undefined)).toBeUndefined();
        listener!.close();
      });
      const { client } = await open(world);
      expect(client.isClosed).toBe(false);
    },
  },
  {
    id: 'stream/order',
    says: 'carries 10 MB unchanged and in order through a full queue',
    run: async (world) => {
      const { client, server } = await open(world);
      const total = 10_000_000;
      const block = new Uint8Array(50_000);
      let sent = 0;
      let fulls = 0;
      const fill = (): void => {
        while (sent < total) {
          for (let i = 0; i < block.length; i += 4)
            new DataView(block.buffer).setUint32(i, sent + i);
          sent += block.length;
          if (client.stream.write(block) === 'full') {
            fulls += 1;
            return;
          }
        }
        client.stream.end();
      };
      let drains = 0;
      world.act(fill);
      await world.until(() => {
        if (client.drains > drains) {
          drains = client.drains;
          world.act(fill);
        }
        return server.hasEnded;
      }, 'the end arrives');
      expect(fulls).toBeGreaterThan(0);
      expect(server.bytes).toBe(total);
      const all = concat(server.chunks);
      const view = new DataView(all.buffer);
      let wrong = 0;
      for (let i = 0; i < total; i += 4) if (view.getUint32(i) !== i) wrong += 1;
      expect(wrong).toBe(0);
    },
  },
  {
    id: 'stream/half-close',
    says: 'still carries bytes back after one end has finished sending',
    run: async (world) => {
      const { client, server } = await open(world);
      world.act(() => {
        client.stream.write(bytesOf('question'));
        client.stream.end();
      });
      await world.until(() => server.hasEnded, 'the end of the question arrives');
      expect(server.text).toBe('question');
      expect(client.isClosed).toBe(false);
      world.act(() => {
        server.stream.write(bytesOf('answer'));
        server.stream.end();
      });
      await world.until(() => client.isClosed && server.isClosed, 'both ends close');
      expect(client.text).toBe('answer');
      expect([client.closeError, server.closeError]).toEqual([undefined, undefined]);
    },
  },
  {
    id: 'stream/back-pressure',
    says: 'fills up while the reader pauses, and drains when it reads on',
    run: async (world) => {
      const { client, server } = await open(world);
      const block = new Uint8Array(64_000);
      let written = 0;
      let isFull = false;
      world.act(() => server.stream.setPaused(true));
      const write = (): void => {
        for (let i = 0; i < 20 && !isFull; i += 1) {
          isFull = client.stream.write(block) === 'full';
          written += block.length;
        }
      };
      // The operating system buffers some megabytes before `full` remains true.
      const isStuck = (): boolean => isFull && client.drains === 0;
      for (let round = 0; round < 50; round += 1) {
        world.act(write);
        await world.pass(20);
        if (isStuck()) break;
        client.drains = 0;
        isFull = false;
      }
      expect(isStuck()).toBe(true);
      const before = server.bytes;
      world.act(() => server.stream.setPaused(false));
      await world.until(() => server.bytes === written, 'everything arrives');
      expect(before).toBeLessThan(written);
      expect(client.drains).toBeGreaterThan(0);
    },
  },
  {
    id: 'stream/reset',
    says: 'tells the peer `reset`, and nothing after it',
    run: async (world) => {
      const { client, server } = await open(world);
      world.act(() => client.stream.write(bytesOf('hello')));
      await world.until(() => server.bytes === 5, 'bytes arrive');
      world.act(() => {
        client.stream.reset();
        client.stream.write(bytesOf('never'));
      });
      await world.until(() => server.isClosed, 'the reset arrives');
      expect(server.closeError).toBe('reset');
      expect(server.text).toBe('hello');
      // The end that resets the stream learns that it is closed, and gets no error.
      await world.until(() => client.isClosed, 'the own end closes');
      expect(client.closeError).toBeUndefined();
      world.act(() => {
        server.stream.write(bytesOf('never'));
        server.stream.end();
        server.stream.reset();
      });
      await world.pass(10);
    },
  },
  {
    id: 'stream/secure',
    says: 'becomes secure with a pre-shared key after the first bytes',
    run: async (world) => {
      const ends = await open(world);
      const said = await upgrade(world, ends, { client: PSK, server: PSK });
      expect(said).toEqual({ client: 'secure', server: 'secure' });
      world.act(() => {
        ends.client.stream.write(bytesOf(' secret question'));
        ends.server.stream.write(bytesOf(' secret answer'));
        ends.client.stream.end();
        ends.server.stream.end();
      });
      const { client, server } = ends;
      await world.until(() => client.isClosed && server.isClosed, 'both ends close');
      expect([client.text, server.text]).toEqual(['go secret answer', 'begin secret question']);
    },
  },
  {
    id: 'stream/secure-failed',
    says: 'fails to become secure when the keys differ',
    run: async (world) => {
      const ends = await open(world);
      const wrong = { identity: PSK.identity, key: new Uint8Array(32).fill(8) };
      const said = await upgrade(world, ends, { client: wrong, server: PSK });
      expect(said).toEqual({ client: 'secure-failed', server: 'secure-failed' });
      const { client, server } = ends;
      await world.until(() => client.isClosed && server.isClosed, 'both ends close');
    },
  },
  {
    id: 'stream/secure-too-late',
    says: 'does not become secure once it is closed, and says so in a later turn',
    run: async (world) => {
      const { client } = await open(world);
      let said: StreamError | 'secure' | undefined;
      world.act(() => client.stream.reset());
      await world.until(() => client.isClosed, 'the own end closes');
      world.act(() => {
        client.stream.secure({ role: 'client', psk: PSK }, (error) => {
          said = error ?? 'secure';
        });
        expect(said).toBeUndefined();
      });
      await world.until(() => said !== undefined, 'the answer comes');
      expect(said).toBe('secure-failed');
    },
  },
  {
    id: 'stream/listener-close',
    says: 'accepts nobody after the listener was closed; open streams go on',
    run: async (world) => {
      const ends: End[] = [];
      let client: End | undefined;
      let outcome: StreamError | 'open' | undefined;
      let close = (): void => undefined;
      world.act(() => {
        const listener = world.b.listen({ port: PORT }, (stream) => ends.push(new End(stream)));
        close = (): void => listener!.close();
        connect(world.a, world, (stream) => {
          client = new End(stream!);
        });
      });
      await world.until(() => client !== undefined && ends.length === 1, 'the stream opens');
      world.act(() => {
        close();
        connect(world.a, world, (stream, error) => {
          outcome = stream === undefined ? error : 'open';
        });
      });
      await world.until(() => outcome !== undefined, 'the answer arrives');
      expect(outcome).toBe('refused');
      world.act(() => client!.stream.write(bytesOf('still here')));
      await world.until(() => ends[0]!.bytes === 10, 'bytes arrive');
    },
  },
  {
    id: 'stream/crash',
    says: 'tells the peer of a crashed node, and the crashed node nothing',
    run: async (world) => {
      const { client, server } = await open(world);
      world.act(() => world.crashA('synced'));
      world.act(() => {
        world.restartA();
        server.stream.write(bytesOf('anyone?'));
      });
      await world.until(() => server.isClosed, 'the peer hears of it');
      expect(['reset', 'timeout']).toContain(server.closeError);
      expect(client.isClosed).toBe(false);
    },
  },
  {
    id: 'stream/repeats-after-restart',
    says: 'repeats what a link has lost, also when it was opened after a crash of its node',
    run: async (world) => {
      const ends: End[] = [];
      let client: End | undefined;
      world.act(() => {
        world.crashA('synced');
        world.restartA();
        world.b.listen({ port: PORT }, (stream) => ends.push(new End(stream)));
      });
      await world.pass(20);
      let repair = world.cutAB();
      world.act(() =>
        connect(world.a, world, (stream) => {
          client = new End(stream!);
        }),
      );
      await world.pass(50);
      repair();
      await world.until(() => client !== undefined && ends.length === 1, 'the stream opens');
      repair = world.cutAB();
      world.act(() => client!.stream.write(bytesOf('again')));
      await world.pass(50);
      repair();
      await world.until(() => ends[0]!.bytes === 5, 'the bytes arrive');
    },
  },
];
