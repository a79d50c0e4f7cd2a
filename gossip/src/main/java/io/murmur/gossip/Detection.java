package io.murmur.gossip;

import io.murmur.gossip.Endpoint.Verdict;
import io.murmur.kernel.Network;
import io.murmur.kernel.message.EndpointState;
import io.murmur.kernel.message.GossipMessage.Ping;
import io.murmur.kernel.message.GossipMessage.PingRequest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Who lives. Two questions, since either answer may come alone:
 *
 * <ul>
 *   <li><b>Is it heard of?</b> Its heartbeat comes by rumour, over whatever way. A silence that is too long by {@link PhiAccrual} makes it a
 *       suspect; a suspect is asked for through others (SWIM section 4.1), in several rounds; any fresher heartbeat acquits it; without one
 *       it is convicted. Each observer convicts for itself and tells nobody, so an error stays where it was made.
 *   <li><b>Does it answer?</b> Each direct message wants an answer. One that gets none is repeated each round, and after some rounds the
 *       node is unreachable from here, however much is heard of it: a cut, perhaps one way only. The first answer ends that.
 * </ul>
 *
 * <p>A node counts as alive when both are answered with yes, and, if it has come and gone a lot, have been for a while ({@link
 * FlapDamping}). Everything is counted in own rounds and not by timers: after a pause of the own process the timers are due before the
 * answers that have come meanwhile are read, so a round after a pause judges nobody.
 */
final class Detection {

    /** Who hears of changes in who counts as alive. */
    interface News {
        void alive(Endpoint endpoint);

        void dead(Endpoint endpoint);
    }

    /** Pings in one round to one node, at most; the more have gone unanswered the more are sent, as loss is no cut. */
    private static final int MOST_PINGS = 3;

    /** A convict of whom so many newer heartbeats are told lives: rumours of its last days are not that long. */
    private static final int HEARTBEATS_OF_LIFE = 10;

    private final DetectionSettings settings;
    private final int intervalMillis;
    private final Hearsay hearsay;
    private final Network network;
    private final RandomGenerator random;
    private final LongSupplier ids;
    private final LongSupplier millis;
    private final News news;

    private final List<Endpoint> live = new ArrayList<>();
    private final List<Endpoint> absent = new ArrayList<>();
    /** Who owes an answer, in the order in which they will be asked again. */
    private final Set<Endpoint> debtors = new LinkedHashSet<>();

    private final Set<Endpoint> suspects = new LinkedHashSet<>();
    private int rounds;
    private long suspicions;

    Detection(
            GossipSettings settings,
            Hearsay hearsay,
            Network network,
            RandomGenerator random,
            LongSupplier ids,
            LongSupplier millis,
            News news) {
        this.settings = settings.detection();
        this.intervalMillis = Math.toIntExact(settings.interval().toMillis());
        this.hearsay = hearsay;
        this.network = network;
        this.random = random;
        this.ids = ids;
        this.millis = millis;
        this.news = news;
    }

    /** Who counts as alive, in no particular order. */
    List<Endpoint> live() {
        return live;
    }

    /** Who does not, in no particular order. */
    List<Endpoint> absent() {
        return absent;
    }

    /** How often anyone became a suspect. */
    long suspicions() {
        return suspicions;
    }

    double phi(Endpoint endpoint) {
        return endpoint.accrual.phi(millis.getAsLong());
    }

    // ---- what is heard

    /** What is believed of a node of which nothing was known before. */
    Endpoint acquaint(EndpointState state) {
        return new Endpoint(
                state,
                accrual(),
                new FlapDamping(
                        settings.flapProof().toMillis(),
                        settings.longestFlapProof().toMillis(),
                        settings.flapMemory().toMillis()),
                millis.getAsLong());
    }

    private PhiAccrual accrual() {
        return new PhiAccrual(settings.window(), 2 * intervalMillis, intervalMillis / 2, millis.getAsLong());
    }

    void met(Endpoint endpoint, boolean direct) {
        absent.add(endpoint);
        owes(endpoint);
        if (direct) {
            lives(endpoint, true);
        }
    }

