/**
 * `--operator-port`: an operator's endpoint for all nodes of a live or emulated run. The main thread serves it; the run
 * itself has one or several other threads (ADR 0080).
 *
 * @module
 */
import type { MetricDefinition } from '../engine/host/measure.ts';
import { EnvironmentError } from '../engine/live/environment.ts';
import { oneLine } from '../reports/plain-text.ts';
import type { AskAnswerReceiver } from '../runner/asks/ask.ts';
import type { NodeStatuses, RunCounts, RunPortReport } from '../runner/injection/messages.ts';
import type { RunPortClient, UnnumberedPortCommand } from '../runner/injection/run-port-client.ts';
import type { RunEnd, RunRequest } from '../runner/run/run-order.ts';
import type { Undo } from '../runner/world.ts';
import { commandText } from '../scenarios/command-text.ts';
import type { AskSpec } from '../scenarios/fault-parts.ts';
import type { Scenario } from '../scenarios/model.ts';
import {
  createJsonLog,
  type NodeStatus,
  OperatorAddressError,
  type OperatorAnswer,
  type OperatorBackend,
  type OperatorQuestion,
  type OperatorServer,
  startOperatorServer,
} from '../services/operator/index.ts';
import type { ProtocolLookup } from '../topologies/files/registry.ts';
import { answerOperatorQuestion, type QuestionTarget } from './put-question.ts';
import type { RunnerFolder } from './run-folder.ts';

/** Longest wait for a busy run to report its state, ms; after it, the reply is made without that state. */
const REPORT_WAIT_MS_MAX = 2_000;
/**
 * Time, ms, that the endpoint waits beyond a question's own time limit. The run should end the
 * question at that limit.
 */
const GRACE_MS = 500;
const NS_PER_MS = 1_000_000;
const US_PER_S = 1e6;

/** The run that operators can put questions to. */
export interface OperatedRun {
  readonly scenario: Pick<Scenario, 'name' | 'topology'>;
  readonly registry: Pick<ProtocolLookup, 'protocols' | 'metrics'>;
  /** Seconds of the run per second of the wall clock. */
  readonly speed: number;
  readonly client: RunPortClient;
}

/**
 * Opens the endpoint and prints how to ask.
 * @param port With 0 the system chooses one.
 * @throws EnvironmentError if the port is not available.
 */
export async function openOperatorEndpoint(
  run: OperatedRun,
  port: number,
): Promise<OperatorServer> {
  const face = new RunFace(run);
  // The nodes write their log lines as --log says; the endpoint itself logs only warnings.
  const log = createJsonLog({ node: face.name, level: 'warn', environment: '' });
  const server = await startOperatorServer({ face, log, port }).catch((error: unknown) => {
    if (!(error instanceof OperatorAddressError)) throw error;
    throw new EnvironmentError(`--operator-port: ${error.message}`, { cause: error });
  });
  const how = commandText(['ask'], ['status NODE', `--port ${server.port}`]);
  process.stderr.write(`operator endpoint at ${server.host}:${server.port}: ${how}\n`);
  return server;
}

/** A way to run a scenario (execute.ts). */
interface Runner {
  readonly run: (order: RunRequest, place: RunnerFolder) => Promise<RunEnd>;
}

/** Returns the runner with an injection port for each seed, through which the client sends its commands. */
export function withInjectionPort<R extends Runner>(runner: R, client: RunPortClient): R {
  const run: Runner['run'] = (order, place) => {
    const recordingsOf: RunRequest['recordingsOf'] = (seed) => ({
      ...order.recordingsOf(seed),
      injection: client.open(),
    });
    return runner.run({ ...order, recordingsOf }, place).finally(() => client.close());
  };
  return { ...runner, run };
}

/** The nodes of a run as its operator sees them. */
class RunFace implements OperatorBackend {
  readonly name: string;
  readonly definitions: readonly MetricDefinition[];
  readonly #run: OperatedRun;
  readonly #asked: QuestionTarget;

  constructor(run: OperatedRun) {
    const { scenario, registry, speed } = run;
    this.#run = run;
    this.name = scenario.name;
    this.definitions = registry.metrics;
    this.#asked = {
      hosts: scenario.topology.hosts.filter(({ outside }) => outside === undefined),
      registry,
      nsPerMs: NS_PER_MS * speed,
      put: (spec, taker): Undo => this.#put(spec, taker),
    };
  }

  status(): NodeStatus {
    const { client, scenario } = this.#run;
    const { user, system } = process.cpuUsage();
    const protocols = scenario.topology.hosts.map(({ protocol }) => protocol);
    return {
      state: client.isOpen ? 'running' : 'starting',
      node: this.name,
      protocol: oneLine([...new Set(protocols)].join(',')),
      uptimeSeconds: process.uptime(),
      ready: client.isOpen,
      reasons: client.isOpen ? [] : ['the run has not begun'],
      rssBytes: process.memoryUsage.rss(),
      cpuSeconds: (user + system) / US_PER_S,
    };
  }

  async metrics(): Promise<RunCounts['metrics']> {
    return (await this.#counts())?.metrics ?? {};
  }

  async drops(): Promise<RunCounts['drops']> {
    return (await this.#counts())?.drops ?? {};
  }

  async nodes(): Promise<NodeStatuses> {
    const news = await this.#askRun({ kind: 'statuses' });
    if (news?.kind === 'statuses') return news.nodes;
    if (!this.#run.client.isOpen) return {};
    return { [this.name]: { error: `no answer within ${REPORT_WAIT_MS_MAX} ms` } };
  }

  ask(question: OperatorQuestion, signal: AbortSignal): Promise<OperatorAnswer> {
    const { withinMs } = question;
    const late = AbortSignal.timeout(withinMs + GRACE_MS);
    return answerOperatorQuestion(this.#asked, question, AbortSignal.any([signal, late]));
  }

  async #counts(): Promise<RunCounts | undefined> {
    const news = await this.#askRun({ kind: 'counts' });
    return news?.kind === 'counts' ? news : undefined;
  }

  #put(spec: AskSpec, taker: AskAnswerReceiver): Undo {
    const { client } = this.#run;
    const end = (outcome: string): void => taker.ended({ outcome, tookNs: 0, parts: 0, bytes: 0 });
    const number = client.send({ kind: 'ask', spec }, (news) => {
      if (news?.kind === 'part') taker.part?.(news.body);
      else if (news?.kind === 'answer') taker.ended(news.answer);
      else end('node-down');
    });
    return (): void => {
      if (client.giveUp(number)) end('no-answer');
    };
  }

  /** Asks the run for a report; undefined if it does not answer within {@link REPORT_WAIT_MS_MAX}. */
  #askRun(order: UnnumberedPortCommand): Promise<RunPortReport | undefined> {
    const { client } = this.#run;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        client.giveUp(number);
        resolve(undefined);
      }, REPORT_WAIT_MS_MAX);
      const number = client.send(order, (news) => {
        clearTimeout(timer);
        resolve(news);
      });
    });
  }
}
