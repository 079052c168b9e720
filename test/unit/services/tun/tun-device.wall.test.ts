/** A TUN device of this machine: what the system sends is read, what is written reaches the system. */
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TunDevice, TunOpenError, type TunReceiver } from '../../../../services/tun/index.ts';
import { ROOT } from '../../../architecture/files.ts';
import { tunMissing } from '../../../tun-here.ts';

const missing = tunMissing();
if (missing !== undefined) process.stderr.write(`TUN devices are not tested: ${missing}\n`);
const NAME = 'orrery-test';
const [OWN, OTHER] = ['198.18.7.1', '198.18.7.2'];
const options = { name: NAME, addresses: [`${OWN}/24`], mtuBytes: 1_280 };
const ignored = (): void => undefined;

let device: TunDevice | undefined;
const exists = (): boolean => spawnSync('ip', ['link', 'show', NAME]).status === 0;

async function open(receiver: Partial<TunReceiver> = {}): Promise<TunDevice> {
  const whole = { onPacket: ignored, onRoom: ignored, onGone: ignored, ...receiver };
  device = await TunDevice.open(options, whole);
  return device;
}

/** Signals the program that holds the device: the child of this process that was given its name. */
function signalHelper(signal: NodeJS.Signals): void {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
  for (const child of children.split(' ')) {
    const words = readFileSync(`/proc/${child}/cmdline`, 'utf8');
    if (words.includes(NAME)) process.kill(Number(child), signal);
  }
}

afterEach(async () => {
  device?.close();
  await vi.waitFor(() => expect(exists()).toBe(false));
});

/** The same packet of IPv4 back to its sender: two addresses change places, which changes no checksum. */
function returned(packet: Uint8Array): Uint8Array {
  const back = packet.slice();
  back.set(packet.subarray(12, 16), 16);
  back.set(packet.subarray(16, 20), 12);
  back.set(packet.subarray(20, 22), 22);
  back.set(packet.subarray(22, 24), 20);
  return back;
}

describe.skipIf(missing !== undefined)('a TUN device', () => {
  it('carries a thousand packets each way, none of them joined or cut', async () => {
    const opened = await open({
      onPacket: (packet) => {
        if (packet[0] === 0x45) opened.write(returned(packet));
      },
    });
    const socket = createSocket('udp4').bind(0, OWN);
    await once(socket, 'listening');
    const lengths: number[] = [];
    socket.on('message', (message) => lengths.push(message.length));
    for (let bytes = 1; bytes <= 1_000; bytes += 1) {
      socket.send(Buffer.alloc(bytes), 9_000, OTHER);
      // Fewer than the queue of the device holds.
      if (bytes % 50 === 0) await vi.waitFor(() => expect(lengths).toHaveLength(bytes), 5_000);
    }
    socket.close();
    expect(lengths).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    expect(opened.refused).toBe(0);
  });

  it('has the addresses and the MTU that it was opened with', async () => {
    await open();
    const { stdout } = spawnSync('ip', ['address', 'show', NAME], { encoding: 'utf8' });
    expect(stdout).toMatch(/<.*\bUP\b.*> mtu 1280 /);
    expect(stdout).toContain(`inet ${OWN}/24 `);
  });

  it('counts what the system does not take, and goes on', async () => {
    const opened = await open();
    opened.write(Uint8Array.of(0, 1, 2, 3));
    opened.write(new Uint8Array(0));
    await vi.waitFor(() => expect(opened.refused).toBe(2));
    spawnSync('ip', ['link', 'set', NAME, 'down']);
    opened.write(Uint8Array.of(0x45, 0, 0, 20));
    await vi.waitFor(() => expect(opened.refused).toBe(3));
    expect(exists()).toBe(true);
  });

  it('takes no more than its bound while the system is slow', async () => {
    const onRoom = vi.fn();
    const opened = await open({ onRoom });
    const packet = new Uint8Array(60_000).fill(0x45);
    let taken = 0;
    signalHelper('SIGSTOP');
    while (taken < 100 && opened.write(packet) === 'ok') taken += 1;
    // What is above the bound is in the pipe to the helper.
    expect(taken).toBeLessThan(12);
    expect(onRoom).not.toHaveBeenCalled();
    signalHelper('SIGCONT');
    await vi.waitFor(() => expect(onRoom).toHaveBeenCalled());
    expect(opened.write(packet)).toBe('ok');
  });

  it('says when somebody else removes it', async () => {
    const onGone = vi.fn();
    await open({ onGone });
    spawnSync('ip', ['link', 'delete', NAME]);
    await vi.waitFor(() => expect(onGone).toHaveBeenCalledOnce());
    expect(onGone.mock.calls[0]?.[0]).toContain('the device was removed');
  });

  it('is gone when its process is killed', async () => {
    const module = JSON.stringify(new URL('services/tun/index.ts', `file://${ROOT}/`).href);
    const receiver = '{ onPacket() {}, onRoom() {}, onGone() {} }';
    const program = `const { TunDevice } = await import(${module});
      await TunDevice.open(${JSON.stringify(options)}, ${receiver}); console.log('open');`;
    const words = ['--import', 'tsx', '--input-type=module', '-e', program];
    const child = spawn(process.execPath, words, { cwd: ROOT });
    await once(child.stdout, 'data');
    expect(exists()).toBe(true);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(exists()).toBe(false), 5_000);
  });

  it('loads no module that the environment names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orrery-tun-'));
    const mark = join(folder, 'loaded');
    writeFileSync(join(folder, 'struct.py'), `open(${JSON.stringify(mark)}, 'w').close()\n`);
    vi.stubEnv('PYTHONPATH', folder);
    await open();
    vi.unstubAllEnvs();
    expect(existsSync(mark)).toBe(false);
    rmSync(folder, { recursive: true });
  });

  it('is refused in one line when its name is taken or an address is none', async () => {
    await open();
    const again = TunDevice.open(options, { onPacket: ignored, onRoom: ignored, onGone: ignored });
    await expect(again).rejects.toThrow(/^orrery-test: cannot open it as a TUN device: [^\n]+$/);
    await expect(again).rejects.toBeInstanceOf(TunOpenError);
    const wrong = { ...options, name: 'orrery-test-2', addresses: ['10.0.0.300/8'] };
    const none = TunDevice.open(wrong, { onPacket: ignored, onRoom: ignored, onGone: ignored });
    await expect(none).rejects.toThrow(/^[^\n]+$/);
  });
});