    void lives(Endpoint endpoint, boolean direct) {
        long now = millis.getAsLong();
        endpoint.doubters = 0;
        switch (endpoint.verdict) {
            case ALIVE -> {
                endpoint.accrual.heard(now);
                if (endpoint.alive) {
                    return; // As nearly always.
                }
            }
            case SUSPECT -> {
                endpoint.accrual.heard(now);
                suspects.remove(endpoint);
                endpoint.verdict = Verdict.ALIVE;
            }
            case UNHEARD -> {
                endpoint.accrual.returned(now);
                endpoint.verdict = Verdict.ALIVE;
            }
            case DEAD -> {
                owes(endpoint);
                // Rumour may still bring older heartbeats than its last, which are only new here.
                if (direct || endpoint.digest.heartbeat() - endpoint.heartbeatAtConviction >= HEARTBEATS_OF_LIFE) {
                    endpoint.accrual.returned(now);
                    endpoint.verdict = Verdict.ALIVE;
                }
            }
        }
        settle(endpoint);
    }

    void reborn(Endpoint endpoint, boolean direct) {
        endpoint.accrual = accrual();
        endpoint.heartbeatAtConviction = 0;
        owes(endpoint);
        lives(endpoint, direct);
    }

    /** Its attributes are others: it may have said that it stops. */
    void changed(Endpoint endpoint) {
        if (!endpoint.serves()) {
            debtors.remove(endpoint);
        } else if (!endpoint.reached) {
            owes(endpoint);
        }
        settle(endpoint);
    }

    /** Somebody has a reason to believe that it does not answer: it is asked. */
    void doubt(Endpoint endpoint) {
        owes(endpoint);
    }

    void forget(Endpoint endpoint) {
        live.remove(endpoint);
        absent.remove(endpoint);
        debtors.remove(endpoint);
        suspects.remove(endpoint);
    }

    // ---- what is asked

    /** A message was sent that wants an answer with this id. */
    void asked(Endpoint endpoint, long id) {
        if (endpoint.firstAsked == 0) {
            endpoint.firstAsked = id;
        }
        endpoint.lastAsked = id;
        endpoint.askedInRound = rounds;
        if (endpoint.verdict != Verdict.DEAD) {
            owes(endpoint);
        }
    }

    /** It was asked on behalf of somebody who suspects it, with this id. */
    void askedForAnother(Endpoint endpoint, long id) {
        endpoint.doubters++;
        asked(endpoint, id);
    }

    /** An answer has come from the node itself. */
    void answered(Endpoint endpoint, long id) {
        if (endpoint.firstAsked == 0 || id < endpoint.firstAsked || id > endpoint.lastAsked) {
            return;
        }
        endpoint.firstAsked = 0;
        endpoint.unanswered = 0;
        endpoint.reached = true;
        debtors.remove(endpoint);
        settle(endpoint);
    }

    private void owes(Endpoint endpoint) {
        if (endpoint.serves()) {
            debtors.add(endpoint);
        }
    }

    // ---- judging, once a round

    /** @param paused whether the own process stood still before this round */
    void round(boolean paused) {
        rounds++;
        if (!paused) {
            suspectTheSilent();
            askOthers();
        }
        askAgain(paused);
        settleTheProven();
    }

    /** Those who only have to go on for a while to count as alive. */
    private void settleTheProven() {
        for (int i = absent.size() - 1; i >= 0; i--) {
            Endpoint endpoint = absent.get(i);
            if (endpoint.soundSinceMillis >= 0) {
                settle(endpoint); // Which may take it out of the list, and then nothing before it moves.
            }
        }
    }

    private void suspectTheSilent() {
        long now = millis.getAsLong();
        long leastSilence = settings.leastSilence().toMillis();
        for (Endpoint next = hearsay.oldest(); next != null; next = next.newer) {
            long silence = next.accrual.silenceMillis(now);
            if (silence < leastSilence) {
                return;
            }
            boolean heardOf = next.verdict == Verdict.ALIVE || next.verdict == Verdict.UNHEARD;
            if (heardOf && silence > next.accrual.meanMillis() && next.accrual.phi(now) >= threshold(next)) {
                next.verdict = Verdict.SUSPECT;
                next.probes = 0;
                suspects.add(next);
                suspicions++;
                settle(next);
            }
        }
    }

