package io.murmur.kernel.wire;

import io.murmur.kernel.message.AtomicOperation;
import io.murmur.kernel.message.ClientReply;

/** Atomic operations, and what they tell. */
final class OperationCodec {

    private static final int PUT_IF_ABSENT = 1;
    private static final int REPLACE = 2;
    private static final int COMPARE_AND_SET = 3;
    private static final int COMPARE_AND_REMOVE = 4;
    private static final int GET_AND_PUT = 5;
    private static final int GET_AND_REMOVE = 6;
    private static final int INCREMENT = 7;

    private OperationCodec() {}

    static void write(WireWriter out, AtomicOperation operation) {
        switch (operation) {
            case AtomicOperation.PutIfAbsent m -> {
                out.writeByte(PUT_IF_ABSENT);
                MessageCodec.writeValue(out, m.value());
                out.writeVarint(m.timeToLiveMillis());
            }
            case AtomicOperation.Replace m -> {
                out.writeByte(REPLACE);
                MessageCodec.writeValue(out, m.value());
                out.writeVarint(m.timeToLiveMillis());
            }
            case AtomicOperation.CompareAndSet m -> {
                out.writeByte(COMPARE_AND_SET);
                MessageCodec.writeValue(out, m.expected());
                MessageCodec.writeValue(out, m.value());
                out.writeVarint(m.timeToLiveMillis());
            }
            case AtomicOperation.CompareAndRemove m -> {
                out.writeByte(COMPARE_AND_REMOVE);
                MessageCodec.writeValue(out, m.expected());
            }
            case AtomicOperation.GetAndPut m -> {
                out.writeByte(GET_AND_PUT);
                MessageCodec.writeValue(out, m.value());
                out.writeVarint(m.timeToLiveMillis());
            }
            case AtomicOperation.GetAndRemove ignored -> out.writeByte(GET_AND_REMOVE);
            case AtomicOperation.Increment m -> {
                out.writeByte(INCREMENT);
                out.writeLong(m.delta());
                out.writeVarint(m.timeToLiveMillis());
            }
        }
    }

    static AtomicOperation read(WireReader in) {
        int kind = in.readByte();
        return switch (kind) {
            case PUT_IF_ABSENT -> new AtomicOperation.PutIfAbsent(MessageCodec.readValue(in), in.readVarint());
            case REPLACE -> new AtomicOperation.Replace(MessageCodec.readValue(in), in.readVarint());
            case COMPARE_AND_SET ->
                new AtomicOperation.CompareAndSet(
                        MessageCodec.readValue(in), MessageCodec.readValue(in), in.readVarint());
            case COMPARE_AND_REMOVE -> new AtomicOperation.CompareAndRemove(MessageCodec.readValue(in));
            case GET_AND_PUT -> new AtomicOperation.GetAndPut(MessageCodec.readValue(in), in.readVarint());
            case GET_AND_REMOVE -> new AtomicOperation.GetAndRemove();
            case INCREMENT -> new AtomicOperation.Increment(in.readLong(), in.readVarint());
            default -> throw new MalformedException("unknown kind of operation: " + kind);
        };
    }

    static void write(WireWriter out, ClientReply.Changed changed) {
        MessageCodec.writeBoolean(out, changed.applied());
        MessageCodec.writeBoolean(out, changed.value() != null);
        if (changed.value() != null) {
            MessageCodec.writeValue(out, changed.value());
        }
        MessageCodec.writeOptionalVersion(out, changed.version());
    }

    static ClientReply.Changed readChanged(WireReader in) {
        return new ClientReply.Changed(
                in.readBoolean(),
                in.readBoolean() ? MessageCodec.readValue(in) : null,
                MessageCodec.readOptionalVersion(in));
    }
}
