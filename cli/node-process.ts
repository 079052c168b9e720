/**
 * A process that runs nodes for a coordinator and answers its operator: session, endpoint, log and
 * signals put together.
 *
 * @module
 */
import type { MetricDefinition } from '../engine/host/measure.ts';
import { type MetricValue, mergeByName } from '../engine/measure/counters.ts';
import {
  AgentSession,
  type SessionEnd,
  type SessionOptions,
} from '../scenarios/distributed/agent-session.ts';
import {
  handleSignals,
  jsonLog,
  type MemoryWatch,
  type NodeFace,
  type NodeState,
  type NodeStatus,
  type OperatorLevel,
  type OperatorLog,
  type ProbeResult,
  type ReloadResult,
  serveOperator,
  watchMemory,
} from '../services/operator/index.ts';

/** What a process is made of. */
export interface NodeProcessOptions extends Omit<SessionOptions, 'operatorPort'> {
  /** Lines below it are not written; ORRERY_LOG wins. */
  readonly level: OperatorLevel;
  /** Where to answer the operator; 0 lets the system choose. */
  readonly operatorPort: number;
  readonly operatorHost?: string;
  /** Whether SIGINT drains as SIGTERM does; default `drain`. */
  readonly interrupt?: 'drain' | 'ignore';
  /** Reads the files anew that the process was started with. */
  readonly reload?: (log: OperatorLog) => ReloadResult;
}

/** Runs until the coordinator, a signal or a mistake ends it; the process exits then. */
export async function runNodeProcess(options: NodeProcessOptions): Promise<void> {
  const log = jsonLog({ node: options.hosts.join(','), level: options.level });
  const memory = watchMemory({ log });
  const face = new ProcessFace(options, log, memory);
  const server = await serveOperator({
    face,
    log,
    port: options.operatorPort,
    ...(options.operatorHost === undefined ? {} : { host: options.operatorHost }),
  });
  const session = new AgentSession({ ...options, operatorPort: server.port });
  face.session = session;
  const closing = [{ name: 'operator endpoint', close: (): Promise<void> => server.close() }];
  const { interrupt = 'drain' } = options;
  const signals = handleSignals({ face, log, closing, interrupt });
  const end = await session.end;
  if (end.kind === 'broken') log.component('agent').error(end.message);
  if (end.kind === 'lost') log.component('agent').warn(`the coordinator is gone: ${end.reason}`);
  // A drain that a signal began closes the rest and ends the process itself.
  if (face.isDraining) return;
  signals.dispose();
  memory.dispose();
  await server.close();
  process.exit(exitCodeOf(end, face.name));
}

/** 0 the run is over, 1 it ended early, 2 the coordinator does not want this process. */
function exitCodeOf(end: SessionEnd, name: string): number {
  if (end.kind === 'done') return 0;
  if (end.kind !== 'refused') return 1;
  process.stderr.write(`orrery: ${name}: the coordinator sent this process away: ${end.reason}\n`);
  return 2;
}

/** The nodes of this process as their operator sees them. */
class ProcessFace implements NodeFace {
  readonly name: string;
  session: AgentSession | undefined;
  isDraining = false;
  readonly definitions: readonly MetricDefinition[];
  readonly #options: NodeProcessOptions;
  readonly #log: OperatorLog;
  readonly #memory: MemoryWatch;

  constructor(options: NodeProcessOptions, log: OperatorLog, memory: MemoryWatch) {
    this.#options = options;
    this.#log = log;
    this.#memory = memory;
    this.name = options.hosts.join(',');
    this.definitions = options.registry.metrics;
  }

  status(): NodeStatus {
    const { rssBytes, cpuSeconds } = this.#memory.sample();
    const agent = this.session?.agent;
    const waiting = agent?.waiting ?? this.#options.hosts;
    const isReady = agent?.isReady === true && !this.isDraining;
    const reason = agent === undefined ? 'waits for its coordinator' : 'cannot carry traffic yet';
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

  metrics(): Readonly<Record<string, MetricValue>> {
    const merged = mergeByName(this.session?.agent?.metrics() ?? []);
    return { ...merged, ...this.#memory.metrics() };
  }

  drops(): Readonly<Record<string, number>> {
    return this.session?.agent?.world.nodeDrops() ?? {};
  }

  reload(): ReloadResult {
    return this.#options.reload?.(this.#log) ?? { applied: [], needsRestart: [] };
  }

  async probe(): Promise<ProbeResult> {
    const agent = this.session?.agent;
    if (agent === undefined) return { ok: false, reason: 'waits for its coordinator' };
    return (await agent.probe()) ?? { ok: false, reason: 'no application is here to send one' };
  }

  async drain(): Promise<void> {
    this.isDraining = true;
    await this.session?.drain();
  }

  #state(isReady: boolean): NodeState {
    if (this.isDraining) return 'draining';
    if (!isReady) return 'starting';
    return this.session?.agent?.isRunning === true ? 'running' : 'ready';
  }
}
