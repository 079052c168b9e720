/**
 * Runs an agent in this process, started by a coordinator of the same machine.
 *
 * Ctrl-C in a terminal reaches every process of it: only the coordinator acts on it, and ends its
 * agents.
 *
 * @module
 */
import { readBoot } from '../scenarios/distributed/boot.ts';
import { dialChannel } from '../scenarios/distributed/channel/dial.ts';
import { ProtocolRegistry } from '../scenarios/registry.ts';
import { runNodeProcess } from './node-process.ts';

const { host, port, key, hosts } = await readBoot();
const channel = await dialChannel({ host, port, key: Buffer.from(key, 'hex') });
const registry = new ProtocolRegistry();
await runNodeProcess({ channel, hosts, registry, level: 'warn', operatorPort: 0 });
