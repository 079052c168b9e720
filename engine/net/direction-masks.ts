/**
 * Why a direction does not take or hand over packets, as bits that the packet path compares with 0.
 * The reasons are counted by the direction, because faults overlap (docs/spec/scenario-files.md#events).
 *
 * @module
 */

/** Bits of `entryMask`: why offered packets are refused. */
export const ENTRY_DOWN = 1;
export const ENTRY_PARTITION = 2;
export const ENTRY_SENDER = 4;
/** A policing bucket or a contact plan that drops looks at every offered packet. */
export const ENTRY_INSPECT = 8;
/** Bits of `exitMask`: why arriving packets are not handed over. */
export const EXIT_HELD = 1;
export const EXIT_PARTITION = 2;
export const EXIT_RECEIVER = 4;
