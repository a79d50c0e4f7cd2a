#!/usr/bin/env python3
"""Delays what this network namespace sends to some addresses, where the kernel has no netem.

    late_packets.py MILLIS SOURCE ADDRESS...    as root

Packets to the addresses are routed into a TUN device, wait here, and leave through a raw socket whose mark takes them past that route.
Says "relaying" once it does. SIGTERM ends it: the routes go, what waits is sent, and the number of packets that were late is printed.
"""

import collections
import fcntl
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time

DEVICE = "late0"
TABLE = "7101"
MARK = 7101
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


def main():
    delay = int(sys.argv[1]) / 1000
    source, addresses = sys.argv[2], sys.argv[3:]
    stop_in, stop_out = os.pipe()
    signal.signal(signal.SIGTERM, lambda *_: os.write(stop_out, b"."))

    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, MARK)
    # What comes in from the addresses comes by another device than what goes there leaves by.
    for device in os.listdir("/proc/sys/net/ipv4/conf"):
        with open(f"/proc/sys/net/ipv4/conf/{device}/rp_filter", "w") as knob:
            knob.write("0")
    ip("link", "set", DEVICE, "mtu", "1500", "up")
    ip("route", "add", "default", "dev", DEVICE, "src", source, "table", TABLE)
    ip("rule", "add", "fwmark", str(MARK), "lookup", "main", "priority", "100")
    for address in addresses:
        ip("rule", "add", "to", address, "lookup", TABLE, "priority", "200")
    print("relaying", flush=True)

    waiting = collections.deque()
    sent = 0
    stopping = False
    while waiting or not stopping:
        now = time.monotonic()
        while waiting and (stopping or waiting[0][0] <= now):
            packet = waiting.popleft()[1]
            try:
                raw.sendto(packet, (socket.inet_ntoa(packet[16:20]), 0))
            except OSError:
                pass  # as lost on the way; the network may be gone
            sent += 1
        patience = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        readable, _, _ = select.select([stop_in, tun], [], [], patience)
        if stop_in in readable and not stopping:
            stopping = True
            for _ in addresses:
                ip("rule", "del", "priority", "200")
            ip("rule", "del", "priority", "100")
        if tun in readable:
            try:
                while True:
                    packet = os.read(tun, 65536)
                    if packet[0] >> 4 == 4:
                        waiting.append((time.monotonic() + delay, packet))
            except BlockingIOError:
                pass
    print(sent, flush=True)


main()
