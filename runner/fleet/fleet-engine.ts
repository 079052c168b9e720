/**
 * The queue that a fleet uses: BullMQ over Redis or PostgreSQL, packages that users install
 * (ADR 0061).
 *
 * @module
 */
import { createRequire } from 'node:module';
import type * as BullMq from 'bullmq';
import type * as IoRedis from 'ioredis';
import type * as Pg from 'pg';
import { EnvironmentError } from '../../engine/live/environment.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import type { QueueAddress } from './queue-address.ts';
import { redactQueueSecrets } from './queue-address.ts';

type Queue = BullMq.Queue;
type Worker = BullMq.Worker;
type WorkerOptions = Omit<BullMq.WorkerOptions, 'connection'>;
type Processor = (job: BullMq.Job) => Promise<unknown>;

/** The packages to install for each kind of server, in the versions that are tested. */
const PACKAGES = { redis: 'bullmq@6.7.0 ioredis@5.11.1', postgres: 'bullmq@6.7.0 pg@8.23.1' };
const PREFIX = 'orrery';
/** A server that does not answer within this time counts as unreachable, ms. */
const CONNECT_MS = 5_000;

/** Matches the errors of servers about a wrong or missing password. */
const REFUSED = /^(?:NOAUTH|WRONGPASS|NOPERM)\b|password|authentication/i;

const require = createRequire(import.meta.url);

/** The connections of this process to the queues on one queue server. */
export class FleetQueueServer {
  readonly #address: QueueAddress;
  readonly #bullmq: typeof BullMq;
  readonly #open: { close(): Promise<void> }[] = [];
  readonly #queues = new Map<string, Queue>();
  readonly #onError: (text: string) => void;

  private constructor(
    address: QueueAddress,
    bullmq: typeof BullMq,
    onError: (text: string) => void,
  ) {
    this.#address = address;
    this.#bullmq = bullmq;
    this.#onError = onError;
  }

  /**
   * Connects to the server.
   * @param onError Called with later errors; the engine reconnects by itself.
   * @throws Refusal if packages are missing; EnvironmentError if the server does not answer.
   */
  static async open(
    address: QueueAddress,
    onError: (text: string) => void,
  ): Promise<FleetQueueServer> {
    const bullmq = load<typeof BullMq>('bullmq', address);
    load(address.kind === 'redis' ? 'ioredis' : 'pg', address);
    const reached = address.kind === 'redis' ? reachRedis(address) : reachPostgres(address, bullmq);
    const problem = await reached.then(() => undefined, textOf);
    if (problem !== undefined) {
      const text = redactQueueSecrets(problem, address);
      const what = REFUSED.test(problem) ? 'lets nobody in' : 'does not answer';
      throw new EnvironmentError(`the queue at ${address.shown} ${what}: ${text}`);
    }
    return new FleetQueueServer(address, bullmq, onError);
  }

  /** Opens a queue by its name. */
  queue(name: string): Queue {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const { Queue: Make } = this.#bullmq;
    const options = { connection: this.#connection, ...this.#prefix };
    const made = this.#kept(new Make(`${PREFIX}-${name}`, options, this.#backend));
    this.#queues.set(name, made);
    return made;
  }

  /** Starts a worker that takes jobs from a queue and passes them to `work`. */
  worker(name: string, work: Processor, own: WorkerOptions): Worker {
    const { Worker: Make } = this.#bullmq;
    const options = { connection: this.#connection, ...this.#prefix, ...own };
    return this.#kept(new Make(`${PREFIX}-${name}`, work, options, this.#backend));
  }

  /** Calls `onEnded` with the id of each job that has ended, but may miss some jobs. */
  listenForEndedJobs(name: string, onEnded: (id: string) => void): void {
    const { QueueEvents } = this.#bullmq;
    const options = { connection: this.#connection, ...this.#prefix };
    const events = this.#kept(new QueueEvents(`${PREFIX}-${name}`, options, this.#backend));
    events.on('completed', ({ jobId }) => onEnded(jobId));
    events.on('failed', ({ jobId }) => onEnded(jobId));
  }

  /** The text of an error of the queue server, without secrets. */
  problemOf(error: unknown): string {
    return redactQueueSecrets(textOf(error), this.#address);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#open.reverse().map((one) => one.close()));
  }

  get #connection(): BullMq.ConnectionOptions {
    const { kind, url } = this.#address;
    // With null, requests wait while the server is unreachable.
    const redis = { ...redisOptions(url), maxRetriesPerRequest: null };
    return (kind === 'redis' ? redis : url) as BullMq.ConnectionOptions;
  }

  get #prefix(): { readonly prefix?: string } {
    return this.#address.kind === 'redis' ? { prefix: PREFIX } : {};
  }

  get #backend(): undefined {
    const { createPostgresBackend } = this.#bullmq;
    // Each constructor has an overload with a factory and one with undefined: the cast fits both.
    return (this.#address.kind === 'redis' ? undefined : createPostgresBackend) as undefined;
  }

  #kept<
    Part extends {
      close(): Promise<void>;
      on(event: 'error', told: (error: Error) => void): unknown;
    },
  >(part: Part): Part {
    this.#open.push(part);
    // Without a listener, the first lost connection would end the process.
    part.on('error', (error) => this.#onError(this.problemOf(error)));
    return part;
  }
}

function load<Module>(name: string, { kind }: QueueAddress): Module {
  if (!isInstalled(name)) {
    const install = `npm install --no-save ${PACKAGES[kind]}`;
    throw new Refusal(`a fleet over ${kind} needs packages that are not installed: ${install}`);
  }
  return require(name) as Module;
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

interface RedisOptions {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: object;
}

const REDIS_PORT = 6379;

function redisOptions(text: string): RedisOptions {
  const url = new URL(text);
  const { hostname: host, port, username, password, protocol, pathname } = url;
  return {
    host,
    port: port === '' ? REDIS_PORT : Number(port),
    db: Number(pathname.slice(1)) || 0,
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

async function reachRedis({ url }: QueueAddress): Promise<void> {
  const { Redis } = require('ioredis') as typeof IoRedis;
  const client = new Redis({
    ...redisOptions(url),
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    retryStrategy: (): null => null,
  });
  // `connect` only throws 'Connection is closed.'; the reason is in an `error` event before.
  let why: Error | undefined;
  client.on('error', (error: Error) => {
    why ??= error;
  });
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw why ?? error;
  } finally {
    client.disconnect();
  }
}

async function reachPostgres({ url }: QueueAddress, bullmq: typeof BullMq): Promise<void> {
  const { Client } = require('pg') as typeof Pg;
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    // BullMQ creates its tables only on request. Every process makes this request; a lock ensures that
    // one creates them.
    await bullmq.runMigrations(client);
  } finally {
    await client.end();
  }
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(textOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
