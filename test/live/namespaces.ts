/**
 * Two machines for tests: two network namespaces connected by a pair of veth interfaces. Needs root on Linux; elsewhere
 * one line says why there are none.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { isAlive } from './support.ts';

/** Two namespaces; `left` has the address `net`.1, `right` `net`.2. */
export interface TwoMachines {
  readonly left: string;
  readonly right: string;
  /** The first three bytes of their addresses. */
  readonly net: string;
  /** Why this system has no namespaces for the test; undefined if it has. */
  readonly reason: string | undefined;
  /** Removes them. */
  readonly remove: () => void;
}

/** The end of a pair in `namespace`, as a device. */
const deviceOf = (namespace: string): string => namespace.replace('orrery-', 'ov').replace('-', '');

function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Removes namespaces of tests that were killed. */
function removeLeftovers(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const [name = ''] = line.split(' ');
    const [, pid] = /^orrery-(\d+)-[a-z]{2}$/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) ip('netns', 'del', name);
  }
}

/**
 * Makes the namespaces.
 * @param use A letter: tests of one process must have different ones.
 */
export function twoMachines(use: string): TwoMachines {
  const [left, right] = [`orrery-${process.pid}-${use}l`, `orrery-${process.pid}-${use}r`];
  // Namespaces do not see each other's addresses, so each test may have the same.
  const net = `10.213.${process.pid & 255}`;
  const names = [left, right];
  let reason: string | undefined;
  try {
    removeLeftovers();
    for (const name of names) ip('netns', 'add', name);
    const [one, other] = [deviceOf(left), deviceOf(right)];
    ip('link', 'add', one, 'netns', left, 'type', 'veth', 'peer', 'name', other, 'netns', right);
    for (const [index, name] of names.entries()) {
      ip('-n', name, 'addr', 'add', `${net}.${index + 1}/24`, 'dev', deviceOf(name));
      ip('-n', name, 'link', 'set', deviceOf(name), 'up');
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
  } catch (error) {
    const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
    reason = (stderr || message).trim().split('\n')[0] ?? 'unknown';
    process.stderr.write(`namespaces: not tried: ${reason}\n`);
  }
  const remove = (): void => {
    for (const name of names) {
      try {
        ip('netns', 'del', name);
      } catch (error) {
        // The namespace was never created.
        if (reason === undefined) throw error;
      }
    }
  };
  return { left, right, net, reason, remove };
}

/** Gives a namespace one more address on the link. */
export function addAddress(namespace: string, address: string): void {
  ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', deviceOf(namespace));
}

/** Takes the end of a namespace from the link, or puts it back. */
export function setCable(namespace: string, state: 'up' | 'down'): void {
  ip('-n', namespace, 'link', 'set', deviceOf(namespace), state);
}
