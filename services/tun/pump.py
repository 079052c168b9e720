"""Opens a TUN device of Linux and carries its IP packets over stdin and stdout, each behind its length.

Usage: pump.py NAME. A length is two bytes, big-endian. On stdout, the first length of 0 says that the device exists; each
further one says that the system did not take a packet. This process ends with its stdin, and the device with this process.
"""

import fcntl
import os
import struct
import sys
import threading

# Linux, include/uapi/linux/if_tun.h.
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
PACKET_MAX = 65535
NOTICE = b"\0\0"

written = threading.Lock()


def tell(record):
    with written:
        sys.stdout.buffer.write(record)
        sys.stdout.buffer.flush()


def feed_device(device):
    while True:
        head = sys.stdin.buffer.read(2)
        packet = sys.stdin.buffer.read(int.from_bytes(head, "big"))
        if not packet:
            os._exit(0)
        try:
            os.write(device, packet)
        except OSError:
            # The device is down, or this is not an IP packet.
            tell(NOTICE)


def main(name):
    try:
        device = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    except OSError as error:
        sys.exit(f"cannot open it as a TUN device: {error.strerror}")
    tell(NOTICE)
    threading.Thread(target=feed_device, args=(device,), daemon=True).start()
    try:
        while True:
            packet = os.read(device, PACKET_MAX)
            tell(len(packet).to_bytes(2, "big") + packet)
    except OSError as error:
        # Without flushing: the other end may be gone as well.
        os.write(2, f"the device was removed ({error.strerror})".encode())
        os._exit(1)


main(sys.argv[1])
