/**
 * The checks of the last two hops of an EPIC-HP path on each packet: of the time at which it was
 * sent, and of the hop's validation field.
 *
 * SCION header specification "Path Type: EPIC-HP", reference router/dataplane.go (processEPIC),
 * after all steps of checks.ts. As in the reference, the sender gets no SCMP error.
 *
 * @module
 */
import { EPIC_CLOCK_SKEW_NS, EPIC_FIELD_LENGTH, EPIC_LIFETIME_NS } from '../geometry.ts';
import { computeEpicField, epicFieldOffset, epicInputOf, epicSentAgoNs } from '../wire/epic.ts';
import type { RouterContext } from './context.ts';
import type { CheckStepResult, PacketProcessingState } from './passage.ts';

/**
 * Checks that the packet was sent within the last two seconds, with a tolerance for clocks
 * (reference VerifyTimestamp).
 */
export function checkEpicTime(
  passage: PacketProcessingState,
  context: RouterContext,
): CheckStepResult {
  const sentAgoNs = epicSentAgoNs(passage.packet, context.clock());
  if (sentAgoNs < -EPIC_CLOCK_SKEW_NS) return 'epic-future';
  return sentAgoNs > EPIC_LIFETIME_NS + EPIC_CLOCK_SKEW_NS ? 'epic-expired' : undefined;
}

/**
 * Checks that the validation field of hop `hop`, one of the last two, was made with the full MAC of
 * the hop field (reference VerifyHVF). Must follow the check of that hop field's MAC, which
 * computes the full MAC.
 */
export function checkEpicField(
  { packet }: PacketProcessingState,
  { crypto, hops }: RouterContext,
  hop: number,
): CheckStepResult {
  const field = computeEpicField(crypto, hops.latestTag, epicInputOf(packet));
  const offset = epicFieldOffset(packet, hop);
  const said = packet.buffer.subarray(offset, offset + EPIC_FIELD_LENGTH);
  return crypto.equal(field, said) ? undefined : 'epic-field';
}
