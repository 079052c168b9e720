"""Sends numbered UDP datagrams at even intervals and prints what came back, as JSON.

    python3 probe.py OWN_ADDRESS TARGET_ADDRESS TARGET_PORT COUNT INTERVAL_MS

An outside program for `npm run emulate`: it knows nothing of Orrery and uses Python's standard
library only. It measures on its own clock.
"""

import json
import select
import socket
import statistics
import struct
import sys
import time

# Longer than any answer takes over the links of the example.
LAST_WAIT_S = 0.5
NUMBER = struct.Struct("!I")


def main() -> None:
    own, target, port, count, interval_ms = sys.argv[1:6]
    sent_at: dict[int, float] = {}
    round_trips_ms: list[float] = []
    strays = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((own, 0))
        begin = time.monotonic()
        for number in range(int(count)):
            due = begin + number * float(interval_ms) / 1_000
            strays += listen(sock, due, sent_at, round_trips_ms)
            sent_at[number] = time.monotonic()
            sock.sendto(NUMBER.pack(number) + bytes(96), (target, int(port)))
        strays += listen(sock, time.monotonic() + LAST_WAIT_S, sent_at, round_trips_ms)
    report(int(count), round_trips_ms, strays)


def listen(
    sock: socket.socket, until: float, sent_at: dict[int, float], round_trips_ms: list[float]
) -> int:
    """Takes answers until an instant; returns how many belonged to nothing that was sent."""
    strays = 0
    while (left := until - time.monotonic()) > 0:
        ready, _, _ = select.select([sock], [], [], left)
        if not ready:
            break
        now = time.monotonic()
        began = sent_at.pop(NUMBER.unpack_from(sock.recv(65_535))[0], None)
        if began is None:
            strays += 1
        else:
            round_trips_ms.append((now - began) * 1_000)
    return strays


def report(count: int, round_trips_ms: list[float], strays: int) -> None:
    received = len(round_trips_ms)
    document = {"sent": count, "received": received, "strays": strays, "loss": 1 - received / count}
    if received >= 2:
        cuts = statistics.quantiles(round_trips_ms, n=100)
        document |= {"rttMsP50": cuts[49], "rttMsP95": cuts[94], "rttMsMin": min(round_trips_ms)}
    print(json.dumps(document), flush=True)


main()
