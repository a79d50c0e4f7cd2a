#!/usr/bin/python3
"""What an application may expect of redis-py: conformance.py single|cluster HOST:PORT...

It checks, then writes until a line on standard input says that a server was killed ("killed", or "killed, and calls may fail"), goes on, and
looks for all that was acknowledged. Its last line is PASSED, or it ends with an error.
"""

import faulthandler
import logging
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import redis
from redis.cluster import RedisCluster

CONNECTIONS = 8
INCREMENTS = 50
KEYS = 200
WRITERS = 4
MORE = 100

kind, *addresses = sys.argv[1:]
servers = [(host, int(port)) for host, port in (address.split(":") for address in addresses)]
clustered = kind == "cluster"
prefix = f"{uuid.uuid4()}:"


def connect(number):
    host, port = servers[number % len(servers)]
    if clustered:
        client = RedisCluster(host=host, port=port, cluster_error_retry_attempts=50, decode_responses=True)
        outlive_the_first(client)
        return client
    return redis.Redis(host=host, port=port, decode_responses=True)


def outlive_the_first(client):
    """Up to 4.3 redis-py does not get over the death of the server that is the first in its map, here or with Redis: two bugs of its own."""
    # It copies what it calls when it connects: itself and its lock, which fails each time. A function is not copied.
    on_connect = client.on_connect
    manager = client.nodes_manager
    manager.connection_kwargs["redis_connect_func"] = lambda connection: on_connect(connection)
    # It keeps a node's former role, and fails once when no node is left that was a primary.
    get_or_create = manager._get_or_create_cluster_node

    def with_its_role(host, port, role, found):
        is_known = f"{host}:{port}" in found
        node = get_or_create(host, port, role, found)
        if not is_known:
            node.server_type = role
        return node

    manager._get_or_create_cluster_node = with_its_role


def equal(got, expected):
    if got != expected:
        raise AssertionError(f"expected {expected!r}, got {got!r}")


def until(what, holds, seen=lambda: ""):
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end:
            faulthandler.dump_traceback()
            raise AssertionError(f"not within a minute: {what} {seen()}")
        time.sleep(0.02)


def strings(client):
    key = prefix + "string"
    equal(client.get(key), None)
    equal(client.set(key, "one"), True)
    equal(client.getset(key, ""), "one")
    equal(client.get(key), "")
    equal(client.append(key, "é\r\n"), 4)
    equal(client.get(key), "é\r\n")
    equal(client.delete(key), 1)
    equal(client.exists(key), 0)


def conditions(client):
    key = prefix + "conditional"
    equal(client.set(key, "x", xx=True), None)
    equal(client.set(key, "a", nx=True), True)
    equal(client.set(key, "b", nx=True), None)
    equal(client.set(key, "c", xx=True, get=True), "a")
    equal(client.get(key), "c")


def expiry(client):
    key = prefix + "mortal"
    client.set(key, "v", px=700)
    left = client.pttl(key)
    assert 0 < left <= 700, left
    until("it has expired", lambda: client.get(key) is None)
    client.set(key, "w")
    equal(client.ttl(key), -1)
    equal(client.expire(key, 100), True)
    equal(client.persist(key), True)
    equal(client.ttl(key), -1)


def increments(client):
    key = prefix + "sum"

    def count(number):
        connection = connect(number)
        return [connection.incr(key) for _ in range(INCREMENTS)]

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        answers = [answer for own in threads.map(count, range(CONNECTIONS)) for answer in own]
    equal(len(set(answers)), CONNECTIONS * INCREMENTS)
    equal(client.get(key), str(CONNECTIONS * INCREMENTS))


def many_keys(client):
    values = {f"{prefix}many:{i}": f"value {i}" for i in range(KEYS)}
    if clustered:
        client.mset_nonatomic(values)
        equal(client.mget_nonatomic(list(values)), list(values.values()))
    else:
        client.mset(values)
        equal(client.mget(list(values)), list(values.values()))
    equal(set(client.scan_iter(match=prefix + "many:*", count=100)), set(values))
    equal(client.delete(*values), KEYS)


def pipelines(client):
    key = prefix + "pipeline"
    pipeline = client.pipeline() if clustered else client.pipeline(transaction=False)
    equal(pipeline.set(key, 1).incr(key).get(key).execute(), [True, 2, "2"])


def errors(client):
    key = prefix + "word"
    client.set(key, "abc")
    target = {"target_nodes": RedisCluster.RANDOM} if clustered else {}
    for call, text in [
        (lambda: client.incr(key), "value is not an integer or out of range"),
        (lambda: client.getrange(key, "x", 1), "value is not an integer or out of range"),
        (lambda: client.execute_command("NOSUCH", key, **target), f"unknown command 'NOSUCH', with args beginning with: '{key}'"),
    ]:
        try:
            call()
        except redis.ResponseError as error:
            assert str(error).startswith(text), error
        else:
            raise AssertionError(f"no error that says: {text}")
    equal(client.get(key), "abc")


def named(server):
    """Whom this server names for each slot, in CLUSTER SLOTS."""
    owners = {}
    with redis.Redis(host=server[0], port=server[1], decode_responses=True) as plain:
        for start, end, (host, port, *_), *_ in plain.execute_command("CLUSTER", "SLOTS"):
            for slot in range(start, end + 1):
                owners[slot] = f"{host}:{port}"
    equal(len(owners), 16384)
    return owners


def asked(client):
    return {slot: nodes[0].name for slot, nodes in client.nodes_manager.slots_cache.items()}


def slots(client):
    if clustered:
        for server in servers:
            equal(asked(client), named(server))


def outage():
    acknowledged = {}
    failures = []
    counts = [0] * WRITERS
    stopped = threading.Event()
    clients = [connect(number) for number in range(WRITERS)]

    def write(number):
        i = 0
        while not stopped.is_set():
            key, value = f"{prefix}{number}:{i}", f"value {i}"
            try:
                clients[number].set(key, value)
                acknowledged[key] = value
                counts[number] += 1
            except Exception as error:
                failures.append(error)
            i += 1

    def more():
        enough = [count + MORE for count in counts]
        until(
            "all writers go on",
            lambda: all(count >= least for count, least in zip(counts, enough)),
            lambda: f"{counts} of {enough}; {len(failures)} calls failed, the last {failures[-3:]}",
        )

    writers = [threading.Thread(target=write, args=(number,), daemon=True) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    more()
    print("WRITING", flush=True)
    told = sys.stdin.readline().strip()
    more()
    if clustered:
        # This client reads the map anew only when a call fails, as every writer's do: its map leaves the dead out, and may be a moment's.
        for client in clients:
            until("the map leaves the dead out", lambda: set(asked(client).values()) <= set(named(servers[0]).values()))
    more()
    stopped.set()
    for writer in writers:
        writer.join()
    if told == "killed":
        equal(failures, [])
    another = connect(0)
    for key, value in acknowledged.items():
        equal(another.get(key), value)
    print(f"{len(acknowledged)} acknowledged writes found, {len(failures)} calls failed")


def main():
    # It logs each error with its stack, those that are asked for here as well.
    logging.disable()
    client = connect(0)
    for check in [strings, conditions, expiry, increments, many_keys, pipelines, errors, slots]:
        check(client)
        print(f"{check.__name__} passed")
    outage()
    print("PASSED")


main()
