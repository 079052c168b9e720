"""A client of two gateways that knows nothing of their service but its name: it asks the servers by reflection.

Called as `client.py SENDER RECEIVER IA`, two addresses and the AS of the receiver. Prints one line for each check, and ends
with exit code 0 if all hold.
"""
import os
import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

SERVICE = "betanet.gateway.BetanetGateway"
PATIENCE_S = 30


class Gateway:
    """One gateway, whose calls are found by reflection."""

    def __init__(self, address):
        self.channel = grpc.insecure_channel(address)
        database = ProtoReflectionDescriptorDatabase(self.channel)
        self.services = list(database.get_services())
        self.service = DescriptorPool(database).FindServiceByName(SERVICE)

    def _method(self, name):
        method = self.service.methods_by_name[name]
        request = GetMessageClass(method.input_type)
        how = {
            "request_serializer": request.SerializeToString,
            "response_deserializer": GetMessageClass(method.output_type).FromString,
        }
        return f"/{SERVICE}/{name}", request, how

    def call(self, name, **fields):
        path, request, how = self._method(name)
        return self.channel.unary_unary(path, **how)(
            request(**fields), timeout=PATIENCE_S, wait_for_ready=True
        )

    def subscribe(self):
        path, request, how = self._method("SubscribePackets")
        return self.channel.unary_stream(path, **how)(request(), timeout=PATIENCE_S)


def status_of(call):
    try:
        call()
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def main(sender_address, receiver_address, receiver_ia):
    sender, receiver = Gateway(sender_address), Gateway(receiver_address)
    packets = [os.urandom(length) for length in (1, 1_000, 60_000)]
    stream = receiver.subscribe()
    sent = [
        sender.call(
            "SendScionPacket",
            raw_packet=packet,
            egress_ia=receiver_ia,
            sequence_number=number + 1,
        )
        for number, packet in enumerate(packets)
    ]
    got = [next(stream).raw_packet for _ in packets]
    stream.cancel()
    again = sender.call(
        "SendScionPacket", raw_packet=b"x", egress_ia=receiver_ia, sequence_number=1
    )
    paths = sender.call("QueryPaths", dst_ia=receiver_ia)
    health = sender.call("Health", check_level=2)
    stats = sender.call("Stats", include_path_breakdown=True)
    tunnels = sender.call("ListTunnels").tunnels
    checks = {
        "the service and its health are found by reflection": {
            SERVICE,
            "grpc.health.v1.Health",
        }
        <= set(sender.services),
        "three packets are sent on a path": all(
            one.success and one.selected_path.path_id for one in sent
        ),
        "the other gateway has each, byte by byte": sorted(got) == sorted(packets),
        "a sequence number is taken once": (again.success, again.error) == (False, "replay"),
        "paths are listed, with round trips": len(paths.paths) > 1
        and paths.paths[0].quality.rtt_ewma_ms > 0,
        "the full check of health sends probes that are answered": health.status == 0
        and health.scion_daemon_connected,
        "three packets are counted": stats.gateway.total_packets == len(packets),
        "the session is a tunnel": [one.tunnel_id for one in tunnels] == [receiver_ia],
        "a text that is no AS has a status": status_of(
            lambda: sender.call("QueryPaths", dst_ia="nowhere")
        )
        == grpc.StatusCode.INVALID_ARGUMENT,
        "an AS without paths has a status": status_of(
            lambda: sender.call("QueryPaths", dst_ia="7-7")
        )
        == grpc.StatusCode.UNAVAILABLE,
    }
    for check, holds in checks.items():
        print(f"{'ok' if holds else 'FAILED'}: {check}")
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
