/**
 * Bounds that more than one file of the face knows.
 *
 * @module
 */

/** The longest payload of a message, bytes (64 MiB), as in nodes/fabric. */
export const PAYLOAD_BYTES_MAX = 67_108_864;
/** A payload in base64, and room for the rest of a frame. */
export const FRAME_BYTES_MAX: number = Math.ceil(PAYLOAD_BYTES_MAX / 3) * 4 + 4_096;
