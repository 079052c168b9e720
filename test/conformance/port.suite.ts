/**
 * The conformance suite of the port (engine/host): the same cases in every world. A case that a
 * world cannot pass is listed with the reason, runs nevertheless, and must fail, so that an
 * unnecessary skip is noticed.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { computeCases } from './port/compute-cases.ts';
import { contactCases } from './port/contact-cases.ts';
import { hostCryptoCases } from './port/crypto-cases.ts';
import { datagramCases } from './port/datagram-cases.ts';
import type { Driver } from './port/drivers.ts';
import { hostCases } from './port/host-cases.ts';
import { type PortCase, portWorld } from './port/port-world.ts';
import { storeCases } from './port/store-cases.ts';
import { streamCases } from './port/stream-cases.ts';
import { timerCases } from './port/timer-cases.ts';

/** All cases. */
const portCases: readonly PortCase[] = [
  ...datagramCases,
  ...timerCases,
  ...hostCases,
  ...computeCases,
  ...hostCryptoCases,
  ...storeCases,
  ...streamCases,
  ...contactCases,
];

/** Runs the suite. @param skips The reason for each skipped case, by case id. */
export function runPortSuite(
  name: string,
  makeDriver: () => Driver,
  skips: Readonly<Record<string, string>>,
): void {
  describe(`the port in ${name}`, () => {
    for (const { id, says, run } of portCases) {
      const reason = skips[id];
      const title = `${id}: ${says}`;
      if (reason === undefined) it(title, () => inWorld(makeDriver, run));
      else it(`${title} (not here: ${reason})`, () => mustFail(makeDriver, run));
    }

    it('names existing cases only once and skips existing ones only', () => {
      const ids = portCases.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(Object.keys(skips).filter((id) => !ids.includes(id))).toEqual([]);
    });
  });
}

async function inWorld(makeDriver: () => Driver, run: PortCase['run']): Promise<void> {
  const world = portWorld(makeDriver());
  try {
    await run(world);
  } finally {
    await world.close();
  }
}

async function mustFail(makeDriver: () => Driver, run: PortCase['run']): Promise<void> {
  await expect(inWorld(makeDriver, run), 'the skip is no longer needed').rejects.toThrow();
}
