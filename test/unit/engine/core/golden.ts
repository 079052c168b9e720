/**
 * The first draws of named random streams; if one changes, every run changes.
 *
 * @module
 */
import { openRandomStream } from '../../../../engine/core/stream.ts';
import type { GoldenBytes } from '../../../../tools/golden/golden-bytes.ts';

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  const names = [
    [1, 'golden-node', 'backoff'],
    [2, 'golden-node', 'backoff'],
    [1, 'other-node', 'link/loss'],
  ] as const;
  const entries = names.map(([seed, node, purpose]) => {
    const stream = openRandomStream(seed, node, purpose);
    const words = Array.from({ length: 4 }, () => stream.nextU32().toString(16).padStart(8, '0'));
    return [`${seed} ${node} ${purpose}`, words.join('')] as const;
  });
  return Object.fromEntries(entries);
}
