/**
 * Metrics of the servers for applications of a gateway about their own work: requests, times, bytes
 * and connections.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import {
  BucketCounts,
  type Count,
  LabelTable,
  type MetricSeries,
  type MetricSeriesByName,
  makeCounts,
  SECOND_BOUNDS,
} from '../../nodes/gateway/index.ts';
import type { GatewayRequestHandler } from './handle.ts';

const MS_PER_S = 1_000;
const US_PER_S = 1_000_000;
/** Methods that are counted under their own name; clients may send any text as a method. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);

/** Counts and times the requests of an HTTP server. */
export class HttpMeter {
  readonly #requests = makeCounts();
  readonly #times = new LabelTable(() => new BucketCounts(SECOND_BOUNDS));
  /** The open connections, whose number the server bounds. */
  readonly #sockets = new Set<Socket>();
  #protocol = 'http';
  #bytesIn = 0;
  #bytesOut = 0;

  /** Counts the connections of a server and their bytes. */
  watch(server: Server, protocol: 'http' | 'https'): void {
    this.#protocol = protocol;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#bytesIn += socket.bytesRead;
        this.#bytesOut += socket.bytesWritten;
      });
    });
  }

  /** Returns a handler that calls the given one, and counts and times its answers. */
  count(handle: GatewayRequestHandler): GatewayRequestHandler {
    return (request: IncomingMessage, response: ServerResponse): void => {
      const beganMs = performance.now();
      response.once('finish', () => {
        const { method = '' } = request;
        const known = METHODS.has(method) ? method : 'other';
        const status = String(response.statusCode);
        this.#requests.of(known, status, `HTTP/${request.httpVersion}`).add();
        const seconds = (performance.now() - beganMs) / MS_PER_S;
        this.#times.of(known, status).record(seconds);
      });
      handle(request, response);
    };
  }

  read(): MetricSeriesByName {
    const open = [...this.#sockets];
    const bytesIn = open.reduce((sum, { bytesRead }) => sum + bytesRead, this.#bytesIn);
    const bytesOut = open.reduce((sum, { bytesWritten }) => sum + bytesWritten, this.#bytesOut);
    const protocol = this.#protocol;
    return {
      betanet_gateway_htx_connections: [{ labels: [protocol, 'open'], value: open.length }],
      betanet_gateway_htx_requests_total: countsOf(this.#requests),
      betanet_gateway_htx_response_time_seconds: timesOf(this.#times),
      betanet_gateway_htx_bytes_total: [
        { labels: ['in', protocol], value: bytesIn },
        { labels: ['out', protocol], value: bytesOut },
      ],
    };
  }
}

/** Counts and times the calls of a gRPC server. */
export class GrpcMeter {
  readonly #calls = makeCounts();
  readonly #errors = makeCounts();
  readonly #times = new LabelTable(() => new BucketCounts(SECOND_BOUNDS));
  /** Returns the number of open connections. */
  connections = (): number => 0;

  /** Records that a call was answered; `status` is the name of its code. */
  answered(method: string, status: string, beganMs: number): void {
    this.#calls.of(method, status).add();
    if (status !== 'OK') this.#errors.of(method, status).add();
    this.#times.of(method).record((performance.now() - beganMs) / MS_PER_S);
  }

  /** The mean time to answer the calls of a method, microseconds. */
  meanUs(method: string): number {
    const time = this.#times.rows.find(({ labels }) => labels[0] === method)?.value;
    if (time === undefined) return 0;
    return (time.sum * US_PER_S) / time.counts.reduce((all, count) => all + count);
  }

  read(): MetricSeriesByName {
    return {
      gateway_requests_total: countsOf(this.#calls),
      gateway_request_errors_total: countsOf(this.#errors),
      gateway_request_duration_seconds: timesOf(this.#times),
      gateway_active_connections: [{ labels: [], value: this.connections() }],
    };
  }
}

function countsOf({ rows }: LabelTable<Count>): readonly MetricSeries[] {
  return rows.map(({ labels, value }) => ({ labels, value: value.total }));
}

function timesOf({ rows }: LabelTable<BucketCounts>): readonly MetricSeries[] {
  return rows.map(({ labels, value: { counts, sum } }) => ({ labels, value: { counts, sum } }));
}
