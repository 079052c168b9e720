import { describe, expect, it } from 'vitest';
import { routerConfig } from '../../../../../nodes/scion/config.ts';
import { protocol } from '../../../../../nodes/scion/index.ts';

describe('router options', () => {
  it('default to those of the reference', () => {
    expect(routerConfig.parse({})).toEqual({
      mtuCheck: true,
      bfd: { detectMultiplier: 3, desiredMinTx: 200_000_000, requiredMinRx: 200_000_000 },
      dispatchedPorts: { first: 31_000, last: 32_767 },
      scmp: { authentication: false },
      services: {},
    });
  });

  it('are read from text with units', () => {
    const options = {
      bfd: { desiredMinTx: '50ms' },
      dispatchedPorts: '1024-65535',
      services: { CS: ['127.1.0.100:30252'] },
    };
    expect(routerConfig.parse(options)).toMatchObject({
      bfd: { detectMultiplier: 3, desiredMinTx: 50_000_000, requiredMinRx: 200_000_000 },
      dispatchedPorts: { first: 1024, last: 65_535 },
      services: { CS: [{ address: '127.1.0.100', port: 30_252 }] },
    });
    expect(routerConfig.parse({ bfd: false }).bfd).toBe(false);
  });

  const bad: readonly unknown[] = [
    { mtu: 5 },
    { dispatchedPorts: '5' },
    { dispatchedPorts: '9-5' },
    { dispatchedPorts: '1-70000' },
    { bfd: true },
    { bfd: { detectMultiplier: 0 } },
    { bfd: { detectMultiplier: 256 } },
    { bfd: { desiredMinTx: '0s' } },
    { bfd: { desiredMinTx: 200 } },
    { services: { XX: [] } },
    { services: { CS: ['127.1.0.100'] } },
  ];
  for (const options of bad) {
    it(`refuse ${JSON.stringify(options)}`, () => {
      expect(routerConfig.safeParse(options).success).toBe(false);
    });
  }
});

describe('router protocol', () => {
  it('explains each of its drops and metrics in a sentence', () => {
    for (const [name, sentence] of Object.entries(protocol.drops)) {
      expect(name).toMatch(/^[a-z0-9-]+$/);
      expect(sentence).toMatch(/^[A-Z].{10,}\.$/);
    }
    expect(new Set(protocol.metrics.map(({ name }) => name)).size).toBe(protocol.metrics.length);
  });
});
