/**
 * The router with the acceptance cases of the reference (vectors/scion/router.json): what leaves,
 * and where, byte for byte, with SCMP authentication off and on.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { ROUTER_CASES } from '../unit/nodes/scion/router/router-cases.ts';
import { type Arrival, TestRouter } from '../unit/nodes/scion/router/test-router.ts';

/** Sets the timestamp and the authenticator to zero in the option that begins with `ca07021c`. */
function withoutSpaoSecrets(packet: string): string {
  const at = packet.indexOf('ca07021c');
  return at < 0 ? packet : `${packet.slice(0, at + 20)}${'0'.repeat(44)}${packet.slice(at + 64)}`;
}

describe.each(ROUTER_CASES)('border router acceptance cases, $set', ({ file }) => {
  for (const router of file.cases) {
    for (const isAuthenticated of [false, true]) {
      const { expect: expected } = router;
      it(`${router.name}: ${expected.action}, SCMP authentication ${isAuthenticated ? 'on' : 'off'}`, () => {
        const testRouter = new TestRouter(file, { isAuthenticated });
        const sent = testRouter.receive(router.arrivesOn as Arrival, fromHex(router.packet));
        if (expected.action === 'drop') {
          expect(sent.packet).toBeUndefined();
          expect(sent.drop).toBeTypeOf('string');
          return;
        }
        expect(sent.leavesOn).toEqual(expected.leavesOn);
        const isSigned = isAuthenticated && expected.packetWithZeroedSpao !== undefined;
        const bytes = isSigned ? expected.packetWithZeroedSpao : expected.packet;
        expect(withoutSpaoSecrets(toHex(sent.packet!))).toBe(withoutSpaoSecrets(bytes!));
      });
    }
  }
});
