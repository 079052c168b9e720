/**
 * The answer of each path of the operator's endpoint.
 *
 * Connections and callers are checked in `handle.ts`.
 *
 * @module
 */
import { z } from 'zod';
import { scrubSecrets } from '../../engine/live/scrub.ts';
import type { OperatorLog } from './json-log.ts';
import { isLogComponentName, isLogLevel, OPERATOR_LOG_LEVELS } from './log-levels.ts';
import { prometheusMetricsText } from './metrics-text.ts';
import type { NodeStatus, OperatorBackend, ProbeResult } from './node-face.ts';

/** The methods in use. HEAD is answered like GET, without the body. */
export type HttpMethod = 'GET' | 'POST' | 'PUT';

/** An answer that has not been sent yet. */
export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** The methods that the path accepts, for status 405. */
  readonly allow?: string;
}

/** The paths of the operator's endpoint, with the methods that each accepts. */
export const ROUTE_METHODS: ReadonlyMap<string, readonly HttpMethod[]> = new Map<
  string,
  readonly HttpMethod[]
>([
  ['/healthz', ['GET']],
  ['/readyz', ['GET']],
  ['/metrics', ['GET']],
  ['/status', ['GET']],
  ['/probe', ['POST']],
  ['/ask', ['POST']],
  ['/log-level', ['GET', 'PUT']],
]);

const REASONS_MAX = 20;
const PROBE_MS_MAX = 3_000;
const NO_PROBE = 'this node has no packet to probe with';
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

/** Largest number of open questions of all operators together. */
const ASKS_MAX = 16;
const WITHIN_MS = 10_000;
const WITHIN_MS_MAX = 600_000;
const word = z.string().max(256);
const QUESTION = z.strictObject({
  kind: word.min(1),
  node: word.exactOptional(),
  by: word.exactOptional(),
  target: word.default(''),
  body: z.string().max(4_096).default(''),
  withinMs: z.number().positive().max(WITHIN_MS_MAX).default(WITHIN_MS),
});
const QUESTION_HINT =
  'send {"kind": "status"}; "node", "by", "target", "body" and "withinMs" are optional';

/** A rejection as JSON with an explanation. */
export function makeRefusalAnswer(
  status: number,
  error: string,
  more: Readonly<Record<string, unknown>> = {},
): HttpAnswer {
  return json(status, { error, ...more });
}

/** The routes of one node's endpoint. */
export class OperatorRoutes {
  private readonly face: OperatorBackend;
  private readonly log: OperatorLog;
  /** Answers in progress that run code of nodes or copy all metrics, by their path. */
  private readonly pending = new Map<string, Promise<HttpAnswer>>();
  private probing: Promise<ProbeResult | undefined> | undefined;
  private asking = 0;

  constructor(face: OperatorBackend, log: OperatorLog) {
    this.face = face;
    this.log = log;
  }

  /** Answers a request whose method and path are in {@link ROUTE_METHODS}. */
  async answer(
    method: HttpMethod,
    path: string,
    body: string,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    switch (path) {
      case '/healthz':
        return this.health();
      case '/readyz':
        return this.readiness();
      case '/metrics':
        return await this.shareAnswer(path, async () => {
          const text = await prometheusMetricsText(this.face);
          return { status: 200, type: PROMETHEUS, text };
        });
      case '/probe':
        return this.probe();
      case '/ask':
        return this.ask(body, signal);
      case '/log-level':
        return method === 'PUT' ? this.setLevel(body) : json(200, this.log.levels());
      default:
        return await this.shareAnswer(path, async () => {
          const nodes = await this.face.nodes();
          return json(200, { ...statusOf(this.face.status()), nodes });
        });
    }
  }

  /** Makes an answer; a request that comes while the answer for the same path is made gets that answer. */
  private shareAnswer(path: string, answer: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
    const known = this.pending.get(path);
    if (known !== undefined) return known;
    const begun = answer().finally(() => this.pending.delete(path));
    this.pending.set(path, begun);
    return begun;
  }

  /** Healthy if the process answers and the node has not ended. */
  private health(): HttpAnswer {
    const { node, state } = this.face.status();
    return json(state === 'stopped' ? 503 : 200, { ok: state !== 'stopped', node, state });
  }

  private readiness(): HttpAnswer {
    const { node, state, ready, reasons } = statusOf(this.face.status());
    return json(ready ? 200 : 503, { ready, node, state, reasons });
  }

  /** Sends one probe at a time; concurrent requests get the result of the probe in progress. */
  private async probe(): Promise<HttpAnswer> {
    const send = this.face.probe?.bind(this.face);
    if (send === undefined) return makeRefusalAnswer(501, NO_PROBE);
    this.probing ??= within(PROBE_MS_MAX, send).finally(() => {
      this.probing = undefined;
    });
    const result = await this.probing;
    if (result === undefined) return makeRefusalAnswer(501, NO_PROBE);
    const { ok, ms, reason } = result;
    return json(ok ? 200 : 503, {
      ok,
      ...(ms === undefined ? {} : { ms }),
      ...(reason === undefined ? {} : { reason: scrubSecrets(reason) }),
    });
  }

  /** Asks a node; at most {@link ASKS_MAX} questions are open. */
  private async ask(body: string, signal: AbortSignal): Promise<HttpAnswer> {
    const put = this.face.ask?.bind(this.face);
    if (put === undefined) return makeRefusalAnswer(501, 'this node takes no questions yet');
    const question = QUESTION.safeParse(readJson(body)).data;
    if (question === undefined) return makeRefusalAnswer(400, QUESTION_HINT);
    if (this.asking >= ASKS_MAX) return makeRefusalAnswer(429, `${ASKS_MAX} questions are open`);
    this.asking += 1;
    const answer = await put(question, signal).finally(() => {
      this.asking -= 1;
    });
    return json(answer.outcome === 'ok' ? 200 : 503, answer);
  }

  private setLevel(body: string): HttpAnswer {
    const wanted = readJson(body);
    const { level, component } = wanted ?? {};
    if (!isLogLevel(level)) {
      return makeRefusalAnswer(400, `send {"level": one of ${OPERATOR_LOG_LEVELS.join(', ')}}`);
    }
    if (component !== undefined && !isLogComponentName(component)) {
      return makeRefusalAnswer(400, '"component" is a name such as gateway');
    }
    try {
      this.log.setLevel(level, component);
    } catch (error) {
      return makeRefusalAnswer(400, error instanceof Error ? error.message : String(error));
    }
    const whose = component === undefined ? 'everything' : component;
    this.log.component('log').warn(`level of ${whose} is now ${level}`);
    return json(200, this.log.levels());
  }
}

/** Copies the declared fields only, with texts of limited length. */
function statusOf(status: NodeStatus): NodeStatus {
  const { state, node, protocol, uptimeSeconds, ready, reasons, rssBytes, cpuSeconds } = status;
  const words = reasons.slice(0, REASONS_MAX).map(scrubSecrets);
  return { state, node, protocol, uptimeSeconds, ready, reasons: words, rssBytes, cpuSeconds };
}

function readJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Without valid JSON there is no level, and the answer says what to send.
    return undefined;
  }
}

function json(status: number, value: unknown): HttpAnswer {
  return { status, type: 'application/json', text: `${JSON.stringify(value)}\n` };
}

/** Waits for the result of the probe, or fails with the reason after a time limit. */
async function within(
  ms: number,
  send: () => Promise<ProbeResult | undefined>,
): Promise<ProbeResult | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ProbeResult>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, reason: `no answer within ${ms} ms` }), ms);
  });
  try {
    return await Promise.race([send(), late]);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
