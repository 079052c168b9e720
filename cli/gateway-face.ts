/**
 * Connects the gateway node of a process with its servers for applications (services/gateway). The
 * node receives the requests of applications in the same way as requests of a scenario.
 *
 * @module
 */
import type { RequestContent } from '../engine/host/host.ts';
import type { LogFields, MetricDefinition } from '../engine/host/measure.ts';
import type { MetricValue } from '../engine/measure/counters.ts';
import type { AnswerReceiver, OpenRequest } from '../engine/net/inquiry.ts';
import { type GatewayFile, type MetricSeriesByName, protocol } from '../nodes/gateway/index.ts';
import type { Agent } from '../runner/distributed/agent/agent.ts';
import { Refusal } from '../scenarios/refusal.ts';
import {
  type ApplicationRequest,
  CallerFilter,
  type GatewayGrpcServer,
  type GatewayNode,
  type GatewayServer,
  GatewayServerStartError,
  GrpcMeter,
  GrpcServerStartError,
  HttpMeter,
  IpTunnel,
  type NodeAnswer,
  PacketQueue,
  ProcessMetrics,
  publishedText,
  startGatewayServer,
  startGrpcServer,
  type TlsMaterial,
} from '../services/gateway/index.ts';
import type { ComponentLog, OperatorLog } from '../services/operator/index.ts';
import { TunOpenError, type TunOptions } from '../services/tun/index.ts';
import type { ApplicationServer } from './node-process.ts';
import { versionOf } from './program.ts';

/** The protocol of the nodes that the servers serve. */
export const GATEWAY_PROTOCOL = protocol.name;
/**
 * Time, ms, after which the server again asks for received packets, once the node has ended its
 * request.
 */
const AGAIN_MS = 100;
/** Longest wait for the metrics of the node, ms. */
const METRICS_MS = 5_000;

/** The gateway, and the addresses at which its servers listen. */
export interface GatewayFaceOptions extends Pick<GatewayFile, 'grpc' | 'tun' | 'access'> {
  readonly name: string;
  readonly log: OperatorLog;
  readonly htx: Omit<GatewayFile['htx'], 'tls'> & { readonly tls: TlsMaterial | undefined };
  readonly labelSetsMax: number;
  /** Folder of the stores that survive a crash of the node. */
  readonly stateFolder: string;
}

const METRICS: readonly MetricDefinition[] = [
  {
    ...{ name: 'gateway.callers_refused', kind: 'counter', unit: 'count' },
    help: 'connections of applications that access control refused',
  },
  {
    ...{ name: 'gateway.handshakes_failed', kind: 'counter', unit: 'count' },
    help: 'TLS handshakes of applications that failed',
  },
  {
    ...{ name: 'gateway.tunnel_lost', kind: 'counter', unit: 'count' },
    help: 'IP packets of the TUN device that the system did not take, or for which no node ran',
  },
];

/** The servers for applications of a gateway. */
export interface GatewayFace extends ApplicationServer {
  /**
   * Uses other certificates for later connections.
   * @throws Error of the system if one of them cannot be used.
   */
  reloadTls(material: TlsMaterial): void;
}

/** Starts the server; until the node exists, it answers `node-down`. @throws (rejects) Refusal if it cannot listen. */
export async function openGatewayFace({
  name,
  log,
  htx,
  grpc,
  tun,
  access,
  labelSetsMax,
  stateFolder,
}: GatewayFaceOptions): Promise<GatewayFace> {
  const node = new AgentGateway(name);
  const queue = new PacketQueue(node);
  const callers = new CallerFilter(access?.ranges ?? { allowed: [], blocked: [] });
  const lines = log.component(GATEWAY_PROTOCOL);
  const onPacket = (fields: LogFields): void => lines.debug('packet taken', fields);
  const http = new HttpMeter();
  const answered = new GrpcMeter();
  const own = new ProcessMetrics(stateFolder, versionOf());
  let server: GatewayServer;
  let calls: GatewayGrpcServer | undefined;
  const tunnel = tun && (await openTunnel(node, tun, lines));
  const problems = (): readonly string[] => (tunnel?.problem === undefined ? [] : [tunnel.problem]);
  try {
    const parts = { node, queue, callers, meter: http, onPacket, problems };
    server = await startGatewayServer({ ...parts, ...htx });
    if (grpc !== undefined) {
      const tls = htx.tls;
      calls = await startGrpcServer({ node, queue, callers, tls, calls: answered, ...grpc });
    }
  } catch (error) {
    tunnel?.close();
    const isHttp = error instanceof GatewayServerStartError;
    if (!isHttp && !(error instanceof GrpcServerStartError)) throw error;
    const key = isHttp ? 'htx.bind_addr' : 'orrery.grpc_addr';
    throw new Refusal(`${key}: ${error.message}`, { cause: error });
  }
  lines.info(
    `applications on ${server.host} port ${server.port}, ${htx.tls === undefined ? 'no TLS' : 'TLS'}`,
  );
  if (calls !== undefined) lines.info(`gRPC on ${calls.host} port ${calls.port}`);
  return {
    attach: (agent) => node.attach(agent),
    definitions: METRICS,
    metrics: (): Readonly<Record<string, MetricValue>> => {
      const failed = server.failedHandshakes + (calls?.failedHandshakes ?? 0);
      return {
        'gateway.callers_refused': { kind: 'counter', value: callers.refused },
        'gateway.handshakes_failed': { kind: 'counter', value: failed },
        ...(tunnel && { 'gateway.tunnel_lost': { kind: 'counter', value: tunnel.lost } }),
      };
    },
    reloadTls: (material): void => {
      server.reloadTls(material);
      calls?.reloadTls(material);
    },
    published: async (state): Promise<string> => {
      const asked = { kind: 'metrics', body: '' };
      const { outcome, text } = await node.request(asked, AbortSignal.timeout(METRICS_MS));
      const ofNode = outcome === 'ok' ? (JSON.parse(text) as MetricSeriesByName) : {};
      const ofCalls = calls === undefined ? {} : answered.read();
      const all = { ...ofNode, ...http.read(), ...ofCalls, ...own.read(state) };
      return publishedText(all, labelSetsMax);
    },
    close: async (): Promise<void> => {
      own.close();
      tunnel?.close();
      node.close();
      queue.close();
      calls?.close();
      await server.close();
    },
  };
}

