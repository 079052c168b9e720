/**
 * DRKey of the reference (vectors/scion/drkey.json): every derivation, protocol-specific and generic.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { nobleCrypto } from '../../engine/crypto/noble.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import {
  deriveDrkeyAsHostKey,
  deriveDrkeyHostAsKey,
  deriveDrkeyHostHostKey,
  deriveDrkeyLevel1Key,
  deriveDrkeySecretValue,
  deriveGenericDrkeyAsHostKey,
  deriveGenericDrkeyHostAsKey,
} from '../../nodes/scion/router/drkey.ts';
import { requireHostAddress } from '../../nodes/scion/wire/host-address.ts';
import { requireIsdAs, writeIsdAs } from '../../nodes/scion/wire/isd-as.ts';
import { vectorSets } from '../vectors-root.ts';

interface HostKey {
  readonly host: string;
  readonly key: string;
}

interface DrkeyFile {
  readonly secretValue: readonly {
    readonly secret: string;
    readonly protocol: number;
    readonly epoch: readonly [number, number];
    readonly key: string;
  }[];
  readonly level1: readonly {
    readonly secretValue: string;
    readonly target: string;
    readonly key: string;
  }[];
  readonly specific: {
    readonly level1: string;
    readonly asHost: readonly HostKey[];
    readonly hostAs: readonly HostKey[];
  };
  readonly generic: {
    readonly level1: string;
    readonly protocol: number;
    readonly asHost: readonly HostKey[];
    readonly hostHost: readonly {
      readonly hostAs: string;
      readonly source: string;
      readonly target: string;
      readonly key: string;
    }[];
  };
}

/** From the golden files of `pkg/drkey` and its derivations in scionproto/scion. */
const FIGURES: DrkeyFile = {
  secretValue: [
    {
      secret: '00010203040506070001020304050607',
      protocol: 1,
      epoch: [0, 1],
      key: '73253812b5e79f975bba2464b4dc30d2',
    },
  ],
  level1: [
    {
      secretValue: '73253812b5e79f975bba2464b4dc30d2',
      target: '1-ff00:0:112',
      key: 'a823f5b956de7c0cbc5a6942f5b6fc10',
    },
  ],
  specific: {
    level1: '59ba6ccbd679e3aa13bd2340475a6a98',
    asHost: [{ host: '127.0.0.1', key: 'b5a756caa2e030f3a2b6dbfb03e03eb0' }],
    hostAs: [{ host: '127.0.0.2', key: '4cca42cd61ec9f84802b65f7774e9854' }],
  },
  generic: {
    level1: 'e4b9cc45c2255eca35d05284fd1f3f0f',
    protocol: 10_000,
    asHost: [{ host: '127.0.0.1', key: '2bc8fbb9455531a804cf7fd5e5e512a4' }],
    hostHost: [
      {
        hostAs: '3341fe339ec9492dd15509ce3a08b960',
        source: '127.0.0.2',
        target: '127.0.0.1',
        key: 'f7f4d42ced8b7d040be51b2f6837f886',
      },
    ],
  },
};

describe.each(vectorSets('scion/drkey.json', FIGURES))('DRKey, $set', ({ file: drkey }) => {
  it('derives the published secret values', () => {
    for (const { secret, protocol, epoch, key } of drkey.secretValue) {
      const [epochBegin, epochEnd] = epoch;
      const input = { secret: fromHex(secret), protocol, epochBegin, epochEnd };
      expect(toHex(deriveDrkeySecretValue(nobleCrypto, input))).toBe(key);
    }
  });

  it('derives the published level 1 keys', () => {
    for (const { secretValue: secret, target, key } of drkey.level1) {
      const bytes = new Uint8Array(8);
      writeIsdAs(bytes, 0, requireIsdAs(target));
      expect(toHex(deriveDrkeyLevel1Key(nobleCrypto, fromHex(secret), bytes))).toBe(key);
    }
  });

  it('derives the published specific keys of hosts', () => {
    const { asHost, hostAs } = drkey.specific;
    const level1 = fromHex(drkey.specific.level1);
    for (const { host, key } of asHost) {
      const made = deriveDrkeyAsHostKey(nobleCrypto, level1, requireHostAddress(host));
      expect(toHex(made)).toBe(key);
    }
    for (const { host, key } of hostAs) {
      const made = deriveDrkeyHostAsKey(nobleCrypto, level1, requireHostAddress(host));
      expect(toHex(made)).toBe(key);
    }
  });

  it('derives the published generic keys of hosts', () => {
    const { protocol, asHost, hostHost } = drkey.generic;
    const level1 = fromHex(drkey.generic.level1);
    for (const { host: text, key } of asHost) {
      const input = { protocol, host: requireHostAddress(text) };
      expect(toHex(deriveGenericDrkeyAsHostKey(nobleCrypto, level1, input))).toBe(key);
    }
    for (const { hostAs, source, target, key } of hostHost) {
      const made = deriveDrkeyHostHostKey(nobleCrypto, fromHex(hostAs), requireHostAddress(target));
      expect(toHex(made)).toBe(key);
      const input = { protocol, host: requireHostAddress(source) };
      expect(toHex(deriveGenericDrkeyHostAsKey(nobleCrypto, level1, input))).toBe(hostAs);
    }
  });
});
