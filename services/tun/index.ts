/**
 * A TUN device, by which the system gives IP packets to this process and takes them.
 *
 * @module
 */
export { TunDevice, TunOpenError, type TunOptions, type TunReceiver } from './tun-device.ts';