/** Opens the device of a gateway. @throws (rejects) Refusal if the system refuses. */
async function openTunnel(
  node: GatewayNode,
  tun: TunOptions,
  lines: ComponentLog,
): Promise<IpTunnel> {
  try {
    const tunnel = await IpTunnel.open(node, tun, (problem) => lines.error(problem));
    lines.info(`IP packets by ${tun.name}, at most ${tun.mtuBytes} B`);
    return tunnel;
  } catch (error) {
    if (!(error instanceof TunOpenError)) throw error;
    throw new Refusal(`orrery.tun: ${error.message}`, { cause: error });
  }
}

const CANCELLED: NodeAnswer = { outcome: 'cancelled', text: '' };

class AgentGateway implements GatewayNode {
  readonly #name: string;
  #agent: Agent | undefined;
  #take: ((part: Uint8Array) => 'ok' | 'full') | undefined;
  #flow: OpenRequest | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  attach(agent: Agent): void {
    this.#agent = agent;
    this.#askForPackets();
  }

  close(): void {
    clearTimeout(this.#again);
    this.#agent = undefined;
  }

  request(
    { kind, target = '', body, priority }: ApplicationRequest,
    gone: AbortSignal,
  ): Promise<NodeAnswer> {
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    const wishes = priority === undefined ? {} : { wishes: { priority } };
    return new Promise((resolve) => {
      if (gone.aborted) {
        resolve(CANCELLED);
        return;
      }
      let text = '';
      const decoder = new TextDecoder();
      const cancel = (): void => {
        open?.cancel();
        resolve(CANCELLED);
      };
      gone.addEventListener('abort', cancel, { once: true });
      const asked = { kind, target, body: bytes, ...wishes };
      const open = this.#put(asked, {
        more: (part) => {
          text += decoder.decode(part, { stream: true });
          return 'ok';
        },
        respond: (outcome, last) => {
          gone.removeEventListener('abort', cancel);
          resolve({ outcome, text: text + (last === undefined ? '' : decoder.decode(last)) });
        },
      });
      if (open === undefined) resolve({ outcome: 'node-down', text: '' });
    });
  }

  route(packet: Uint8Array, respond: (outcome: string) => void): void {
    // The packet names no recipient, so the node routes it by its address.
    const asked = { kind: 'send', target: '', body: packet };
    if (this.#put(asked, { respond }) === undefined) respond('node-down');
  }

  packets(take: (part: Uint8Array) => 'ok' | 'full'): { taken(): void } {
    this.#take = take;
    return { taken: (): void => this.#flow?.room() };
  }

  /**
   * Asks the node for received packets. Asks again when the node ends the request, because it does
   * not exist yet or was restarted.
   */
  #askForPackets(): void {
    const take = this.#take;
    if (take === undefined || this.#agent === undefined) return;
    const asked = { kind: 'packets', target: '', body: new Uint8Array(0) };
    this.#flow = this.#put(asked, {
      more: take,
      respond: () => {
        this.#again = setTimeout(() => this.#askForPackets(), AGAIN_MS);
      },
    });
  }

  #put(asked: RequestContent, receiver: AnswerReceiver): OpenRequest | undefined {
    const inquiry = { ...asked, ...receiver };
    return this.#agent?.asks.request(this.#name, inquiry, GATEWAY_PROTOCOL);
  }
}
