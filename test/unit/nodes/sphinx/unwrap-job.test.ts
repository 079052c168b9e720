/**
 * Unwrapping as a byte job gives the same results as the direct sequence of checks, whichever
 * thread runs it.
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { ByteJobOutput } from '../../../../engine/host/compute.ts';
import { Pipeline } from '../../../../engine/live/pipeline/pipeline.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import {
  type AcceptedPacket,
  completeUnwrap,
  encodeUnwrapSetup,
  receivePacket,
  type UnwrapSetup,
  unwrapJob,
  x25519Nike,
} from '../../../../nodes/sphinx/index.ts';
import { DELAY_MS_MAX, epochKey, labelledBytes, TestNetwork } from './network.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const network = new TestNetwork(crypto, x25519Nike(crypto));

function setup(nodes: readonly number[], more: Partial<UnwrapSetup> = {}): Uint8Array {
  return encodeUnwrapSetup({
    exchange: 'x25519',
    nrHops: 5,
    userForwardPayloadLength: 103,
    withSurb: false,
    delayMsMax: DELAY_MS_MAX,
    privateKeys: nodes.map((node) => labelledBytes(crypto, `node ${node} key`, 32)),
    ...more,
  });
}

function runJob(bytes: Uint8Array, opened = unwrapJob.open(setup([0]), crypto)): ByteJobOutput {
  const record = new Uint8Array(unwrapJob.recordLength);
  opened.run(bytes, record);
  return { bytes, record };
}

/** A received packet as text, without the commands that only the direct unwrapping returns. */
function told(received: AcceptedPacket | { readonly drop: string }): string {
  if ('drop' in received) return received.drop;
  const { unwrapped, delayMs } = received;
  const { kind, replayTag } = unwrapped;
  const own = kind === 'forward' ? unwrapped.nextNode : unwrapped.payload;
  const ids = unwrapped.commands.flatMap((command) =>
    command.kind === 'recipient' || command.kind === 'surbReply' ? [toHex(command.id)] : [],
  );
  return [kind, toHex(replayTag), toHex(own), delayMs, ...ids].join(' ');
}

const isNextHop = (): boolean => true;

describe('unwrapping as a job on bytes', () => {
  it('gives what the list gives, for every outcome', () => {
    const good = network.packet(3, network.payload());
    const last = network.packet(1, network.payload(), 'last');
    const cases: Record<string, Uint8Array> = {
      forward: good,
      deliver: last,
      truncated: good.slice(0, 40),
      'wrong-length': good.slice(0, -1),
      'unknown-version': Uint8Array.from(good, (byte, at) => (at === 0 ? 1 : byte)),
      'low-order-point': Uint8Array.from(good, (byte, at) => (at >= 2 && at < 34 ? 0 : byte)),
      'mac-mismatch': Uint8Array.from(good, (byte, at) => (at === 60 ? byte ^ 1 : byte)),
      'payload-tag': Uint8Array.from(last, (byte, at) =>
        at === last.length - 1 ? byte ^ 1 : byte,
      ),
      'bad-command': network.crafted(Uint8Array.of(0x77)),
    };
    for (const [name, bytes] of Object.entries(cases)) {
      const [byList, byJob] = [bytes.slice(), bytes.slice()];
      const rules = { ...network.nodes[0]!.rules, keys: [epochKey(network.nodes[0]!.key)] };
      const expected = told(receivePacket(network.suite, rules, byList));
      const { key } = rules.keys[0]!;
      const found = completeUnwrap({ keys: [epochKey(key)], isNextHop }, runJob(byJob));
      expect(told(found), name).toBe(expected);
      expect(expected.startsWith(name), expected).toBe(true);
      expect(byJob, name).toEqual(byList);
    }
  });

  it('R-187: finds a replay by its header, whichever byte of its payload has changed', () => {
    const packet = network.packet(1, network.payload());
    const { headerLength } = network.suite.geometry;
    expect(packet.length - headerLength).toBeGreaterThan(100);
    const rules = { keys: [epochKey(network.nodes[0]!.key)], isNextHop };
    expect(completeUnwrap(rules, runJob(packet.slice()))).toHaveProperty('unwrapped');
    for (let at = headerLength; at < packet.length; at += 1) {
      const changed = packet.slice();
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      expect(completeUnwrap(rules, runJob(changed)), `byte ${at}`).toEqual({ drop: 'replay' });
    }
    // The tag itself is rejected, and not simply every second packet.
    const another = network.packet(1, network.payload(), 'another');
    expect(completeUnwrap(rules, runJob(another))).toHaveProperty('unwrapped');
  });

  it('asks for the next hop, and refuses a delay that outlives the key, after the tag', () => {
    const packet = network.packet(2, network.payload());
    const key = epochKey(network.nodes[0]!.key);
    const asked: string[] = [];
    const refusing = {
      keys: [key],
      isNextHop: (id: Uint8Array): boolean => {
        asked.push(toHex(id));
        return false;
      },
    };
    expect(completeUnwrap(refusing, runJob(packet.slice()))).toEqual({ drop: 'next-hop-invalid' });
    expect(asked).toEqual([toHex(network.nodes[1]!.id)]);
    const short = unwrapJob.open(setup([0], { delayMsMax: 99 }), crypto);
    const late = runJob(packet.slice(), short);
    expect(completeUnwrap({ keys: [key], isNextHop }, late)).toEqual({ drop: 'replay' });
    const fresh = { keys: [epochKey(network.nodes[0]!.key)], isNextHop };
    expect(completeUnwrap(fresh, late)).toEqual({ drop: 'delay-impossible' });
  });

  it('enters the tag under the key that opened the header', () => {
    const opened = unwrapJob.open(setup([1, 0]), crypto);
    const tags = [new Set<string>(), new Set<string>()];
    const keys = tags.map((set) => epochKey(network.nodes[0]!.key, set));
    const output = runJob(network.packet(2, network.payload()), opened);
    expect(completeUnwrap({ keys, isNextHop }, output)).toHaveProperty('unwrapped');
    expect(tags.map(({ size }) => size)).toEqual([0, 1]);
  });

  it('refuses a setup without keys', () => {
    expect(() => setup([])).toThrow(/0 private keys/);
  });

  it('R-113: lets one of two copies pass, when two threads unwrap them at once', async () => {
    const pipeline = new Pipeline({ workers: 2, slotBytes: 2_048 });
    const job = pipeline.open(
      {
        moduleUrl: new URL('../../../../bench/workloads/sphinx-job.ts', import.meta.url).href,
        job: 'unwrap',
        crypto: 'node',
      },
      setup([0]),
    );
    const rules = { keys: [epochKey(network.nodes[0]!.key)], isNextHop };
    const outcomes: string[][] = Array.from({ length: 40 }, () => []);
    const sink = {
      done(token: number, output: ByteJobOutput): void {
        const settled = completeUnwrap(rules, output);
        outcomes[token]?.push('drop' in settled ? settled.drop : settled.unwrapped.kind);
      },
    };
    for (let token = 0; token < 40; token += 1) {
      const bytes = network.packet(2, network.payload(), `copies ${token}`);
      for (const affinity of [0, 1]) pipeline.submit({ job, bytes, sink, token, affinity });
    }
    await pipeline.drained();
    await pipeline.close();
    for (const pair of outcomes) expect(pair).toEqual(['forward', 'replay']);
  });
});
