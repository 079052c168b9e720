/**
 * Golden bytes of fabric.
 *
 * @module
 */
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { encodeEnvelope, messageId } from '../../../../nodes/fabric/envelope.ts';
import { PacketWriter } from '../../../../nodes/fabric/wire.ts';
import { fill, type GoldenBytes } from '../../../../tools/golden/golden-bytes.ts';

const LIFE = 7;
const LIMIT = 1_200;

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  const memory = fill(1, 8);
  const parts = { from: 'alice', to: 'bob', deadlineMs: 1_767_225_600_000, attempt: 0 };
  const id = messageId(memory, 258);
  const call = encodeEnvelope({
    id,
    ...parts,
    kind: 'call',
    correlation: null,
    priority: 1,
    payload: fill(9, 30),
  });
  const reply = encodeEnvelope({
    id: messageId(fill(2, 8), 3),
    ...parts,
    kind: 'reply',
    correlation: id,
    priority: 3,
    payload: fill(4, 8),
  });
  const writer = new PacketWriter(LIMIT);
  writer.begin(LIFE, memory, 257);
  writer.acknowledge(3, {
    largest: 40,
    delayNs: 25_000_000,
    ranges: [
      [38, 40],
      [12, 30],
      [0, 3],
    ],
  });
  writer.news({ memory: fill(2, 8), contiguous: 17, above: Uint8Array.of(0b101, 1) });
  writer.piece(258, call, 0, call.length);
  writer.piece(259, reply, 8, 16);
  writer.elicit();
  const packet = toHex(writer.end(41));
  writer.begin(LIFE, memory, 257);
  writer.askNews();
  return { call: toHex(call), reply: toHex(reply), packet, question: toHex(writer.end(0)) };
}
