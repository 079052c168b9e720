/**
 * Cookies as an amplifier: if a stranger makes a gateway send something to its peer, the gateway
 * must send neither more bytes than the stranger did nor as often as the stranger wants. Before the
 * fix, every request was answered with a cookie.
 */
import { describe, expect, it } from 'vitest';
import type { PreparedRun } from '../../runner/run/assemble-seed.ts';
import { loadText, MS, prepare, SECOND } from '../unit/runner/fixture.ts';

const HANDSHAKE_FRAME = 5;

/** Two gateways at the ends of a chain of core ASes. */
function row(systems: number, events: string): PreparedRun {
  const numbers = Array.from({ length: systems }, (_, k) => 110 + k);
  const last = numbers.at(-1) ?? 0;
  const text = `
name: row
question: What does a gateway send that is flooded with openings made for it?
topology:
  name: row
  defaults: { node: { run: scion }, link: { rate: 1Gbit/s, mtu: 1472B }, internal: { delay: 100us } }
  ases:
${numbers.map((n) => `    - { id: "1-ff00:0:${n}", core: true, mtu: 1472B }`).join('\n')}
  nodes:
    - { name: near, as: "1-ff00:0:110", run: gateway }
    - { name: far, as: "1-ff00:0:${last}", run: gateway }
${numbers.map((n) => `    - { name: br-${n}, as: "1-ff00:0:${n}" }`).join('\n')}
  links:
    - { ends: near <-> br-110 }
    - { ends: far <-> br-${last} }
${numbers
  .slice(1)
  .map((n) => `    - { ends: br-${n - 1} <-> br-${n}, relation: core, delay: 1ms }`)
  .join('\n')}
duration: 12s
warmup: 1s
options: { gateway: { rekey: { age: 2s } } }
traffic: [{ from: near, to: far, kind: constant, rate: 50/s, size: 400B }]
events: ${events}
kpis: { gateway.delivery: { value: ">= 99%" } }
`;
  return prepare(loadText(text));
}

interface Seen {
  readonly asked: { count: number; bytes: number };
  readonly cookies: { count: number; bytes: number };
  readonly longest: { asked: number; cookie: number };
}

/**
 * Counts handshake frames between `near` and its router: openings that come in, cookies that go
 * out.
 */
function watch({ world }: PreparedRun): Seen {
  const seen: Seen = {
    asked: { count: 0, bytes: 0 },
    cookies: { count: 0, bytes: 0 },
    longest: { asked: 0, cookie: 0 },
  };
  const look = (bytes: Uint8Array, offset: number, length: number): void => {
    const frame = offset + (bytes[offset + 5] ?? 0) * 4 + 8;
    if (bytes[frame + 2] !== HANDSHAKE_FRAME) return;
    // A cookie is the only handshake message with epoch 0.
    const isCookie = bytes[frame + 3] === 0;
    const sums = isCookie ? seen.cookies : seen.asked;
    sums.count += 1;
    sums.bytes += length;
    const kind = isCookie ? 'cookie' : 'asked';
    seen.longest[kind] = Math.max(seen.longest[kind], length);
  };
  for (const side of ['forward', 'backward'] as const) {
    world.link('near--br-110').tap(side, ({ bytes, offset, length }) => {
      look(bytes, offset, length);
      return true;
    });
  }
  return seen;
}

const FLOOD = '[{ at: 3s, for: 2s, flood: { to: near, kind: keyed-opening, rate: 1000/s } }]';

describe('a flood of openings made for a gateway, in the name of its peer', () => {
  it('has it send at most twenty cookies at once and ten a second, all shorter than what came', () => {
    const prepared = row(3, FLOOD);
    const seen = watch(prepared);
    prepared.world.sim.runUntil(12 * SECOND);
    expect(seen.asked.count).toBeGreaterThan(2_000);
    expect(seen.cookies.count).toBeGreaterThanOrEqual(35);
    expect(seen.cookies.count).toBeLessThanOrEqual(20 + 20 + 1);
    expect(seen.longest.cookie).toBeLessThan(seen.longest.asked);
    expect(seen.cookies.bytes).toBeLessThan(seen.asked.bytes / 40);
  });

  it('has it send none where the way to the peer makes a cookie longer than what came', () => {
    const prepared = row(10, FLOOD);
    const seen = watch(prepared);
    prepared.world.sim.runUntil(2_900 * MS);
    const before = seen.longest.asked;
    prepared.world.sim.runUntil(12 * SECOND);
    expect(before).toBeGreaterThan(0);
    // Openings of the genuine peer arrive on the same path: they are long enough, and keys change.
    const rekeys = prepared.world.metrics('near')['gateway.rekeys'];
    expect(rekeys).toMatchObject({ value: 4 });
    expect(seen.cookies.count).toBeLessThan(5);
    expect(seen.longest.cookie).toBeLessThanOrEqual(seen.longest.asked);
  });
});
