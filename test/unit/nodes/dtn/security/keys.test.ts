import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import { toHex } from '../../../../../nodes/_kit/bytes.ts';
import { DerivedKeys } from '../../../../../nodes/dtn/security/keys.ts';

const S = 1_000_000_000;

function keysAt(nowNs: number, changes: readonly number[] = [], overlap = 0): DerivedKeys {
  const source = {
    crypto: createCryptoProvider('noble'),
    secret: new Uint8Array(32).fill(5),
    planTime: (): number => nowNs,
  };
  return new DerivedKeys(source, [
    { name: 'link', changes: [...changes], overlap },
    { name: 'other', changes: [], overlap: 0 },
  ]);
}

const current = (keys: DerivedKeys): string => toHex(keys.current('link', 'mac')!);
const accepted = (keys: DerivedKeys): readonly string[] => keys.accepted('link', 'mac').map(toHex);

describe('keys by name', () => {
  it('are the same on every node, and differ by name and use', () => {
    const keys = keysAt(0);
    expect(current(keys)).toBe(current(keysAt(5 * S)));
    const all = [
      keys.current('link', 'mac'),
      keys.current('link', 'wrap'),
      keys.current('link', 'aes-256'),
      keys.current('link', 'aes-128'),
      keys.current('other', 'mac'),
    ].map((key) => toHex(key!));
    expect(new Set(all).size).toBe(5);
    expect(all.map((hex) => hex.length / 2)).toEqual([32, 32, 32, 16, 32]);
  });

  it('are only those that the node has', () => {
    expect(keysAt(0).current('unknown', 'mac')).toBeUndefined();
    expect(keysAt(0).accepted('unknown', 'mac')).toEqual([]);
  });

  it('change at the planned instant, and not before', () => {
    const at = (ns: number): string => current(keysAt(ns, [10 * S, 20 * S]));
    expect(at(10 * S - 1)).toBe(at(0));
    expect(at(10 * S)).not.toBe(at(0));
    expect(at(20 * S - 1)).toBe(at(10 * S));
    expect(new Set([at(0), at(10 * S), at(20 * S)]).size).toBe(3);
  });

  it('are accepted for the overlap after a change, the new one first', () => {
    const at = (ns: number): readonly string[] => accepted(keysAt(ns, [10 * S], 2 * S));
    const [before] = at(0);
    const [after] = at(20 * S);
    expect(at(10 * S - 1)).toEqual([before]);
    expect(at(10 * S)).toEqual([after, before]);
    expect(at(12 * S - 1)).toEqual([after, before]);
    expect(at(12 * S)).toEqual([after]);
  });

  it('are replaced at once by default', () => {
    expect(accepted(keysAt(10 * S, [10 * S]))).toHaveLength(1);
  });
});
