/**
 * The operator endpoints that a deployment file names, for `orrery health`.
 *
 * Nodes of this machine are asked on loopback, where endpoints listen by default. Others are asked at
 * their address in the file, where a tunnel or a process told to listen there may answer. Topology and
 * key are not needed; `loadDeployment` checks the rest of the file.
 *
 * @module
 */

import { existsSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { deploymentSchema } from '../runner/distributed/deployment/deployment-schema.ts';
import { nodeFiles } from '../scenarios/open/node-files.ts';
import type { EndpointAddress } from '../services/operator/index.ts';
import { ConfigIssueCollector } from '../topologies/files/problems.ts';
import { displayPath, readSource } from '../topologies/files/source.ts';
import { missingFileError } from '../topologies/load.ts';
import { FlagError } from './exit.ts';

const LIMITS = { limitBytes: 1e6, tooLargeHint: 'one line per node is enough', overrides: [] };

/**
 * Reads the operator endpoints of all nodes from a deployment file, in the order of the file.
 * @throws ConfigError for mistakes in the file, FlagError when no node has an operator port.
 */
export function readDeployedEndpoints(path: string): readonly EndpointAddress[] {
  const place = resolve(path);
  if (!existsSync(place) || !statSync(place).isFile()) {
    throw missingFileError(`there is no deployment file ${displayPath(place, nodeFiles)}`);
  }
  const problems = new ConfigIssueCollector();
  const source = readSource(place, { ...LIMITS, files: nodeFiles });
  const hosts = problems.check(source, deploymentSchema, source.data)?.hosts ?? {};
  problems.throwIfAny();
  const endpoints = Object.values(hosts).flatMap((entry) =>
    typeof entry === 'string' || entry.operator === undefined
      ? []
      : [{ host: isHere(entry.address) ? '127.0.0.1' : entry.address, port: entry.operator.port }],
  );
  if (endpoints.length > 0) return endpoints;
  const hint = 'write for example gateway-211: { address: 192.0.2.12, operator: { port: 9100 } }';
  throw new FlagError('--deployment: no node of the file has an operator port', path, hint);
}

function isHere(address: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((some) => some ?? []);
  return address.startsWith('127.') || own.some((one) => one.address === address);
}
