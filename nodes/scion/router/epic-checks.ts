/**
 * What the last two hops of an EPIC-HP path check of each packet: when it was sent, and its field.
 *
 * SCION header specification "Path Type: EPIC-HP", reference router/dataplane.go (processEPIC), after all steps of
 * checks.ts. As there, failures are silent.
 *
 * @module
 */
import { EPIC_CLOCK_SKEW_NS, EPIC_FIELD_LENGTH, EPIC_LIFETIME_NS } from '../geometry.ts';
import { computeEpicField, epicFieldOffset, epicInputOf, epicSentAgoNs } from '../wire/epic.ts';
import type { RouterContext } from './context.ts';
import type { CheckStepResult, PacketProcessingState } from './passage.ts';

/** The packet was sent within its lifetime, as far as clocks agree (reference VerifyTimestamp). */
export function checkEpicTime(
  passage: PacketProcessingState,
  context: RouterContext,
): CheckStepResult {
  const sentAgoNs = epicSentAgoNs(passage.packet, context.clock());
  if (sentAgoNs < -EPIC_CLOCK_SKEW_NS) return 'epic-future';
  return sentAgoNs > EPIC_LIFETIME_NS + EPIC_CLOCK_SKEW_NS ? 'epic-expired' : undefined;
}

/**
 * The field of hop `hop`, one of the last two, was made with the full MAC of its hop field (reference VerifyHVF), which
 * the check of the MAC has just computed.
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
