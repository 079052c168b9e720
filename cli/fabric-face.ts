/**
 * `orrery node --fabric`: the server through which applications send messages over the fabric node of this
 * process (services/fabric). The node receives their requests in the same way as requests of a scenario.
 *
 * @module
 */
import type { AnswerReceiver } from '../engine/net/inquiry.ts';
import type { Agent } from '../runner/distributed/agent/agent.ts';
import { Refusal } from '../scenarios/refusal.ts';
import {
  decodeServedEnvelope,
  type FabricNode,
  type FabricOutcome,
  type FabricRequest,
  type FabricServer,
  FabricServerStartError,
  type PeerMessageFlow,
  type PeerMessageReceiver,
  SERVED_PROTOCOL_NAME,
  startFabricServer,
} from '../services/fabric/index.ts';
import type { OperatorLog } from '../services/operator/index.ts';
import type { ApplicationServer } from './node-process.ts';

/** Which fabric node the server for applications serves, where the server listens, and its token file. */
export interface FabricEndpointOptions {
  readonly node: string;
  readonly host: string;
  readonly port: number;
  readonly tokenFile: string;
  readonly log: OperatorLog;
}

/**
 * Starts the server for applications; until the node exists, the server answers `node-down`.
 * @throws (rejects) Refusal if the address, port or file is not available.
 */
export async function openFabricEndpoint(
  options: FabricEndpointOptions,
): Promise<ApplicationServer> {
  const { node: name, log, ...where } = options;
  const node = new AgentNode(name);
  let server: FabricServer;
  try {
    const parts = { node, read: decodeServedEnvelope, log: log.component(SERVED_PROTOCOL_NAME) };
    server = await startFabricServer({ ...parts, ...where });
  } catch (error) {
    if (!(error instanceof FabricServerStartError)) throw error;
    throw new Refusal(`--fabric: ${error.message}`, { cause: error });
  }
  return { attach: (agent) => node.attach(agent), close: () => server.close() };
}

/** Makes a node of an agent available to the server for applications. */
class AgentNode implements FabricNode {
  readonly name: string;
  #agent: Agent | undefined;

  constructor(name: string) {
    this.name = name;
  }

  attach(agent: Agent): void {
    const top = agent.protocols.at(-1);
    if (top !== SERVED_PROTOCOL_NAME) {
      const words = `--fabric needs ${SERVED_PROTOCOL_NAME} as the protocol on top of ${this.name}`;
      throw new Refusal(`${words}, which runs ${agent.protocols.join(' below ')}`);
    }
    this.#agent = agent;
  }

  request(question: FabricRequest): Promise<FabricOutcome> {
    const agent = this.#agent;
    if (agent === undefined) return Promise.resolve({ outcome: 'node-down' });
    return new Promise((resolve) => {
      const respond: AnswerReceiver['respond'] = (outcome, body) =>
        // The body is copied, because the node may overwrite the bytes once this call returns.
        resolve(body === undefined ? { outcome } : { outcome, body: body.slice() });
      agent.asks.request(this.name, { ...question, respond }, SERVED_PROTOCOL_NAME);
    });
  }

  messages({ hand, ended }: PeerMessageReceiver): PeerMessageFlow {
    const agent = this.#agent;
    if (agent === undefined) {
      ended('node-down');
      return { taken: (): void => undefined };
    }
    const more = (body: Uint8Array): 'ok' => {
      hand(body);
      return 'ok';
    };
    const asked = { kind: 'messages', target: '', body: new Uint8Array(0), more, respond: ended };
    const open = agent.asks.request(this.name, asked, SERVED_PROTOCOL_NAME);
    return { taken: (): void => open.room() };
  }
}
