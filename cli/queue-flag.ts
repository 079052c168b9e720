/**
 * The flag `--queue`: the address of a fleet's queue.
 *
 * @module
 */
import { isAbsolute, relative } from 'node:path';
import { Option } from 'commander';
import { oneLine } from '../reports/plain-text.ts';
import { FleetQueueServer } from '../runner/fleet/fleet-engine.ts';
import {
  type QueueAddress,
  queueAddressWithPassword,
  readQueueAddress,
} from '../runner/fleet/queue-address.ts';
import { Refusal } from '../scenarios/refusal.ts';
import { shortScenarioName } from '../scenarios/repeat-command.ts';
import { FlagError } from './exit.ts';

/** Environment variable with the password, because every user of a machine can read its command lines. */
const PASSWORD = 'ORRERY_QUEUE_PASSWORD';

/** Makes the option `--queue`. */
export function queueOption(): Option {
  const summary = `queue of a fleet: redis://HOST:PORT or postgres://USER@HOST/DB; its password in ${PASSWORD}`;
  return new Option('--queue <address>', summary).argParser(queueFlag);
}

const FORM_HINT = 'write --queue redis://HOST:PORT, or postgres://USER@HOST/DATABASE';
const SIGNS_HINT = `put its password in ${PASSWORD} as it is, or write % / ? # @ in it as %25 %2F %3F %23 %40`;

/** Parses the flag's value. No message repeats the value, because it may contain a password. */
function queueFlag(text: string): QueueAddress {
  const address = readQueueAddress(text);
  if (address === undefined) {
    const hasSigns = /^(?:rediss?|postgres(?:ql)?):\/\/.*[@%#]/s.test(text);
    const hint = hasSigns ? SIGNS_HINT : FORM_HINT;
    throw new FlagError('--queue: this is no address of a queue', '--queue', hint);
  }
  const password = process.env[PASSWORD] ?? '';
  return password === '' ? address : queueAddressWithPassword(address, password);
}

/**
 * Connects to the queue server of a fleet; prints later problems on stderr, each text at most once a minute.
 */
export async function openQueue(address: QueueAddress): Promise<FleetQueueServer> {
  const toldMs = new Map<string, number>();
  return await FleetQueueServer.open(address, (text) => {
    const nowMs = performance.now();
    if (nowMs - (toldMs.get(text) ?? Number.NEGATIVE_INFINITY) < MINUTE_MS) return;
    toldMs.set(text, nowMs);
    process.stderr.write(`orrery: queue at ${address.shown}: ${oneLine(text)}\n`);
  });
}

const MINUTE_MS = 60_000;

/**
 * The name by which workers of a fleet find a scenario: a shipped scenario's name, any other's path below the
 * current folder.
 * @throws Refusal for a file elsewhere.
 */
export function scenarioNameForFleet(file: string): string {
  const name = shortScenarioName(file);
  if (!/[/\\]/.test(name)) return name;
  const way = relative(process.cwd(), file);
  if (!way.startsWith('..') && !isAbsolute(way)) return way;
  throw new Refusal(`${file} is not below the current folder, and workers look below theirs`);
}
