/**
 * The calls of the gRPC service of a gateway about tunnels. A tunnel is a session of the gateway
 * with another one.
 *
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises';
import { askNode, failureOf } from './grpc-answers.ts';
import type { CallContext } from './grpc-context.ts';
import type { GatewayRequests } from './grpc-messages.ts';
import { CallFailure, refuseRequest } from './grpc-request.ts';
import type { AnswerOf } from './node-answers.ts';

type Tunnel = AnswerOf<'open-tunnel'>;

const STATES: Readonly<Record<string, number>> = { creating: 1, active: 2, inactive: 3 };
const WAIT_MS = 100;
const WAIT_S_MAX = 60;
const PAGE_MAX = 100;
const MS_PER_S = 1_000;
/** The only cipher with which frames are sealed. */
const CIPHER = 'ChaCha20-Poly1305';

/** Begins a session; if the request says so, waits until the session is established. */
export async function createTunnel(
  context: CallContext,
  request: GatewayRequests['CreateTunnel'],
): Promise<object | CallFailure> {
  const { destinationIa, destinationHost, destinationPort, options } = request;
  const method = options?.encryptionMethod ?? '';
  if (options?.compressionEnabled === true) {
    return new CallFailure('unsupported', 'nothing is compressed before it is encrypted');
  }
  if (method !== '' && method !== CIPHER) return new CallFailure('unsupported', `only ${CIPHER}`);
  if (destinationHost !== '') {
    return new CallFailure('unsupported', 'a tunnel ends at the gateway of an AS, not at a host');
  }
  let tunnel = await askNode(context, 'open-tunnel', destinationIa);
  const waitS = Math.min(options?.timeoutSeconds ?? 0, WAIT_S_MAX);
  const endMs = performance.now() + waitS * MS_PER_S;
  if (!(tunnel instanceof CallFailure) && ![0, tunnel.port].includes(destinationPort)) {
    return refuseRequest(`frames go to port ${tunnel.port}`);
  }
  while (isCreating(tunnel) && performance.now() < endMs && !context.gone.aborted) {
    await pause(WAIT_MS);
    tunnel = await askNode(context, 'open-tunnel', destinationIa);
  }
  return tunnel instanceof CallFailure ? tunnel : makeTunnel(tunnel);
}

/** Lists the sessions, each with the ASes of its two ends. */
export async function listTunnels(
  context: CallContext,
  { filter, pageSize, pageToken }: GatewayRequests['ListTunnels'],
): Promise<object | CallFailure> {
  const all = await askNode(context, 'tunnels');
  if (all instanceof CallFailure) return all;
  const matching = all
    .filter(({ peer, isdAs }) => peer.includes(filter) || isdAs.includes(filter))
    .filter(({ peer }) => peer > pageToken)
    .sort((a, b) => (a.peer < b.peer ? -1 : 1));
  const page = matching.slice(0, pageSize === 0 ? PAGE_MAX : Math.min(pageSize, PAGE_MAX));
  const nextPageToken = page.length < matching.length ? (page.at(-1)?.peer ?? '') : '';
  return { tunnels: page.map(makeTunnel), nextPageToken };
}

/** Ends a session. */
export async function deleteTunnel(
  { node, gone }: CallContext,
  { tunnelId }: GatewayRequests['DeleteTunnel'],
): Promise<object | CallFailure> {
  const { outcome, text } = await node.request({ kind: 'close-tunnel', body: tunnelId }, gone);
  if (outcome === 'unknown-peer') return noTunnel();
  return outcome === 'ok' ? { success: true } : failureOf(outcome, text);
}

/** Answers with the state of a session. */
export async function answerTunnel(
  context: CallContext,
  { tunnelId }: GatewayRequests['GetTunnelStatus'],
): Promise<object | CallFailure> {
  const all = await askNode(context, 'tunnels');
  if (all instanceof CallFailure) return all;
  const found = all.find(({ isdAs, peer }) => isdAs === tunnelId || peer === tunnelId);
  return found === undefined ? noTunnel() : makeTunnel(found);
}

function isCreating(tunnel: Tunnel | CallFailure): boolean {
  return !(tunnel instanceof CallFailure) && tunnel.state === 'creating';
}

function makeTunnel({ peer, isdAs, port, state }: Tunnel): object {
  return { tunnelId: isdAs, localPort: port, status: STATES[state] ?? 0, peer };
}

function noTunnel(): CallFailure {
  return new CallFailure('notFound', 'there is no such tunnel');
}
