package io.murmur.node.resp.server;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.message.Credentials;
import io.murmur.node.resp.Call;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.Command.Flag;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.node.resp.Session;
import io.murmur.node.resp.SessionErrors;
import io.murmur.node.security.Authenticator;
import io.murmur.node.security.Security;
import io.murmur.node.security.User;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who somebody is, and how they want to be spoken to. */
public final class ConnectionCommands implements CommandGroup {

    private final Map<String, CacheSettings> caches;
    private final @Nullable Security security;

    /** @param security null where whoever comes may do anything */
    public ConnectionCommands(Map<String, CacheSettings> caches, @Nullable Security security) {
        this.caches = caches;
        this.security = security;
    }

    @Override
    public List<Command> commands() {
        return List.of(
                Command.plain("ping", -1, "1.0.0", "Answers PONG, or what it is given.", this::ping)
                        .with(Flag.FAST),
                Command.plain(
                                "echo",
                                2,
                                "1.0.0",
                                "Answers what it is given.",
                                call -> call.answer(
                                        new Reply.Bulk(call.request().word(1))))
                        .with(Flag.FAST),
                Command.plain("quit", -1, "1.0.0", "Closes the connection.", this::quit)
                        .with(Flag.FAST, Flag.NO_AUTH),
                Command.plain("reset", 1, "6.2.0", "Makes the connection as it was in the beginning.", this::reset)
                        .with(Flag.FAST, Flag.NO_AUTH),
                Command.plain("select", 2, "1.0.0", "There is the database 0 alone.", this::select)
                        .with(Flag.FAST),
                Command.plain("hello", -1, "6.0.0", "Chooses the protocol, and says who somebody is.", this::hello)
                        .with(Flag.FAST, Flag.NO_AUTH),
                Command.plain("auth", -2, "1.0.0", "Says who somebody is.", this::auth)
                        .with(Flag.FAST, Flag.NO_AUTH));
    }

    private void ping(Call call) {
        Request request = call.request();
        switch (request.size()) {
            case 1 -> call.answer(new Reply.Simple("PONG"));
            case 2 -> call.answer(new Reply.Bulk(request.word(1)));
            default -> throw new Refusal("ERR wrong number of arguments for 'ping' command");
        }
    }

    private void quit(Call call) {
        call.session().line().closeBehindAnswers();
        call.answer(Reply.OK);
    }

    private void reset(Call call) {
        call.session().reset();
        call.session().line().known(null);
        call.answer(new Reply.Simple("RESET"));
    }

    private void select(Call call) {
        if (call.request().integer(1) != 0) {
            throw new Refusal("ERR SELECT is not allowed in cluster mode");
        }
        call.answer(Reply.OK);
    }

    // ---- HELLO and AUTH

    private void hello(Call call) {
        Request request = call.request();
        int place = 1;
        int protocol = call.session().protocol();
        if (request.size() > 1) {
            long asked = Request.integer(request.word(1), "ERR Protocol version is not an integer or out of range");
            if (asked != 2 && asked != 3) {
                throw new Refusal("NOPROTO unsupported protocol version");
            }
            protocol = (int) asked;
            place = 2;
        }
        String user = null;
        String password = null;
        String name = null;
        while (place < request.size()) {
            int left = request.size() - place - 1;
            if (request.is(place, "auth") && left >= 2) {
                user = request.text(place + 1);
                password = request.text(place + 2);
                place += 3;
            } else if (request.is(place, "setname") && left >= 1) {
                name = ClientCommands.checkedName(request.text(place + 1), "Client names");
                place += 2;
            } else {
                throw new Refusal("ERR Syntax error in HELLO option '" + request.clipped(place) + "'");
            }
        }
        int chosen = protocol;
        String called = name;
        Runnable then = () -> {
            Session session = call.session();
            session.speak(chosen);
            if (called != null) {
                session.call(called);
            }
            call.answer(greeting(session));
        };
        if (user != null && password != null) {
            logIn(call, user, password, then);
        } else if (security != null && call.session().user() == null) {
            throw new Refusal(SessionErrors.HELLO_NO_AUTH);
        } else {
            then.run();
        }
    }

    private static Reply greeting(Session session) {
        return new Reply.Pairs(List.of(
                Words.pair("server", Words.bulk("redis")),
                Words.pair("version", Words.bulk(InfoPage.REDIS_VERSION)),
                Words.pair("proto", Reply.number(session.protocol())),
                Words.pair("id", Reply.number(session.id())),
                Words.pair("mode", Words.bulk("cluster")),
                Words.pair("role", Words.bulk("master")),
                Words.pair("modules", Reply.NONE)));
    }

    private void auth(Call call) {
        Request request = call.request();
        if (request.size() > 3) {
            throw new Refusal(Refusal.SYNTAX);
        }
        Runnable then = () -> call.answer(Reply.OK);
        if (request.size() == 3) {
            logIn(call, request.text(1), request.text(2), then);
        } else if (security == null) {
            throw new Refusal(SessionErrors.NO_PASSWORD);
        } else {
            check(call, new Credentials.Token(request.text(1)), user -> {
                call.session().line().known(user);
                then.run();
            });
        }
    }

    /** Where nobody is asked who they are, whoever they say they are is right. */
    private void logIn(Call call, String said, String password, Runnable then) {
        Consumer<@Nullable User> known = user -> {
            Session session = call.session();
            Login login = Login.of(said, session.levels(), caches);
            session.line().known(user);
            session.goBy(login.levels());
            if (login.cache() != null) {
                session.use(login.cache());
            }
            then.run();
        };
        if (security == null) {
            known.accept(null);
        } else {
            check(call, new Credentials.Password(Login.user(said), password), known);
        }
    }

    /** @param then may refuse */
    private void check(Call call, Credentials shown, Consumer<? super User> then) {
        Session session = call.session();
        String host = session.line().host();
        if (security == null) {
            throw new IllegalStateException("nobody to check it");
        }
        // The verdict comes at once, or on a thread that checks passwords.
        security.authenticator()
                .check(
                        shown,
                        host,
                        verdict -> session.loop().execute(() -> {
                            switch (verdict) {
                                case Authenticator.Verdict.Known known -> {
                                    try {
                                        then.accept(known.user());
                                    } catch (Refusal e) {
                                        call.answer(e.reply());
                                    }
                                }
                                case Authenticator.Verdict.Refused refused ->
                                    call.refuse(refused.lasts() ? SessionErrors.WRONG_PASS : "ERR " + refused.reason());
                            }
                        }));
    }
}
