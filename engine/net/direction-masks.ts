/**
 * Why a direction refuses or withholds packets, as bits that the packet path compares with 0. The
 * direction counts the reasons, because faults overlap
 * (docs/spec/link-model.md#changes-while-packets-are-under-way).
 *
 * @module
 */

/** Bits of `entryMask`, the reasons why offered packets are rejected. */
export const ENTRY_DOWN = 1;
export const ENTRY_PARTITION = 2;
export const ENTRY_SENDER = 4;
/**
 * Every offered packet must be inspected: by a policing bucket, or by a contact plan that drops.
 */
export const ENTRY_INSPECT = 8;
/** Bits of `exitMask`: why arriving packets are withheld. */
export const EXIT_HELD = 1;
export const EXIT_PARTITION = 2;
export const EXIT_RECEIVER = 4;
