/**
 * Damaged security blocks: a bundle that was signed and encrypted is dropped with a reason, or it is
 * delivered as it was sent. Nothing throws.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../engine/core/stream.ts';
import { toHex } from '../../nodes/_kit/bytes.ts';
import { addSecurity } from '../../nodes/dtn/security/add-security.ts';
import {
  findBlockByNumber,
  joinBlocks,
  replaceBlockData,
  splitIntoBlocks,
} from '../../nodes/dtn/security/bundle-parts.ts';
import { checkSecurity } from '../../nodes/dtn/security/check-security.ts';
import { decodeSecurityBlock } from '../../nodes/dtn/security/security-block.ts';
import { BundleView } from '../../nodes/dtn/wire/view.ts';
import { opened, ruleOf, toolsOf } from '../unit/nodes/dtn/security/support.ts';
import { sampleBundle } from '../unit/nodes/dtn/wire/support.ts';
import { mutate } from './mutate.ts';

const INPUTS = 20_000;
const SEED = 20_261_122;
const PAYLOAD = new TextEncoder().encode('telemetry of the rover');
const tools = toolsOf({ keys: { k: new Uint8Array(32).fill(1) } });
const targets = ['payload', 'primary'];

function secured(): Uint8Array {
  const parts = opened(sampleBundle({ payload: PAYLOAD }));
  const rules = [{ block: 'bib', targets }, { block: 'bcb' }];
  addSecurity(
    tools,
    parts,
    rules.map((rule) => ruleOf({ role: 'source', ...rule })),
  );
  return joinBlocks(parts);
}

const accepting = [
  ruleOf({ role: 'acceptor', block: 'bib', targets }),
  ruleOf({ role: 'acceptor', block: 'bcb' }),
];

describe('a bundle with damaged security blocks', () => {
  it(`is dropped, or delivered as it was sent: ${INPUTS} inputs, seed ${SEED}`, () => {
    const random = openRandomStream(SEED, 'test', 'dtn-security');
    const genuine = secured();
    const view = new BundleView();
    const outcomes = new Map<string, number>();
    for (let index = 0; index < INPUTS; index += 1) {
      const parts = opened(genuine);
      // The blocks of security, then all others; whole bundles are mutated elsewhere.
      const number = [5, 6, 7, 8, 9, 1, 3][random.below(7)]!;
      const block = findBlockByNumber(parts, number);
      if (block === undefined) continue;
      const data = mutate(block.data, random, { header: 24 });
      replaceBlockData(block, data, block.crcType);
      const bytes = joinBlocks(parts);
      const malformed = view.open(bytes, 0, bytes.length);
      if (malformed !== undefined) continue;
      const damaged = splitIntoBlocks(view);
      const drop = checkSecurity(tools, damaged, {
        rules: accepting,
        isDestination: true,
        crcType: 2,
      });
      if (drop === undefined) {
        expect(toHex(damaged.blocks.at(-1)!.data)).toBe(toHex(PAYLOAD));
        expect(damaged.blocks.some(({ type }) => type >= 11)).toBe(false);
      }
      const outcome = drop ?? 'accepted';
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // Damage of all kinds was met, so that the loop has tested something.
    for (const outcome of ['security-failed', 'security-conflicting', 'accepted']) {
      expect(outcomes.get(outcome), outcome).toBeGreaterThan(100);
    }
  });

  it(`is read without an exception from any bytes: ${5 * INPUTS} inputs, seed ${SEED}`, () => {
    const random = openRandomStream(SEED, 'test', 'dtn-security-block');
    const data = opened(secured()).blocks.find(({ type }) => type === 12)!.data;
    let read = 0;
    for (let index = 0; index < 5 * INPUTS; index += 1) {
      if (decodeSecurityBlock(mutate(data, random, { header: 24 })) !== undefined) read += 1;
    }
    expect(read).toBeGreaterThan(1_000);
    expect(read).toBeLessThan(4 * INPUTS);
  });
});
