/**
 * SIG frames and IP packets for tests.
 *
 * @module
 */
import { SigEncoder } from '../../../../../nodes/gateway/sig/encoder.ts';
import { SigReceiver } from '../../../../../nodes/gateway/sig/receiver.ts';

/** What a receiver made of frames. */
export interface ReceivedFrames {
  readonly receiver: SigReceiver;
  readonly packets: Uint8Array[];
  readonly drops: string[];
}

/** A receiver that has received nothing yet. */
export function makeReceiver(reorderNs = 0): ReceivedFrames {
  const packets: Uint8Array[] = [];
  const drops: string[] = [];
  const output = {
    deliver: (packet: Uint8Array): number => packets.push(packet.slice()),
    drop: (reason: string): number => drops.push(reason),
  };
  return { receiver: new SigReceiver({ output, reorderNs }), packets, drops };
}

/** Receives all frames at time 0. */
export function receiveFrames(frames: readonly Uint8Array[], reorderNs = 0): ReceivedFrames {
  const received = makeReceiver(reorderNs);
  for (const frame of frames) received.receiver.receive(0, frame);
  return received;
}

/** An IPv4 packet of `length` bytes, at least 20, with the content that `fill` says. */
export function ipv4Packet(length: number, fill = 7): Uint8Array {
  const packet = new Uint8Array(length).fill(fill);
  packet.set([0x45, 0, length >> 8, length]);
  return packet;
}

/** An IPv6 packet of `length` bytes, at least 40, with the content that `fill` says. */
export function ipv6Packet(length: number, fill = 7): Uint8Array {
  const packet = new Uint8Array(length).fill(fill);
  packet.set([0x60, 0, 0, 0, (length - 40) >> 8, length - 40]);
  return packet;
}

/** The frames of session 1 that carry the packets, of at most `frameBytesMax` bytes. */
export function framesOf(
  packets: readonly Uint8Array[],
  frameBytesMax: number,
  stream = 2,
): Uint8Array[] {
  const encoder = new SigEncoder({ session: 1, stream, frameBytesMax });
  const frames: Uint8Array[] = [];
  for (const packet of packets) {
    if (encoder.add(packet) === 'sig-queue-full') takeAll(encoder, frames);
    else continue;
    encoder.add(packet);
  }
  takeAll(encoder, frames);
  return frames;
}

function takeAll(encoder: SigEncoder, frames: Uint8Array[]): void {
  for (let frame = encoder.next(); frame !== undefined; frame = encoder.next()) frames.push(frame);
}
