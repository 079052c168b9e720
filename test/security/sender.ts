/**
 * An agent of the attacker's in a process of its own: dials with a key that is good, says hello, and
 * sends a message as large as it is told to.
 *
 * @module
 */
import { fromHex } from '../../nodes/_kit/bytes.ts';
import { dialChannel } from '../../scenarios/distributed/channel/dial.ts';

const [port = '', key = '', listener = '', kind = ''] = process.argv.slice(2);
const MEGABYTES_60 = 60_000_000;

/** Large in bytes, or in what it becomes. */
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
