/**
 * An agent of the attacker in a separate process: connects with a valid key, says hello, and sends
 * a message of the requested size.
 *
 * @module
 */
import { fromHex } from '../../nodes/_kit/bytes.ts';
import { dialChannel } from '../../runner/distributed/channel/dial.ts';

const [port = '', key = '', listener = '', kind = ''] = process.argv.slice(2);
const MEGABYTES_60 = 60_000_000;

/** A message that is large in bytes, or large after parsing. */
function huge(): object {
  if (kind === 'text') return { type: 'log', message: 'x'.repeat(MEGABYTES_60) };
  return { type: 'log', message: Array.from({ length: 5_000_000 }, () => []) };
}

const limits = { messageBytesMax: 2 * MEGABYTES_60, queueBytesMax: 2 * MEGABYTES_60 };
const channel = await dialChannel({
  host: '127.0.0.1',
  port: Number(port),
  key: fromHex(key),
  listener: fromHex(listener),
  limits,
});
channel.onMessage = (): void => undefined;
channel.onClose = (): void => process.exit(0);
channel.send({ type: 'hello', hosts: ['alice'], pid: process.pid });
channel.send(huge());
