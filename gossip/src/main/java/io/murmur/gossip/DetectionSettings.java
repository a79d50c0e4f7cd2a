package io.murmur.gossip;

import java.time.Duration;

/**
 * How the dead are found.
 *
 * @param phiThreshold from which phi on a node is a suspect
 * @param window how many gaps between heartbeats phi rests on, at least 2
 * @param leastSilence no shorter silence makes a suspect
 * @param ownPause how much longer than the interval may be between two own rounds; what is beyond is nobody's silence
 * @param helpers how many others are asked to ping a suspect, each round
 * @param probeRounds how many rounds of asking without a sign of life convict
 * @param unansweredRounds for how many rounds a node that is heard of may leave direct messages unanswered before it is unreachable
 * @param pingsPerRound how many nodes are pinged in a round at most
 * @param suspectsPerRound how many suspects others are asked for in a round at most
 * @param flapProof how long a node must prove that it lives on its second return; doubles with each further one
 * @param longestFlapProof where the doubling ends
 * @param flapMemory how long a fall is remembered
 */
public record DetectionSettings(
        double phiThreshold,
        int window,
        Duration leastSilence,
        Duration ownPause,
        int helpers,
        int probeRounds,
        int unansweredRounds,
        int pingsPerRound,
        int suspectsPerRound,
        Duration flapProof,
        Duration longestFlapProof,
        Duration flapMemory) {

    public static final DetectionSettings DEFAULT = new DetectionSettings(
            8,
            1000,
            Duration.ofSeconds(3),
            Duration.ofSeconds(1),
            3,
            3,
            6,
            100,
            32,
            Duration.ofSeconds(5),
            Duration.ofMinutes(2),
            Duration.ofMinutes(10));

    public DetectionSettings {
        if (phiThreshold <= 0 || window < 2 || helpers < 0 || probeRounds < 1 || unansweredRounds < 1) {
            throw new IllegalArgumentException(
                    "detection settings out of range: phi " + phiThreshold + ", window " + window
                            + ", helpers " + helpers + ", probe rounds " + probeRounds + ", unanswered rounds "
                            + unansweredRounds);
        }
        if (pingsPerRound < 1 || suspectsPerRound < 1) {
            throw new IllegalArgumentException("no pings are no detection");
        }
    }

    public DetectionSettings withWindow(int gaps) {
        return new DetectionSettings(
                phiThreshold,
                gaps,
                leastSilence,
                ownPause,
                helpers,
                probeRounds,
                unansweredRounds,
                pingsPerRound,
                suspectsPerRound,
                flapProof,
                longestFlapProof,
                flapMemory);
    }
}
