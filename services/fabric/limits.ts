/**
 * Bounds that several files of this folder use.
 *
 * @module
 */

/** The longest payload of a message, bytes (64 MiB), as in nodes/fabric. */
export const PAYLOAD_BYTES_MAX = 67_108_864;
/** The longest frame, bytes: a payload in base64, and room for the other fields. */
export const FRAME_BYTES_MAX: number = Math.ceil(PAYLOAD_BYTES_MAX / 3) * 4 + 4_096;
