/**
 * A TUN device of Linux (Documentation/networking/tuntap.rst), which carries IP packets between the system and this process.
 *
 * Node can open the device but not make its `ioctl`, and a read that waits in a thread keeps a process from ending. So a
 * helper (`pump.py`, Python's standard library alone) holds the device, and carries packets over its standard input and
 * output, which no other process reaches. It ends, and with it the device, when this process does, however that ends
 * (docs/adr/tun.md#0092-a-tun-device-behind-a-helper). Which packets go where is decided elsewhere.
 *
 * @module
 */
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { encodeRecord, RECORD_BYTES_MAX, RecordReader } from './packet-records.ts';

const PUMP = fileURLToPath(new URL('./pump.py', import.meta.url));
/** Most bytes that wait for the device, beside what the system holds for the helper. */
const WAITING_BYTES_MAX = 262_144;
/** Longest time in which the device is there, ms. */
const OPEN_MS = 10_000;
/** Longest sentence of the helper that is repeated, characters. */
const REASON_LENGTH_MAX = 200;

const execute = promisify(execFile);

type Helper = ChildProcessByStdio<Writable, Readable, Readable>;

/** The name and addresses of a device. */
export interface TunOptions {
  /** At most 15 characters; the device is made if there is none of this name. */
  readonly name: string;
  /** Addresses with the lengths of their prefixes, such as `10.1.0.1/24`. */
  readonly addresses: readonly string[];
  /** Longest packet that the system gives to the device, bytes, 1280 and above: what every link of IPv6 carries (RFC 8200, section 5). */
  readonly mtuBytes: number;
}

/** Takes what comes from a device. */
export interface TunReceiver {
  /** Takes a packet that the system sends; its bytes are its own. */
  onPacket(packet: Uint8Array): void;
  /** Called when the device has room again, after `full`. */
  onRoom(): void;
  /** Called once if the device goes before it is closed. */
  onGone(reason: string): void;
}

/** A device could not be opened; the message says what is missing. */
export class TunOpenError extends Error {}

/** An open TUN device. */
export class TunDevice {
  /** Number of packets that the system did not take: the device is down, or they are no IP packets. */
  refused = 0;
  readonly #helper: Helper;
  #isClosing = false;
  /** Counts what the helper has not taken before the device was gone. */
  readonly #written = (error?: Error | null): void => {
    if (error && !this.#isClosing) this.refused += 1;
  };

  private constructor(helper: Helper) {
    this.#helper = helper;
  }

  /**
   * Opens a device, gives it its addresses, and sets it up.
   * @throws (rejects) {@link TunOpenError} without Linux, rights, Python or `ip`.
   */
  static async open(options: TunOptions, receiver: TunReceiver): Promise<TunDevice> {
    const { name, addresses, mtuBytes } = options;
    if (process.platform !== 'linux') throw new TunOpenError('only Linux has TUN devices');
    // Isolated: neither the environment nor the folder of this process says which modules are loaded.
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
   * Gives a packet to the system.
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

  /** Waits until the device is there, and takes what comes from then on. */
  #begin(name: string, receiver: TunReceiver): Promise<void> {
    const { stdin, stdout, stderr } = this.#helper;
    const reader = new RecordReader();
    let reason = '';
    stderr.setEncoding('utf8').on('data', (text: string) => {
      reason = (reason + text).slice(0, REASON_LENGTH_MAX);
    });
    // A helper that is gone takes nothing; that it is gone is told once, by its exit.
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

/** What failed, in one line. */
function explain({ code, path, stderr, message }: ExecutionError): string {
  if (code === 'ENOENT') return `${path} is not installed`;
  return (stderr ?? message).trim().replaceAll('\n', ' ').slice(0, REASON_LENGTH_MAX);
}
