package io.murmur.node.resp.command;

import io.murmur.node.resp.Call;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.Command.Flag;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.KeyPlaces;
import io.murmur.node.resp.Keyspace;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Request;
import io.murmur.node.resp.command.ExpiryChanges.Condition;
import io.murmur.node.resp.command.ExpiryChanges.Form;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** EXPIRE, TTL and the like. */
public final class ExpiryCommands implements CommandGroup {

    private final Keyspace keyspace;

    public ExpiryCommands(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    @Override
    public List<Command> commands() {
        return List.of(
                expiring("expire", "1.0.0", "Sets in how many seconds a key expires.", Expiry.EX),
                expiring("pexpire", "2.6.0", "Sets in how many milliseconds a key expires.", Expiry.PX),
                expiring("expireat", "1.2.0", "Sets at which second a key expires.", Expiry.EXAT),
                expiring("pexpireat", "2.6.0", "Sets at which millisecond a key expires.", Expiry.PXAT),
                telling("ttl", "1.0.0", "Returns in how many seconds a key expires.", Form.SECONDS_LEFT),
                telling("pttl", "2.6.0", "Returns in how many milliseconds a key expires.", Form.MILLIS_LEFT),
                telling("expiretime", "7.0.0", "Returns at which second a key expires.", Form.AT_SECOND),
                telling("pexpiretime", "7.0.0", "Returns at which millisecond a key expires.", Form.AT_MILLI),
                Command.writing("persist", 2, KeyPlaces.ONE, "2.2.0", "Has a key never expire.", this::persist)
                        .with(Flag.FAST));
    }

    private Command expiring(String name, String since, String summary, Expiry expiry) {
        return Command.writing(name, -3, KeyPlaces.ONE, since, summary, call -> expire(call, expiry))
                .with(Flag.FAST);
    }

    private Command telling(String name, String since, String summary, Form form) {
        return Command.reading(name, 2, KeyPlaces.ONE, since, summary, call -> tell(call, form))
                .with(Flag.FAST);
    }

    private void expire(Call call, Expiry expiry) {
        Request request = call.request();
        Set<Condition> conditions = conditions(request);
        Lifetime lifetime = expiry.toExpire(request, 2, keyspace.wallMillis());
        keyspace.change(call, request.word(1), ExpiryChanges.expire(lifetime, conditions), call::answer);
    }

    private static Set<Condition> conditions(Request request) {
        Set<Condition> conditions = EnumSet.noneOf(Condition.class);
        for (int place = 3; place < request.size(); place++) {
            Condition condition = condition(request, place);
            if (condition == null) {
                throw new Refusal("ERR Unsupported option " + request.text(place));
            }
            conditions.add(condition);
        }
        if (conditions.contains(Condition.NX) && conditions.size() > 1) {
            throw new Refusal("ERR NX and XX, GT or LT options at the same time are not compatible");
        }
        if (conditions.contains(Condition.GT) && conditions.contains(Condition.LT)) {
            throw new Refusal("ERR GT and LT options at the same time are not compatible");
        }
        return conditions;
    }

    private static @Nullable Condition condition(Request request, int place) {
        for (Condition one : Condition.values()) {
            if (request.is(place, one.name())) {
                return one;
            }
        }
        return null;
    }

    private void persist(Call call) {
        keyspace.change(call, call.request().word(1), ExpiryChanges.persist(), call::answer);
    }

    private void tell(Call call, Form form) {
        keyspace.get(call, call.request().word(1), found -> call.answer(form.of(found, keyspace.wallMillis())));
    }
}
