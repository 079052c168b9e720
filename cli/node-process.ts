/**
 * A process that runs nodes for a coordinator and answers its operator: session, endpoint, log and
 * signals put together.
 *
 * @module
 */
import type { MetricDefinition } from '../engine/host/measure.ts';
import { type MetricValue, mergeMetricsByName } from '../engine/measure/counters.ts';
import type { Agent } from '../runner/distributed/agent/agent.ts';
import {
  AgentSession,
  type SessionEnd,
  type SessionOptions,
} from '../runner/distributed/agent/agent-session.ts';
import { STANDALONE_RUN_DAYS_MAX } from '../runner/distributed/alone/alone-channel.ts';
import type { Channel } from '../runner/distributed/channel/model.ts';
import type { ProcessState } from '../services/gateway/index.ts';
import {
  createJsonLog,
  installSignalHandlers,
  isLogComponentName,
  type MemoryWatch,
  type NodeProcessBackend,
  type NodeProcessState,
  type NodeStatus,
  type OperatorAnswer,
  type OperatorLog,
  type OperatorQuestion,
  type OperatorServer,
  type ProbeResult,
  type ReloadResult,
  startOperatorServer,
  watchMemory,
} from '../services/operator/index.ts';
import type { ChangeNodeOptions } from './node-reload.ts';
import { answerOperatorQuestion } from './put-question.ts';

/**
 * What {@link runNodeProcess} needs: its connection to the coordinator, log, operator endpoint, and reaction to
 * signals.
 */
export interface NodeProcessOptions
  extends Omit<SessionOptions, 'channel' | 'operatorPort' | 'onLine'> {
  /** Connects to the coordinator. Signals are handled in the meantime. */
  readonly connect: () => Promise<Channel>;
  /** Log levels in the format of ORRERY_LOG, which takes precedence. */
  readonly levels: string;
  /**
   * True if the log lines of its nodes are also written to its own log. The coordinator receives
   * them in any case.
   */
  readonly writesNodes?: boolean;
  /** Port of the operator endpoint; with 0, the system chooses one. */
  readonly operatorPort: number;
  readonly operatorHost?: string;
  /** What SIGINT does: `drain` (default) drains the nodes as SIGTERM does, `ignore` does nothing. */
  readonly interrupt?: 'drain' | 'ignore';
  /** Opens a server for applications of the nodes; the process closes it at its end. */
  readonly openFace?: (log: OperatorLog) => Promise<ApplicationServer>;
  /**
   * Called on SIGHUP: reads again the files with which the process was started, and applies
   * changes.
   */
  readonly reload?: (log: OperatorLog, change: ChangeNodeOptions) => ReloadResult;
}

/** A server through which applications use the nodes of a process. */
export interface ApplicationServer {
  /**
   * Called when the agent exists and its nodes are about to be created.
   * @throws Refusal if its nodes do not have what the server needs.
   */
  attach(agent: Agent): void;
  /**
   * Definitions of the metrics that the server itself counts, in addition to those of its nodes.
   */
  readonly definitions?: readonly MetricDefinition[];
  metrics?(): Readonly<Record<string, MetricValue>>;
  /**
   * Returns metrics under published names that differ from those of a run, in the text format of
   * Prometheus.
   */
  published?(state: ProcessState): Promise<string>;
  close(): Promise<void>;
}

/** Runs a node process until the coordinator, a signal or an error ends it; then the process exits. */
export async function runNodeProcess(options: NodeProcessOptions): Promise<void> {
  const environment = [options.levels, process.env['ORRERY_LOG'] ?? ''].join(',');
  const log = createJsonLog({ node: options.hosts.join(','), environment });
  const memory = watchMemory({ log });
  const face = new ProcessFace(options, log, memory);
  let server: OperatorServer | undefined;
  let applications: ApplicationServer | undefined;
  const closing = [
    { name: 'operator endpoint', close: async (): Promise<void> => server?.close() },
    { name: 'face of applications', close: async (): Promise<void> => applications?.close() },
  ];
  const { interrupt = 'drain' } = options;
  // Installed before connecting, which may take long, because SIGHUP would otherwise end the
  // process.
  const signals = installSignalHandlers({ face, log, closing, interrupt });
  const dispose = async (): Promise<void> => {
    signals.dispose();
    memory.dispose();
    await Promise.all(closing.map(({ close }) => close()));
  };
  try {
    applications = await options.openFace?.(log);
    face.applications = applications;
    const channel = await options.connect();
    server = await openEndpoint(options, face, log);
    face.session = new AgentSession({
      ...options,
      channel,
      operatorPort: server.port,
      ...(options.writesNodes === true ? { onLine: nodeLines(log) } : {}),
      onAgent: (agent): void => applications?.attach(agent),
    });
  } catch (error) {
    await dispose();
    throw error;
  }
  const end = await face.session.end;
  if (end.kind === 'broken') log.component('agent').error(end.message);
  if (end.kind === 'lost') log.component('agent').warn(`the coordinator is gone: ${end.reason}`);
  // A signal has started the drain; its handler closes everything else and ends the process.
  if (face.isDraining) return;
  if (end.kind === 'done' && options.mode === 'alone') {
    log.component('agent').warn(`ends after ${STANDALONE_RUN_DAYS_MAX} days, to be started again`);
  }
  await dispose();
  process.exit(exitCodeOf(end, face.name));
}