    /**
     * Rumour, its own silence towards this observer, and others who suspect it are three witnesses: the surer the others, the less sure the
     * first need be. So suspicion spreads where there is silence already, and a pong ends it everywhere.
     */
    private double threshold(Endpoint endpoint) {
        return settings.phiThreshold() / (1 + endpoint.unanswered + endpoint.doubters);
    }

    private void askOthers() {
        for (Endpoint suspect : first(suspects, settings.suspectsPerRound())) {
            if (suspect.probes >= settings.probeRounds()) {
                convict(suspect);
                continue;
            }
            suspect.probes++;
            owes(suspect);
            for (Endpoint helper : helpers(suspect)) {
                network.send(helper.node, new PingRequest(ids.getAsLong(), suspect.node));
            }
        }
    }

    private void convict(Endpoint endpoint) {
        suspects.remove(endpoint);
        debtors.remove(endpoint);
        endpoint.verdict = Verdict.DEAD;
        endpoint.heartbeatAtConviction = endpoint.digest.heartbeat();
        endpoint.reached = false;
        settle(endpoint);
    }

    private List<Endpoint> helpers(Endpoint suspect) {
        List<Endpoint> helpers = new ArrayList<>();
        for (int tries = 4 * settings.helpers(); tries > 0 && !live.isEmpty(); tries--) {
            Endpoint helper = live.get(random.nextInt(live.size()));
            if (helpers.size() < settings.helpers() && helper != suspect && !helpers.contains(helper)) {
                helpers.add(helper);
            }
        }
        return helpers;
    }

    private void askAgain(boolean paused) {
        for (Endpoint debtor : first(debtors, settings.pingsPerRound())) {
            if (debtor.firstAsked != 0 && debtor.askedInRound < rounds && !paused) {
                debtor.unanswered++;
            }
            if (debtor.unanswered >= settings.unansweredRounds()) {
                debtor.reached = false;
                settle(debtor);
                if (debtor.verdict == Verdict.DEAD) {
                    debtors.remove(debtor);
                    debtor.unanswered = 0;
                    continue;
                }
            }
            long id = ids.getAsLong();
            asked(debtor, id);
            int pings = debtor.reached ? Math.min(MOST_PINGS, 1 + debtor.unanswered / 2) : 1;
            for (int i = 0; i < pings; i++) {
                network.send(debtor.node, new Ping(id));
            }
        }
    }

    /** The first ones of a set, which are put behind the others. */
    private static List<Endpoint> first(Set<Endpoint> set, int most) {
        List<Endpoint> first = new ArrayList<>(Math.min(most, set.size()));
        for (Iterator<Endpoint> all = set.iterator(); all.hasNext() && first.size() < most; ) {
            first.add(all.next());
        }
        if (first.size() < set.size()) {
            first.forEach(set::remove);
            set.addAll(first);
        }
        return first;
    }

    // ---- who counts as alive

    private void settle(Endpoint endpoint) {
        long now = millis.getAsLong();
        boolean heardOf = endpoint.verdict == Verdict.ALIVE || endpoint.verdict == Verdict.SUSPECT;
        boolean sound = heardOf && endpoint.reached && endpoint.serves();
        if (endpoint.alive) {
            if (!sound) {
                fall(endpoint, now);
            }
            return;
        }
        if (!sound || endpoint.verdict == Verdict.SUSPECT) {
            endpoint.soundSinceMillis = -1;
            return;
        }
        if (endpoint.soundSinceMillis < 0) {
            endpoint.soundSinceMillis = now;
        }
        if (now - endpoint.soundSinceMillis >= endpoint.damping.proofMillis(now)) {
            endpoint.alive = true;
            endpoint.changedAtMillis = now;
            absent.remove(endpoint);
            live.add(endpoint);
            news.alive(endpoint);
        }
    }

    private void fall(Endpoint endpoint, long now) {
        endpoint.alive = false;
        endpoint.soundSinceMillis = -1;
        endpoint.changedAtMillis = now;
        if (endpoint.serves()) {
            endpoint.damping.fell(now);
        }
        live.remove(endpoint);
        absent.add(endpoint);
        news.dead(endpoint);
    }
}
