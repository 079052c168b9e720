/**
 * Sends one request to the endpoint of a node process. The endpoint is not trusted, so its answers are limited in size.
 *
 * @module
 */
import { request } from 'node:http';

/** The address of an endpoint. */
export interface EndpointAddress {
  readonly host: string;
  readonly port: number;
}

/** Largest answer, bytes: a node's longest answer with each character escaped; a thousand metrics need far less. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024;

/** The text `host:port`, with brackets around an IPv6 address. */
export function endpointAddressText({ host, port }: EndpointAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads an answer; undefined if it is not JSON. */
export function parseJsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without JSON there are no fields, which the schema will report.
    return undefined;
  }
}

/** The reply of an HTTP endpoint, or why there is none. */
export type HttpReply =
  | { readonly status: number; readonly text: string }
  | { readonly problem: string };

/** Method, path, timeout and body of one HTTP request. */
export interface HttpRequestOptions {
  readonly method: string;
  readonly path: string;
  readonly timeoutMs: number;
  readonly body?: string;
  /** Aborted when nobody waits for the reply any more. */
  readonly signal?: AbortSignal;
}

/** Sends one request on a connection of its own; any failure becomes a problem as text. */
export function sendHttpRequest(
  { host, port }: EndpointAddress,
  asked: HttpRequestOptions,
): Promise<HttpReply> {
  const { method, path, timeoutMs, body } = asked;
  return new Promise((resolve) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([
      timeout,
      ...(asked.signal === undefined ? [] : [asked.signal]),
    ]);
    const fail = (error: NodeJS.ErrnoException): void =>
      resolve({ problem: timeout.aborted ? `no answer within ${timeoutMs} ms` : wordsOf(error) });
    const sent = request({ host, port, method, path, agent: false, signal }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > ANSWER_BYTES_MAX) response.destroy(new Error('the answer is too long'));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    sent.on('error', fail);
    sent.end(body);
  });
}

function wordsOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND') return 'there is no such host';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'the host cannot be reached';
  if (code?.startsWith('HPE_') === true) return 'the answer is not HTTP';
  return code === 'ECONNRESET' ? 'the connection was cut' : message;
}
