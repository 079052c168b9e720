/** Profiles of a gateway's process over HTTP. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type GatewayServer,
  PacketQueue,
  startGatewayServer,
} from '../../../../services/gateway/index.ts';
import { PlayedGateway } from './played-gateway.ts';

const open: GatewayServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function serve(host: string, isProfiled: boolean): Promise<string> {
  const node = new PlayedGateway();
  const server = await startGatewayServer({
    ...{ node, queue: new PacketQueue(node), host, port: 0, isProfiled },
    ...{ packetBytesMax: 64, connectionsMax: 10, idleMs: 5_000 },
  });
  open.push(server);
  return `http://127.0.0.1:${server.port}/debug/profile`;
}

/** Works until the answer has come; a profile shows it. */
async function computeUntil(answered: Promise<unknown>): Promise<number> {
  let isAnswered = false;
  void answered.finally(() => {
    isAnswered = true;
  });
  let sum = 0;
  while (!isAnswered) {
    for (let i = 0; i < 1e6; i += 1) sum += Math.sqrt(i);
    await sleep(1);
  }
  return sum;
}

describe('GET /debug/profile', () => {
  it('names the functions that took time', async () => {
    const asked = fetch(`${await serve('127.0.0.1', true)}?seconds=1`);
    const [response] = await Promise.all([asked, computeUntil(asked)]);
    expect([response.status, response.headers.get('content-disposition')]).toEqual([
      ...[200, 'attachment; filename="gateway.cpuprofile"'],
    ]);
    const profile = (await response.json()) as {
      readonly nodes: readonly { readonly callFrame: { readonly functionName: string } }[];
      readonly startTime: number;
      readonly endTime: number;
    };
    const names = profile.nodes.map(({ callFrame }) => callFrame.functionName);
    expect(names).toContain('computeUntil');
    expect(profile.endTime - profile.startTime).toBeGreaterThan(990_000);
  });

  it('takes one profile at a time, and the next as soon as a client has gone', async () => {
    const at = await serve('127.0.0.1', true);
    const gone = new AbortController();
    const first = fetch(`${at}?seconds=60`, { signal: gone.signal });
    await expect.poll(async () => (await fetch(`${at}?seconds=1`)).status).toBe(409);
    gone.abort();
    await expect(first).rejects.toThrow();
    await expect.poll(async () => (await fetch(`${at}?seconds=1`)).status).toBe(200);
  });

  it.each(['0', '61', 'x'])('refuses %s seconds', async (seconds) => {
    const at = await serve('127.0.0.1', true);
    expect((await fetch(`${at}?seconds=${seconds}`)).status).toBe(400);
  });

  it.each([
    ['without the flag', '127.0.0.1', false],
    ['at a server that other machines reach', '0.0.0.0', true],
  ])('is no route %s', async (_, host, isProfiled) => {
    expect((await fetch(`${await serve(host, isProfiled)}?seconds=1`)).status).toBe(404);
  });
});
