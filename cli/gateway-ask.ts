/**
 * `orrery gateway status FILE` and `orrery gateway explain DST FILE`: ask the gateway that runs
 * with this file, at its operator endpoint as `orrery ask` does, and print its answer for people or
 * as JSON.
 *
 * Exit code 0, or 1 if the gateway reports a problem, does not run, or does not know the peer
 * (docs/how-to/gateway.md).
 *
 * @module
 */
import { dirname } from 'node:path';
import type { GatewayFile } from '../nodes/gateway/index.ts';
import { withoutControlCharacters } from '../reports/terminal-layout.ts';
import { askNodeEndpoint } from '../services/operator/index.ts';
import { setExitCode } from './exit.ts';
import { decisionSchema, statusSchema } from './gateway-answers.ts';
import { decisionText, statusText } from './gateway-text.ts';
import { listFileProblems } from './gateway-tls.ts';

const WITHIN_MS = 5_000;

/** A question to the gateway that runs with a file. */
export interface GatewayInquiry {
  readonly kind: 'status' | 'explain';
  /** ISD-AS or name of a peer, or an IP address; empty for `status`. */
  readonly target: string;
  /** The path of the file, for messages. */
  readonly path: string;
  readonly isJson: boolean;
}

/** Asks the running gateway of a file, and prints its answer; sets the exit code. */
export async function askGateway(
  { place, metrics, htx }: Pick<GatewayFile, 'place' | 'metrics' | 'htx'>,
  { kind, target, path: file, isJson }: GatewayInquiry,
): Promise<void> {
  const endpoint = { host: reachableHost(metrics.host), port: metrics.port };
  const question = { kind, target, body: '', withinMs: WITHIN_MS, node: place.node };
  const reply = await askNodeEndpoint(endpoint, question);
  const text = 'parts' in reply ? reply.parts.join('') : '';
  if (!('outcome' in reply) || reply.outcome !== 'ok') {
    const problem =
      'problem' in reply ? `it does not run: ${reply.problem}` : text || reply.outcome;
    const where = `${place.node} at ${endpoint.host}:${endpoint.port}`;
    process.stderr.write(`orrery: ${file}: ${where}: ${withoutControlCharacters(problem)}\n`);
    setExitCode(1);
    return;
  }
  const said = JSON.parse(text) as object;
  const read = kind === 'status' ? statusSchema.parse(said) : decisionSchema.parse(said);
  if (kind === 'status' && htx.tls !== undefined) {
    const problems = listFileProblems(dirname(file), htx.tls, Date.now());
    read.reasons = [...read.reasons, ...problems.reasons];
    read.warnings = [...read.warnings, ...problems.warnings];
  }
  const { reasons, warnings } = read;
  const answer = { ...said, reasons, warnings };
  const shown = withoutControlCharacters(read);
  const lines = 'peers' in shown ? statusText(place.node, shown) : decisionText(place.node, shown);
  process.stdout.write(isJson ? `${JSON.stringify(answer, null, 2)}\n` : `${lines.join('\n')}\n`);
  setExitCode(kind === 'status' && reasons.length > 0 ? 1 : 0);
}

/** An address of this machine at which a server is reached that may listen on all addresses. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' || host === '[::]' ? '::1' : host.replace(/^\[|\]$/g, '');
}
