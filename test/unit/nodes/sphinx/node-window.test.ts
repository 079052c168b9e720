/**
 * The node window, the only command that the reference does not have (docs/spec/mixnet.md,
 * "Stop-and-go windows").
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import {
  encodeCommands,
  parseWindowedCommands,
  type RoutingCommand,
} from '../../../../nodes/sphinx/commands.ts';
import { createPacket, type PathHop, x25519Nike } from '../../../../nodes/sphinx/index.ts';
import { accepted, labelledSource, TestNetwork } from './network.ts';

const window: RoutingCommand = { kind: 'nodeWindow', firstMs: 2 ** 48 - 1, spanMs: 2 ** 32 - 1 };

describe('the node window', () => {
  it('survives the round trip and is refused at every truncation', () => {
    const bytes = encodeCommands([{ kind: 'nodeDelay', delayMs: 7 }, window]);
    expect(bytes).toHaveLength(16);
    expect(parseWindowedCommands(bytes)).toEqual([{ kind: 'nodeDelay', delayMs: 7 }, window]);
    for (let length = 6; length < bytes.length; length++) {
      expect(parseWindowedCommands(bytes.subarray(0, length))).toBeUndefined();
    }
  });

  it('fits beside delay and next node, and is accepted once at a hop that forwards', () => {
    const crypto = createCryptoProvider('node');
    const network = new TestNetwork(crypto, x25519Nike(crypto), false, true);
    const made = (path: readonly PathHop[]): ReturnType<typeof createPacket> =>
      createPacket(
        network.suite,
        { path, random: labelledSource(crypto, 'window') },
        network.payload(),
      );
    const [first, ...rest] = network.path(3) as [PathHop, ...PathHop[]];
    const windowed = { ...first, commands: [...first.commands, window] };
    const received = accepted(network.receive(0, accepted(made([windowed, ...rest])).packet));
    expect(received.unwrapped.commands).toContainEqual(window);
    const twice = { ...first, commands: [...first.commands, window, window] };
    expect(made([twice, ...rest])).toEqual({ refusal: 'commands-length' });
  });

  it('is an unknown command in a network whose mixes ask for none', () => {
    const crypto = createCryptoProvider('node');
    const network = new TestNetwork(crypto, x25519Nike(crypto));
    const [first, ...rest] = network.path(3) as [PathHop, ...PathHop[]];
    const path = [{ ...first, commands: [...first.commands, window] }, ...rest];
    const random = labelledSource(crypto, 'unknown');
    const { packet } = accepted(createPacket(network.suite, { path, random }, network.payload()));
    expect(network.receive(0, packet)).toEqual({ drop: 'bad-command' });
  });

  it('has no business at the end of a path', () => {
    const crypto = createCryptoProvider('node');
    const network = new TestNetwork(crypto, x25519Nike(crypto), false, true);
    const random = labelledSource(crypto, 'end');
    const path = network.path(1, [window]);
    const { packet } = accepted(createPacket(network.suite, { path, random }, network.payload()));
    expect(network.receive(0, packet)).toEqual({ drop: 'bad-command-set' });
  });
});
