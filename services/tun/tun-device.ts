/**
 * A TUN device of Linux (Documentation/networking/tuntap.rst), which carries IP packets between the
 * system and this process.
 *
 * Node can open the device but not make its `ioctl`, and a read that waits in a thread keeps a
 * process from ending. So a helper (`pump.py`, Python's standard library alone) holds the device,
 * and carries packets over its standard input and output, which no other process reaches. When this
 * process ends in any way, the helper ends too, and with it the device
 * (docs/adr/tun.md#0092-a-tun-device-behind-a-helper). This file does not route packets.
 *
 * @module
 */
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { encodeRecord, RECORD_BYTES_MAX, RecordReader } from './packet-records.ts';

const PUMP = fileURLToPath(new URL('./pump.py', import.meta.url));
/**
 * Largest number of bytes that may wait for the device, in addition to those that the system
 * buffers for the helper.
 */
const WAITING_BYTES_MAX = 262_144;
/** Longest time until the device exists, ms. */
const OPEN_MS = 10_000;
/** Longest part of the helper's message that is repeated in an error, characters. */
const REASON_LENGTH_MAX = 200;

const execute = promisify(execFile);

type Helper = ChildProcessByStdio<Writable, Readable, Readable>;

/** The name and addresses of a device. */
export interface TunOptions {
  /** Name of the device, at most 15 characters; if there is no such device, it is created. */
  readonly name: string;
  /** Addresses with prefix lengths, such as `10.1.0.1/24`. */
  readonly addresses: readonly string[];
  /**
   * Longest packet that the system sends to the device, bytes; at least 1280, which every link must
   * carry for IPv6 (RFC 8200, section 5).
   */
  readonly mtuBytes: number;
}

/** Callbacks for packets and events of a device. */
export interface TunReceiver {
  /** Called with a packet that the system sends; the array belongs to the receiver. */
  onPacket(packet: Uint8Array): void;
  /** Called after `write` returned `full`, when the device has room again. */
  onRoom(): void;
  /** Called once if the device disappears before it is closed. */
  onGone(reason: string): void;
}

/** A device could not be opened; the message says what is missing. */
export class TunOpenError extends Error {}

/** An open TUN device. */
export class TunDevice {
  /**
   * Number of packets that the system did not accept, because the device is down or they are not IP
   * packets.
   */
  refused = 0;
  readonly #helper: Helper;
  #isClosing = false;
  /**
   * Called when a write to the helper has ended; counts a packet as lost if the write failed
   * because the device is gone.
   */
  readonly #written = (error?: Error | null): void => {
    if (error && !this.#isClosing) this.refused += 1;
  };

  private constructor(helper: Helper) {
    this.#helper = helper;
  }

  /**
   * Creates or opens a device, assigns its addresses, and brings it up.
   * @throws (rejects) {@link TunOpenError} if the system is not Linux, or rights, Python or the
   * command `ip` are missing.
   */
  static async open(options: TunOptions, receiver: TunReceiver): Promise<TunDevice> {
    const { name, addresses, mtuBytes } = options;
    if (process.platform !== 'linux') throw new TunOpenError('only Linux has TUN devices');
    // Isolated mode (`-I`): neither environment variables nor the current folder determine which
    // modules are loaded.
    const helper = spawn('python3', ['-I', PUMP, name], { stdio: ['pipe', 'pipe', 'pipe'] });
    const device = new TunDevice(helper);
    try {
      await device.#begin(name, receiver);
      const link = ['link', 'set', 'dev', name, 'mtu', String(mtuBytes), 'up'];
      const all = addresses.map((address) => ['address', 'add', address, 'dev', name]);
      for (const words of [...all, link]) await execute('ip', words);
    } catch (error) {
      device.close();
      throw new TunOpenError(explain(error as ExecutionError), { cause: error });
    }
    return device;
  }

  /**
   * Passes a packet to the system.
   * @returns `full` if the packet was not taken, because too many wait; `onRoom` follows.
   */
  write(packet: Uint8Array): 'ok' | 'full' {
    const { stdin } = this.#helper;
    if (stdin.destroyed) this.refused += 1;
    if (this.#isClosing || stdin.destroyed) return 'ok';
    if (stdin.writableLength > WAITING_BYTES_MAX) return 'full';
    if (packet.length === 0 || packet.length > RECORD_BYTES_MAX) this.refused += 1;
    else stdin.write(encodeRecord(packet), this.#written);
    return 'ok';
  }

  /** Removes the device. */
  close(): void {
    this.#isClosing = true;
    this.#helper.kill('SIGKILL');
  }

  /** Waits until the device exists, and passes its packets on from then on. */
  #begin(name: string, receiver: TunReceiver): Promise<void> {
    const { stdin, stdout, stderr } = this.#helper;
    const reader = new RecordReader();
    let reason = '';
    stderr.setEncoding('utf8').on('data', (text: string) => {
      reason = (reason + text).slice(0, REASON_LENGTH_MAX);
    });
    // Writing to a helper that has ended fails; the handler of its exit reports that once.
    stdin.on('error', () => undefined);
    stdin.on('drain', () => receiver.onRoom());
    return new Promise((resolve, reject) => {
      let isOpen = false;
      const fail = (why: string): void => {
        clearTimeout(alarm);
        if (!isOpen) reject(new TunOpenError(`${name}: ${why}`));
        else if (!this.#isClosing) receiver.onGone(why);
      };
      const alarm = setTimeout(() => fail(`not there after ${OPEN_MS} ms`), OPEN_MS);
      this.#helper.once('error', (error) => fail(explain(error)));
      this.#helper.once('close', () => fail(reason.trim() || 'its helper has ended'));
      stdout.on('data', (chunk: Buffer) => {
        for (const packet of reader.read(chunk)) {
          if (packet.length > 0) receiver.onPacket(packet);
          else if (isOpen) this.refused += 1;
          else {
            isOpen = true;
            clearTimeout(alarm);
            resolve();
          }
        }
      });
    });
  }
}

type ExecutionError = Error & {
  readonly code?: unknown;
  readonly path?: string;
  readonly stderr?: string;
};

/** The reason for a failure, in one line. */
function explain({ code, path, stderr, message }: ExecutionError): string {
  if (code === 'ENOENT') return `${path} is not installed`;
  return (stderr ?? message).trim().replaceAll('\n', ' ').slice(0, REASON_LENGTH_MAX);
}
