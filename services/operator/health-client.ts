/**
 * Asks the endpoint of a node process for its health: is it alive and ready, can its metrics be
 * read, and does one packet get through the network?
 *
 * The endpoint is not trusted, so its answers are limited in size and checked.
 *
 * @module
 */
import { z } from 'zod';
import {
  type EndpointAddress,
  endpointAddressText,
  type HttpReply,
  parseJsonOrUndefined,
  sendHttpRequest,
} from './exchange.ts';

/** The question to a node, and how long to wait for its answer. */
export interface HealthQuestion {
  /** Whether to send a probe packet; `leave-out` also when asking from another machine, which may not send one. */
  readonly probe: 'send' | 'leave-out';
  /** Longest time for each answer, ms. */
  readonly timeoutMs: number;
}

/** The outcome of the probe packet. */
export type ProbeOutcome =
  | { readonly kind: 'back'; readonly ms?: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'none' }
  /** The node accepts probes only from its own machine. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'left-out' };

/** The health of one node. */
export interface NodeHealth {
  /** `host:port` as requested. */
  readonly endpoint: string;
  /** True when nothing is wrong. */
  readonly ok: boolean;
  /** What is wrong, one sentence each. */
  readonly problems: readonly string[];
  /** What the node reports about itself; absent if it does not answer. */
  readonly status?: ReportedNodeStatus;
  /** Number of samples at `/metrics`; 0 if there are none. */
  readonly metrics: number;
  readonly probe: ProbeOutcome;
}

/** Longest name, characters: the name of a process that runs many nodes lists all of them. */
const NAME_CHARACTERS_MAX = 65_536;

const STATUS = z.object({
  state: z.enum(['starting', 'ready', 'running', 'draining', 'stopped']),
  node: z.string().max(NAME_CHARACTERS_MAX),
  protocol: z.string().max(NAME_CHARACTERS_MAX),
  uptimeSeconds: z.number().nonnegative(),
  ready: z.boolean(),
  reasons: z.array(z.string().max(4_096)).max(64),
  rssBytes: z.number().nonnegative(),
  cpuSeconds: z.number().nonnegative(),
});

/** The state of a node as its endpoint reports it. */
export type ReportedNodeStatus = z.infer<typeof STATUS>;

const PROBE = z.object({
  ok: z.boolean(),
  ms: z.number().nonnegative().optional(),
  reason: z.string().max(4_096).optional(),
});

const SAMPLE = /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})? \S+$/;

/** Checks one node. Never rejects: if the node does not answer, that is reported as a problem. */
export async function checkNodeHealth(
  endpoint: EndpointAddress,
  asked: HealthQuestion,
): Promise<NodeHealth> {
  const text = endpointAddressText(endpoint);
  const ask = (method: string, path: string): Promise<HttpReply> =>
    sendHttpRequest(endpoint, { method, path, timeoutMs: asked.timeoutMs });
  const health = await ask('GET', '/healthz');
  if ('problem' in health) {
    return silent(text, `does not answer: ${health.problem}`);
  }
  const status = readStatus(await ask('GET', '/status'));
  if (status === undefined) return silent(text, 'what answers is not an Orrery node');
  const metrics = countSamples(await ask('GET', '/metrics'));
  const probe = asked.probe === 'send' ? readProbe(await ask('POST', '/probe')) : LEFT_OUT;
  const problems = [
    ...(health.status === 200 ? [] : [`/healthz says ${health.status}`]),
    ...(status.ready ? [] : [`not ready: ${status.reasons.join('; ') || status.state}`]),
    ...(metrics > 0 ? [] : ['/metrics cannot be read']),
    ...(probe.kind === 'failed' ? [`probe: ${probe.reason}`] : []),
  ];
  return { endpoint: text, ok: problems.length === 0, problems, status, metrics, probe };
}

const LEFT_OUT: ProbeOutcome = { kind: 'left-out' };

function silent(endpoint: string, problem: string): NodeHealth {
  return { endpoint, ok: false, problems: [problem], metrics: 0, probe: LEFT_OUT };
}

function readStatus(reply: HttpReply): ReportedNodeStatus | undefined {
  return 'problem' in reply ? undefined : STATUS.safeParse(parseJsonOrUndefined(reply.text)).data;
}

/** Number of samples if the whole text is valid and comes from a node; otherwise 0. */
function countSamples(reply: HttpReply): number {
  if ('problem' in reply || reply.status !== 200) return 0;
  const lines = reply.text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const isNode = lines.some((line) => line.startsWith('orrery_node_up'));
  return isNode && lines.every((line) => SAMPLE.test(line)) ? lines.length : 0;
}

function readProbe(reply: HttpReply): ProbeOutcome {
  if ('problem' in reply) return { kind: 'failed', reason: reply.problem };
  if (reply.status === 501) return { kind: 'none' };
  if (reply.status === 403) return { kind: 'elsewhere' };
  const said = PROBE.safeParse(parseJsonOrUndefined(reply.text)).data;
  if (said === undefined) return { kind: 'failed', reason: `/probe says ${reply.status}` };
  if (!said.ok) return { kind: 'failed', reason: said.reason ?? 'the packet did not come back' };
  return said.ms === undefined ? { kind: 'back' } : { kind: 'back', ms: said.ms };
}