function openEndpoint(
  { operatorPort: port, operatorHost }: NodeProcessOptions,
  face: NodeProcessBackend,
  log: OperatorLog,
): Promise<OperatorServer> {
  const host = operatorHost === undefined ? {} : { host: operatorHost };
  return startOperatorServer({ face, log, port, ...host });
}

/** Writes log lines of nodes, under the names of their protocols. */
function nodeLines(log: OperatorLog): NonNullable<SessionOptions['onLine']> {
  return ({ node, protocol, level, text, fields }) =>
    log.sink(isLogComponentName(protocol) ? protocol : 'node')(node, level, text, fields);
}

/** Exit code: 0 if the run is over, 1 if it ended early, 2 if the coordinator rejected this process. */
function exitCodeOf(end: SessionEnd, name: string): number {
  if (end.kind === 'done') return 0;
  if (end.kind !== 'refused') return 1;
  process.stderr.write(`orrery: ${name}: the coordinator rejected this process: ${end.reason}\n`);
  return 2;
}

/** The nodes of this process as their operator sees them. */
class ProcessFace implements NodeProcessBackend {
  readonly name: string;
  session: AgentSession | undefined;
  applications: ApplicationServer | undefined;
  isDraining = false;
  readonly #options: NodeProcessOptions;
  readonly #log: OperatorLog;
  readonly #memory: MemoryWatch;

  constructor(options: NodeProcessOptions, log: OperatorLog, memory: MemoryWatch) {
    this.#options = options;
    this.#log = log;
    this.#memory = memory;
    this.name = options.hosts.join(',');
  }

  status(): NodeStatus {
    const { rssBytes, cpuSeconds } = this.#memory.sample();
    const agent = this.session?.agent;
    const waiting = agent?.waiting ?? this.#options.hosts;
    const isReady = agent?.isReady === true && !this.isDraining;
    const reason = agent === undefined ? this.#unloaded : 'cannot carry traffic yet';
    return {
      state: this.#state(isReady),
      node: this.name,
      protocol: agent?.protocols.join(',') ?? '',
      uptimeSeconds: process.uptime(),
      ready: isReady,
      reasons: isReady ? [] : waiting.map((node) => `${node} ${reason}`),
      rssBytes,
      cpuSeconds,
    };
  }

  /**
   * Metrics of all known protocols; computed at each request, because agents load users' modules
   * after the start.
   */
  get definitions(): readonly MetricDefinition[] {
    const { registry } = this.#options;
    const own = registry.names.flatMap((name) => registry.protocols(name)?.metrics ?? []);
    return [...own, ...registry.metrics, ...(this.applications?.definitions ?? [])];
  }

  metrics(): Readonly<Record<string, MetricValue>> {
    const merged = mergeMetricsByName(this.session?.agent?.metrics() ?? []);
    return { ...merged, ...this.#memory.metrics(), ...this.applications?.metrics?.() };
  }

  async published(): Promise<string> {
    const state = { metrics: this.metrics(), drops: this.drops() };
    return (await this.applications?.published?.(state)) ?? '';
  }

  drops(): Readonly<Record<string, number>> {
    return this.session?.agent?.world.nodeDrops() ?? {};
  }

  reload(): ReloadResult {
    const change: ChangeNodeOptions = (node, options) =>
      this.session?.agent?.asks.reconfigure(node, options);
    return this.#options.reload?.(this.#log, change) ?? { applied: [], needsRestart: [] };
  }

  probe(): Promise<ProbeResult | undefined> {
    const agent = this.session?.agent;
    if (agent === undefined) return Promise.resolve({ ok: false, reason: this.#unloaded });
    const whom = this.#options.mode === 'alone' ? 'each' : 'first';
    return agent.probe(whom) ?? Promise.resolve(undefined);
  }

  /** Says why there is no agent yet. */
  get #unloaded(): string {
    return this.#options.mode === 'alone' ? 'is being loaded' : 'waits for its coordinator';
  }

  nodes(): ReturnType<NodeProcessBackend['nodes']> {
    return this.session?.agent?.asks.statuses() ?? {};
  }

  ask(question: OperatorQuestion, signal: AbortSignal): Promise<OperatorAnswer> {
    const agent = this.session?.agent;
    if (agent === undefined) return Promise.resolve({ outcome: 'node-down', ms: 0, parts: [] });
    const { asks, hosts } = agent;
    const { registry } = this.#options;
    return answerOperatorQuestion(
      { hosts, registry, put: (spec, taker) => asks.put(spec, taker) },
      question,
      signal,
    );
  }

  async drain(): Promise<void> {
    this.isDraining = true;
    await this.session?.drain();
  }

  #state(isReady: boolean): NodeProcessState {
    if (this.isDraining) return 'draining';
    if (!isReady) return 'starting';
    return this.session?.agent?.isRunning === true ? 'running' : 'ready';
  }
}
