/**
 * Golden bytes of fabric.
 *
 * @module
 */
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { encodeEnvelope, makeMessageId } from '../../../../nodes/fabric/envelope.ts';
import { PacketWriter } from '../../../../nodes/fabric/wire.ts';
import { type GoldenBytes, patternBytes } from '../../../../tools/golden/golden-bytes.ts';

const LIFE = 7;
const LIMIT = 1_200;

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  const memory = patternBytes(8, 1);
  const parts = { from: 'alice', to: 'bob', deadlineMs: 1_767_225_600_000, attempt: 0 };
  const id = makeMessageId(memory, 258);
  const call = encodeEnvelope({
    id,
    ...parts,
    kind: 'call',
    correlation: null,
    priority: 1,
    payload: patternBytes(30, 9),
  });
  const reply = encodeEnvelope({
    id: makeMessageId(patternBytes(8, 2), 3),
    ...parts,
    kind: 'reply',
    correlation: id,
    priority: 3,
    payload: patternBytes(8, 4),
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
  writer.news({ memory: patternBytes(8, 2), contiguous: 17, above: Uint8Array.of(0b101, 1) });
  writer.piece(258, call, 0, call.length);
  writer.piece(259, reply, 8, 16);
  writer.elicit();
  const packet = toHex(writer.end(41));
  writer.begin(LIFE, memory, 257);
  writer.askNews();
  const question = toHex(writer.end(0));
  writer.begin(LIFE, memory, 257);
  writer.challenge({ memory: patternBytes(8, 2), life: 3, nonce: patternBytes(8, 5) });
  const challenge = toHex(writer.end(0));
  writer.begin(LIFE, memory, 257);
  writer.confirm(patternBytes(8, 5));
  const confirmation = toHex(writer.end(42));
  return { call: toHex(call), reply: toHex(reply), packet, question, challenge, confirmation };
}
