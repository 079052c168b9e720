/**
 * Packets for one gateway of a pair through one of its faces, and what comes out of the same face of the other: an open
 * loop, timed from the sending program to the receiving one, which are this process.
 *
 * @module
 */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayClient } from '../unit/services/gateway/grpc-client.ts';
import type { RunningGateway } from './gateway-pair.ts';

const TARGET = '1-ff00:0:112';
const PACKET_BYTES = 1_000;
/** Calls that wait for their answers; a packet that finds none free is held back, as a program would. */
const CALLS_MAX = 64;
/** Packets may arrive this long after the last one is sent. */
const DRAIN_MS = 2_000;

/** Sends and receives packets. */
export interface Face {
  readonly name: string;
  /** @returns (resolves) `ok`, or why the packet was refused. */
  send(packet: Buffer): Promise<string>;
  close(): void;
}

/** What became of the packets. */
export interface FaceFigures {
  readonly offered: number;
  /** The part that the gateway took. */
  readonly taken: number;
  readonly heldBack: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Packets that came out of this face: of those sent through the other one too, if both are in use. */
  readonly delivered: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** The server for HTTP. */
export function httpFace(
  [from, to]: readonly [RunningGateway, RunningGateway],
  onPacket: (packet: Buffer) => void,
): Face {
  const agent = new Agent({ keepAlive: true, maxSockets: CALLS_MAX });
  let isOpen = true;
  const poll = async (): Promise<void> => {
    while (isOpen) {
      const url = `http://127.0.0.1:${to.http}/scion/receive?timeout=500&max=1000`;
      const response = await fetch(url).catch(() => undefined);
      if (response?.status !== 200) continue;
      const { packets } = (await response.json()) as { packets: { data: string }[] };
      for (const { data } of packets) onPacket(Buffer.from(data, 'base64'));
    }
  };
  void poll();
  const path = `/scion/send?dst=${TARGET}`;
  const target = { agent, host: '127.0.0.1', port: from.http, method: 'POST', path };
  return {
    name: 'HTTP',
    send: (packet) =>
      new Promise((resolve) => {
        const asked = request(target, (answer) => {
          answer.resume();
          answer.on('end', () =>
            resolve(answer.statusCode === 200 ? 'ok' : String(answer.statusCode)),
          );
        });
        asked.on('error', ({ message }) => resolve(message));
        asked.end(packet);
      }),
    close: (): void => {
      isOpen = false;
      agent.destroy();
    },
  };
}

/** The server for gRPC. */
export function grpcFace(
  [from, to]: readonly [RunningGateway, RunningGateway],
  onPacket: (packet: Buffer) => void,
): Face {
  const [client, receiver] = [new GatewayClient(from.grpc), new GatewayClient(to.grpc)];
  const stream = receiver.subscribe();
  stream.on('data', ({ rawPacket }: { readonly rawPacket: Buffer }) => onPacket(rawPacket));
  return {
    name: 'gRPC',
    send: async (rawPacket): Promise<string> => {
      const { code, details } = await client.call('SendScionPacket', {
        rawPacket,
        egressIa: TARGET,
      });
      return code === 0 ? 'ok' : details;
    },
    close: (): void => {
      stream.cancel();
      client.close();
      receiver.close();
    },
  };
}

/** Offers packets at a rate, for some time. */
export async function offer(
  make: typeof httpFace,
  gateways: readonly [RunningGateway, RunningGateway],
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<FaceFigures> {
  const timesMs: number[] = [];
  const face = make(gateways, (packet) => timesMs.push(performance.now() - packet.readDoubleBE(0)));
  const refused: Record<string, number> = {};
  let [offered, taken, heldBack, open] = [0, 0, 0, 0];
  const send = async (): Promise<void> => {
    const packet = Buffer.alloc(PACKET_BYTES);
    packet.writeDoubleBE(performance.now());
    open += 1;
    const outcome = await face.send(packet);
    open -= 1;
    if (outcome === 'ok') taken += 1;
    else refused[outcome] = (refused[outcome] ?? 0) + 1;
  };
  const beganMs = performance.now();
  for (let passedS = 0; passedS < seconds; passedS = (performance.now() - beganMs) / 1_000) {
    for (; offered < passedS * perSecond; offered += 1) {
      if (open === CALLS_MAX) heldBack += 1;
      else void send();
    }
    await sleep(1);
  }
  await sleep(DRAIN_MS);
  face.close();
  timesMs.sort((a, b) => a - b);
  const [p50Ms, p95Ms] = [0.5, 0.95].map((share) => timesMs[Math.floor(share * timesMs.length)]);
  const figures = { offered, taken, heldBack, refused, delivered: timesMs.length };
  const all = { ...figures, p50Ms: p50Ms ?? Number.NaN, p95Ms: p95Ms ?? Number.NaN };
  process.stderr.write(`${face.name}: ${describe(all, seconds)}\n`);
  return all;
}

function describe(figures: FaceFigures, seconds: number): string {
  const perMinute = (count: number): string =>
    `${Math.round((60 * count) / seconds).toLocaleString('en')}/min`;
  const { offered, heldBack, delivered, refused, p50Ms, p95Ms } = figures;
  return (
    `${perMinute(offered)} offered, ${perMinute(heldBack)} held back, ${perMinute(delivered)} delivered, ` +
    `p50 ${p50Ms.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} ms, refused ${JSON.stringify(refused)}`
  );
}
