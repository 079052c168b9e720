/**
 * Lengths and limits of frames of the SCION-IP gateway (docs.scion.org, "SIG Framing Protocol"; scionproto/scion,
 * `gateway/dataplane`), each with its unit and reason. Numbers only.
 *
 * ```text
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  0 |    Version    |    Session    |             Index             |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  4 |       Reserved        |                Stream                 |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  8 |                        Sequence number                        |
 *    |                                                               |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * 16 | IP packets, or parts of them, one behind the other            |
 * ```
 *
 * @module
 */

const NS_PER_MS = 1_000_000;
const NS_PER_SECOND = 1_000_000_000;

/** Bytes before the packets. */
export const SIG_HEADER_BYTES = 16;
/** The only version, first byte of a frame. A sealed frame begins with another byte. */
export const SIG_VERSION = 0;
/** Value of the field Index if no packet starts in the frame. */
export const SIG_NO_PACKET_STARTS = 0xffff;
/**
 * The number of our only session. One is enough, because each path has streams of its own,
 * whichever traffic classes take it.
 */
export const SIG_SESSION = 0;
/** Largest stream number: the field has 20 bits. */
export const SIG_STREAM_NUMBER_MAX = 0xf_ffff;

/** Least length of an IPv4 header (RFC 791, section 3.1). */
export const IPV4_HEADER_BYTES = 20;
/**
 * Length of an IPv6 header (RFC 8200, section 3). A packet of either version starts only where this many bytes are left
 * in the frame, so that no header is divided (encoder.go, `Read`).
 */
export const IPV6_HEADER_BYTES = 40;
/**
 * Smallest limit of a frame, bytes, header included: in a smaller one no packet could start. The encoder of the
 * reference is tested with it, while its sender requires a path to carry one byte more (sender.go, `minMTU`).
 */
export const SIG_FRAME_BYTES_MIN = SIG_HEADER_BYTES + IPV6_HEADER_BYTES;

/** Number of packets that wait to be put into frames (pktring.go, `ringSize`). */
export const SIG_QUEUE_PACKETS_MAX = 64;
/** Number of frames that one packet may be divided into (worker.go, `reassemblyListCap`). */
export const SIG_LIST_FRAMES_MAX = 100;
/**
 * A stream that has had no frame for this time is given up, ns. The reference gives it up after one
 * to two times as long (worker.go, `cleanup`).
 */
export const SIG_STREAM_IDLE_NS_MAX = NS_PER_SECOND;
/**
 * Largest number of streams that are kept of one peer: enough for eight traffic classes, each with an old and a new
 * stream while it changes paths. The reference has no limit, so any sender can fill its memory. One packet of each
 * stream is kept, at most 65,575 bytes.
 */
export const SIG_STREAMS_MAX = 16;

/** Number of frames of a stream that are held until an earlier one arrives. */
export const SIG_REORDER_FRAMES_MAX = 32;
/** Largest number of bytes of the held frames of a stream. */
export const SIG_REORDER_BYTES_MAX = 0x1_0000;
/** Longest time for which a frame is held, ns, if frames are held at all. */
export const SIG_REORDER_NS = 5 * NS_PER_MS;
