"""Answers every UDP datagram with its own bytes; on SIGTERM prints how many there were, as JSON.

    python3 echo.py ADDRESS PORT

An outside program for `npm run emulate`: it knows nothing of Orrery and uses Python's standard
library only.
"""

import json
import signal
import socket
import sys


def main() -> None:
    address, port = sys.argv[1], int(sys.argv[2])
    answered = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((address, port))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            while True:
                datagram, sender = sock.recvfrom(65_535)
                sock.sendto(datagram, sender)
                answered += 1
        finally:
            print(json.dumps({"answered": answered}), flush=True)


main()
